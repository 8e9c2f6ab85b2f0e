"""Characters of names that have several forms: 高 and 髙, 斎 and 齋. Whoever looks for one finds all that are stored.

A family register (戸籍) keeps the form that the family writes; on the telephone nobody says which. So these are no
rule of what is the same name, only of what is worth showing to whoever looks for it.

The groups are old and new forms of the Table of Common Kanji (常用漢字表, Cabinet notification 2 of 2010: those in its
brackets), pairs of the second table of the regulation on family registers (戸籍法施行規則 別表第二), and forms that
Unicode keeps apart and the Ministry of Justice takes for one character or a popular form of it (誤字俗字・正字一覧表).
斉 and 斎, with their old forms, are two characters that names mix up. What NFKC makes one of is taken from Unicode.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_TABLE = """
亜亞 為爲 壱壹 栄榮 鋭銳 円圓 園薗 縁緣 塩鹽 応應 桜櫻 奥奧 横橫 温溫 穏穩 会會 絵繪 覚覺 学學 岳嶽 楽樂 巻卷 寛寬
観觀 関關 舘館 巌巖 顔顏 気氣 亀龜 帰歸 旧舊 挙擧 峡峽 狭狹 尭堯 郷鄕 暁曉 区區 駆驅 勲勳 薫薰 径徑 恵惠 経經 渓溪
継繼 鶏鷄 芸藝 県縣 剣劍 顕顯 験驗 厳嚴 広廣 恒恆 黄黃 号號 国國 黒黑 済濟 斎齋斉齊 崎﨑嵜 参參 蚕蠶 桟棧 賛贊 産產
糸絲 児兒 実實 写寫 寿壽 収收 渋澁 縦縱 粛肅 処處 叙敍 将將 奨奬 証證 昇曻 条條 乗乘 浄淨 畳疊 嬢孃 譲讓 真眞 慎愼
晋晉 尽盡 粋粹 随隨 穂穗 数數 枢樞 瀬瀨 声聲 静靜 青靑 清淸 摂攝 専專 浅淺 銭錢 禅禪 曽曾 双雙 壮壯 荘莊 総總 聡聰
巣巢 増增 蔵藏 即卽 続續 体體 対對 帯帶 台臺 滝瀧 沢澤 択擇 単單 団團 弾彈 昼晝 虫蟲 庁廳 徴徵 聴聽 鎮鎭 鉄鐵鐡
転轉 伝傳 点點 灯燈 当當 島嶋嶌 党黨 稲稻 徳德 独獨 読讀 富冨 豊豐 拝拜 売賣 麦麥 発發 浜濱濵 秘祕 彦彥 姫姬 峰峯
宝寶 辺邊邉 変變 弁辨 歩步 舗舖 毎每 万萬 満滿 黙默 弥彌 訳譯 薬藥 与與 誉譽 揺搖 様樣 謡謠 来來 莱萊 頼賴 覧覽
竜龍 涼凉 緑綠 塁壘 礼禮 霊靈 暦曆 歴歷 恋戀 楼樓 禄祿 録錄 湾灣 高髙 吉𠮷 橋槗 柳栁 桑桒 柏栢 桧檜 槙槇 栖棲 船舩
淵渕渊 秋穐 野埜 村邨 角⻆ 戸戶 内內 間閒 隣鄰 薮藪籔 芦蘆 鶴靏 雁鴈 頴穎 鴎鷗 麹麴 遥遙 瑶瑤 凛凜 萌萠 煕熙凞 昂昻
祷禱 祢禰 穣穰 壷壺 簑蓑 諌諫 繋繫 靭靱 爾尓 卯夘
"""
_GROUPS = tuple(_TABLE.split())
_MOST = 16
"""Ways to write the beginning of a word that are looked up, each by an index."""


def pattern(word: str) -> str:
    """A regular expression of PostgreSQL for every way to write a word, with small letters and capitals."""
    return "".join(map(_any_of, word))


def beginnings(word: str) -> list[str]:
    """The ways to write a word; where those would be many, the ways to write as much of its beginning as has few."""
    found = [""]
    for letter in word:
        forms = forms_of(letter)
        if len(found) * len(forms) > _MOST:
            break
        found = [start + form for start in found for form in forms]
    return found


def has_variants(word: str) -> bool:
    """Whether any of its characters has another form."""
    return any(len(forms_of(letter)) > 1 for letter in word)


def forms_of(letter: str) -> str:
    """A character and its other forms."""
    return _forms().get(letter, letter)


@cache
def _forms() -> dict[str, str]:
    found = {letter: group for group in _GROUPS for letter in group}
    # Compatibility ideographs, such as 神 (U+FA19): somebody typed them, and lists keep what was typed.
    for code in (*range(0xF900, 0xFB00), *range(0x2F800, 0x2FA20)):
        plain = unicodedata.normalize("NFKC", chr(code))
        if plain != chr(code):
            for letter in (group := found.get(plain, plain)):
                found[letter] = group + chr(code)
            found[chr(code)] = found[plain]
    return found


def _any_of(letter: str) -> str:
    forms = {*forms_of(letter), *(one for one in (letter.lower(), letter.upper()) if len(one) == 1)}
    escaped = sorted(map(re.escape, forms))
    return escaped[0] if len(escaped) == 1 else f"[{''.join(escaped)}]"
