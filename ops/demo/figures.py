"""Draws the figures of the demo's articles: ``python -m ops.demo.figures``. The files are kept in the repository.

Every figure is a diagram of our own, in few colours that also differ in brightness. Measures are for a width of 640,
of which letters take 20 and more, so that they can be read on a phone; files have twice as many pixels.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FOLDER = Path(__file__).parent / "content" / "articles" / "figures"
FONT = os.environ.get("KAIRAN_FONT", "/usr/share/fonts/opentype/ipafont-gothic/ipagp.ttf")
"""IPA P Gothic; Debian: fonts-ipafont-gothic."""
WIDTH, SCALE = 640, 2
INK, PAPER, LINE = "#1f2933", "#ffffff", "#52606d"
DARK, MIDDLE, LIGHT, WARM = "#0b5d51", "#5aa396", "#dcefea", "#fbe9c6"

Box = tuple[int, int, int, int]


class Sheet:
    """A white sheet to draw on."""

    def __init__(self, height: int) -> None:
        self.image = Image.new("RGB", (WIDTH * SCALE, height * SCALE), PAPER)
        self._pen = ImageDraw.Draw(self.image)

    def text(self, x: float, y: float, words: str, size: int = 21, colour: str = INK, anchor: str = "mm") -> None:
        """Words around a point; lines are parted by ``\\n``."""
        font = ImageFont.truetype(FONT, size * SCALE)
        align = "left" if anchor == "lm" else "center"
        self._pen.text((x * SCALE, y * SCALE), words, colour, font, anchor, spacing=7 * SCALE, align=align)

    def box(self, box: Box, fill: str = LIGHT, *, round_: bool = False) -> None:
        """A box with a dark edge."""
        scaled = [value * SCALE for value in box]
        self._pen.rounded_rectangle(scaled, 10 * SCALE if round_ else 0, fill, DARK, 2 * SCALE)

    def dot(self, x: float, y: float, radius: float) -> None:
        """A dark dot."""
        self._pen.ellipse([value * SCALE for value in (x - radius, y - radius, x + radius, y + radius)], DARK)

    def line(self, points: Sequence[float], colour: str, width: int) -> None:
        """A line through points given as x, y, x, y, …."""
        self._pen.line([value * SCALE for value in points], colour, width * SCALE)

    def arrow(self, x1: float, x2: float, y: float) -> None:
        """An arrow to the right."""
        self.line((x1, y, x2 - 6, y), LINE, 3)
        self._pen.polygon([(x * SCALE, z * SCALE) for x, z in ((x2, y), (x2 - 11, y - 8), (x2 - 11, y + 8))], LINE)

    def save(self, name: str) -> None:
        """Keep it as a small PNG."""
        self.image.quantize(32, dither=Image.Dither.NONE).save(FOLDER / f"{name}.png", optimize=True)


def flow(name: str, steps: Sequence[str], *, last_is_goal: bool = True) -> None:
    """Steps from left to right."""
    sheet = Sheet(150)
    gap = 22
    width = (WIDTH - 20 - gap * (len(steps) - 1)) // len(steps)
    for number, words in enumerate(steps):
        left = 10 + number * (width + gap)
        goal = last_is_goal and number == len(steps) - 1
        sheet.box((left, 20, left + width, 130), DARK if goal else LIGHT, round_=True)
        sheet.text(left + width / 2, 75, words, 20, PAPER if goal else INK)
        if number:
            sheet.arrow(left - gap + 2, left - 2, 75)
    sheet.save(name)


def stairs(name: str, steps: Sequence[str]) -> None:
    """Steps that rise from left to right."""
    sheet = Sheet(310)
    width = (WIDTH - 20) // len(steps)
    for number, words in enumerate(steps):
        left, top = 10 + number * width, 220 - number * 65
        sheet.box((left, top, left + width, 300), LIGHT if number % 2 else PAPER)
        sheet.text(left + width / 2, top + 40, words)
    sheet.save(name)


def list_of(name: str, items: Sequence[str], fill: str = LIGHT) -> None:
    """Numbered lines, one below another."""
    sheet = Sheet(14 + 62 * len(items))
    for number, words in enumerate(items, 1):
        top = 8 + (number - 1) * 62
        sheet.box((10, top, WIDTH - 10, top + 52), fill, round_=True)
        sheet.dot(42, top + 26, 18)
        sheet.text(42, top + 26, str(number), 22, PAPER)
        sheet.text(78, top + 26, words, 22, anchor="lm")
    sheet.save(name)


def bands(name: str, rows: Sequence[tuple[str, str, str]]) -> None:
    """Bands with a name in the dark part and its explanation in the light one."""
    sheet = Sheet(12 + 94 * len(rows))
    for number, (head, words, fill) in enumerate(rows):
        top = 8 + number * 94
        sheet.box((10, top, WIDTH - 10, top + 84), fill)
        sheet.box((10, top, 270, top + 84), DARK)
        sheet.text(140, top + 42, head, 21, PAPER)
        sheet.text(290, top + 42, words, 21, anchor="lm")
    sheet.save(name)


def time_bars(name: str) -> None:
    """Two times of validity, one below the other."""
    sheet = Sheet(280)
    left, step = 140, 46
    for year in range(11):
        sheet.line((left + year * step, 50, left + year * step, 230), "#c5cdd5", 1)
        if year in (0, 5, 10):
            sheet.text(left + year * step, 28, f"{year}回目" if year else "発行", 20)
    for top, words, years, fill in ((66, "電子証明書", 5, WARM), (150, "カード本体", 10, LIGHT)):
        sheet.text(128, top + 32, words, 20, anchor="rm")
        sheet.box((left, top, left + years * step, top + 64), fill)
        sheet.text(left + years * step / 2, top + 32, f"{years}回目の誕生日まで")
    sheet.text(WIDTH / 2, 256, "数字は発行後に迎える誕生日の回数", 20, LINE)
    sheet.save(name)


def stacked(name: str, parts: Sequence[tuple[str, int, str]]) -> None:
    """One bar cut into parts."""
    sheet = Sheet(150)
    left = 10
    for words, width, fill in parts:
        sheet.box((left, 16, left + width, 96), fill)
        sheet.text(left + width / 2, 56, words, colour=PAPER if fill == DARK else INK)
        left += width
    sheet.text(WIDTH / 2, 126, "幅は考え方を示すもので、実際の割合ではありません", 20, LINE)
    sheet.save(name)


def table_to_map(name: str) -> None:
    """A table whose rows become marks on a map."""
    sheet = Sheet(240)
    rows = (("名称", "緯度", "経度"), ("公民館", "35.1", "139.1"), ("北公園", "35.2", "139.2"))
    for row, cells in enumerate(rows):
        for column, words in enumerate(cells):
            left, top = 10 + column * 98, 40 + row * 54
            sheet.box((left, top, left + 98, top + 54), PAPER if row else DARK)
            sheet.text(left + 49, top + 27, words, colour=INK if row else PAPER)
    sheet.arrow(314, 366, 121)
    sheet.box((378, 10, WIDTH - 10, 230), LIGHT, round_=True)
    sheet.line((382, 150, 500, 110, 626, 135), MIDDLE, 6)
    for x, y, words in ((460, 70, "公民館"), (560, 195, "北公園")):
        sheet.dot(x, y, 10)
        sheet.text(x, y - 28, words)
    sheet.save(name)


def draw_all() -> None:
    """Every figure."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    draw_flows()
    stairs(
        "dx-procedures",
        ("ステップ0\n認識の共有", "ステップ1\n全体方針", "ステップ2\n推進体制", "ステップ3\n取組の実行"),
    )
    list_of(
        "rpa-first-steps",
        ("手順が決まっているか", "入力は電子データか", "件数が多いか", "例外が少ないか", "画面が変わりにくいか"),
    )
    list_of(
        "generative-ai-rules",
        ("入れない  個人情報と公表前の情報", "確かめる  根拠の資料と照らす", "残す  使った業務を記録する"),
        WARM,
    )
    stacked(
        "government-cloud",
        (("計算資源", 220, DARK), ("保存量", 150, MIDDLE), ("通信", 110, WARM), ("運用管理", 140, LIGHT)),
    )
    bands(
        "three-layers",
        (
            ("マイナンバー\n利用事務系", "住民記録や税など\nもっとも重い情報を扱う", WARM),
            ("LGWAN接続系", "庁内の事務と\n自治体どうしの連絡に使う", LIGHT),
            ("インターネット\n接続系", "外部とのメールや\n調べものに使う", PAPER),
        ),
    )
    bands(
        "evacuation-notice",
        (
            ("警戒レベル3", "高齢者等避難\n時間のかかる人は避難する", PAPER),
            ("警戒レベル4", "避難指示\n危険な場所から全員が避難する", WARM),
            ("警戒レベル5", "緊急安全確保\n命を守る行動をとる", LIGHT),
        ),
    )
    time_bars("card-renewal")
    table_to_map("open-data")


def draw_flows() -> None:
    """The figures that lead from step to step."""
    flow(
        "personal-data", ("目的を\n決める", "項目を\n絞る", "守り方を\n決める", "消す日を\n決める"), last_is_goal=False
    )
    flow("post-office", ("議会の\n議決", "郵便局を\n指定", "回線と\n機器", "局員の\n研修", "窓口の\n開始"))
    flow(
        "standardisation",
        ("文字と\nデータの\n整備", "移行の\n試行", "連携の\n確認", "本番の\n切替", "運用の\n見直し"),
        last_is_goal=False,
    )
    flow("no-writing-counter", ("受付で\n聞き取る", "職員が\n入力する", "住民が\n確かめる", "次の課へ\n渡す"))
    flow("disaster-dx", ("住家の\n調査", "被害の\n判定", "台帳へ\n登録", "証明書の\n交付", "支援金の\n申請"))
    flow(
        "public-money",
        ("コードを\n読み取る", "共通の\n納税\nシステム", "自治体へ\n入金と\n通知", "台帳の\n消し込み"),
    )


if __name__ == "__main__":
    draw_all()
