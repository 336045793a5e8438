"""What programs ask of the catalogue: identifiers, unAPI, meta elements, the schema."""

import json
import re

import jsonschema
import lxml.etree
import pytest

from papers.citing import bibtex
from papers.citing.entry import entries
from papers.models import Kind, Paper
from tests.papers.factories import OUT, make_paper

pytestmark = pytest.mark.django_db


def metas(client, paper):
    html = client.get(paper.get_absolute_url()).text
    return re.findall(r'<meta name="(citation_\w+)" content="([^"]*)">', html)


@pytest.mark.parametrize(
    "address",
    [
        "/papers/arxiv/2201.03545/",
        "/papers/arxiv/2201.03545v2/",
        "/papers/arxiv/arXiv:2201.03545/",
        "/papers/doi/10.1109/CVPR.2022.01/",
        "/papers/doi/10.1109%2Fcvpr.2022.01/",
        "/papers/doi/10.48550/arXiv.2201.03545/",
    ],
)
def test_an_identifier_leads_to_the_paper(client, address):
    paper = make_paper(arxiv_id="2201.03545", doi="10.1109/cvpr.2022.01")

    response = client.get(address)

    assert (response.status_code, response["Location"]) == (
        301,
        paper.get_absolute_url(),
    )


def test_an_identifier_of_the_old_form_has_a_slash(client):
    paper = make_paper(arxiv_id="hep-th/9901001")
    response = client.get("/papers/arxiv/hep-th/9901001/")
    assert response["Location"] == paper.get_absolute_url()


@pytest.mark.parametrize(
    "address",
    [
        "/papers/arxiv/2213.00001/",
        "/papers/arxiv/x/",
        "/papers/arxiv/2201.00001/",
        "/papers/doi/10.1109/draft/",
        "/papers/doi/x/",
        "/papers/doi/%00/",
        "/papers/doi///",
    ],
)
def test_an_unknown_identifier_is_not_found(client, address):
    make_paper()
    make_paper(doi="10.1109/draft", publish_at=None)
    assert client.get(address).status_code == 404


def test_a_paper_in_proceedings_is_told_from_an_article(client):
    said = dict(
        metas(
            client,
            make_paper(
                kind=Kind.PROCEEDINGS,
                venue="CVPR 2022",
                venue_name="Conference on Seeing",
                pages="103–9",
                year=2022,
            ),
        )
    )
    assert said["citation_conference_title"] == "Conference on Seeing"
    assert said["citation_date"] == "2022"
    assert (said["citation_firstpage"], said["citation_lastpage"]) == ("103", "109")
    assert "citation_journal_title" not in said

    article = make_paper(kind=Kind.JOURNAL, venue_name="Journal", volume="3")
    said = dict(metas(client, article))
    assert said["citation_journal_title"] == "Journal"
    assert said["citation_volume"] == "3"
    assert "citation_conference_title" not in said
    assert "citation_conference_title" not in dict(
        metas(client, make_paper(arxiv_id="2201.00009"))
    )


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (Kind.THESIS, "citation_dissertation_institution"),
        (Kind.REPORT, "citation_technical_report_institution"),
    ],
)
def test_who_published_a_thesis_or_a_report_is_said(client, kind, name):
    assert dict(metas(client, make_paper(kind=kind, publisher="Lab")))[name] == "Lab"


def test_unapi_hands_a_paper_out_in_a_format_that_reference_managers_know(client):
    paper = make_paper(slug="one", title="A & <b>", authors=["Ada Byron"])
    page = client.get(paper.get_absolute_url()).text
    assert 'rel="unapi-server"' in page
    assert '<abbr class="unapi-id" title="2022/one"></abbr>' in page

    formats = lxml.etree.fromstring(client.get("/papers/unapi").content)
    assert [each.get("name") for each in formats] == ["bibtex", "ris"]
    of_one = client.get("/papers/unapi?id=2022/one")
    assert of_one.status_code == 300
    assert lxml.etree.fromstring(of_one.content).get("id") == "2022/one"

    text = client.get("/papers/unapi?id=2022/one&format=bibtex").text
    assert text == "".join(bibtex.write(entries(Paper.objects.filter(pk=paper.pk))))
    assert client.get("/papers/unapi?id=2022/one&format=mods").status_code == 406
    for unknown in ("2022/none", "x", "/", "2022/%7F", '"<x>'):
        assert client.get(f"/papers/unapi?id={unknown}&format=ris").status_code == 404


def test_the_whole_list_can_be_taken_by_unapi(client):
    papers = [make_paper(slug=f"p-{n}") for n in range(3)]
    html = client.get("/papers/2022/").text
    assert re.findall(r'class="unapi-id" title="([^"]+)"', html) == [
        paper.address_name for paper in papers
    ]


def test_json_of_the_catalogue_keeps_to_its_schema(client):
    make_paper(
        authors=["Ada Byron"],
        topics=["vision"],
        kind=Kind.JOURNAL,
        arxiv_id="2201.00001",
        arxiv_version=2,
        url="https://example.org/",
        is_highlight=True,
        takeaway="Look.",
    )
    make_paper()
    schema = client.get("/papers/schema.json").json()
    jsonschema.Draft202012Validator.check_schema(schema)
    response = client.get("/papers/2022/export.full")
    data = json.loads(b"".join(response.streaming_content))

    jsonschema.validate(data, schema)
    assert len(data["papers"]) == 2
    assert response["Link"] == '</papers/schema.json>; rel="describedby"'
    assert 'filename="papers-2022.json"' in response["Content-Disposition"]
    wrong = {**data, "papers": [{**data["papers"][0], "year": "2022"}]}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, schema)


def test_columns_of_the_table_are_those_of_the_schema(client):
    make_paper()
    text = b"".join(client.get("/papers/2022/export.csv").streaming_content).decode()
    schema = client.get("/papers/schema.json").json()
    described = schema["properties"]["papers"]["items"]["properties"]

    assert {*text.removeprefix("\ufeff").splitlines()[0].split(",")} == {*described}
    assert all(each["description"] for each in described.values())


def test_bibtex_of_a_preprint_says_where_it_is(client):
    paper = make_paper(
        arxiv_id="2201.03545", arxiv_class="cs.CV", url="https://arxiv.org/abs/x"
    )
    address = f"{paper.get_absolute_url()}cite.bib"
    text = b"".join(client.get(address).streaming_content).decode()
    for field in (
        "eprint = {2201.03545}",
        "archivePrefix = {arXiv}",
        "primaryClass = {cs.CV}",
        "doi = {10.48550/arXiv.2201.03545}",
        "url = {https://arxiv.org/abs/x}",
    ):
        assert field in text


def test_what_is_withdrawn_is_handed_out_nowhere(client):
    paper = make_paper(slug="gone", arxiv_id="2201.00001", withdrawn_at=OUT)
    for address in (
        "/papers/arxiv/2201.00001/",
        "/papers/unapi?id=2022/gone&format=ris",
        f"{paper.get_absolute_url()}cite.bib",
    ):
        assert client.get(address).status_code == 404
