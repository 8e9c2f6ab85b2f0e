"""Why a letter cannot be rendered, in words for the people who write it."""

from __future__ import annotations

import enum

from models.store.errors import Invalid

from ..translations import Phrase, phrase


class RenderFault(enum.Enum):
    """What is wrong; the value says it, with what to do about it."""

    UNKNOWN_ARTICLE = phrase(
        "there is no article “{name}”: see whether it was deleted, choose another or remove the reference"
    )
    UNKNOWN_IMAGE = phrase("there is no picture {name}: add it again")
    UNKNOWN_TOPIC = phrase("there is no topic “{name}”: choose another")
    ADDRESS = phrase("a link cannot be followed: {why}")
    ADDRESS_PERSONAL = phrase("an address cannot hold a reader's own details: put them into the text")
    COLOUR = phrase("a colour of the newsletter's look is wrong: {detail}")
    LETTER_LONG = phrase("the texts of the issue have more than {limit} characters: see what was pasted")
    MARKS_MANY = phrase(
        "the issue has more than {limit} marks and line ends up to here: see what was pasted, and shorten it"
    )
    MERGE_TAG_SYNTAX = phrase("line {line} has a template error: write it like {{{{ reader.name }}}}, not “{text}”")
    MERGE_TAG_FORBIDDEN = phrase("“{name}” is not allowed in a template (line {line}): remove it")
    MERGE_TAG_UNKNOWN = phrase("there is no field “{name}” to fill in: check its name")
    MERGE_TAG_CONDITION = phrase(
        "a reader's “{name}” cannot be tested or changed: say with default what stands there when it is empty"
    )
    MERGE_TAG_LOOP = phrase("the template loops more than {limit} times: shorten it")
    MERGE_TAG_LARGE = phrase("the template makes more than {limit} characters: shorten it")


class CannotRender(Invalid):
    """A letter cannot be rendered as it is written.

    Arguments:
        fault: what is wrong.
        block: the position of the block at fault, counted from 1 (0: the subject, preheader or another part).
        details: what the sentence names.
    """

    def __init__(self, fault: RenderFault, *, block: int = 0, **details: object) -> None:
        self.fault, self.block, self.details = fault, block, details
        sentence: Phrase = fault.value.filled(**details)
        super().__init__(phrase("block {block}: {sentence}", block=block, sentence=sentence) if block else sentence)

    def at(self, block: int) -> CannotRender:
        """The same error with the position of its block."""
        return CannotRender(self.fault, block=block, **self.details)
