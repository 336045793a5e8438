import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.db.models.functions import Upper

from papers.models import Author, Authorship, Catalogue, Paper, Topic
from tests.papers.factories import (
    OUT,
    make_catalogue,
    make_paper,
    make_topic,
    new_paper,
)

pytestmark = pytest.mark.django_db

LONG_AGO = OUT.replace(year=2020)


def refused_by_both(row, sentence, constraint):
    """The form says why, and the database refuses what no form has seen."""
    with pytest.raises(ValidationError) as refusal:
        row.full_clean()
    assert sentence in " ".join(refusal.value.messages)
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        row.save(force_insert=True)
    # SQLite names the columns of a unique constraint, not the constraint.
    assert constraint in str(error.value) or "unique" in str(error.value).lower()


def test_a_complete_paper_passes_every_rule():
    paper = new_paper(
        first_posted="2021-12",
        venue="CVPR 2022",
        presentation="Oral",
        arxiv_id="2112.10752",
        doi="10.1109/cvpr52688.2022.01042",
        url="https://arxiv.org/abs/2112.10752",
        pdf_url="http://papers.example/a.pdf",
        takeaway="One *sentence*.",
        is_highlight=True,
    )
    paper.full_clean()
    paper.save()


@pytest.mark.parametrize(
    ("values", "sentence", "constraint"),
    [
        ({"slug": "map"}, "is the address of another page", "slug_not_reserved"),
        ({"slug": "export"}, "is the address of another page", "slug_not_reserved"),
        ({"year": 22}, "greater than or equal to 1900", "year_likely"),
        ({"first_posted": "2022"}, "Write a month like", "first_posted_form"),
        ({"first_posted": "2022-13"}, "Write a month like", "first_posted_form"),
        ({"first_posted": "2022-01\n"}, "Write a month like", "first_posted_form"),
        ({"presentation": "Poster"}, "not a valid choice", "presentation_known"),
        ({"url": "ftp://papers.example/a"}, "valid URL", "links_web"),
        ({"pdf_url": "javascript:alert(1)"}, "valid URL", "links_web"),
        ({"code_url": "//papers.example/a"}, "valid URL", "links_web"),
        ({"project_url": "data:text/html,x"}, "valid URL", "links_web"),
        ({"is_highlight": True}, "needs a takeaway", "highlight_takeaway"),
        (
            {"withdrawn_at": LONG_AGO},
            "before it is published",
            "withdrawn_after_publish",
        ),
    ],
)
def test_a_paper_that_breaks_a_rule_is_refused(values, sentence, constraint):
    refused_by_both(new_paper(**values), sentence, f"papers_paper_{constraint}")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"slug": "same"}, "has this slug"),
        ({"arxiv_id": "2112.10752"}, "has this arXiv id"),
        ({"doi": "10.1109/x.1"}, "has this DOI"),
    ],
)
def test_what_names_a_paper_names_one(values, sentence):
    make_paper(**values)
    refused_by_both(new_paper(**values), sentence, "_once")


def test_papers_without_identifiers_are_many():
    for _ in range(2):
        paper = new_paper(arxiv_id="", doi="")
        paper.full_clean()
        paper.save()


def test_two_catalogues_may_use_the_same_slug():
    make_paper(slug="same")
    paper = new_paper(slug="same", catalogue=make_catalogue("2023"))
    paper.full_clean()
    paper.save()


def test_a_doi_is_one_whatever_its_case():
    make_paper(doi="10.1109/ABC")
    assert Paper.objects.get(doi="10.1109/abc")
    assert Paper.objects.get(doi="10.1109/ABC")
    refused_by_both(new_paper(doi="10.1109/aBc"), "has this DOI", "_once")


def test_the_database_holds_dois_in_lower_case():
    paper = make_paper(doi="10.1109/abc")
    with pytest.raises(IntegrityError), transaction.atomic():
        # Around the field, which would lower it.
        Paper.objects.filter(pk=paper.pk).update(doi=Upper("doi"))


@pytest.mark.parametrize("slug", ["map", "authors", "arxiv", "doi", "export", "feed"])
def test_a_catalogue_does_not_hide_another_page(slug):
    row = Catalogue(slug=slug, title="Papers", year=2022)
    refused_by_both(
        row, "address of another page", "papers_catalogue_slug_not_reserved"
    )


@pytest.mark.parametrize("model", [Catalogue, Topic])
def test_slugs_of_catalogues_and_topics_are_unique(model):
    make_catalogue("same")
    make_topic("same")
    row = {
        Catalogue: Catalogue(slug="same", title="Other", year=2022),
        Topic: Topic(slug="same", name="Other"),
    }[model]
    refused_by_both(row, "already exists", "slug")


def test_names_of_topics_are_unique():
    make_topic("vision", name="Vision")
    refused_by_both(Topic(slug="other", name="Vision"), "already exists", "name")


@pytest.mark.parametrize("name", ["Björn Ommer", "BJORN OMMER", "Bjorn  Ommer."])
def test_an_accent_does_not_split_an_author(name):
    Author.objects.create(name="Bjorn Ommer")
    refused_by_both(
        Author(name=name), "of this name already", "papers_author_name_once"
    )


def test_people_of_the_same_name_are_told_apart_by_number():
    first = Author.objects.create(name="Hao Sun")
    second = Author(name="Hao Sun", homonym=2)
    second.full_clean()
    second.save()
    assert (first.slug, second.slug) == ("hao-sun", "hao-sun--2")


def test_no_two_names_share_a_slug():
    names = ["Hao Sun 2", "Hao_Sun", "H. Ao Sun", "李飞飞", "Ⅷ", "\u210c"]
    slugs = {Author.objects.create(name=name).slug for name in names}
    assert slugs == {"hao-sun-2", "hao-sun", "h-ao-sun", "李飞飞", "viii", "h"}


@pytest.mark.parametrize("name", ["…", "_", "!?"])
def test_a_name_without_a_letter_is_refused(name):
    refused_by_both(Author(name=name), "letter or digit", "papers_author_key_required")


def test_numbers_of_authors_begin_at_one():
    row = Author(name="Hao Sun", homonym=0)
    refused_by_both(row, "greater than or equal to 1", "papers_author_number_from_one")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"position": 1}, "the same place"),
        ({"author": "first"}, "on the paper already"),
    ],
)
def test_a_paper_has_each_author_and_each_place_once(values, sentence):
    paper = make_paper(authors=["First"])
    author = (
        Author.objects.get() if "author" in values else Author.objects.create(name="B")
    )
    row = Authorship(paper=paper, author=author, position=values.get("position", 2))
    refused_by_both(row, sentence, "_once")


def test_places_begin_at_one():
    row = Authorship(
        paper=make_paper(), author=Author.objects.create(name="A"), position=0
    )
    refused_by_both(
        row, "greater than or equal to 1", "papers_authorship_position_from_one"
    )


def test_a_catalogue_and_an_author_in_use_stay():
    paper = make_paper(authors=["First"])
    with pytest.raises(ProtectedError):
        paper.catalogue.delete()
    with pytest.raises(ProtectedError):
        Author.objects.get().delete()


def test_text_loses_what_no_feed_can_carry():
    paper = make_paper(title="A\x00 title\ufffe\nin lines", takeaway="One\x0b.\r\nTwo.")
    paper.refresh_from_db()
    assert paper.title == "A title in lines"
    assert paper.takeaway == "One.\nTwo."
    assert paper.title_key == "a title in lines"


@pytest.mark.parametrize(
    ("names", "complete", "byline"),
    [
        ([], True, ""),
        (["Ilya Loshchilov"], True, "Ilya Loshchilov"),
        (["Ilya Loshchilov"], False, "Ilya Loshchilov et al."),
        (["Zhuang Liu", "Hanzi Mao", "Saining Xie"], True, "Zhuang Liu et al."),
    ],
)
def test_a_byline_names_the_first_author(names, complete, byline):
    make_paper(authors=names, authors_complete=complete)
    paper = Paper.objects.with_byline().get()
    assert (paper.byline, paper.author_count) == (byline, len(names))


def test_a_byline_takes_the_name_as_the_paper_prints_it():
    make_paper(authors=["Christopher Re"])
    Authorship.objects.update(credited_as="Christopher Ré")
    assert Paper.objects.with_byline().get().byline == "Christopher Ré"


def test_a_list_of_papers_costs_one_query(django_assert_num_queries):
    for number in range(3):
        make_paper(authors=[f"Author {number}", "Other"], takeaway="*Look.*")
    with django_assert_num_queries(1):
        shown = [
            (paper.byline, paper.get_absolute_url(), paper.takeaway_html)
            for paper in Paper.objects.for_list()
        ]
    assert len(shown) == 3


def test_a_takeaway_is_one_line_of_harmless_html():
    paper = make_paper(takeaway="A *b* <script>alert(1)</script> [x](javascript:y)")
    assert "<em>b</em>" in paper.takeaway_html
    assert "<script" not in paper.takeaway_html
    assert "<p>" not in paper.takeaway_html
    assert 'href="javascript' not in paper.takeaway_html


def test_highlights_come_in_the_order_of_the_catalogue():
    last = make_paper(is_highlight=True, takeaway="Look.", position=2)
    first = make_paper(is_highlight=True, takeaway="Look.", position=1)
    make_paper()
    assert list(Paper.objects.highlights()) == [first, last]


@pytest.mark.parametrize(
    ("posted", "label"),
    [("2022-01", "January 2022"), ("2022-01-10", "10 January 2022"), ("", "")],
)
def test_the_day_of_posting_is_said_in_words(posted, label):
    assert new_paper(first_posted=posted).first_posted_label == label
