"""Typesets a letter: words in, PDF out; a name is text here, never markup."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import msgspec
import typst

_HERE: Final = Path(__file__).parent
# Packages that hold nothing but font files; what they lack, a font of the system may have.
_FONTS: Final = ("fontpkg_noto_sans", "fontpkg_noto_sans_arabic")
# The standard of accessible documents: tags, language, title, an order to read in.
_ACCESSIBLE: Final = "ua-1"


def pdf(template: str, told: dict[str, Any], *, at: dt.datetime) -> bytes:
    """`template` is a file beside this one, `told` what it reads; `at` the document's own date.

    A character that no font here can draw stands as a box: then the document is tagged all the
    same, but does not call itself accessible.
    """
    given = {"told": msgspec.json.encode(told).decode()}
    try:
        return _compiled(template, given, at, [_ACCESSIBLE])
    except typst.TypstError as error:
        if "could not be displayed" not in error.message:
            raise
        return _compiled(template, given, at, [])


def _compiled(template: str, given: dict[str, str], at: dt.datetime, standards: list[Any]) -> bytes:
    compiler = typst.Compiler(_HERE / template, root=_HERE, font_paths=_fonts())
    made = compiler.compile(
        format="pdf", sys_inputs=given, pdf_standards=standards, timestamp=int(at.timestamp())
    )
    assert isinstance(made, bytes)
    return made


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    folders = [str(folder) for name in _FONTS if (folder := _folder(name))]
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=False, font_paths=folders)


def _folder(name: str) -> Path | None:
    spec = find_spec(name)
    return Path(spec.origin).parent / "files" if spec and spec.origin else None
