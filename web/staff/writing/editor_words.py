"""What the block editor says, in the language of the page: its words travel with the page as data."""

from __future__ import annotations

from models.issues.issue import Issue
from templates.content.wording import wording

from ...language import _


def words(issue: Issue) -> dict[str, str]:
    """Every word of the editor by the name under which its scripts know it. ``{name}`` is filled there.

    What a letter says by itself, such as the headline of what has changed since, is in the language of *issue*.
    """
    return {**_kinds(), **_abouts(), **_fields(), **_bars(), **_states(), **_beside(), **_together(), **_letter(issue)}


def of_article() -> dict[str, str]:
    """Those of an article's form."""
    return {**_kinds(), **_abouts(), **_fields(), **_bars(), **_states(), **_together(), **_article()}


def _article() -> dict[str, str]:
    return {
        "kind-quote": _("Quotation"),
        "kind-code": _("Program text"),
        "kind-rule": _("Line across the page"),
        "kind-mixed": _("Text with program text in it"),
        "sealed": _("{kind}: can be moved and removed here, and changed in the article as a file"),
        "session-ended-save": _("Your session has ended. Nothing is lost: log in in another tab, come back to this one "
                                "and save again."),
        "recap-tools": _("Tools of the recap"),
        "recap-placeholder": _("What it says, in a few sentences"),
        "as-text": _("The editor cannot show all of this text as it is, so it stands here as Markdown."),
        "related-hint": _("Type part of a title and choose it from the list. The article's page leads to them in this "
                          "order."),
        "related-find": _("Find an article to add"),
        "related-none": _("No article is chosen yet."),
        "related-up": _("Move up: {title}"),
        "related-down": _("Move down: {title}"),
        "related-remove": _("Take out: {title}"),
        "related-added": _("{title}: added"),
        "related-removed": _("{title}: taken out"),
        "related-moved": _("{title}: now {place} of {count}"),
        "related-twice": _("{title} is in the list already."),
        "related-itself": _("This is the article itself."),
        "figure-taken": _("The picture is the article's figure now, as its text has no pictures. Say what it shows."),
        "figure-there": _("An article has one figure, and there is one already. Shall the pasted picture take its "
                          "place?"),
        "figure-replace": _("Take the pasted picture"),
        "figure-remove": _("Take the picture away"),
        "figure-one": _("An article has one figure: only the first picture was taken."),
        "theirs-take": _("Put what is saved now into the editor"),
        "theirs-taken": _("What is saved now stands in the editor. Undo brings yours back."),
    }  # fmt: skip


def _kinds() -> dict[str, str]:
    return {
        "kind-prose": _("Text"),
        "kind-heading": _("Headline"),
        "kind-subheading": _("Smaller headline"),
        "kind-listing": _("List"),
        "kind-numbered": _("Numbered list"),
        "kind-figure": _("Picture"),
        "kind-table": _("Table"),
        "kind-article": _("Article"),
        "kind-ranking": _("Place of a ranking"),
        "kind-notice": _("Notice"),
        "kind-button": _("Button"),
        "kind-products": _("Products and services"),
        "kind-topics": _("Topics"),
        "kind-search": _("Search of the archive"),
        "kind-signup": _("Invitation to sign up"),
        "kind-sealed": _("Block"),
    }


def _abouts() -> dict[str, str]:
    return {
        "about-prose": _("Paragraphs, with links and lists"),
        "about-heading": _("Begins a section"),
        "about-subheading": _("Below a headline"),
        "about-listing": _("With points"),
        "about-numbered": _("With numbers"),
        "about-figure": _("With a caption and its source"),
        "about-table": _("With a head row"),
        "about-article": _("A card with its title, found by searching"),
        "about-ranking": _("An article with its recap and what is new"),
        "about-notice": _("What must not be overlooked"),
        "about-button": _("One call to act"),
        "about-products": _("A list with links"),
        "about-topics": _("Links to the archive's topics"),
        "about-search": _("A way into the archive"),
        "about-signup": _("For those to whom the letter was passed on"),
    }


def _fields() -> dict[str, str]:
    return {
        "field-title": _("Headline (the usual one where it is empty)"),
        "field-text": _("Words"),
        "field-name": _("Name"),
        "field-level": _("Size"),
        "field-ordered": _("Marks"),
        "field-address": _("Address"),
        "field-article": _("Article"),
        "field-image": _("Picture"),
        "field-alt": _("What it shows, for those who cannot see it"),
        "field-caption": _("Caption"),
        "field-source": _("Source"),
        "field-source_address": _("Address of the source"),
        "field-place": _("Place"),
        "field-last_place": _("Place last time"),
        "field-readers": _("Number of readers"),
        "field-news_title": _("Headline of what is new"),
        "field-lead": _("Words before them"),
        "field-topics": _("Topics"),
        "field-products": _("Products and services"),
        "field-signup-button": _("Words on the button (the usual ones where it is empty)"),
        "field-ranking-readers-hint": _("Shown in the letter only where it is filled in."),
        "news-title-hint": _("The usual one where it is empty."),
        "no-news-title": _("No headline: the recap goes on"),
        "bullets": _("Points"),
        "numbers": _("Numbers"),
        "address-hint": _("Such as https://www.example.jp/ or an address of mail."),
        "link-hint": _("Such as https://www.example.jp/. Leave it empty to take the link away."),
        "link-words": _("Words of the link"),
        "article-hint": _("Type part of its title and choose it from the list."),
        "picture-file-hint": _("PNG, JPEG, GIF, HEIC, TIFF, BMP, WebP or AVIF, at most 10 MB."),
        "product": _("Entry {number}"),
        "more-products": _("One more entry"),
        "required": _("required"),
        "condition-hint": _("Without a tick, everybody gets it. Readers must match both lists where both have ticks."),
        "audiences": _("Audiences"),
        "topics-of-readers": _("Topics that readers have chosen"),
        "nothing-to-choose": _("This newsletter has none to choose from."),
        "fill-in": _("Please fill in: {field}"),
        "no-number": _("{field}: write a whole number, such as 3."),
        "no-whole-address": _("This is no whole address: begin it with https://, or write an address of mail."),
        "choose-article": _("Choose an article from the list."),
        "choose-picture": _("Choose a picture."),
    }


def _bars() -> dict[str, str]:
    return {
        "text": _("Text of the issue"),
        "tools": _("Tools"),
        "blocks": _("Kinds of blocks"),
        "add": _("Add"),
        "add-at-end": _("Add a block at the end"),
        "find-block": _("Find a block"),
        "bold": _("Bold"),
        "link": _("Link"),
        "undo": _("Undo"),
        "redo": _("Redo"),
        "move-up": _("Move the block up"),
        "move-down": _("Move the block down"),
        "change": _("Details"),
        "condition": _("For whom"),
        "remove": _("Remove"),
        "row-below": _("＋ row"),
        "column-right": _("＋ column"),
        "remove-row": _("− row"),
        "remove-column": _("− column"),
        "drag": _("Drag to move; press to select"),
        "not-here": _("This cannot be done where the cursor is."),
        "take-over": _("Done"),
        "leave": _("Leave as it was"),
        "placeholder": _("Write, or type / for a block"),
        "no-article": _("No article is chosen yet"),
        "no-picture": _("No picture is chosen yet"),
        "no-alt": _("Not described yet: those who cannot see it learn nothing of it."),
        "no-address": _("No address yet"),
        "nothing-chosen": _("Nothing is chosen yet"),
        "sealed": _("{kind}: can be moved and removed here, and changed in the manuscript"),
        "shown-to": _("Only for: {who}"),
        "only-audiences": "{names}",
        "only-topics": _("readers of {names}"),
        "or": _(" or "),
        "and": _(" and "),
        "found": _("{count} found"),
        "none-found": _("Nothing like that was found."),
        "made": _("{kind}: added"),
        "moved": _("{kind}: now {place} of {count}"),
        "removed": _("{kind}: removed"),
    }


def _states() -> dict[str, str]:
    return {
        "save": _("Save"),
        "saved": _("Saved."),
        "saved-at": _("Saved at {time}."),
        "autosaved": _("Kept on the server at {time}; it becomes the issue's text when you save."),
        "offline": _("No connection: kept in this browser."),
        "saving": _("Saving …"),
        "all-saved": _("Everything is saved."),
        "kept-here": _("Not saved yet; kept in this browser."),
        "not-kept": _("Not saved yet, and this browser has no room to keep it: save soon."),
        "kept-found": _("This browser has kept a text of {when} that was never saved."),
        "kept-unreadable": _("The kept text cannot be read any more."),
        "copy-found": _("The server has kept a text of yours of {when} that was never saved."),
        "copy-stays": _("What you wrote stays kept, and can be copied from here."),
        "restore": _("Go on with it"),
        "discard": _("Throw it away"),
        "restored": _("The kept text is back. It is not saved yet."),
        "not-saved": _("Not saved yet: please look at these places."),
        "block-number": _("Block {number}:"),
        "no-connection": _("The server cannot be reached. Your text is kept in this browser; try again in a while."),
        "session-ended": _("Your session has ended. Log in again in another tab."),
        "session-ended-save": _("Your session has ended. Nothing is lost: log in in another tab and come back to this "
                                "one. Then it goes on by itself."),
        "log-in-again": _("Log in in another tab"),
        "uploading": _("The picture is on its way …"),
        "uploaded": _("The picture is stored."),
        "still-uploading": _("A picture is still on its way: wait a moment and try again."),
        "picture-refused": _("The picture could not be taken."),
        "picture-too-large": _("The picture is larger than 10 MB: make it smaller."),
        "pictures-lost": _("{count} pictures could not be taken along: save them as files, then add them as pictures."),
        "paste-too-long": _("This is too long to be pasted at once: at most 200,000 characters, and 5,000 cells of a "
                            "table. Paste it in parts."),
        "condition-lost": _("What you have put here was meant for some readers only. Here others read it, too."),
        "stays-apart": _("These blocks are for different readers, and stay apart."),
        "odd-found": _("{count} places have characters that old mail programs cannot show, such as ①."),
        "odd-mend": _("Mend all of them"),
        "odd-title": _("Old mail programs cannot show this character"),
    }  # fmt: skip


def _beside() -> dict[str, str]:
    return {
        "pane": _("Beside the text"),
        "show-edit": _("Edit"),
        "show-preview": _("Preview"),
        "show-check": _("Checks"),
        "view": _("View"),
        "as-reader-of": _("As a reader of"),
        "any-audience": _("any audience"),
        "who-chose-topics": _("who chose topics"),
        "preview-letter": _("The letter as it will be"),
        "preview-no-connection": _("The server cannot be reached, so this is an earlier state of the letter."),
        "preview-too-long": _("The text is too long to be shown and checked while it is written."),
        "preview-refused": _("The letter cannot be shown."),
        "left-out": _("The letter is shown without these blocks:"),
        "not-checked": _("The text is being checked …"),
        "nothing-found": _("Nothing was found that should be mended."),
        "found-blocking": _("{count} to mend before approval"),
        "why-blocking": _("As long as these are there, the issue cannot be submitted for approval: readers would miss "
                          "something, be misled, or the law would be broken."),
        "found-to-consider": _("{count} to consider"),
        "why-to-consider": _("These do not block approval. See whether they are as you want them."),
        "blocks-approval": _("Blocks approval:"),
        "to-consider": _("To consider:"),
        "block-and-kind": _("Block {number} ({kind})"),
        "go-there": _("Go there"),
        "fill-in-now": _("Fill it in"),
        "mend-one": _("Write {instead} instead of {old}"),
        "mend-all": _("Mend all {count}"),
        "mended": _("Mended. Undo brings it back."),
        "not-mended": _("This place cannot be mended by itself: please write it anew."),
    }  # fmt: skip


def _together() -> dict[str, str]:
    """Of two who write at once."""
    return {
        "person": _("{name}"),
        "own-tab": _("you, in another tab"),
        "and-names": _(", "),
        "writing-now": _("Also writing here now: {names}."),
        "saved-meanwhile": _("Somebody has saved since you opened this. When you save, both texts are joined."),
        "save-again": _("The text has changed while it was joined: save once more."),
        "mine": _("What you wrote"),
        "theirs": _("Text of {names}"),
        "was-removed": _("Removed"),
        "piece-added": _("[added:] "),
        "piece-removed": _("[removed:] "),
        "field-empty": _("(empty)"),
        "choice-here": _("You and {names} have both changed this block. Which text shall stand here?"),
        "choice-field": _("You and {names} have both changed this: {field}. Which shall stand here?"),
        "choice-number": _("Choice {number}: {words}"),
        "choose-mine": _("Take mine"),
        "choose-theirs": _("Take that of {names}"),
        "choose-removed": _("Remove the block"),
        "choose-both": _("Keep both"),
        "choices-left": _("{count} choices are left."),
        "choices-first": _("Not saved yet. Please choose first at {count} places, where both have changed the same:"),
        "all-chosen": _("Everything is chosen. Save it now."),
    }


def _letter(issue: Issue) -> dict[str, str]:
    say = wording("en" if issue.language == "en" else "ja")
    return {
        "notice": say.notice,
        "products": say.products,
        "topics": say.topics,
        "search": say.search,
        "search-link": say.search_link,
        "signup-title": say.signup,
        "signup-button": say.signup_button(issue.newsletter.name),
        "news-title": say.news,
        "place": say.place(0).replace("0", "{place}"),
        "source": say.source("{source}"),
        "button": _("Button"),
    }
