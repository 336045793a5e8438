"""The filtered list taken out, and everything brought back without a difference."""

import csv
import io
import json

import pytest

from papers.citing.entry import COLUMNS, Entry, credited, entries
from papers.citing.formats import FORMATS, FULL_JSON
from papers.citing.latex import decode, encode
from papers.citing.table import neutralise, restore
from papers.importing.batches import create_batch, read_batch, start_applying
from papers.importing.planning import plan
from papers.importing.reading import detect, read
from papers.models import Author, Catalogue, Paper
from papers.services import set_credited
from superfast.demo import load
from tests.papers.factories import make_catalogue, make_paper

pytestmark = pytest.mark.django_db

ALL = [*FORMATS.values(), FULL_JSON]
# What the formats of others have no place for.
OURS = {"is_highlight", "position"}


def taken_out(format_, papers=None):
    papers = Paper.objects.order_by("pk") if papers is None else papers
    return "".join(format_.write(entries(papers))).removeprefix("\ufeff")


def known(columns=COLUMNS):
    return [
        (
            entry.key,
            {name: entry.values[name] for name in columns},
            entry.authors,
            entry.authors_complete,
            entry.topics,
        )
        for entry in entries(Paper.objects.order_by("cite_key"))
    ]


@pytest.mark.slow
def test_the_272_papers_come_back_from_every_format_without_a_difference():
    load._load_papers()
    catalogue = Catalogue.objects.get()
    assert Paper.objects.count() == 272
    texts = {format_: taken_out(format_) for format_ in ALL}

    for text in texts.values():
        rows = plan(read(text, detect(text)), catalogue)
        assert [row.outcome for row in rows] == ["same"] * 272

    complete = known()
    common = known([name for name in COLUMNS if name not in OURS])
    for format_, text in texts.items():
        Paper.objects.all().delete()
        Author.objects.all().delete()
        batch = create_batch(catalogue=catalogue, by=None, data=text.encode())
        read_batch(batch.pk)
        assert [row.outcome for row in batch.rows.all()] == ["new"] * 272
        start_applying(batch, by=None, wait=True)
        if format_.suffix == "csv" or format_ is FULL_JSON:
            assert known() == complete
        else:
            assert known([name for name in COLUMNS if name not in OURS]) == common


HOSTILE = {
    "title": r"50% of {Braces}, _signs_ & \slashes~ ^ # <script>alert(1)</script>",
    "takeaway": "First *line*.\n\nSecond -- line with ``ticks'' and “quotes”.",
    "abstract": "=cmd|' /C calc'!A0 with $x_1 < y$ and $20M",
    "venue": "Proc. of A & B",
    "venue_name": "Proceedings of the Meeting on A & B, held --- at last --- in Ö",
    "publisher": "@home",
    "pages": "1–10",
    "number": "-1",
    "award": "+1",
    "year": 2022,
    "kind": "journal",
    "arxiv_id": "2201.00001",
    "arxiv_version": 3,
    "arxiv_class": "cs.CV",
    "doi": "10.1002/(sici)1097-4571(199806)49:8<693::aid-asi4>3.0.co;2-o",
    "url": "https://example.org/a_b%20c?d=e&f=~g#h",
}
NAMES = ["Sammy Davis Jr.", "Hado van Hasselt", "Plato", "Shixiang (Shane) Gu"]


@pytest.mark.parametrize("format_", ALL, ids=lambda each: each.name)
def test_hostile_text_comes_back_as_it_was(format_):
    names = [*map(credited, NAMES), credited("A, B & Sons and Co", corporate=True)]
    paper = make_paper(slug="hostile", cite_key="hostile", **HOSTILE)
    from_us = Entry(values=dict(HOSTILE), authors=names)
    set_credited(paper=paper, credited=from_us.authors)
    before = known()

    text = taken_out(format_)
    rows = plan(read(text, detect(text)), paper.catalogue)

    assert [(row.outcome, row.changes) for row in rows] == [("same", {})]
    assert rows[0].entry.authors == before[0][2]
    for name, value in HOSTILE.items():
        assert rows[0].entry.values[name] == value


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@x", "\tx", "'=1", "''=1", "plain", "", "it's", "'x"]
)
def test_formulas_are_neutralised_and_restored(text):
    assert restore(neutralise(text)) == text
    assert not neutralise(text).startswith(("=", "+", "-", "@", "\t"))


@pytest.mark.parametrize(
    "text",
    ["$\\mathcal{V}$-Usable", "$20M", "a--b", "``x''", "100\\%", "~^", "$x < y_1$"],
)
def test_latex_is_decoded_to_what_was_encoded(text):
    assert decode(encode(text)) == text


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_filtered_list_is_taken_out(client, suffix):
    make_paper(title="Seen", topics=["vision"])
    make_paper(title="Other topic", topics=["speech"])
    make_paper(title="Draft", topics=["vision"], publish_at=None)

    response = client.get(f"/papers/2022/export.{suffix}?topic=vision")

    text = b"".join(response.streaming_content).decode()
    assert response.status_code == 200
    assert f'filename="papers-2022.{suffix}"' in response["Content-Disposition"]
    assert "Seen" in text
    assert "Other topic" not in text
    assert "Draft" not in text


def test_formats_are_what_they_say(client):
    make_paper(title="=1+1", authors=["Robin Rombach"])

    rows = json.loads(
        b"".join(client.get("/papers/2022/export.json").streaming_content)
    )
    table = b"".join(client.get("/papers/2022/export.csv").streaming_content).decode()

    assert rows[0]["author"] == [{"family": "Rombach", "given": "Robin"}]
    row = next(csv.DictReader(io.StringIO(table.removeprefix("\ufeff"))))
    assert row["title"] == "'=1+1"


def test_an_empty_selection_is_an_empty_file(client):
    make_paper(topics=["vision"])

    text = b"".join(client.get("/papers/2022/export.json?q=nothing").streaming_content)

    assert json.loads(text) == []


@pytest.mark.parametrize(
    "address",
    [
        "/papers/2022/export.exe",
        "/papers/1999/export.bib",
        "/papers/2022/export.bib?topic=nothing",
    ],
)
def test_what_there_is_not_is_not_found(client, address):
    make_paper()
    assert client.get(address).status_code == 404
    assert client.post("/papers/2022/export.bib").status_code == 405


def test_an_export_costs_the_same_for_many_papers(client, django_assert_num_queries):
    make_catalogue()
    for _ in range(2):
        make_paper(authors=["A B"], topics=["vision"])
    with django_assert_num_queries(4):
        list(client.get("/papers/2022/export.bib").streaming_content)
    for _ in range(18):
        make_paper(authors=["A B"], topics=["vision"])
    with django_assert_num_queries(4):
        list(client.get("/papers/2022/export.bib").streaming_content)
