"""What makes a letter unfit to be rendered, in words for the people who write it."""

from __future__ import annotations

import enum

from models.store.errors import Invalid
from models.store.language import Language


class RenderFault(enum.Enum):
    """What is wrong; the value is the sentence in Japanese and in English, with what to do about it."""

    UNKNOWN_ARTICLE = (
        "記事「{name}」が見つかりません。削除されていないか確かめ、別の記事を選ぶかこの参照を消してください。",
        "there is no article “{name}”: see whether it was deleted, choose another or remove the reference",
    )
    UNKNOWN_IMAGE = (
        "画像 {name} が見つかりません。画像を登録し直してください。",
        "there is no picture {name}: add it again",
    )
    UNKNOWN_TOPIC = (
        "テーマ「{name}」が見つかりません。テーマを選び直してください。",
        "there is no topic “{name}”: choose another",
    )
    ADDRESS_SCHEME = (
        "リンク先「{name}」は使えません。https:// か http://、mailto:、article:記事名 で始めてください。",
        "“{name}” cannot be linked to: begin with https://, http://, mailto: or article:NAME",
    )
    ADDRESS_PERSONAL = (
        "リンク先に読者ごとの項目は使えません。項目は本文に書いてください。",
        "an address cannot hold a reader's own details: put them into the text",
    )
    ADDRESS_LONG = (
        "リンク先が長すぎます(2,000文字まで)。",
        "the address is longer than 2,000 characters: shorten it",
    )
    COLOUR = (
        "メールマガジンの色の設定に誤りがあります。#1d4f7c のように直してください。詳細: {detail}",
        "a colour of the newsletter's look is wrong: {detail}",
    )
    LETTER_LONG = (
        "号の文章が長すぎます(合計{limit}文字まで)。貼り付けた内容を確かめてください。",
        "the texts of the issue have more than {limit} characters: see what was pasted",
    )
    MERGE_TAG_SYNTAX = (
        "差し込みの書き方に誤りがあります({line}行目)。{{{{ reader.name }}}} のように書いてください。詳細: {detail}",
        "line {line} has a template error: write it like {{{{ reader.name }}}}. Detail: {detail}",
    )
    MERGE_TAG_FORBIDDEN = (
        "差し込みで「{name}」は使えません({line}行目)。",
        "“{name}” is not allowed in a template (line {line}): remove it",
    )
    MERGE_TAG_UNKNOWN = (
        "差し込みの項目「{name}」はありません。項目名を確かめてください。",
        "there is no field “{name}” to fill in: check its name",
    )
    MERGE_TAG_CONDITION = (
        "読者の項目「{name}」は条件や加工に使えません。空のときの文言は default で書いてください。",
        "a reader's “{name}” cannot be tested or changed: say with default what stands there when it is empty",
    )
    MERGE_TAG_LOOP = (
        "差し込みの繰り返しが多すぎます({limit}回まで)。",
        "the template loops more than {limit} times: shorten it",
    )
    MERGE_TAG_LARGE = (
        "差し込みの結果が長すぎます({limit}文字まで)。",
        "the template makes more than {limit} characters: shorten it",
    )


class CannotRender(Invalid):
    """A letter cannot be rendered as it is written.

    Arguments:
        fault: what is wrong.
        block: the position of the block at fault, counted from 1 (0: the subject, preheader or another part).
        details: what the sentence names.
    """

    def __init__(self, fault: RenderFault, *, block: int = 0, **details: object) -> None:
        self.fault, self.block, self.details = fault, block, details
        super().__init__(self.say("en"))

    def say(self, language: Language) -> str:
        """The whole sentence in *language*, with the position of the block."""
        sentence = self.fault.value[0 if language == "ja" else 1].format(**self.details)
        if not self.block:
            return sentence
        return f"ブロック{self.block}: {sentence}" if language == "ja" else f"block {self.block}: {sentence}"

    def at(self, block: int) -> CannotRender:
        """The same error with the position of its block."""
        return CannotRender(self.fault, block=block, **self.details)
