"""What a list says of each reader's subscription: the words that tools and people have for it."""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Mapping, Sequence

from ..store.errors import Invalid
from ..store.phrase import phrase


class ReaderStatus(enum.Enum):
    """Where a reader stands elsewhere; a later one outweighs an earlier one."""

    ACTIVE = "active"
    UNCONFIRMED = "unconfirmed"
    """Asked, but never confirmed: the reader has not agreed."""
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    BLOCKED = "blocked"

    def outweighs(self, other: ReaderStatus) -> bool:
        """Whether this one counts where a list says both."""
        order = list(ReaderStatus)
        return order.index(self) > order.index(other)


_WORDS: dict[ReaderStatus, str] = {
    ReaderStatus.ACTIVE: """
        active enabled subscribed confirmed optedin optin 有効 配信中 配信 配信可 配信対象 配信する 購読中 購読
        登録中 登録 登録済 登録済み 本登録 正常 アクティブ""",
    ReaderStatus.UNCONFIRMED: """
        unconfirmed pending notconfirmed nonsubscribed nonsubscriber neversubscribed transactional 仮登録 未確認
        未承認 承認待ち 確認待ち 未購読 未登録""",
    ReaderStatus.UNSUBSCRIBED: """
        unsubscribed unsubscribe optedout optout disabled cancelled canceled 配信停止 配信停止中 停止 停止中 停止済
        停止済み 解除 解除済 解除済み 配信解除 配信解除済み 購読解除 購読解除済み 購読停止 登録解除 退会 退会済
        退会済み 拒否 受信拒否 配信拒否 配信不可 配信不要 不要 無効 削除 削除済 削除済み ゴミ箱 ゴミ箱(削除)""",
    ReaderStatus.BOUNCED: """
        bounced bounce bouncing hardbounced hardbounce cleaned undeliverable invalid エラー停止 エラー 配信エラー
        エラー配信停止 不達 配信不能 送信不可""",
    ReaderStatus.COMPLAINED: "complained complaint spam markedasspam abuse abused 迷惑メール 迷惑メール報告 苦情",
    ReaderStatus.BLOCKED: "blocklisted blacklisted blocked ブラックリスト ブロック",
}
_YES_WORDS = """
    1 y yes true t on はい 有 有り あり 可 ○ 〇 ◯ ◎ ✓ ✔ ☑ レ 済 済み 希望 希望する する 要 必要 同意 同意する 同意済
    同意済み"""
_NO_WORDS = """
    0 n no false f off いいえ 無 無し なし 否 不可 × x ✕ ✗ ☐ - ― 未 希望しない しない 不要 null none 不同意 同意しない
    未同意 不承諾"""
# Under 配信停止 or Unsubscribed these say as well that the mark is set as that letters are: somebody must say which.
_OF_MARK_OR_LETTERS_WORDS = """
    x × ✕ ✗ 可 不可 否 要 必要 しない 希望しない 同意しない 不同意 不承諾 未同意 有効 無効 enabled disabled active
    アクティブ confirmed 登録 登録中 登録済 登録済み 本登録"""
LONGEST = 100
"""Characters of a folded word that count."""
_A_DAY = re.compile(r"[12]\d{3}[/.年]?[01]?\d[/.月]?[0-3]?\d.*|(令和|平成|r|h)\d{1,2}[年./-].*")
_NO_DAY = re.compile(r"[0:/\s.-]+")


def fold(word: str) -> str:
    """*word* as the tables have it, cut at :data:`LONGEST`."""
    return (re.sub(r"[\s_\-]+", "", unicodedata.normalize("NFKC", word).casefold()) or word.strip())[:LONGEST]


_YES, _NO, _OF_MARK_OR_LETTERS = (
    frozenset(map(fold, words.split())) for words in (_YES_WORDS, _NO_WORDS, _OF_MARK_OR_LETTERS_WORDS)
)
_STATUS = {fold(word): status for status, words in _WORDS.items() for word in words.split()}


# What Google Groups has under Email preference.
_PREFERENCES = {
    **dict.fromkeys(("email", "allemail", "eachemail", "digest", "abridged"), ReaderStatus.ACTIVE),
    **dict.fromkeys(("noemail", "webonly"), ReaderStatus.UNSUBSCRIBED),
}


def of(holds: str, cell: str, told: Mapping[str, ReaderStatus]) -> ReaderStatus | None:
    """What a cell says; None where nobody knows.

    Arguments:
        holds: what its column holds, one of :data:`models.imports.headings.STATUS`.
        told: what we were told of words in this column, folded.
    """
    return by_word(cell, told) if holds == "status" else by_mark(holds, cell, told)


def in_columns(
    words: Mapping[str, ReaderStatus], columns: Sequence[tuple[int, str]]
) -> dict[int, dict[str, ReaderStatus]]:
    """Words of which somebody said what they mean, and not in which column, by the places of the columns.

    × answers the question under 配信停止, and does not change that somebody wrote “no” under メルマガ希望: such a word
    counts where nobody knows it, and where every column knows it, in all of them.

    Arguments:
        columns: place of each column that says who is mailed, and what it holds.
    """
    found: dict[int, dict[str, ReaderStatus]] = {place: {} for place, _holds in columns}
    for word, status in words.items():
        open_ = [place for place, holds in columns if of(holds, word, {}) is None]
        for place in open_ or found:
            found[place][word] = status
    return found


def by_word(word: str, told: Mapping[str, ReaderStatus]) -> ReaderStatus | None:
    """What a status word says; None where nobody knows.

    Arguments:
        told: what we were told of words, folded.
    """
    plain = fold(word)
    return ReaderStatus.ACTIVE if not plain else told.get(plain) or _STATUS.get(plain)


def by_mark(holds: str, cell: str, told: Mapping[str, ReaderStatus]) -> ReaderStatus | None:
    """What a mark, a day or a yes says under a heading such as 配信停止 or メルマガ希望; None where nobody knows.

    Arguments:
        holds: ``stopped``, ``bounced`` or ``wanted``.
        told: what we were told of words, folded; of an empty cell, only where it was asked about.
    """
    plain = fold(cell)
    wanted = holds == "wanted"
    if not plain:  # who only ticks those that want letters leaves the others empty; who ticks those that left, too
        return told.get(plain) if wanted else ReaderStatus.ACTIVE
    return told.get(plain) or (_by_wish(plain) if wanted else _by_leaving(holds, plain))


def _by_wish(plain: str) -> ReaderStatus | None:
    """What stands under a heading that says that letters are wanted; an x ticks in one country and crosses out here."""
    if plain == "x":
        return None
    if plain in _YES:
        return ReaderStatus.ACTIVE
    if plain in _NO or _NO_DAY.fullmatch(plain):
        return ReaderStatus.UNSUBSCRIBED
    return ReaderStatus.ACTIVE if _A_DAY.fullmatch(plain) else _STATUS.get(plain) or _PREFERENCES.get(plain)


def _by_leaving(holds: str, plain: str) -> ReaderStatus | None:
    """What stands under a heading that says that somebody left: a state that it names counts before a yes or no."""
    left = ReaderStatus.BOUNCED if holds == "bounced" else ReaderStatus.UNSUBSCRIBED
    if plain in _OF_MARK_OR_LETTERS:
        return None
    status = _STATUS.get(plain)
    if status is not None and status is not ReaderStatus.ACTIVE:  # 不要 under メール不要 is no no
        return status
    if plain in _NO or _NO_DAY.fullmatch(plain):
        return ReaderStatus.ACTIVE
    return left if plain in _YES or _A_DAY.fullmatch(plain) else status


def says_no(cell: str) -> bool:
    """Whether a cell about consent says that there is none."""
    return fold(cell) in _NO


def says_yes(cell: str) -> bool:
    """Whether a cell about consent says that there is one, and nothing about where it came from."""
    return fold(cell) in _YES


def told(pairs: Mapping[str, str]) -> dict[str, ReaderStatus]:
    """What ``--status WORD=STATE`` says.

    Raises:
        Invalid: there is no such state.
    """
    known = {status.value: status for status in ReaderStatus}
    for word, state in pairs.items():
        if state not in known:
            raise Invalid(
                phrase(
                    "“{word}={state}”: there is no state “{state}”; the states are {names}",
                    word=word,
                    state=state,
                    names=", ".join(known),
                )
            )
    return {fold(word): known[state] for word, state in pairs.items()}
