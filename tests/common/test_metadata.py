"""What pages say of themselves to machines."""

import json
from io import BytesIO

import lxml.html
import pytest
from PIL import Image

from superfast.common.drawing import HEIGHT, WIDTH, draw_page
from tests.issues.factories import HIDDEN, make_issue
from tests.papers.factories import make_paper

pytestmark = pytest.mark.django_db

ORIGIN = "http://localhost:8000"


def head_of(client, path):
    page = lxml.html.document_fromstring(client.get(path).content)
    metas = {
        meta.get("property") or meta.get("name"): meta.get("content")
        for meta in page.iter("meta")
    }
    things = {
        thing["@type"]: thing
        for thing in (
            json.loads(script.text)
            for script in page.iter("script")
            if script.get("type") == "application/ld+json"
        )
    }
    return page, metas, things


def test_an_issue_says_what_it_is(client):
    issue = make_issue(title="Less <is> “more”", dek="Why & how.")
    page, metas, things = head_of(client, issue.get_absolute_url())

    address = f"{ORIGIN}{issue.get_absolute_url()}"
    assert page.xpath("//link[@rel='canonical']/@href") == [address]
    assert metas["og:title"] == issue.title
    assert metas["og:description"] == metas["description"] == issue.dek
    assert metas["og:image"] == f"{address}share.png"
    assert metas["twitter:card"] == "summary_large_image"
    article = things["NewsArticle"]
    assert article["headline"] == issue.title
    assert article["datePublished"].startswith("2023-01-11T13:00")
    trail = things["BreadcrumbList"]["itemListElement"]
    assert [step["name"] for step in trail] == ["Front page", "Issues", issue.title]
    assert trail[-1]["item"] == address


def test_nothing_typed_ends_the_script(client):
    issue = make_issue(title="</script><script>alert(1)</script>")
    page, _, things = head_of(client, issue.get_absolute_url())

    assert things["NewsArticle"]["headline"] == issue.title
    assert "alert(1)" not in [script.text for script in page.iter("script")]


def test_a_paper_is_picked_up_by_reference_managers(client):
    paper = make_paper(
        title="A paper",
        authors=["Ada Lovelace", "Alan Turing"],
        year=2022,
        venue="CVPR 2022",
        first_posted="2022-01-10",
        arxiv_id="2201.00001",
        doi="10.1109/x.1",
        pdf_url="https://arxiv.org/pdf/2201.00001",
    )
    page, metas, things = head_of(client, paper.get_absolute_url())

    assert page.xpath("//meta[@name='citation_author']/@content") == [
        "Ada Lovelace",
        "Alan Turing",
    ]
    assert metas["citation_title"] == "A paper"
    assert metas["citation_publication_date"] == "2022"
    assert metas["citation_online_date"] == "2022/01/10"
    assert metas["citation_conference_title"] == "CVPR 2022"
    assert metas["citation_arxiv_id"] == "2201.00001"
    assert metas["citation_doi"] == "10.1109/x.1"
    assert metas["citation_pdf_url"] == "https://arxiv.org/pdf/2201.00001"
    article = things["ScholarlyArticle"]
    assert [author["name"] for author in article["author"]] == [
        "Ada Lovelace",
        "Alan Turing",
    ]
    assert article["identifier"]["value"] == "10.1109/x.1"
    assert things["BreadcrumbList"]["itemListElement"][-1]["name"] == "A paper"


def test_what_is_not_known_of_a_paper_is_not_said(client):
    paper = make_paper(venue="", doi="", arxiv_id="", pdf_url="")
    _, metas, things = head_of(client, paper.get_absolute_url())

    assert not {"citation_doi", "citation_arxiv_id", "citation_pdf_url"} & metas.keys()
    assert "identifier" not in things["ScholarlyArticle"]


@pytest.mark.parametrize("make", [make_issue, make_paper])
def test_issues_and_papers_have_a_picture_for_previews(client, make):
    response = client.get(f"{make().get_absolute_url()}share.png")
    picture = Image.open(BytesIO(response.content))

    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert picture.size == (WIDTH, HEIGHT)
    assert len(response.content) < 60_000


@pytest.mark.parametrize("state", HIDDEN)
def test_what_is_hidden_has_no_picture(client, state):
    hidden = HIDDEN[state]()

    assert client.get(f"{hidden.get_absolute_url()}share.png").status_code == 404


@pytest.mark.parametrize(
    "title",
    ["A", "Word " * 80, "Un­break­able" * 30, "日本語のタイトル", "", "x" * 500],
)
def test_a_title_of_any_length_and_script_is_drawn_within_the_picture(title):
    picture = Image.open(BytesIO(draw_page("Kicker", title, "A line."))).convert("RGB")

    paper = picture.getpixel((WIDTH - 4, HEIGHT // 2))
    for y in range(40, HEIGHT):
        assert picture.getpixel((WIDTH - 20, y)) == paper
