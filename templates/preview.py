"""What becomes of a letter on its way to a reader, as pure functions for previews and tests."""

from __future__ import annotations

from collections.abc import Mapping

from .slot import Slots


def fill_sample(rendered: str, slots: Slots, values: Mapping[str, str]) -> str:
    """*rendered* (HTML or text) with its slots filled: fields from *values*, or their fallback; tokens by samples."""
    raise NotImplementedError


def text_only(html: str, text: str) -> str:
    """A page that shows the text part as a client without HTML does."""
    raise NotImplementedError


def without_images(html: str) -> str:
    """The letter as a client shows it that loads no images: their alternative texts stand in their places."""
    raise NotImplementedError


def sanitised(html: str) -> str:
    """What a municipal gateway leaves of a letter (無害化): its text, without links, images and styles."""
    raise NotImplementedError


def dark(html: str) -> str:
    """The letter with its dark colours, whatever the browser prefers."""
    raise NotImplementedError
