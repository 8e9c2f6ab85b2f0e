"""A page that holds nothing but TipTap as its makers ship it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

SOURCES = Path(__file__).parents[2] / "web" / "editor"
ENTRY = Path(__file__).with_name("plain_tiptap.js")


def build(folder: Path) -> Path:
    """Bundle plain TipTap, of the version that the block editor has, into a page; its file.

    Arguments:
        folder: a folder that is made for it.

    Raises:
        RuntimeError: Node is missing, or the editor's packages (``scripts/build-editor`` gets them).
        subprocess.CalledProcessError: npm or esbuild failed, for instance without a way to the registry.
    """
    if not shutil.which("npm") or not (SOURCES / "node_modules").is_dir():
        raise RuntimeError(
            "Install Node 20 or later, and run scripts/build-editor first: the comparison is built with them."
        )
    folder.mkdir()
    shutil.copy(SOURCES / "package.json", folder)
    shutil.copy(SOURCES / "package-lock.json", folder)
    shutil.copy(ENTRY, folder)
    version = json.loads((SOURCES / "node_modules/@tiptap/core/package.json").read_text())["version"]
    parts = [f"@tiptap/{name}@{version}" for name in ("starter-kit", "extension-table")]
    install = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", *parts]
    subprocess.run(install, cwd=folder, check=True)
    bundle = [SOURCES / "node_modules/.bin/esbuild", ENTRY.name, "--bundle", "--minify", "--outfile=plain.js"]
    subprocess.run(bundle, cwd=folder, check=True, capture_output=True)
    page = folder / "plain.html"
    page.write_text('<!doctype html><html lang="ja"><meta charset="utf-8"><body><script src="plain.js"></script>')
    return page
