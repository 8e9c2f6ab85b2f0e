"""Letters to test with: a whole ranking issue, and one letter for each block. The words are our own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from models.issues.block import (
    ArticleCard,
    Block,
    Button,
    Figure,
    Heading,
    Listing,
    Notice,
    Product,
    Prose,
    RankingEntry,
    RelatedProducts,
    SearchCall,
    SignupCall,
    Table,
    TopicLinks,
)
from models.store.clock import TOKYO
from templates.content.letter import ArticleFacts, ImageFacts, Letter, Sender, Theme
from templates.content.slot import Slots

NONCE = "0123456789abcdef"
BASE = "https://news.example.jp"
CHART = "a1" * 32
CHART_WHOLE = "c3" * 32
MAP = "b2" * 32

SENDER = Sender(
    newsletter="みどり県 自治体ICTだより",
    slug="ict",
    name="みどり県 企画部 情報政策課",
    address="ict@news.example.jp",
    postal_address="〒000-0000 みどり県みどり市中央1丁目2番3号",
    contact="情報政策課 広報担当 電話 000-000-0000(平日9時〜17時)",
    list_id="ict.news.example.jp",
)

_TITLES = {
    "personal-data": ("住民のデータを地域で生かすために、最初に決めておきたいこと", "data", 41),
    "rpa": ("RPAは「どの仕事から始めるか」で結果が決まる", "rpa", 42),
    "post-office": ("郵便局の窓口を、まちの手続き拠点にする三つの方法", "post", 43),
    "dx-procedure": ("DX推進の手順書を、自分の団体の言葉に置き換える", "dx", 44),
    "standardisation": ("基幹業務の標準化とガバメントクラウド移行、いま着手する作業の一覧", "cloud", 45),
    "chatbot": ("問い合わせ対応にAIを使う前に確かめる十の項目", "dx", 46),
}
TOPICS = {
    "data": "データ利活用",
    "rpa": "RPA・業務改善",
    "post": "郵便局との連携",
    "dx": "DX推進計画",
    "cloud": "標準化・クラウド",
}

ARTICLES = {
    slug: ArticleFacts(
        slug=slug,
        title=title,
        address=f"https://www.example.lg.jp/ict/articles/{slug}.html",
        recap=f"「{title}」では、担当者がつまずきやすい点を順に取り上げました。",
        published_on=date(2026, 2 + number % 9, 10),
        topics=(topic,),
        article_id=number,
    )
    for slug, (title, topic, number) in _TITLES.items()
}

IMAGES = {
    CHART: ImageFacts(
        CHART, f"{BASE}/i/{CHART}.png", 1104, 520, "image/png", full_address=f"{BASE}/i/{CHART_WHOLE}.png"
    ),
    MAP: ImageFacts(MAP, f"{BASE}/i/{MAP}.png", 300, 225, "image/png"),
}


def letter(*blocks: Block, **changes: object) -> Letter:
    """A letter that says *blocks*."""
    whole = Letter(
        sender=SENDER,
        theme=Theme(),
        language="ja",
        number=12,
        kind="regular",
        subject="窓口のデジタル化、次の一歩",
        preheader="来年度の予算要求に間に合う、三つの準備をご紹介します。",
        blocks=blocks,
        base_url=BASE,
        archive_url=f"{BASE}/archive/ict/12",
        archive_home_url=f"{BASE}/archive/ict",
        dated=datetime(2026, 12, 18, 9, 0, tzinfo=TOKYO),
        articles=ARTICLES,
        images=IMAGES,
        topics=TOPICS,
        issue_id=12,
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def slots() -> Slots:
    """Slots whose markers are always the same."""
    return Slots(nonce=NONCE)


HEADING = Heading(text="今月の特集: 書かない窓口を支えるしくみ")
PROSE = Prose(
    text='{{ reader.name | default("読者の皆さま") }}、こんにちは。\n\n'
    "転入の手続きでは、同じ住所と名前を平均して**七回**書いていただいている、という調査があります。"
    "[調査の概要](https://www.example.lg.jp/survey/2026.html)を公開しましたので、ご自分の団体と比べてみてください。\n\n"
    "ご意見は <mailto:ict@news.example.jp> まで、資料は https://www.example.lg.jp/files からどうぞ。"
)
BULLETS = Listing(
    items=(
        "窓口ごとに、申請書の項目を一覧にする",
        "重なっている項目に印を付け、[様式の手引き](https://www.example.lg.jp/forms)と照らす",
        "印の多い順に、*三つだけ* 先に変える",
    )
)
STEPS = Listing(ordered=True, items=("現状を測る", "小さく試す(二週間)", "結果を庁内に見せ、次の窓口を決める"))
FIGURE = Figure(
    image=CHART,
    alt="棒グラフ。手続き一件あたりの時間は、導入前の34分から導入後は19分に減った。",
    caption="窓口一件あたりの時間",
    source="みどり県「窓口調査2026」",
    source_address="https://www.example.lg.jp/survey/2026.html",
)
TABLE = Table(
    caption="RPAを使う業務と減らせた時間",
    header=("業務", "件数", "減った時間(年)"),
    rows=(
        ("住民税の入力", "12,400", "820時間"),
        ("保育所の申込み", "3,150", "410時間"),
        ("ふるさと納税の受付", "9,800", "655時間"),
    ),
    source="みどり県「業務改善報告書」",
)
NOTICE = Notice(
    title="申込みの締切が変わりました",
    text="研修会の申込みは **2027年1月15日(金)** までです。[研修会の申込みページ](https://www.example.lg.jp/seminar)をご覧ください。",
)
BUTTON = Button(text="研修会に申し込む", address="https://www.example.lg.jp/seminar/apply")
CARD = ArticleCard(
    article="chatbot", lead="住民からの質問に自動で答える前に、**誰が責任を持って直すか**を決めておきます。"
)
ENTRY = RankingEntry(
    place=5,
    article="personal-data",
    recap="本人の同意をどう取り、どこで止められるようにするか。県内の三つの市の事例から、条例と規約の書き方を比べました。",
    last_place=3,
    readers=318,
    news=(
        Prose(
            text="秋に国の指針が改められ、医療と健康の情報を扱うときの確認事項が増えました。"
            "変わった点は[新旧の対照表](https://www.example.lg.jp/data/compare.html)にまとめています。"
        ),
        Listing(items=("同意の画面に、提供先の名称を出す", "止める手続きを、申し込みと同じ画面に置く")),
    ),
)
PRODUCTS = RelatedProducts(
    products=(
        Product(
            name="書かない窓口支援パック",
            address="https://products.example.jp/counter",
            text="申請書の重なりを調べ、入力の画面まで用意します。",
        ),
        Product(
            name="RPA業務診断",
            address="https://products.example.jp/rpa",
            text="どの業務から始めるかを、二週間で見極めます。",
        ),
    )
)
TOPIC_LINKS = TopicLinks(lead="気になるテーマの記事をまとめて読めます。", topics=tuple(TOPICS))
SEARCH = SearchCall()
SIGNUP = SignupCall(text="職場の方から転送で届いた方も、毎月無料でお読みいただけます。登録は一分ほどで終わります。")

BLOCKS: dict[str, Block] = {
    "heading": HEADING,
    "prose": PROSE,
    "bullets": BULLETS,
    "steps": STEPS,
    "figure": FIGURE,
    "table": TABLE,
    "notice": NOTICE,
    "button": BUTTON,
    "article": CARD,
    "ranking": ENTRY,
    "products": PRODUCTS,
    "topics": TOPIC_LINKS,
    "search": SEARCH,
    "signup": SIGNUP,
}


def ranking() -> Letter:
    """The year's ranking issue: TOP 5 counted down, with everything that such an issue has."""
    return letter(
        Prose(
            text='{{ reader.name | default("読者の皆さま") }}、いつもお読みいただきありがとうございます。\n\n'
            "今年お届けした48本の記事から、自治体にお勤めの方に**いちばん読まれた五本**を選びました。"
            "あらためて要点をお伝えし、その後の動きを書き足しています。第5位から順にご覧ください。"
        ),
        ENTRY,
        RankingEntry(
            place=4,
            article="rpa",
            recap="うまくいく団体は、量が多く、例外が少なく、期限の決まった仕事から始めています。選び方の物差しを表にしました。",
            last_place=1,
            readers=402,
            news=(
                Prose(
                    text="この一年で、県内の十二の団体が成果を公表しました。減った時間の大きい三つの業務を挙げます。"
                ),
                TABLE,
            ),
        ),
        RankingEntry(
            place=3,
            article="post-office",
            recap="証明書の交付、タブレットでの相談、見守り。郵便局に頼める仕事と、団体の側で用意するものを整理した記事です。",
            readers=455,
            news=(
                Prose(text="実証を終えた団体から、次の三点が報告されています。"),
                Listing(
                    ordered=True,
                    items=(
                        "窓口が閉まる時間帯の利用が、全体の四割を占めた",
                        "操作を手伝う局員の研修は、半日で足りた",
                        "費用の分け方は、件数ではなく開設時間で決めると続けやすい",
                    ),
                ),
                Figure(
                    image=MAP,
                    alt="地図。証明書を受け取れる郵便局が、県の北部と西部に合わせて27局ある。",
                    caption="証明書を受け取れる郵便局",
                    source="みどり県 市町村課まとめ",
                ),
            ),
        ),
        RankingEntry(
            place=2,
            article="dx-procedure",
            recap="手順書をそのまま写しても、現場は動きません。首長の言葉、課の名前、年度の予定に書き換える手順を紹介しました。",
            last_place=2,
            readers=611,
            news=(
                Notice(
                    title="手順書が改訂されます",
                    text="国の手順書の改訂案が公表されました。意見の受付は**2027年1月29日(金)**までです。"
                    "[改訂案のあらまし](https://www.example.lg.jp/dx/draft.html)もあわせてお読みください。",
                ),
            ),
        ),
        RankingEntry(
            place=1,
            article="standardisation",
            recap="移行の期限から逆算すると、データの整理は今年度のうちに始める必要があります。作業を二十に分け、順番を示しました。",
            last_place=4,
            readers=874,
            news=(
                Prose(
                    text="移行を先に済ませた団体では、**文字の対応づけ**と**帳票の数え上げ**に予定の二倍の時間がかかりました。"
                    "早く始めるほど楽になる二つの作業です。\n\n"
                    "- 外字は、使われている文字だけを調べる\n- 帳票は、直近一年に印刷したものだけを数える\n\n"
                    "くわしくは[移行作業の点検表](article:dx-procedure)をご覧ください。"
                ),
                FIGURE,
            ),
        ),
        Heading(text="おわりに"),
        Prose(
            text="一年間お読みいただき、ありがとうございました。来年も、現場で明日から使える話題をお届けします。"
            "取り上げてほしいテーマがありましたら、このメールへの返信でお知らせください。"
        ),
        CARD,
        BUTTON,
        PRODUCTS,
        TOPIC_LINKS,
        SEARCH,
        SIGNUP,
        kind="ranking",
        subject="自治体職員が選んだ2026年の記事ランキング TOP5",
        preheader="一年でいちばん読まれた五本を、その後の動きとあわせて第5位から発表します。",
    )
