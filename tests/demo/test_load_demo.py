"""The demonstration content: complete, true to its data, and loaded once however often."""

import json
import re
import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from shutil import copytree

import pytest
from django.apps import apps
from django.utils import timezone

from issues.checklist import check_issue
from issues.models import Image, Issue
from papers.models import Catalogue, Paper
from quiz.models import Headline, Quiz
from quiz.services import check_quiz
from superfast.common.blocks import from_json, plain_text
from superfast.common.markdown import render_blocks
from superfast.common.publishing import Status
from superfast.common.text import curl_quotes
from superfast.demo.load import HERE, load_demo
from superfast.search.find import find
from superfast.search.models import Document
from tests.pages.test_weight import loaded, served, wire
from tests.sitemaps import sitemap_addresses

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

FIRST = "2023-01-11"


def read(name):
    return json.loads((HERE / "data" / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def media(demo_for_all, tmp_path_factory):
    """Its pictures, for this file to change."""
    return copytree(demo_for_all.media, tmp_path_factory.mktemp("demo") / "media")


@pytest.fixture(autouse=True)
def _media(settings, media):
    settings.MEDIA_ROOT = media


def published():
    return Issue.objects.published()


def dump():
    """Every row of every table, as it stands."""
    return {
        model._meta.label: [*model._base_manager.order_by("pk").values()]
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
    }


def test_loading_again_changes_nothing(media):
    before, files = dump(), sorted(media.rglob("*"))
    added = load_demo()

    assert str(added) == "0 papers, 0 quizzes, 0 issues added."
    assert dump() == before
    assert sorted(media.rglob("*")) == files
    assert sum(map(len, before.values())) > 2_000


def test_what_an_editor_has_changed_stays():
    Issue.objects.filter(slug=FIRST).update(title="Edited")
    Paper.objects.filter(slug="rombach2022high").update(takeaway="Edited.")
    Headline.objects.filter(quiz__slug=FIRST).update(explanation="Edited.")
    load_demo()

    assert Issue.objects.get(slug=FIRST).title == "Edited"
    assert Paper.objects.get(slug="rombach2022high").takeaway == "Edited."
    assert Headline.objects.filter(explanation="Edited.").count() == 4


def test_what_is_missing_is_loaded_again():
    Issue.objects.filter(slug="small-models").delete()

    assert str(load_demo()) == "0 papers, 0 quizzes, 1 issues added."


# The catalogue --------------------------------------------------------------


def test_the_catalogue_holds_the_papers_of_the_file():
    rows = {row["key"]: row for row in read("papers-2022.json")}
    papers = {paper.slug: paper for paper in Paper.objects.for_page()}

    assert len(rows) == len(papers) == 272
    assert Catalogue.objects.get().title == "Papers of 2022"
    assert {*rows} == {*papers}
    for key, row in rows.items():
        paper = papers[key]
        assert paper.is_published()
        assert (paper.title, paper.year) == (row["title"], row["year"])
        assert [author.name for author in paper.authors] == row["authors"]
        assert paper.authors_complete == row["authors_complete"]
        assert [topic.name for topic in paper.topics.all()] == [row["topic"]]
        assert paper.is_highlight == row["highlight"]
        assert paper.arxiv_id == (row.get("arxiv_id") or "")
        venue = (
            f"{paper.venue} ({paper.presentation})"
            if paper.presentation
            else paper.venue
        )
        assert venue == (row.get("venue") or "")
        for name in ("url", "pdf_url", "code_url", "project_url"):
            assert getattr(paper, name) in {row.get(name) or "", ""}


def test_no_link_of_the_file_is_lost_but_the_one_that_is_words():
    lost = [
        (row["key"], name)
        for row in read("papers-2022.json")
        for name in ("url", "pdf_url", "code_url", "project_url")
        if row.get(name)
        and not Paper.objects.filter(slug=row["key"], **{name: row[name]})
    ]

    assert len(lost) <= 1


def test_at_least_forty_papers_have_a_takeaway_of_ours():
    papers = Paper.objects.exclude(takeaway="")

    assert papers.count() >= 40
    for paper in papers:
        assert paper.takeaway.rstrip().endswith((".", "”", "!", "?"))
        assert len(paper.takeaway.split()) < 60


def test_every_takeaway_is_of_a_paper_that_there_is():
    text = (HERE / "data/takeaways.toml").read_text(encoding="utf-8")

    assert {*tomllib.loads(text)} <= {*Paper.objects.values_list("slug", flat=True)}


def test_the_three_highlights_are_in_the_first_issue():
    issue = Issue.objects.get(slug=FIRST)
    titles = [mention.paper.title for mention in issue.mentions.select_related("paper")]

    assert titles == [
        "A ConvNet for the 2020s",
        "MaxViT: Multi-Axis Vision Transformer",
        "High-Resolution Image Synthesis with Latent Diffusion Models",
    ]
    assert all(mention.take for mention in issue.mentions.all())


# Issues ---------------------------------------------------------------------


def test_six_issues_or_more_are_out_one_is_scheduled_one_a_draft():
    states = [issue.status() for issue in Issue.objects.all()]

    assert states.count(Status.PUBLISHED) >= 6
    assert states.count(Status.SCHEDULED) == states.count(Status.DRAFT) == 1
    ahead = Issue.objects.scheduled().get().publish_at - timezone.now()
    assert timedelta(days=5) < ahead < timedelta(days=9)


def test_the_dates_are_spread_over_2023():
    dates = [issue.publish_at for issue in published()]

    assert datetime(2023, 1, 11, 13, tzinfo=UTC) in dates
    assert {moment.year for moment in dates} == {2023}
    assert len({moment.month for moment in dates}) >= 6
    assert max(dates) - min(dates) > timedelta(days=270)


def words(issue):
    """What a reader reads: marks and addresses of links are none."""
    return len(plain_text(render_blocks(issue.body)).split())


def test_every_published_issue_is_of_real_length():
    for issue in published():
        most = 1_500 if issue.slug == FIRST else 1_200
        assert 700 <= words(issue) <= most, issue.slug


def test_every_published_issue_passes_the_checklist_and_has_a_quiz():
    quizzes = {issue.quiz for issue in published().select_related("quiz")}

    assert None not in quizzes
    assert len(quizzes) == published().count()
    for issue in published():
        assert check_issue(issue).errors == []


def test_every_dated_issue_passes_the_checklist_without_a_warning_that_could_be_helped():
    dated = list(Issue.objects.exclude(publish_at=None))
    found = {issue.slug: check_issue(issue) for issue in dated}

    assert len(dated) == 8
    assert {slug: list(map(str, each.errors)) for slug, each in found.items()} == {
        slug: [] for slug in found
    }
    # The data gives one paper no address, and none is invented.
    expected = {"quiz", "paper-link"}
    told = [
        str(f)
        for each in found.values()
        for f in each.warnings
        if f.code not in expected
    ]
    assert told == []


def test_the_first_issue_has_all_its_parts():
    issue = Issue.objects.get(slug=FIRST)
    blocks = from_json(issue.blocks)
    text = plain_text(blocks)
    sections = " ".join(issue.sections.filter(level=2).values_list("title", flat=True))

    assert issue.title == "Papers from 2022, RLHF and interpretability"
    for name in ("News", "Papers from 2022", "3 Headlines", "Concepts", "Misc"):
        assert name in sections
    for figure in ("50.3", "74.4", "77.6", "96.4", "67"):
        assert figure in text
    for name in ("PubMedGPT", "Galactica", "Med-PaLM", "MedQA", "PubMedQA", "BioASQ"):
        assert name in text
    assert "paperclip" in text.lower()
    kinds = [block.type for block in blocks]
    assert {"papers", "quiz", "compare", "figure", "footnotes"} <= {*kinds}
    (note,) = next(block for block in blocks if block.type == "footnotes").items
    assert (note.mark, len(note.backrefs)) == ("*", 2)
    assert all(block.alt for block in blocks if block.type == "figure")


def test_links_of_issues_come_from_the_data_alone():
    data = (HERE / "data/papers-2022.json").read_text(encoding="utf-8")
    data += (HERE / "data/headlines-2022-2023.json").read_text(encoding="utf-8")
    linked = {
        use.link.url
        for issue in published()
        for use in issue.link_uses.select_related("link")
    }
    known = {*re.findall(r'"(https?://[^"]+)"', data)}

    assert len(linked) >= 20
    assert linked <= known


def test_every_picture_has_an_alternative_text_and_is_shown(client):
    assert Image.objects.exists()
    for image in Image.objects.all():
        assert len(image.alt.split()) >= 4
    for image in Image.objects.published():
        assert Path(image.file.path).is_file()
        response = client.get(image.src)
        assert (response.status_code, response.headers["Content-Type"]) == (
            *(200, "image/webp"),
        )
        assert response.getvalue()


# Quizzes --------------------------------------------------------------------


def headlines():
    return {row["url"]: row for row in read("headlines-2022-2023.json")["headlines"]}


def test_every_quiz_is_complete_and_numbered():
    quizzes = Quiz.objects.all()

    assert quizzes.count() >= 7
    for quiz in quizzes:
        assert check_quiz(quiz) == []
        assert quiz.headlines.count() == 4
    numbers = sorted(quizzes.values_list("number", flat=True))
    assert numbers == [*range(1, len(numbers) + 1)]


def test_true_headlines_are_those_of_the_file_and_older_than_their_issue():
    known = headlines()
    for quiz in Quiz.objects.select_related("issue"):
        told = quiz.headlines.exclude(pk=quiz.lie_id)
        assert told.count() == 3
        for headline in told:
            row = known[headline.source_url]
            assert headline.text == curl_quotes(row["headline"])
            assert headline.outlet == row["publisher"]
            dated = date.fromisoformat(row["date"]) if row["date"] else None
            assert headline.reported_on == dated
            if dated:
                assert dated <= quiz.issue.publish_at.date()


def test_no_true_headline_is_used_twice():
    urls = [
        *Headline.objects.exclude(source_url="").values_list("source_url", flat=True)
    ]

    assert len(urls) == len({*urls})


def test_the_lie_stands_in_different_places_and_has_no_source():
    lies = [quiz.lie for quiz in Quiz.objects.select_related("lie")]

    assert len({lie.position for lie in lies}) >= 3
    assert not [lie for lie in lies if lie.source_url or lie.outlet or lie.reported_on]
    assert "Cineffusion" in Quiz.objects.get(slug=FIRST).lie.text


# What readers meet ----------------------------------------------------------


def test_readers_can_read_all_of_it(client):
    for issue in published():
        text = client.get(issue.get_absolute_url()).text
        assert text.count("<h1>") == 1
        assert text.count('class="clipping"') == 4
        assert 'src=""' not in text
    for path in (
        "/",
        "/issues/",
        "/papers/",
        "/papers/2022/",
        "/quiz/",
        "/sitemap.xml",
    ):
        assert client.get(path).status_code == 200


def test_each_of_its_issues_is_read_within_the_first_14_kb(client):
    for issue in published():
        page = client.get(issue.get_absolute_url())
        styles = [path for path in loaded(page.text) if path.suffix == ".css"]
        sent = sum(served(path.read_bytes()) for path in styles)
        assert wire(page.content) + sent <= 14_000, issue.slug


def test_readers_do_not_meet_what_is_not_out(client):
    parts = sitemap_addresses(client)
    for issue in Issue.objects.exclude(pk__in=published()):
        assert client.get(issue.get_absolute_url()).status_code == 404
        for path in ("/", "/issues/", "/issues/feed.xml", "/quiz/", *parts):
            assert issue.slug not in client.get(path).text


def test_everything_can_be_found():
    assert Document.objects.filter(kind="paper").count() == 272
    for question in ("diffusion", "RLHF", "paperclip", "MaxViT"):
        assert find(question).total


def test_the_copies_of_the_data_are_part_of_the_project():
    assert len(read("headlines-2022-2023.json")["headlines"]) == 37
