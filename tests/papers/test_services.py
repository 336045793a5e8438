from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from papers import services
from papers.models import Author, Authorship, Paper
from papers.search import all_documents
from superfast.common.publishing import Status
from superfast.search.documents import Kind
from superfast.search.find import find
from superfast.search.index import rebuild
from tests.papers.factories import (
    OUT,
    make_catalogue,
    make_mention,
    make_paper,
    make_topic,
)

pytestmark = pytest.mark.django_db


def create(**overrides):
    values = {
        "catalogue": make_catalogue(),
        "slug": "liu2022convnet",
        "title": "A ConvNet for the 2020s",
        "year": 2022,
        "authors": ["Zhuang Liu", "Hanzi Mao"],
        "publish_at": OUT,
        **overrides,
    }
    return services.create_paper(**values)


def names(paper):
    return [author.name for author in Paper.objects.get(pk=paper.pk).authors]


def found(text):
    return [hit.title for hit in find(text, kind=Kind.PAPER).hits]


# Authors


def test_publishing_and_withdrawing_leave_what_somebody_saved_meanwhile():
    paper = make_paper(title="As it was read", publish_at=None)
    for act in (services.publish_paper, services.withdraw_paper):
        Paper.objects.filter(pk=paper.pk).update(title=f"Saved before {act.__name__}")
        act(paper=paper)
        stored = Paper.objects.get(pk=paper.pk)
        assert stored.title == f"Saved before {act.__name__}"
        assert stored.status() == paper.status()
    Paper.objects.all().delete()
    with pytest.raises(ValidationError, match="deleted meanwhile"):
        services.publish_paper(paper=paper)


def test_an_author_is_made_once_whatever_the_accents():
    first = services.author_for("Björn Ommer")
    assert services.author_for("BJORN OMMER") == first
    assert Author.objects.get().name == "Björn Ommer"


@pytest.mark.parametrize("name", ["", "  ", "…", "x" * 201])
def test_what_is_no_name_makes_no_author(name):
    with pytest.raises(ValidationError):
        services.author_for(name)
    assert not Author.objects.exists()


def test_many_new_authors_cost_four_queries(django_assert_num_queries):
    with django_assert_num_queries(4):
        services.authors_for([f"Author {number}" for number in range(50)])
    with django_assert_num_queries(1):
        services.authors_for([f"Author {number}" for number in range(50)])


def test_authors_stand_in_the_order_given_and_as_printed():
    services.author_for("Christopher Re")
    paper = make_paper()
    assert services.set_authors(paper=paper, names=["Albert Gu", "Christopher  Ré"])
    assert names(paper) == ["Albert Gu", "Christopher Ré"]
    assert Author.objects.count() == 2
    assert [row.position for row in paper.authors] == [1, 2]


def test_authors_change_places():
    paper = make_paper(authors=["A", "B", "C"])
    assert services.set_authors(paper=paper, names=["C", "A", "B"])
    assert names(paper) == ["C", "A", "B"]


def test_setting_the_same_authors_twice_changes_nothing():
    paper = make_paper()
    services.set_authors(paper=paper, names=["A", "B"])
    before = list(Authorship.objects.values_list("pk"))
    assert not services.set_authors(paper=paper, names=["A", "B"])
    assert list(Authorship.objects.values_list("pk")) == before


def test_a_name_that_stands_twice_is_two_people():
    paper = make_paper()
    for _ in range(2):
        services.set_authors(paper=paper, names=["Hao Sun", "Xing Xie", "Hao Sun"])
    assert names(paper) == ["Hao Sun", "Xing Xie", "Hao Sun"]
    assert list(Author.objects.values_list("slug", flat=True)) == [
        "hao-sun",
        "hao-sun--2",
        "xing-xie",
    ]


def test_a_bad_name_leaves_the_authors_as_they_were():
    paper = make_paper(authors=["A"])
    with pytest.raises(ValidationError):
        services.set_authors(paper=paper, names=["B", ""])
    assert names(paper) == ["A"]
    assert Author.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_authors_that_two_add_at_once_are_made_once():
    names = [f"Author {number}" for number in range(20)]
    start = Barrier(4)

    def add(order):
        start.wait()
        try:
            with transaction.atomic():
                return {author.pk for author in services.authors_for(order)}
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(add, [names, names[::-1]] * 2))
    assert all(pks == found[0] for pks in found)
    assert Author.objects.count() == 20


@pytest.mark.django_db(transaction=True)
def test_who_sets_the_authors_at_once_takes_turns():
    paper = make_paper(authors=["A", "B"])
    orders = [["A", "B", "C"], ["C", "B", "A"], ["B"], ["D", "A"]]
    start = Barrier(4)

    def put(order):
        start.wait()
        try:
            return services.set_authors(paper=paper, names=order)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(put, orders))
    assert names(paper) in orders


# Papers


def test_a_paper_is_created_with_authors_and_topics():
    paper = create(topics=[make_topic("vision")], takeaway=" *Look.*\n")
    paper.refresh_from_db()
    assert names(paper) == ["Zhuang Liu", "Hanzi Mao"]
    assert [topic.slug for topic in paper.topics.all()] == ["vision"]
    assert paper.takeaway == "*Look.*"
    assert found("convnet zhuang") == [paper.title]


def test_a_paper_without_a_time_is_a_draft_that_nobody_finds():
    assert create(publish_at=None).status() is Status.DRAFT
    assert not found("convnet")


@pytest.mark.parametrize(
    "values",
    [
        {"slug": "map"},
        {"title": ""},
        {"arxiv_id": "2213.00001"},
        {"is_highlight": True},
        {"authors": ["A", ""]},
    ],
)
def test_a_paper_that_breaks_a_rule_is_not_created(values):
    with pytest.raises(ValidationError):
        create(**values)
    assert not Paper.objects.exists()


def test_a_paper_is_not_created_twice():
    create()
    with pytest.raises(ValidationError, match="slug"):
        create()
    assert Paper.objects.count() == 1


def test_a_paper_that_was_stored_meanwhile_is_refused_with_a_sentence(monkeypatch):
    create()
    monkeypatch.setattr(Paper, "full_clean", lambda self, **kwargs: None)
    with pytest.raises(ValidationError, match="stored meanwhile"):
        create()


def test_an_update_changes_what_is_given_and_nothing_else():
    paper = create(venue="CVPR 2022")
    assert services.update_paper(paper=paper, title="Another", authors=["Saining Xie"])
    paper.refresh_from_db()
    assert (paper.title, paper.venue) == ("Another", "CVPR 2022")
    assert names(paper) == ["Saining Xie"]
    assert found("saining") == ["Another"]
    assert not found("convnet")


def test_the_same_update_twice_writes_nothing():
    values = {
        "title": " A  title ",
        "takeaway": "Look. ",
        "doi": "10.1109/ABC",
        "authors": ["A", "B"],
        "topics": [make_topic("vision")],
    }
    paper = create()
    assert services.update_paper(paper=paper, **values)
    paper.refresh_from_db()
    before = paper.updated_at
    assert not services.update_paper(paper=paper, **values)
    paper.refresh_from_db()
    assert paper.updated_at == before


def test_an_update_that_breaks_a_rule_changes_nothing():
    paper = create()
    with pytest.raises(ValidationError):
        services.update_paper(
            paper=paper, authors=["B"], takeaway="", is_highlight=True
        )
    paper.refresh_from_db()
    assert not paper.is_highlight
    assert names(paper) == ["Zhuang Liu", "Hanzi Mao"]


def test_an_update_that_comes_too_late_changes_nothing(monkeypatch):
    create(slug="taken")
    paper = create()
    monkeypatch.setattr(Paper, "full_clean", lambda self, **kwargs: None)
    with pytest.raises(ValidationError, match="stored meanwhile"):
        services.update_paper(paper=paper, slug="taken", authors=["B"])
    assert names(paper) == ["Zhuang Liu", "Hanzi Mao"]


def test_publishing_and_withdrawing_follow_in_the_search():
    paper = create(publish_at=None)
    services.publish_paper(paper=paper)
    assert paper.is_published()
    assert found("convnet")
    services.withdraw_paper(paper=paper)
    assert paper.status() is Status.WITHDRAWN
    assert not found("convnet")
    services.publish_paper(paper=paper)
    assert found("convnet")


def test_a_draft_can_not_be_withdrawn():
    paper = create(publish_at=None)
    with pytest.raises(ValidationError, match="published or scheduled"):
        services.withdraw_paper(paper=paper)


def test_a_scheduled_paper_is_found_when_its_time_has_come():
    at = timezone.now() + timedelta(days=1)
    create(publish_at=at)
    assert not found("convnet")
    assert find("convnet", at=at).hits


def test_deleted_papers_are_found_no_longer():
    create()
    services.delete_papers(Paper.objects.all())
    assert not Paper.objects.exists()
    assert not found("convnet")


def test_a_paper_that_an_issue_names_stays_and_is_found():
    paper = create()
    make_mention(paper)
    with pytest.raises(ProtectedError):
        services.delete_papers(Paper.objects.all())
    assert found("convnet")


# Search


def test_a_paper_is_found_by_all_that_it_says():
    create(
        topics=[make_topic("vision", name="Vision backbones")],
        takeaway="Plain *convolutions* keep pace.",
        venue="CVPR 2022",
        abstract="The roaring twenties.",
        arxiv_id="2201.03545",
    )
    for words in ("convolutions", "cvpr", "backbones", "roaring", "2201.03545", "Mao"):
        assert found(words) == ["A ConvNet for the 2020s"], words


def test_rebuilding_the_search_gives_what_saving_gave(django_assert_num_queries):
    create(topics=[make_topic()])
    create(slug="other", title="Other", publish_at=None)
    before = list(all_documents())
    assert rebuild(Kind.PAPER) == 2
    assert list(all_documents()) == before
    assert found("convnet")
    with django_assert_num_queries(3):
        list(all_documents())
