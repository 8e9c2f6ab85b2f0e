"""What a finding says by its rule: what is wrong and why, and how to correct it."""

from __future__ import annotations

from typing import Final

from ..translations import Phrase, phrase

MESSAGES: Final[dict[str, tuple[Phrase, Phrase]]] = {
    "legal.sender": (
        phrase("The sender's name is missing from the {part}. The law on specified electronic mail (art. 4) wants it."),
        phrase("Enter the sender's name in the newsletter's settings."),
    ),
    "legal.postal_address": (
        phrase("The postal address is missing from the {part}. The law on specified electronic mail wants it."),
        phrase("Enter the postal address in the newsletter's settings."),
    ),
    "legal.contact": (
        phrase("A contact for questions and complaints is missing from the {part}. The law wants it."),
        phrase("Enter a telephone number, address or URL in the newsletter's settings."),
    ),
    "legal.unsubscribe": (
        phrase("The way to unsubscribe is missing from the {part}. Readers must be told how to stop."),
        phrase("Keep the footer's unsubscribe link in the template."),
    ),
    "size.clipped": (
        phrase("The HTML has {size} bytes. Gmail hides all after 102,400 bytes, the unsubscribe link among it."),
        phrase("Shorten texts to summaries and link to the rest."),
    ),
    "size.relay": (
        phrase("The letter has {size} bytes, and the relay {relay} takes {limit} at most. Sending would stop."),
        phrase("Link to pictures instead of embedding them, or shorten texts, or have the relay's limit raised."),
    ),
    "subject.missing": (phrase("There is no subject."), phrase("Write a subject that says what the issue is about.")),
    "subject.long": (
        phrase("The subject has {length} characters; most lists of mail cut it at about 60."),
        phrase("Put what matters first and make it shorter."),
    ),
    "preheader.missing": (
        phrase("There is no preheader, so lists of mail show some other text after the subject."),
        phrase("Write one sentence that says what is in the issue."),
    ),
    "figure.alt": (
        phrase("The figure has no alternative text: where pictures are off, its content is lost."),
        phrase("Say in one sentence what the figure shows."),
    ),
    "figure.source": (
        phrase("The figure names no source. A quotation must (Copyright Act of Japan, art. 48)."),
        phrase("Name the document and its publisher, or your own office where you drew it."),
    ),
    "figure.missing": (phrase("The figure's picture is not there."), phrase("Upload the picture again.")),
    "figure.heavy": (
        phrase("The picture has {size} KB and is slow to open on a phone."),
        phrase("Make it at most 1,200 pixels wide and 300 KB."),
    ),
    "figure.total": (
        phrase("All pictures together have {size} KB; many gateways refuse that."),
        phrase("Use fewer or smaller pictures."),
    ),
    "article.missing": (
        phrase("The article “{slug}” is gone or renamed."),
        phrase("Add the article again, or take this block out."),
    ),
    "article.address": (
        phrase("The article “{slug}” has no address."),
        phrase("Give it an address on the web, or a text to host."),
    ),
    "topic.missing": (phrase("There is no topic “{slug}”."), phrase("Choose one of the newsletter's topics.")),
    "link.broken": (phrase("The link {url} answers with an error ({status})."), phrase("Correct the address.")),
    "link.archive": (
        phrase("The link {url} leads to no page of the archive."),
        phrase(
            "See whether the archive is public, and the issue, the article or the topic is there; "
            "an issue that is not out yet has no page."
        ),
    ),
    "link.unreachable": (
        phrase("The link {url} could not be checked ({reason})."),
        phrase("Open it in a browser to be sure."),
    ),
    "link.private": (
        phrase("The link {url} points to a private address that readers cannot open."),
        phrase("Use a public address."),
    ),
    "link.unsure": (
        phrase("What stands right behind the address {url} could belong to it, and is no part of its link."),
        phrase("Put a space behind the address, or write [words](address)."),
    ),
    "link.vague": (
        phrase("The link text “{text}” does not say where it leads once it is read aloud or shown as text."),
        phrase("Name what the reader will find there."),
    ),
    "words.private": (
        phrase("Private-use characters, which no reader's machine can show: {characters}"),
        phrase("Write another form of the character, or its reading in kana."),
    ),
    "words.lost": (
        phrase("A character was lost when the text was converted: “{text}”"),
        phrase("See in the source which one it was, and write it anew."),
    ),
    "words.kana": (
        phrase("Half-width kana, which old mail clients garble: {characters}"),
        phrase("Write them full-width: {instead}"),
    ),
    "words.enclosed": (
        phrase("Signs that old mail clients garble: {characters}"),
        phrase("Write them in plain characters: {instead}"),
    ),
    "words.emoji": (
        phrase("Emoji, which old mail clients garble and many offices see as empty boxes: {characters}"),
        phrase("Take them out, or say in words what they say."),
    ),
    "words.kanji": (
        phrase("Forms of kanji that old mail clients garble: {characters}"),
        phrase("Write the common form, such as 高 for 髙, where the name allows it, or add the reading in kana."),
    ),
    "words.characters": (
        phrase("Characters that old mail clients garble: {characters}"),
        phrase("Write them in plain letters, or in kana."),
    ),
    "words.split": (
        phrase("“{text}” is split by spaces and is not read or found as one word."),
        phrase("Take the spaces out."),
    ),
    "words.long_sentence": (
        phrase("A sentence of {length} characters: “{text}…”"),
        phrase("Split it: at most {limit} characters read well."),
    ),
    "words.placeholder": (
        phrase("Placeholder text of the draft is still there: “{text}”"),
        phrase("Write the real text, or delete it."),
    ),
    "words.changed": (
        phrase("“{text}” of the manuscript is not in the {part} as it was typed: a letter got lost."),
        phrase("Write it in another way, such as with full-width signs, and tell who looks after Kairan."),
    ),
    "words.markup": (
        phrase("“{text}” looks like Markdown, but readers would see its signs."),
        phrase("Finish the link as [words](https://…); in headlines, tables, captions and titles take the signs away."),
    ),
    "words.signs": (
        phrase("“{text}” is mailed with its signs."),
        phrase("See whether they were meant to be weight (**words**) or a headline (## words)."),
    ),
    "date.weekday": (
        phrase("“{text}”: the weekday is wrong, it is a {weekday}."),
        phrase("Find out which of the two is right."),
    ),
    "date.impossible": (phrase("There is no such date as “{text}”."), phrase("Correct the date.")),
    "structure.empty": (phrase("The issue has no content."), phrase("Add blocks.")),
    "structure.heading": (
        phrase("Headings jump from level {before} to {after}, which confuses screen readers."),
        phrase("Go down one level at a time."),
    ),
    "structure.blank": (phrase("{what} is empty."), phrase("Fill it in, or delete the block.")),
    "ranking.order": (
        phrase("The places of the ranking are out of order ({places})."),
        phrase("Count down to 1 without a gap or a repetition."),
    ),
    "ranking.news": (
        phrase("Place {place} says nothing but what the article itself says."),
        phrase("Write what has changed since."),
    ),
    "ranking.recap": (phrase("The recap of place {place} is empty."), phrase("Write two or three sentences.")),
    "look.contrast": (phrase("{problem}"), phrase("Change the colour “{field}” in the newsletter's settings.")),
    "slot.fallback": (
        phrase("The personal field “{name}” has nothing for readers without one."),
        phrase('Write {{{{ reader.{name} | default("reader") }}}}.'),
    ),
    "slot.honorific": (
        phrase("Readers without a “{name}” are called “{fallback}{honorific}”."),
        phrase(
            "Let the honorific belong to the name: "
            '{{{{ reader.{name} | honorific("{honorific}") | default("{fallback}") }}}}, with none behind it.'
        ),
    ),
    "slot.foreign": (
        phrase("“{text}” looks like another system's placeholder, and is mailed as it stands."),
        phrase('Write {{{{ {name} | default("reader") }}}} for the reader\'s own detail.'),
    ),
    "readers.unknown": (
        phrase("Who gets the issue cannot be worked out: {reason}"),
        phrase("Correct it on the page “To whom it goes”, or at the top of the manuscript."),
    ),
    "readers.nobody": (
        phrase("Nobody would get this issue now, and so it cannot be sent."),
        phrase("Look at its audience and segment, and at who subscribes."),
    ),
    "template.broken": (phrase("The issue cannot be rendered: {reason}"), phrase("Fix what is named.")),
}
