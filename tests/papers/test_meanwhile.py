"""Two editors have one paper open: neither writes over the other unseen."""

import pytest
from django.test import Client
from lxml.html import fromstring

from papers.models import (
    Author,
    AuthorAlias,
    Kind,
    Paper,
    Placement,
    RelatedPaper,
)
from papers.services import set_authors
from tests.papers.desk import change, names
from tests.papers.factories import (
    make_catalogue,
    make_editor,
    make_paper,
    make_topic,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def paper():
    make_topic("text")
    return make_paper(
        title="Old title",
        takeaway="Old\n\ntakeaway.",
        venue="CVPR 2022",
        cite_key="old",
        topics=["vision"],
        authors=["Ann", "Ben"],
    )


def sign_in(client, name):
    client.force_login(make_editor(username=name))
    return client


@pytest.fixture
def mine(client):
    return sign_in(client, "mia")


@pytest.fixture
def theirs():
    return sign_in(Client(), "theo")


def opened(client, paper):
    """All that the browser would send of the open form."""
    return sent_by(client.get(change(paper)))


def sent_by(response, form="paper_form"):
    form = fromstring(response.content.decode()).get_element_by_id(form)
    for field in form.iter("input"):
        if (
            field.get("type") not in {"checkbox", "submit"}
            and field.get("value") is None
        ):
            field.set("value", "")  # browsers send what is empty, too
    values = {}
    for name, value in form.form_values():
        # Browsers end the lines of what they send like this.
        values.setdefault(name, []).append(value.replace("\n", "\r\n"))
    return values


def save(client, paper, values, **typed):
    response = client.post(change(paper), {**values, **typed}, follow=True)
    paper.refresh_from_db()
    return response


def said(response):
    return [str(message) for message in response.context["messages"]]


def refusals(response):
    assert "messages" not in response.context or not said(response)
    form = response.context["adminform"].form
    return {name: errors[0] for name, errors in form.errors.items()}


def test_what_only_the_other_touched_stays(mine, theirs, paper):
    form = opened(mine, paper)
    save(theirs, paper, opened(theirs, paper), venue="ICCV 2023", takeaway="Theirs.")
    response = save(mine, paper, form, title="Mine")
    assert (paper.title, paper.venue) == ("Mine", "ICCV 2023")
    assert paper.takeaway == "Theirs."
    assert "theo has changed this meanwhile, which stays: Takeaway, Venue." in said(
        response
    )


def test_what_both_touched_is_refused_once_with_what_differs(mine, theirs, paper):
    form = opened(mine, paper)
    save(
        theirs,
        paper,
        opened(theirs, paper),
        title="Theirs",
        year="2023",
        is_highlight="on",
    )
    response = save(mine, paper, form, title="Mine", venue="Mine 2022")
    assert refusals(response) == {
        "title": "theo has changed this meanwhile: it is “Theirs” now. "
        "Save once more to replace that."
    }
    assert (paper.title, paper.venue, paper.year) == ("Theirs", "CVPR 2022", 2023)
    html = response.content.decode()
    assert "theo changed this paper after you had opened it" in html
    assert "[added: </span>Theirs" in html
    again = sent_by(response)
    assert (again["title"], again["venue"]) == (["Mine"], ["Mine 2022"])
    assert again["year"] == ["2023"]
    save(mine, paper, again)
    assert (paper.title, paper.venue, paper.year) == ("Mine", "Mine 2022", 2023)
    assert paper.is_highlight


def test_what_a_third_saves_in_between_is_refused_again(mine, theirs, paper):
    form = opened(mine, paper)
    save(theirs, paper, opened(theirs, paper), title="Theirs")
    again = sent_by(save(mine, paper, form, title="Mine"))
    save(theirs, paper, opened(theirs, paper), title="Theirs again")
    assert "“Theirs again”" in refusals(save(mine, paper, again))["title"]


def test_two_who_type_the_same_are_of_one_mind(mine, theirs, paper):
    form = opened(mine, paper)
    for client, values in ((theirs, opened(theirs, paper)), (mine, form)):
        response = save(client, paper, values, takeaway="One\r\n\r\nmind.")
        assert any("changed successfully" in each for each in said(response))
    assert paper.takeaway == "One\n\nmind."


@pytest.mark.parametrize(
    ("name", "theirs_", "mine_", "words"),
    [
        ("topics", ["text"], [], "“Text”"),
        ("first_posted", "2022-01", "2022-02", "“2022-01”"),
        ("kind", Kind.JOURNAL, Kind.BOOK, "“"),
        ("authors_complete", None, "on", ""),
        ("publish_at_0", "2023-02-01", "2023-03-01", "“2023-02-01"),
        ("doi", "10.1109/a", "10.1109/b", "“10.1109/a”"),
    ],
)
def test_every_kind_of_field_is_watched(
    mine, theirs, paper, name, theirs_, mine_, words
):
    form, other = opened(mine, paper), opened(theirs, paper)
    if name == "topics":
        theirs_ = [make_topic(slug).pk for slug in theirs_]
    for values, value in ((other, theirs_), (form, mine_)):
        if value is None:
            del values[name]
        else:
            values[name] = value
    save(theirs, paper, other)
    before = Paper.objects.values().get(pk=paper.pk)
    response = save(mine, paper, form)
    if name == "authors_complete":  # touched by the other alone
        assert not paper.authors_complete
        return
    key = name.removesuffix("_0")
    assert words in refusals(response)[key]
    assert Paper.objects.values().get(pk=paper.pk) == before
    response = save(mine, paper, sent_by(response))
    assert any("changed successfully" in each for each in said(response))


def test_authors_whom_only_the_other_changed_stay(mine, theirs, paper):
    form = opened(mine, paper)
    set_authors(paper=paper, names=["Ben", "Cleo"])
    response = save(mine, paper, form, title="Mine")
    assert paper.title == "Mine"
    assert names(paper) == ["Ben", "Cleo"]
    assert any(text.endswith("which stays: Authors.") for text in said(response))


def test_authors_whom_both_changed_are_refused_once(mine, theirs, paper):
    form = opened(mine, paper)
    set_authors(paper=paper, names=["Ben", "Cleo"])
    dora = Author.objects.create(name="Dora")
    response = save(mine, paper, form, **{"authorships-0-author": dora.pk})
    html = response.content.decode()
    assert "has changed the authors meanwhile: they are “Ben; Cleo” now." in html
    assert names(paper) == ["Ben", "Cleo"]
    save(mine, paper, sent_by(response))
    assert names(paper) == ["Dora", "Ben"]


def test_what_the_other_made_impossible_is_said_and_nothing_is_lost(
    mine, theirs, paper
):
    form = opened(mine, paper)
    save(theirs, paper, opened(theirs, paper), takeaway="")
    response = save(mine, paper, form, is_highlight="on")
    assert "A highlight needs a takeaway" in response.content.decode()
    assert not paper.is_highlight


def test_a_form_of_a_paper_that_is_gone_is_no_error_of_ours(mine, paper):
    form = opened(mine, paper)
    Paper.objects.all().delete()
    response = mine.post(change(paper), form, follow=True)
    assert "doesn’t exist" in said(response)[0]


@pytest.mark.parametrize("name", ["author", "topic", "catalogue"])
def test_what_papers_name_is_not_written_over_either(mine, theirs, paper, name):
    row = {
        "author": paper.authors[0].author,
        "topic": make_topic("text"),
        "catalogue": paper.catalogue,
    }[name]
    address = f"/admin/papers/{name}/{row.pk}/change/"
    said_by = "title" if name == "catalogue" else "name"
    form = sent_by(theirs.get(address), f"{name}_form")
    theirs.post(address, {**form, said_by: "Theirs"})
    response = mine.post(address, {**form, said_by: "Mine"})
    assert refusals(response)[said_by].startswith(
        "theo has changed this meanwhile: it is “Theirs” now."
    )
    again = sent_by(response, f"{name}_form")
    assert mine.post(address, again).status_code == 302
    row.refresh_from_db()
    assert getattr(row, said_by) == "Mine"


@pytest.mark.parametrize("nonsense", ["x", "\x00", "9" * 40, "", "[[1, 2]]", "\ufffe"])
def test_nonsense_in_what_was_drawn_is_no_error_of_ours(mine, paper, nonsense):
    form = opened(mine, paper)
    carried = [name for name in form if "initial-" in name or name.endswith("drawn")]
    assert len(carried) > 20
    response = save(mine, paper, form, title="Mine", **dict.fromkeys(carried, nonsense))
    assert response.status_code == 200
    assert names(paper) == ["Ann", "Ben"]


@pytest.fixture
def placed(paper):
    """The paper as a guest of two catalogues, at the places 1 and 2."""
    years = [make_catalogue(f"{year}", title=f"List {year}") for year in (2020, 2021)]
    return [
        Placement.objects.create(paper=paper, catalogue=year, position=place)
        for place, year in enumerate(years, 1)
    ]


def places(paper):
    rows = paper.placements.order_by("catalogue__slug")
    return dict(rows.values_list("catalogue__slug", "position"))


def test_the_place_in_a_further_catalogue_is_not_written_over(
    mine, theirs, paper, placed
):
    form = opened(mine, paper)
    other = opened(theirs, paper)
    save(
        theirs, paper, other, **{"placements-0-position": 7, "placements-1-position": 8}
    )
    response = save(mine, paper, form, **{"placements-0-position": 9})
    html = response.content.decode()
    assert "theo has changed this meanwhile: it is “7” now." in html
    assert "Further catalogue 2: Position" in html
    assert places(paper) == {"2020": 7, "2021": 8}
    save(mine, paper, sent_by(response))
    assert places(paper) == {"2020": 9, "2021": 8}


def test_a_further_catalogue_that_is_gone_stays_away_and_the_others_move_up(
    mine, theirs, paper, placed
):
    form = opened(mine, paper)
    save(theirs, paper, opened(theirs, paper), **{"placements-0-DELETE": "on"})
    refused = save(mine, paper, form, title="", **{"placements-1-position": 5})
    assert "This field is required" in refused.content.decode()
    response = save(mine, paper, sent_by(refused), title="Mine")
    assert places(paper) == {"2021": 5}
    assert paper.title == "Mine"

    response = save(mine, paper, form)
    assert any("1 × further catalogue removed" in text for text in said(response))


def test_a_picked_paper_is_guarded_too(mine, theirs, paper):
    one, two, three = (make_paper(title=f"Other {number}") for number in range(3))
    RelatedPaper.objects.create(paper=paper, other=one, is_pick=True)
    form = opened(mine, paper)
    save(theirs, paper, opened(theirs, paper), **{"related-0-other": two.pk})
    response = save(mine, paper, form, **{"related-0-other": three.pk})
    assert "it is “Other 1” now" in response.content.decode()
    assert [pick.other for pick in paper.related.all()] == [two]
    save(mine, paper, sent_by(response))
    assert [pick.other for pick in paper.related.all()] == [three]


def test_another_name_of_an_author_is_guarded_too(mine, theirs, paper):
    author = paper.authors[0].author
    AuthorAlias.objects.create(author=author, name="Anne")
    address = f"/admin/papers/author/{author.pk}/change/"
    form = sent_by(mine.get(address), "author_form")
    theirs.post(address, {**form, "aliases-0-name": "Theirs"})
    response = mine.post(address, {**form, "aliases-0-name": "Mine"})
    assert "theo has changed this meanwhile" in response.content.decode()
    assert [alias.name for alias in author.aliases.all()] == ["Theirs"]
