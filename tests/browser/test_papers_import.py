"""Papers come in through the desk: looked at, unticked, applied, undone; two become one."""

import pytest
from playwright.sync_api import expect

from papers.models import Paper
from tests.browser.desk import open_desk
from tests.browser.looking import look_at
from tests.papers.desk import change, form_of
from tests.papers.factories import make_catalogue, make_editor, make_paper

pytestmark = pytest.mark.django_db(transaction=True)

ADD = "/admin/papers/importbatch/add/"
DUPLICATES = "/admin/papers/paper/duplicates/"
BIBTEX = """
@inproceedings{one, title={The First of Two}, author={Ada Byron}, year={2022}, booktitle={CVPR 2022}}
@inproceedings{two, title={The Second of Two}, author={Kim Lee}, year={2022}}
@inproceedings{old, title={Known Already}, author={Ada Byron}, year={2022}, doi={10.1109/known}, pages={1--9}}
@article{broken, author={Nobody}}
"""


def paste(page):
    page.get_by_label("Paste").fill(BIBTEX)
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_text("Read: nothing is changed yet.")).to_be_visible()


def known():
    make_catalogue()
    return make_paper(title="Known Already", authors=["Ada Byron"], doi="10.1109/known")


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])
def test_an_import_is_looked_at_unticked_applied_and_undone(
    open_page, live_server, javascript
):
    old = known()
    page = open_desk(open_page, live_server, ADD, javascript=javascript)
    paste(page)
    assert Paper.objects.count() == 1
    expect(page.get_by_role("link", name="New")).to_be_visible()
    row = page.locator("tr", has_text="The Second of Two")
    row.get_by_role("checkbox").uncheck()
    page.get_by_role("button", name="Apply what is ticked").click()
    expect(page.get_by_text("Applied.").first).to_be_visible()
    assert set(Paper.objects.values_list("title", flat=True)) == {
        "Known Already",
        "The First of Two",
    }
    old.refresh_from_db()
    assert old.pages

    page.get_by_role("button", name="Undo this import").click()
    expect(page.get_by_text("Undone.").first).to_be_visible()
    assert list(Paper.objects.values_list("title", flat=True)) == ["Known Already"]
    old.refresh_from_db()
    assert old.pages == ""


def test_two_that_are_one_are_compared_and_merged(open_page, live_server):
    make_paper(
        title="One Title, Twice", authors=["Ada Byron"], venue="CVPR 2022", slug="keep"
    )
    make_paper(
        title="One title: twice",
        authors=["A. Byron"],
        arxiv_id="2112.10752",
        slug="lose",
    )
    page = open_desk(open_page, live_server, DUPLICATES)
    page.get_by_role("link", name="Compare").click()
    page.get_by_role("button", name="Merge into one").click()
    expect(page.get_by_text("is merged; its address leads to")).to_be_visible()
    expect(page.get_by_text("No two papers look like one.")).to_be_visible()
    paper = Paper.objects.get()
    assert (paper.slug, paper.arxiv_id) == ("keep", "2112.10752")
    page.goto("/papers/2022/lose/")
    assert page.url.endswith("/papers/2022/keep/")


def test_axe_finds_nothing_on_the_desks_pages_of_papers(
    open_page, live_server, width, dark, client
):
    paper = known()
    editor = make_editor()
    client.force_login(editor)
    client.post(
        change(paper), form_of(paper, takeaway="A *new* sentence.", doi=paper.doi)
    )
    make_paper(title="One Title, Twice", authors=["Ada Byron"], venue="CVPR 2022")
    make_paper(
        title="One title: twice", authors=["A. Byron"], takeaway="Long words. " * 30
    )
    # axe writes styles of its own into what it looks at.
    page = open_desk(
        open_page,
        live_server,
        ADD,
        width=width,
        dark=dark,
        bypass_csp=True,
        user=editor,
    )
    look_at(page, "import-add")
    paste(page)
    look_at(page, "import")
    page.goto(DUPLICATES)
    look_at(page, "duplicates")
    page.get_by_role("link", name="Compare").click()
    page.wait_for_url("**/pair/**")
    look_at(page, "pair")
    page.goto(f"/admin/papers/paper/{paper.pk}/history/")
    look_at(page, "history")
    page.get_by_role("button", name="Show what differs").click()
    expect(page.locator("ins").first).to_be_visible()
    look_at(page, "difference")
    page.goto("/admin/")
    expect(page.get_by_text("To finish:")).to_be_visible()
    look_at(page, "front")
