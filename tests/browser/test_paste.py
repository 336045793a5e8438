"""What is pasted becomes Markdown, by the browser's own paste; and stays plain where asked."""

import pytest
from playwright.sync_api import expect

from tests.browser.desk import TEXT, open_desk, select, value

pytestmark = pytest.mark.django_db(transaction=True)

SHEET = "Model\tScore\nBERT\t12.5\nT|5\t8"
TABLE = "| Model | Score |\n| --- | --: |\n| BERT | 12.5 |\n| T\\|5 | 8 |"
HTML_TABLE = (
    "<meta charset=utf-8><style>td{color:red}</style><table><tr><th>Model<th>Score"
    "<tr><td><a href='https://bert.example/'>BERT</a><td>12.5<tr><td colspan=2>none</table>"
)
FORMATTED = "<h2>News</h2><p>A <strong>bold</strong> <a href='https://a.example/x'>word</a>.</p>"


@pytest.fixture
def desk(open_page, live_server):
    page = open_desk(open_page, live_server, "/admin/issues/issue/add/")
    page.locator(TEXT).fill("")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return page


@pytest.fixture
def copy(desk, open_page):
    """A function after which the clipboard holds this: `plain` and `html`."""

    def write(**kinds):
        desk.evaluate(
            """kinds => navigator.clipboard.write([new ClipboardItem(Object.fromEntries(
              Object.entries(kinds).map(([kind, text]) => [`text/${kind}`, new Blob([text], { type: `text/${kind}` })])))])""",
            kinds,
        )
        # Chromium looks at what is copied as if it were put into the page.
        open_page.problems.clear()

    return write


def paste(page, keys="Control+v"):
    page.locator(TEXT).focus()
    page.keyboard.press(keys)


def test_a_range_of_a_spreadsheet_becomes_a_table_and_undo_takes_it_back(desk, copy):
    desk.locator(TEXT).fill("Before.")
    copy(plain=SHEET)
    desk.locator(TEXT).press("Control+End")
    paste(desk)
    assert value(desk) == f"Before.\n\n{TABLE}\n\n|"
    desk.keyboard.press("Control+z")

    assert desk.locator(TEXT).input_value() == "Before."


def test_a_table_of_a_page_becomes_a_table_with_its_links(desk, copy):
    copy(plain="Model\nScore", html=HTML_TABLE)
    paste(desk)

    assert value(desk) == (
        "| Model | Score |\n| --- | --: |\n| [BERT](https://bert.example/) | 12.5 |\n| none |  |\n\n|"
    )


def test_formatted_text_becomes_markdown_and_undo_takes_it_back(desk, copy):
    desk.locator(TEXT).fill("Before.")
    copy(plain="News\n\nA bold word.", html=FORMATTED)
    desk.locator(TEXT).press("Control+End")
    paste(desk)
    expect(desk.locator(TEXT)).to_have_value(
        "Before.\n\n## News\n\nA **bold** [word](https://a.example/x)."
    )
    assert value(desk).endswith(".|")
    desk.keyboard.press("Control+z")
    expect(desk.locator(TEXT)).to_have_value("Before.News\n\nA bold word.")
    desk.keyboard.press("Control+z")
    expect(desk.locator(TEXT)).to_have_value("Before.")


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ({"status": 500}, "The server answered 500."),
        (
            {
                "status": 413,
                "json": {"error": "This is too much."},
            },
            "This is too much.",
        ),
        (None, "The server can’t be reached."),
    ],
)
def test_without_an_answer_the_words_stay_and_nobody_waits(desk, copy, trouble, words):
    def break_(route):
        return route.fulfill(**trouble) if trouble else route.abort()

    desk.route("**/issue/markdown/", break_)
    copy(plain="News", html=FORMATTED)
    paste(desk)
    desk.keyboard.type(" and more")
    expect(desk.get_by_text(f"Pasted as words alone. {words}")).to_be_visible()

    assert value(desk) == "News and more|"


def test_an_answer_that_comes_late_changes_only_what_was_pasted(desk, copy):
    held = []
    desk.route("**/issue/markdown/", lambda route: held.append(route))
    copy(plain="News", html=FORMATTED)
    paste(desk)
    desk.keyboard.type(", typed on")
    held[0].fulfill(json={"markdown": "## News", "left_out": ["A picture: x.png"]})
    expect(desk.locator(TEXT)).to_have_value("## News\n\n, typed on")
    expect(
        desk.get_by_text("Left out of what was pasted: A picture: x.png")
    ).to_be_visible()

    assert value(desk) == "## News\n\n, typed on|"


def test_a_plain_paste_stays_plain(desk, copy):
    copy(plain=SHEET, html=HTML_TABLE)
    paste(desk, "Control+Shift+v")
    expect(desk.locator(TEXT)).to_have_value(SHEET)


def test_an_address_pasted_plainly_is_not_looked_up(desk, copy):
    asked = []
    desk.on("request", lambda request: asked.append(request.url))
    copy(plain="https://a.example/x", html="")
    paste(desk, "Control+Shift+v")
    expect(desk.locator(TEXT)).to_have_value("https://a.example/x")
    assert not [url for url in asked if "link" in url]


@pytest.mark.parametrize(
    "plain",
    ["just words", "two\nlines", "one\ttab", "a\tb\nc", "https://a.example/x"],
)
def test_words_are_pasted_as_they_are(desk, copy, plain):
    copy(plain=plain, html=f"<span style='color: red'>{plain}</span>")
    paste(desk)
    expect(desk.locator(TEXT)).to_have_value(plain)


def test_a_hostile_table_is_text(desk, copy):
    bad = "<table><tr><td><img src=x onerror=alert(1)>a<td>&lt;script&gt;<tr><td>[x](javascript:1)<td><a href='javascript:1'>y</a></table>"
    copy(plain="x", html=bad)
    paste(desk)
    expect(desk.locator(TEXT)).to_have_value(
        "| a | \\<script> |\n| --- | --- |\n| [x](javascript:1) | y |\n\n"
    )
    frame = desk.frame_locator("iframe.desk-preview-frame")
    expect(frame.get_by_role("cell", name="y")).to_be_attached()
    expect(frame.locator("a[href^=javascript]")).to_have_count(0)


def test_a_paste_goes_over_what_is_selected(desk, copy):
    desk.locator(TEXT).fill("one two")
    select(desk, "two")
    copy(plain="three")
    paste(desk)

    assert value(desk) == "one three|"
