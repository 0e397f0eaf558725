"""The tables of a page as its reader sees them: headings and cells, without pictures."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

# What stands in a cell beside its figure: a word for listeners, a remark.
_BESIDE = frozenset({"visually-hidden", "cell-note"})
_PICTURES = frozenset({"league__picture", "bar-cell"})
_VOID = frozenset({"input", "br", "img", "link", "meta", "hr", "wbr", "path", "rect", "circle"})


@dataclass
class Table:
    """`title` is the heading or summary that the table stands under."""

    title: str
    headings: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)

    def row(self, name: str) -> list[str]:
        """The first with a cell that says so."""
        return next(row for row in self.rows if name in row)

    def column(self, heading: str) -> list[str]:
        return [row[self.headings.index(heading)] for row in self.rows]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tables: list[Table] = []
        self.links: list[str] = []
        self.title: list[str] = []
        self.cell: list[str] | None = None
        self.row: list[str] | None = None
        self.picture = False
        self.skipped: list[str] = []
        self.in_title = False
        self.in_head = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.append(given.get("href", ""))
        classes = {*given.get("class", "").split()}
        if self.skipped or tag == "svg" or _BESIDE & classes:
            self.skipped += [tag] if tag not in _VOID else []
        else:
            self._begin(tag, classes)

    def _begin(self, tag: str, classes: set[str]) -> None:
        if tag in {"h1", "h2", "h3", "summary"}:
            self.in_title, self.title = True, []
        elif tag == "table":
            self.tables.append(Table(" ".join("".join(self.title).split())))
        elif tag in {"thead", "tbody"}:
            self.in_head = tag == "thead"
        elif tag == "tr":
            self.row = []
        elif tag in {"th", "td"}:
            self.cell = []
            self.picture = bool(_PICTURES & classes)

    def handle_endtag(self, tag: str) -> None:
        if self.skipped:
            if tag == self.skipped[-1]:
                self.skipped.pop()
        elif tag in {"h1", "h2", "h3", "summary"}:
            self.in_title = False
        elif tag in {"th", "td"}:
            self._end_cell()
        elif tag == "tr" and self.row is not None:
            if self.in_head:
                self.tables[-1].headings = self.row
            else:
                self.tables[-1].rows.append(self.row)

    def handle_data(self, data: str) -> None:
        if self.skipped:
            return
        if self.in_title:
            self.title.append(data)
        if self.cell is not None:
            self.cell.append(data)

    def _end_cell(self) -> None:
        words = " ".join("".join(self.cell or []).replace("\xad", "").split())
        if self.row is not None and not self.picture:
            self.row.append(words)
        self.cell = None


def read(html: str) -> _Reader:
    """`tables` in their order, and `links`, the addresses that the page leads to."""
    reader = _Reader()
    reader.feed(html)
    return reader


def tables_of(html: str) -> list[Table]:
    return read(html).tables


def table(html: str, title: str) -> Table:
    """The one under that heading."""
    found = [one for one in tables_of(html) if one.title.startswith(title)]
    assert found, [one.title for one in tables_of(html)]
    return found[0]
