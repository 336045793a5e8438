"""BibTeX files with one kind of trouble each: every entry is accounted for."""

from pathlib import Path

import pytest

from papers.importing.batches import create_batch, read_batch, start_applying
from papers.models import Author, Paper, Topic
from tests.papers.factories import make_catalogue

pytestmark = pytest.mark.django_db

HERE = Path(__file__).parent / "bibliographies"
# File → line, key and outcome of each entry, in order.
EXPECTED = {
    "accents.bib": [(1, "acc1", "new")],
    "crossref.bib": [
        (1, "child", "new"),
        (6, "orphan", "new"),
        (12, "parent2022", "doubtful"),
    ],
    "strings.bib": [(3, "joined", "new"), (10, "undefined", "new")],
    "names.bib": [(1, "names", "new"), (6, "commas", "new"), (11, "nobody", "new")],
    "unclosed.bib": [
        (1, "before", "new"),
        (6, "open", "broken"),
        (11, "after", "new"),
        (16, "late", "doubtful"),
        (21, "last", "new"),
    ],
    "keys.bib": [
        (1, "same", "new"),
        (2, "same", "new"),
        (3, "", "new"),
        (4, "", "new"),
        (5, "odd", "broken"),
    ],
    "parentheses.bib": [(1, "round", "new"), (5, "spaced", "new")],
    "fields.bib": [
        (1, "twice", "new"),
        (8, "nocomma", "broken"),
        (13, "notitle", "broken"),
        (17, "noyear", "broken"),
    ],
    "identifiers.bib": [
        (1, "dblp", "new"),
        (2, "scholar", "new"),
        (3, "arxiv", "new"),
        (4, "resolver", "new"),
        (5, "datacite", "new"),
        (6, "wrong", "new"),
    ],
    "repeated.bib": [
        (1, "one", "new"),
        (2, "two", "doubtful"),
        (3, "three", "doubtful"),
        (4, "four", "doubtful"),
        (5, "five", "new"),
    ],
    "outside.bib": [(1, "early", "new"), (2, "late", "new"), (3, "never", "doubtful")],
    "mark.bib": [(1, "mark", "new")],
    "latin1.bib": [(1, "plain", "new"), (2, "latin", "new")],
    "utf16.bib": [(1, "wide", "new")],
}


def look(name):
    data = (HERE / name).read_bytes()
    batch = create_batch(catalogue=make_catalogue(), by=None, data=data, name=name)
    read_batch(batch.pk)
    batch.refresh_from_db()
    return batch


def bring(name):
    batch = look(name)
    start_applying(batch, by=None)
    batch.refresh_from_db()
    return batch


def said(batch, key):
    return batch.rows.get(key=key).sentence


def paper(key):
    return Paper.objects.get(cite_key=key)


@pytest.mark.parametrize("name", EXPECTED)
def test_every_entry_is_accounted_for_by_line_and_key(name):
    batch = look(name)

    rows = list(batch.rows.values_list("line", "key", "outcome"))
    assert rows == EXPECTED[name]
    assert all(row.sentence.endswith((".", ").")) for row in batch.rows.all())


@pytest.mark.parametrize("name", EXPECTED)
def test_a_second_import_changes_nothing(name):
    first = bring(name)
    made = first.rows.filter(fate="applied").count()
    assert made == sum(outcome == "new" for _, _, outcome in EXPECTED[name])
    before = list(Paper.objects.order_by("pk").values())

    second = bring(name)

    assert not second.rows.filter(fate="applied").exists()
    assert list(Paper.objects.order_by("pk").values()) == before
    assert not second.rows.filter(outcome__in=("new", "changed")).exists()
    same = second.rows.filter(outcome="same").count()
    assert same == made


@pytest.mark.parametrize("name", EXPECTED)
def test_a_dry_run_writes_nothing_of_the_catalogue(name):
    look(name)

    assert not Paper.objects.exists()
    assert not Author.objects.exists()
    assert not Topic.objects.exists()


def test_there_are_more_than_ten_kinds_of_trouble():
    assert len(EXPECTED) > 10
    assert {path.name for path in HERE.iterdir()} == EXPECTED.keys()


def test_accents_are_decoded_and_mathematics_and_money_stay():
    bring("accents.bib")

    found = paper("acc1")
    assert found.title == (
        r"Naïve Möbius GPT and $\mathcal{V}$-information at 5% of $20M"
    )
    assert [row.name for row in found.authors] == [
        "Zoë Łukasz",
        "Pál Erdős",
        "Šule K\u0131z\u0131l",
        "José García Márquez",
    ]


def test_a_child_inherits_from_its_volume():
    batch = bring("crossref.bib")

    child = paper("child")
    assert (child.year, child.venue, child.publisher) == (
        2022,
        "Meeting 2022",
        "Meeting Press",
    )
    assert "does not have" in said(batch, "orphan")
    assert "not a paper" in said(batch, "parent2022")


def test_abbreviations_are_joined_and_unknown_ones_said():
    batch = bring("strings.bib")

    assert paper("joined").title == "A Joined Title"
    assert paper("joined").venue == (
        "Advances in Neural Information Processing Systems 35"
    )
    assert "not defined" in said(batch, "undefined")


def test_names_of_every_kind():
    batch = bring("names.bib")

    found = paper("names")
    assert [row.name for row in found.authors] == [
        "Hado van Hasselt",
        "OpenAI",
        "Barnes and Noble, Inc.",
        "Sammy Davis Jr.",
        "Ana de la Cruz",
        "Juan Niebles Duque",
        "Plato",
    ]
    corporate = [row.name for row in found.authors if row.is_corporate]
    assert corporate == ["OpenAI", "Barnes and Noble, Inc."]
    assert not found.authors_complete
    assert found.authors[5].parts.family == "Niebles Duque"
    assert "too many commas" in said(batch, "commas")


def test_an_unclosed_entry_costs_itself_alone():
    batch = bring("unclosed.bib")

    assert "can’t be read" in said(batch, "open")
    assert "line" in said(batch, "open")
    assert "fields may be missing" in said(batch, "late")
    assert paper("last").title == "The Last One"


def test_keys_are_used_once():
    batch = bring("keys.bib")

    keys = set(Paper.objects.values_list("cite_key", flat=True))
    assert {"same", "same-2"} < keys
    assert len(keys) == 4
    assert "used in line 1" in batch.rows.get(line=2).sentence
    assert "no key" in batch.rows.get(line=3).sentence


def test_identifiers_are_taken_from_wherever_they_stand():
    batch = bring("identifiers.bib")

    found = dict(Paper.objects.values_list("cite_key", "arxiv_id"))
    assert found == {
        "dblp": "2201.00001",
        "scholar": "2201.00002",
        "arxiv": "2201.00003",
        "resolver": "",
        "datacite": "2201.00004",
        "wrong": "",
    }
    assert paper("arxiv").arxiv_version == 2
    assert paper("arxiv").arxiv_class == "cs.CV"
    assert paper("arxiv").first_posted == "2022-01"
    assert paper("resolver").doi == "10.1145/x.1"
    assert paper("datacite").doi == ""
    assert paper("dblp").venue == ""
    assert "no arXiv id" in said(batch, "wrong")
    assert "no DOI" in said(batch, "wrong")


def test_repetitions_in_a_file_are_shown_and_not_merged():
    batch = look("repeated.bib")

    assert "the entry of line 1" in said(batch, "two")
    assert "no author in common" in said(batch, "three")
    assert "nearly that" in said(batch, "four")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("mark.bib", "byte order mark"),
        ("latin1.bib", "Latin-1), since line 2 is not UTF-8"),
        ("utf16.bib", "UTF-16"),
        ("names.bib", "UTF-8"),
    ],
)
def test_the_encoding_is_said(name, words):
    assert words in bring(name).encoding
    if name != "names.bib":
        assert Author.objects.filter(name="Björn Ommer").exists()
