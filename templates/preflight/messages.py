"""The words of every finding: (what is wrong and why, how to mend it), by rule and language."""

from __future__ import annotations

from typing import Final

from models.store.language import Language

Pair = tuple[str, str]

WORDS: Final[dict[str, dict[Language, Pair]]] = {
    "legal.sender": {
        "ja": (
            "送信者の名称が{part}にありません。特定電子メール法第4条は表示を義務づけています。",
            "メールマガジンの設定で送信者名を入力してください。",
        ),
        "en": (
            "The sender's name is missing from the {part}. The law on specified electronic mail (art. 4) wants it.",
            "Enter the sender's name in the newsletter's settings.",
        ),
    },
    "legal.postal_address": {
        "ja": (
            "送信者の住所が{part}にありません。特定電子メール法の施行規則が表示を求めています。",
            "メールマガジンの設定で住所を入力してください。",
        ),
        "en": (
            "The postal address is missing from the {part}. The law on specified electronic mail wants it.",
            "Enter the postal address in the newsletter's settings.",
        ),
    },
    "legal.contact": {
        "ja": (
            "苦情や問い合わせの受付先が{part}にありません。特定電子メール法の施行規則が表示を求めています。",
            "メールマガジンの設定で電話番号、メールアドレスまたはURLを入力してください。",
        ),
        "en": (
            "A contact for questions and complaints is missing from the {part}. The law wants it.",
            "Enter a telephone number, address or URL in the newsletter's settings.",
        ),
    },
    "legal.unsubscribe": {
        "ja": (
            "配信停止の方法が{part}にありません。受信者が停止できることの表示は法律上の義務です。",
            "テンプレートのフッターから配信停止リンクを外さないでください。",
        ),
        "en": (
            "The way to unsubscribe is missing from the {part}. Readers must be told how to stop.",
            "Keep the footer's unsubscribe link in the template.",
        ),
    },
    "size.clipped": {
        "ja": (
            "HTMLが{size}バイトあります。Gmailは102,400バイトを超えると末尾を隠し、配信停止リンクも見えなくなります。",
            "記事の本文を要約にして、続きはリンク先で読めるようにしてください。",
        ),
        "en": (
            "The HTML has {size} bytes. Gmail hides all after 102,400 bytes, the unsubscribe link among it.",
            "Shorten texts to summaries and link to the rest.",
        ),
    },
    "subject.missing": {
        "ja": ("件名がありません。", "何についての号かが分かる件名を入力してください。"),
        "en": ("There is no subject.", "Write a subject that says what the issue is about."),
    },
    "subject.long": {
        "ja": (
            "件名が{length}文字あります。多くの受信一覧では30文字ほどで切れます。",
            "大事な言葉を前に置き、短くしてください。",
        ),
        "en": (
            "The subject has {length} characters; most lists of mail cut it at about 60.",
            "Put what matters first and make it shorter.",
        ),
    },
    "preheader.missing": {
        "ja": (
            "プリヘッダーがありません。受信一覧で件名の次に、意図しない文が表示されます。",
            "号の中身が分かる一文を入力してください。",
        ),
        "en": (
            "There is no preheader, so lists of mail show some other text after the subject.",
            "Write one sentence that says what is in the issue.",
        ),
    },
    "figure.alt": {
        "ja": (
            "図に代替テキストがありません。画像が表示されない環境や読み上げでは、内容が伝わりません。",
            "図が伝えていることを一文で書いてください。",
        ),
        "en": (
            "The figure has no alternative text: where pictures are off, its content is lost.",
            "Say in one sentence what the figure shows.",
        ),
    },
    "figure.source": {
        "ja": (
            "図に出典がありません。引用には出所の明示が必要です（著作権法第48条）。",
            "資料名と発行者を書いてください。自作の図であれば「作成:」として部署名を書いてください。",
        ),
        "en": (
            "The figure names no source. A quotation must (Copyright Act of Japan, art. 48).",
            "Name the document and its publisher, or your own office where you drew it.",
        ),
    },
    "figure.missing": {
        "ja": ("図の画像が見つかりません。", "画像をもう一度登録してください。"),
        "en": ("The figure's picture is not there.", "Upload the picture again."),
    },
    "figure.heavy": {
        "ja": (
            "画像が{size}KBあります。通信量の多い画像は開くのに時間がかかります。",
            "幅1,200ピクセル以下、300KB以下に縮小してください。",
        ),
        "en": (
            "The picture has {size} KB and is slow to open on a phone.",
            "Make it at most 1,200 pixels wide and 300 KB.",
        ),
    },
    "figure.total": {
        "ja": (
            "画像の合計が{size}KBあります。自治体のメール受信では容量の上限を超えることがあります。",
            "画像を減らすか、縮小してください。",
        ),
        "en": ("All pictures together have {size} KB; many gateways refuse that.", "Use fewer or smaller pictures."),
    },
    "article.missing": {
        "ja": (
            "記事「{slug}」が見つかりません。削除されたか、名前が変わっています。",
            "記事を登録し直すか、このブロックを外してください。",
        ),
        "en": ("The article “{slug}” is gone or renamed.", "Add the article again, or take this block out."),
    },
    "article.address": {
        "ja": ("記事「{slug}」に読む場所がありません。", "記事のURLか本文を登録してください。"),
        "en": ("The article “{slug}” has no address.", "Give it an address on the web, or a text to host."),
    },
    "topic.missing": {
        "ja": ("テーマ「{slug}」が見つかりません。", "メールマガジンのテーマにあるものを選んでください。"),
        "en": ("There is no topic “{slug}”.", "Choose one of the newsletter's topics."),
    },
    "link.broken": {
        "ja": (
            "リンク先 {url} がエラー（{status}）を返します。",
            "正しいURLに直してください。",
        ),
        "en": ("The link {url} answers with an error ({status}).", "Correct the address."),
    },
    "link.archive": {
        "ja": (
            "リンク先 {url} は、バックナンバーのサイトにないページです。",
            "号の番号、記事、テーマの名前と、バックナンバーを公開しているかを確かめてください。"
            "まだ配信していない号へはリンクできません。",
        ),
        "en": (
            "The link {url} leads to no page of the archive.",
            "See whether the archive is public, and the issue, the article or the topic is there; an issue that is not "
            "out yet has no page.",
        ),
    },
    "link.unreachable": {
        "ja": (
            "リンク先 {url} を確かめられませんでした（{reason}）。",
            "ブラウザーで開けるか確かめてください。",
        ),
        "en": ("The link {url} could not be checked ({reason_en}).", "Open it in a browser to be sure."),
    },
    "link.private": {
        "ja": (
            "リンク先 {url} は庁内など限られた場所でしか開けないアドレスです。",
            "読者が開けるURLに直してください。",
        ),
        "en": ("The link {url} points to a private address that readers cannot open.", "Use a public address."),
    },
    "link.vague": {
        "ja": (
            "リンクの文字が「{text}」だけでは、読み上げや無害化後のテキストで行き先が分かりません。",
            "「申請の手引きを読む」のように、行き先が分かる言葉にしてください。",
        ),
        "en": (
            "The link text “{text}” does not say where it leads once it is read aloud or shown as text.",
            "Name what the reader will find there.",
        ),
    },
    "words.characters": {
        "ja": (
            "古いメールソフトや携帯電話で文字化けするおそれのある文字があります：{characters}",
            "「①」は「(1)」、「㈱」は「(株)」のように書き換えてください。",
        ),
        "en": (
            "Characters that old mail clients garble: {characters}",
            "Write them in plain characters, such as (1) for ①.",
        ),
    },
    "words.split": {
        "ja": (
            "「{text}」のように空白で区切られた語は、読み上げや検索で一つの語と認識されません。",
            "空白を取り、見た目はデザインで整えてください。",
        ),
        "en": ("“{text}” is split by spaces and is not read or found as one word.", "Take the spaces out."),
    },
    "words.long_sentence": {
        "ja": (
            "一文が{length}文字あります：「{text}…」",
            "文を分け、一文を{limit}文字以内にすると読みやすくなります。",
        ),
        "en": ("A sentence of {length} characters: “{text}…”", "Split it: at most {limit} characters read well."),
    },
    "words.placeholder": {
        "ja": ("下書きの仮の文字が残っています：「{text}」", "内容を書き入れるか、削除してください。"),
        "en": ("Placeholder text of the draft is still there: “{text}”", "Write the real text, or delete it."),
    },
    "date.weekday": {
        "ja": (
            "「{text}」の曜日が合いません。正しくは{weekday}曜日です。",
            "日付と曜日のどちらが正しいか確かめて直してください。",
        ),
        "en": ("“{text}”: the weekday is wrong, it is a {weekday}.", "Find out which of the two is right."),
    },
    "date.impossible": {
        "ja": ("「{text}」という日付はありません。", "日付を確かめて直してください。"),
        "en": ("There is no such date as “{text}”.", "Correct the date."),
    },
    "structure.empty": {
        "ja": ("本文がありません。", "ブロックを追加してください。"),
        "en": ("The issue has no content.", "Add blocks."),
    },
    "structure.heading": {
        "ja": (
            "見出しの階層が{before}から{after}へ飛んでいます。読み上げソフトで構成が分からなくなります。",
            "見出しのレベルを一段ずつにしてください。",
        ),
        "en": (
            "Headings jump from level {before} to {after}, which confuses screen readers.",
            "Go down one level at a time.",
        ),
    },
    "structure.blank": {
        "ja": ("{what}が空です。", "書き入れるか、ブロックを削除してください。"),
        "en": ("{what} is empty.", "Fill it in, or delete the block."),
    },
    "ranking.order": {
        "ja": (
            "ランキングの順位の並びが正しくありません（{places}）。",
            "下の位から第1位へ、抜けや重なりのないように並べてください。",
        ),
        "en": (
            "The places of the ranking are out of order ({places}).",
            "Count down to 1 without a gap or a repetition.",
        ),
    },
    "ranking.news": {
        "ja": (
            "第{place}位の「最新動向」が空です。読者は、記事の後に何が変わったかを待っています。",
            "その後の動きを書いてください。",
        ),
        "en": ("What is new since the article of place {place} is empty.", "Write what has changed since."),
    },
    "ranking.recap": {
        "ja": ("第{place}位の記事の振り返りが空です。", "記事の要点を二、三文で書いてください。"),
        "en": ("The recap of place {place} is empty.", "Write two or three sentences."),
    },
    "look.contrast": {
        "ja": ("{ja}", "メールマガジンの設定で「{field}」の色を変えてください。"),
        "en": ("{en}", "Change the colour “{field}” in the newsletter's settings."),
    },
    "slot.fallback": {
        "ja": (
            "差し込み「{name}」に、値がない読者のための言葉がありません。",
            '{{{{ reader.{name} | default("皆さま") }}}} のように書いてください。',
        ),
        "en": (
            "The personal field “{name}” has nothing for readers without one.",
            'Write {{{{ reader.{name} | default("reader") }}}}.',
        ),
    },
    "template.broken": {
        "ja": ("この号を組み立てられません：{reason}", "示された箇所を直してください。"),
        "en": ("The issue cannot be rendered: {reason_en}", "Mend what is named."),
    },
}
