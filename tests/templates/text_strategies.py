"""What the letters of Japan are made of, for hypothesis: names, subjects, addresses."""

from __future__ import annotations

from hypothesis import strategies as st

WORDS = (
    *(
        "自治体",
        "窓口",
        "書かない",
        "デジタル化",
        "DX",
        "RPA",
        "ガバメントクラウド",
        "号",
        "第12号",
        "【重要】",
        "お知らせ",
        "〜",
        "ー",
        "・",
    ),
    *("髙橋", "﨑", "①", "㈱", "𠮷野家", "ﾊﾝｶｸ", "ﾊﾟﾋﾟﾌﾟ", "が", "か\u3099", "葛\U000e0100城", "e\u0301", "\u3000"),
    *(
        "👨\u200d👩\u200d👧\u200d👦",
        "🏳️\u200d🌈",
        "👍🏽",
        "🇯🇵",
        "1️⃣",
        "\u200d",
        "\ufe0f",
        "\u00a0",
        "–",
        "…",
        "é",
        "ß",
        "Ω",
    ),
    *("=?UTF-8?B?44GC?=", "?=", "<b>", '"', "\\", ",", ";", ":", "@", "(", ")", "[", "]", ".", "'", "=", "_"),
    *(" ", "A", "z", "100%", "漢" * 40, "word" * 30),
)

_characters = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029")
_words = st.lists(st.one_of(st.sampled_from(WORDS), st.text(_characters, max_size=8)), min_size=1, max_size=30)
texts = st.one_of(
    _words.map("".join),
    _words.map("".join).map(lambda text: (text * (500 // len(text) + 1))[:500] if text else "長" * 500),
)
"""Texts that may stand in a header, up to 500 characters and sometimes as long as that."""

hostile = st.text(
    st.one_of(
        st.sampled_from("\r\n\0\t\x0b\x1b\x7f\x85\u2028\u2029\u202e\u2066\u200b\ufeff<>&\"'=?.\u3000 山田𠮷"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=40,
)
"""What a form or somebody else's list may hand over as a reader's detail."""

locals_ = st.from_regex(r"[a-z0-9]([a-z0-9+_.\-]{0,20}[a-z0-9])?", fullmatch=True)
domains = st.sampled_from(["docomo.ne.jp", "ezweb.ne.jp", "example.jp", "city.example.lg.jp", "mail-1.example"])
addresses = st.builds("{}@{}".format, locals_, domains)
