"""The papers' desk in a browser: quick edit with scripts, by keyboard and without."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from papers.models import Paper, PaperLink
from superfast.common.checking import LinkState
from tests.browser.desk import open_desk
from tests.browser.looking import look_at
from tests.papers.factories import make_paper, make_topic

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/admin/papers/paper/"
LINKS = "/admin/papers/paperlink/"


def order():
    return list(
        Paper.objects.order_by("position", "pk").values_list("title", flat=True)
    )


@pytest.fixture
def five():
    """Five papers, A to E, in places 1 to 5."""
    make_topic("vision")
    make_topic("text")
    return [
        make_paper(
            title=f"{name} in a Title of Some Length",
            position=place,
            authors=["Ada Byron"],
            topics=["vision"],
            venue="CVPR 2022",
            takeaway="One sentence of ours.",
        )
        for place, name in enumerate("ABCDE", 1)
    ]


def first_letters():
    return "".join(title[0] for title in order())


def test_papers_change_places_by_buttons_keys_and_drag(open_page, live_server, five):
    page = open_desk(open_page, live_server, LIST)
    said = page.locator(".papers-said")
    up = page.get_by_role("button", name="Move up: E")
    up.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(up).to_be_focused()
    expect(said).to_have_text(
        "“E in a Title of Some Length” is 3 of 5 on this page. Save to keep it."
    )
    page.get_by_label("Position: A").focus()
    page.keyboard.press("Alt+ArrowDown")
    assert first_letters() == "ABCDE"
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("were changed successfully")).to_be_visible()
    assert first_letters() == "BAECD"

    handle = page.locator("tr", has_text="D in a Title").locator(".papers-handle")
    handle.scroll_into_view_if_needed()
    target = page.locator("tr", has_text="B in a Title").bounding_box()
    box = handle.bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(box["x"] + 5, target["y"] + 4, steps=12)
    page.mouse.up()
    expect(said).to_contain_text("is 1 of 5")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("were changed successfully")).to_be_visible()
    assert first_letters() == "DBAEC"
    assert list(
        Paper.objects.order_by("position").values_list("position", flat=True)
    ) == [1, 2, 3, 4, 5]


def test_equal_places_become_an_order(open_page, live_server, five):
    Paper.objects.update(position=0)
    page = open_desk(open_page, live_server, LIST)
    page.get_by_role("button", name="Move up: C").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("changed successfully")).to_be_visible()
    assert first_letters() == "ACBDE"


@pytest.mark.parametrize("query", ["?o=1", "?o=-6", "?q=title"])
def test_where_moving_would_mean_nothing_it_is_not_offered(
    open_page, live_server, five, query
):
    page = open_desk(open_page, live_server, LIST + query)
    offered = page.locator(".papers-move").count()
    assert offered == (5 if "q=" in query else 0)
    if not offered:
        expect(page.locator(".papers-said")).to_contain_text("Sort by position")


def test_many_papers_get_a_topic_that_is_chosen_by_name(
    open_page, live_server, five, width, dark
):
    page = open_desk(
        open_page, live_server, LIST, width=width, dark=dark, bypass_csp=True
    )
    for row in (0, 1):
        page.locator("input.action-select").nth(row).check()
    page.get_by_label("Action:").select_option(label="Add a topic…")
    page.get_by_role("button", name="Go").click()
    expect(page.get_by_text("2 papers are ticked.")).to_be_visible()
    look_at(page, "choose")
    page.get_by_label("Topic:").select_option(label="Text")
    page.get_by_role("button", name="Do it").click()
    expect(page.get_by_text("2 changed.")).to_be_visible()
    assert [paper.topics.count() for paper in five] == [2, 2, 1, 1, 1]


def test_topics_are_completed_after_each_comma(open_page, live_server, five):
    page = open_desk(open_page, live_server, LIST)
    field = page.get_by_label("topics: A")
    field.fill("Vision, Te")
    option = page.locator("#topic-names option")
    expect(option).to_have_count(1)
    expect(option).to_have_attribute("value", "Vision, Text")
    field.fill("Vision, Text")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("1 paper was changed")).to_be_visible()
    assert five[0].topics.count() == 2


def test_without_scripts_numbers_are_typed_and_a_conflict_is_told(
    open_page, live_server, five, width
):
    page = open_desk(open_page, live_server, LIST, width=width, javascript=False)
    page.get_by_label("Position: E").fill("0")
    page.get_by_label("Takeaway: B").fill("Mine.")
    Paper.objects.filter(pk=five[1].pk).update(takeaway="Theirs.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(
        page.get_by_text("Somebody has changed this meanwhile: it is “Theirs.” now.")
    ).to_be_visible()
    assert first_letters() == "ABCDE"
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("2 papers were changed")).to_be_visible()
    assert first_letters() == "EABCD"
    assert Paper.objects.get(pk=five[1].pk).takeaway == "Mine."


def test_axe_finds_nothing_in_the_list(open_page, live_server, five, width, dark):
    # axe writes styles of its own into what it looks at.
    page = open_desk(
        open_page, live_server, LIST, width=width, dark=dark, bypass_csp=True
    )
    look_at(page, "papers")
    page.get_by_label("topics: A").fill("nonsense")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("There is no topic “nonsense”")).to_be_visible()
    look_at(page, "papers-refused")


def test_axe_finds_nothing_on_what_links_answered(open_page, live_server, width, dark):
    paper, now = make_paper(title="A Paper with Links of Some Length"), timezone.now()
    for place, state in enumerate(LinkState):
        url = f"https://example.org/{'long-' * 20}{place}.pdf"
        moved = url.replace("example", "example.moved")
        PaperLink.objects.create(
            paper=paper,
            name="PDF",
            url=url,
            site="example.org",
            state=state,
            status_code=403 if state == LinkState.REFUSED else None,
            final_url=moved if state == LinkState.MOVED else "",
            problem="It took too long." if state == LinkState.UNREACHED else "",
            asked_for_at=now,
            checked_at=None if state == LinkState.UNKNOWN else now,
        )
    page = open_desk(
        open_page, live_server, LINKS, width=width, dark=dark, bypass_csp=True
    )
    expect(page.get_by_text("It may answer people.", exact=False)).to_be_visible()
    look_at(page, "links")


def test_what_another_editor_changed_is_shown_beside_what_is_typed(
    open_page, live_server, width, dark
):
    paper = make_paper(title="An Old Title", takeaway="It sees well.", venue="CVPR")
    address = f"{LIST}{paper.pk}/change/"
    page = open_desk(
        open_page, live_server, address, width=width, dark=dark, bypass_csp=True
    )
    Paper.objects.filter(pk=paper.pk).update(
        title="Their Title", takeaway="It hears well.", venue="ICCV 2023"
    )
    page.get_by_label("Title:").fill("My Title")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.get_by_role("heading", name="Changed meanwhile")).to_be_visible()
    expect(page.get_by_text("it is “Their Title” now")).to_be_visible()
    expect(page.get_by_label("Title:")).to_have_value("My Title")
    expect(page.get_by_label("Venue:", exact=True)).to_have_value("ICCV 2023")
    look_at(page, "meanwhile", within=".desk-meanwhile")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    paper.refresh_from_db()
    assert (paper.title, paper.takeaway) == ("My Title", "It hears well.")
