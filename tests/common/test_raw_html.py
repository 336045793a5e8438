"""Elements are told from what only looks like them, in one pass over any text."""

import pytest

from superfast.common.raw_html import raw_elements


@pytest.mark.parametrize(
    ("html", "elements"),
    [
        ("<video src='a.mp4'></video>", [("video", "a.mp4", 1)]),
        ('x\n<B>y</B>\n\n<i\nsrc = "b">', [("b", "", 2), ("i", "b", 4)]),
        ("<object data=c>", [("object", "c", 1)]),
        ("<a title='<video>'>", [("a", "", 1)]),
        ('<a title="<video>', [("a", "", 1)]),
        ("<!-- <video> -->\n<u>", [("u", "", 2)]),
        ("<!-- <video>", []),
        ("<script>'<video>'</script><u>", [("script", "", 1), ("u", "", 1)]),
        ("<style><video>", [("style", "", 1)]),
        ("1 < 2 > 0 </p> <! <? <3", []),
        ("<x-y/>", [("x-y", "", 1)]),
    ],
)
def test_start_tags_are_found_with_line_and_address(html, elements):
    assert [(e.name, e.address, e.line) for e in raw_elements(html)] == elements


@pytest.mark.parametrize(
    ("piece", "count"),
    [
        ("<!--", 0),
        ("<a ", 1),
        ('<a x="', 1),
        ("<a x='", 1),
        ("<script>", 1),
        ("</", 0),
        ("<", 0),
        ("<b>\n", 100_000),
    ],
)
def test_what_no_bracket_closes_is_passed_over_at_once(piece, count):
    """Where each piece were read to the end of the text, this would not come to an end."""
    assert sum(1 for _ in raw_elements(piece * 100_000)) == count
