"""The desk's forms as a screen reader has them: every field with a name."""

import pytest
from playwright.sync_api import expect

from papers.models import AuthorAlias, Placement, RelatedPaper
from superfast.redirects.models import Redirect
from tests.browser.desk import open_desk
from tests.browser.looking import look_at
from tests.issues.factories import make_issue
from tests.papers.factories import make_catalogue, make_paper, make_topic
from tests.quiz.factories import make_quiz

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def forms():
    """The address of each form, of rows that have all that they may."""
    paper = make_paper(
        title="A Paper with All That There Is",
        authors=["Ada Byron", "Aäron van den Oord"],
        topics=["vision"],
        takeaway="Keep this.",
    )
    Placement.objects.create(paper=paper, catalogue=make_catalogue("2023"))
    RelatedPaper.objects.create(paper=paper, other=make_paper(), is_pick=True)
    author = paper.authors[0].author
    AuthorAlias.objects.create(author=author, name="A. Byron")
    move = Redirect.objects.create(old_path="/old/", target="/papers/")
    rows = {
        "papers/paper": paper,
        "papers/author": author,
        "papers/topic": make_topic(),
        "papers/catalogue": paper.catalogue,
        "quiz/quiz": make_quiz(publish_at=False),
        "issues/issue": make_issue(),
        "redirects/redirect": move,
    }
    return {
        name: (f"/admin/{name}/{row.pk}/change/", f"/admin/{name}/add/")
        for name, row in rows.items()
    }


NAMES = (
    *("papers/paper", "papers/author", "papers/topic", "papers/catalogue"),
    *("quiz/quiz", "issues/issue", "redirects/redirect"),
)


@pytest.mark.parametrize(("width", "dark"), [(360, False), (1280, True)])
@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_nothing_in_the_forms_of_the_desk(
    open_page, live_server, forms, name, width, dark
):
    page = open_desk(
        open_page, live_server, "/admin/", width=width, dark=dark, bypass_csp=True
    )
    for address in forms[name]:
        page.goto(address)
        expect(page.locator("#content h1, .desk-title").first).to_be_visible()
        page.evaluate(
            "document.querySelectorAll('details').forEach((d) => d.open = true)"
        )
        look_at(page, f"form-{name.replace('/', '-')}")
