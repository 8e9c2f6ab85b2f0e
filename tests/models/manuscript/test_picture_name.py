"""The name of a picture is what people see, however a disk, an editor or a keyboard writes it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from models import manuscript
from models.issues.block import Figure
from models.manuscript import picture_name
from models.manuscript.source_files import ManuscriptFolder
from models.store.errors import Invalid
from tests.archive_sample import picture

Load = Callable[[str], str]


@pytest.fixture
def folder(session: Session, tmp_path: Path) -> ManuscriptFolder:
    (tmp_path / "figures").mkdir()
    for name in ("figures/グラフ1.png", "figures/Chart (2).PNG", "map.jpeg"):
        (tmp_path / name).write_bytes(picture())
    return ManuscriptFolder(session, tmp_path / "issue.md")


@pytest.mark.parametrize(
    "named",
    [
        "figures/グラフ1.png",
        unicodedata.normalize("NFD", "figures/グラフ1.png"),
        "figures/%E3%82%B0%E3%83%A9%E3%83%95%31.png",
        "figures/グラフ１.png",
        "figures/ｸﾞﾗﾌ1.png",
        "FIGURES/グラフ1.PNG",
        "figures\\グラフ1.png",
        ".\\figures\\グラフ1.png",
        "figures¥グラフ1.png",
        "./figures//グラフ1.png",
        "figures／グラフ１．ｐｎｇ",
        "figures/chart%20(2).png",
        "Figures/Chart (2).png",
        "figures/chart　(2).png",
        "MAP.JPEG",
    ],
)
def test_case_g21_a_picture_is_found_by_the_name_that_people_see(folder: ManuscriptFolder, named: str) -> None:
    assert len(folder.load_image(named, 3)) == 64


def test_case_g21_a_mac_keeps_names_in_pieces(session: Session, tmp_path: Path) -> None:
    (tmp_path / unicodedata.normalize("NFD", "ガイド.png")).write_bytes(picture())
    assert ManuscriptFolder(session, tmp_path / "issue.md").load_image("ガイド.png", 3)


@pytest.mark.parametrize(
    ("named", "meant"),
    [
        ("figures/グラフ.png", "figures/グラフ1.png"),
        ("グラフ1.png", "figures/グラフ1.png"),
        ("map.jpg", "map.jpeg"),
        ("figures/map.jpeg", "map.jpeg"),
        ("C:\\Users\\me\\Desktop\\グラフ1.png", "figures/グラフ1.png"),
        ("figure/Chart (2).png", "figures/Chart (2).PNG"),
        ("figures/Chrat (2).png", "figures/Chart (2).PNG"),
    ],
)
def test_case_g21_the_near_name_is_offered(folder: ManuscriptFolder, named: str, meant: str) -> None:
    with pytest.raises(Invalid, match="did you mean") as refused:
        folder.load_image(named, 3)
    assert f"did you mean “{meant}”?" in str(refused.value)
    assert str(refused.value).startswith("issue.md:3: there is no picture")


@pytest.mark.parametrize("named", ["figures/全く別のもの.png", "x" * 5000 + ".png", "%E3%82.png", "%", "..\\..\\x.png"])
def test_case_g21_a_name_that_nothing_is_like_is_refused(folder: ManuscriptFolder, named: str) -> None:
    with pytest.raises(Invalid, match="put it into the manuscript's folder"):
        folder.load_image(named, 3)


def test_case_g21_names_that_only_a_disk_tells_apart_are_asked_about(session: Session, tmp_path: Path) -> None:
    for name in ("a.png", "A.png"):
        (tmp_path / name).write_bytes(picture())
    folder = ManuscriptFolder(session, tmp_path / "issue.md")
    assert folder.load_image("A.png", 3), "the very name is no question"
    with pytest.raises(Invalid, match=r"could be “A\.png”, “a\.png”"):
        folder.load_image("ａ.png", 3)


def test_a_name_that_looks_like_one_leads_nowhere_else(session: Session, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "out.png").write_bytes(picture())
    (tmp_path / "in" / "link.png").symlink_to(tmp_path / "out.png")
    (tmp_path / "in" / "beyond").symlink_to(tmp_path)
    folder = ManuscriptFolder(session, tmp_path / "in" / "issue.md")
    for named in ("LINK.png", "..\\out.png", "%2e%2e/out.png", "BEYOND/out.png"):
        with pytest.raises(Invalid, match=r"lies outside|there is no picture"):
            folder.load_image(named, 3)


@hypothesis_settings(max_examples=60)
@given(st.text(max_size=30))
def test_every_form_of_a_name_is_one_name(name: str) -> None:
    seen = picture_name.seen_as(name)
    assert picture_name.seen_as(unicodedata.normalize("NFD", name)) == picture_name.seen_as(
        unicodedata.normalize("NFC", name)
    )
    assert not seen.startswith("/")


@pytest.mark.parametrize(
    "path",
    [
        "図 1.png",
        "スクリーンショット 2026-11-29 10.00.00.png",
        "figures/Chart (2) final.png",
        "C:\\Users\\me\\図 1.png",
        "図\u30001.png",
    ],
)
def test_case_g21_a_path_with_blanks_is_a_picture_and_not_words(path: str) -> None:
    named: list[str] = []

    def load(name: str, _line: int) -> str:
        named.append(name)
        return "a" * 64

    text = f"---\nsubject: 件名\n---\n![何が見えるか]({path})\n図の題\n出典: 事務局\n"
    (block,) = manuscript.parse(text, "issue.md", load).blocks
    assert isinstance(block, Figure)
    assert (block.alt, block.caption, block.source) == ("何が見えるか", "図の題", "事務局")
    assert named == [path]
    assert manuscript.parse(manuscript.write(manuscript.parse(text, "issue.md", load), lambda _: path), "", load).blocks


def test_a_path_without_blanks_and_a_title_are_read_as_ever() -> None:
    text = '---\nsubject: 件名\n---\n![何が見えるか](図.png "題")\n'
    (block,) = manuscript.parse(text, "issue.md", lambda name, _line: "a" * 64 if name == "図.png" else "").blocks
    assert isinstance(block, Figure)
    assert block.caption == "題"
