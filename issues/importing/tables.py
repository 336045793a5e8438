"""Tables that only arrange a page, as newsletters are built, become its content."""

from bs4 import BeautifulSoup, Tag

_NO_DATA = [
    "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "img", "hr", "pre", "blockquote",
]  # fmt: skip
_LONGEST_CELL = 300
_PARTS = {"table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption"}


def flatten_layout(soup: BeautifulSoup) -> None:
    """Tables that hold data stay; the cells of the others are paragraphs."""
    for table in [t for t in soup.find_all("table") if isinstance(t, Tag)]:
        if not _holds_data(table):
            _flatten(table)
    # Parts without a table around them, as half a selection has.
    for part in [t for t in soup.find_all(_PARTS - {"table"}) if isinstance(t, Tag)]:
        if part.find_parent("table") is None:
            part.name = "div"


def _rows(table: Tag) -> list[list[Tag]]:
    return [
        list(row.find_all(["td", "th"], recursive=False))
        for row in table.find_all("tr")
        if isinstance(row, Tag)
    ]


def _holds_data(table: Tag) -> bool:
    """Whether it has rows of several short cells, the same number in each."""
    if table.find(_NO_DATA):
        return False
    rows = [row for row in _rows(table) if row]
    widths = {len(row) for row in rows}
    if len(rows) < 2 or len(widths) != 1 or max(widths) < 2:
        return False
    return all(len(cell.get_text()) <= _LONGEST_CELL for row in rows for cell in row)


def _flatten(table: Tag) -> None:
    for part in [t for t in table.find_all(_PARTS) if isinstance(t, Tag)]:
        if part.find_parent("table") is table:
            part.name = "div"
    table.name = "div"
