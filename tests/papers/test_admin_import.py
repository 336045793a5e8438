"""The desk's page of imports, and fetching by identifier."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from papers.importing import batches
from papers.importing.fetching import complete
from papers.importing.read_ids import is_list, read
from papers.models import ImportBatch, Paper, PaperRevision
from papers.services import update_paper
from superfast.common.fetching import UnreachedError
from tests.papers.factories import make_catalogue, make_editor, make_paper, make_writer

pytestmark = pytest.mark.django_db

IMPORTS = "/admin/papers/importbatch/"
ADD = f"{IMPORTS}add/"
BIB = """@misc{new, title = {Entirely <script>alert(1)</script>}, author = {Doe, A}, year = 2022}
@misc{two, title = {Number Two}, author = {Roe, B}, year = 2022}
@misc{broken, author = {Doe, A}, year = 2022}
"""


@pytest.fixture
def editor(client):
    user = make_editor()
    client.force_login(user)
    return user


def send(client, text=BIB, **values):
    return client.post(ADD, {"catalogue": make_catalogue().pk, "paste": text, **values})


def place(batch, key):
    return batch.rows.get(key=key).place


def test_an_editor_looks_applies_and_undoes(client, editor):
    response = send(client)
    batch = ImportBatch.objects.get()
    address = f"{IMPORTS}{batch.pk}/change/"
    assert response.status_code == 302
    assert response.url == address
    assert not Paper.objects.exists()

    html = client.get(address).content.decode()
    assert "It has no title." in html
    assert "<script>alert" not in html
    assert "style=" not in html

    shown = [place(batch, "new"), place(batch, "two")]
    sent = {"do": "apply", "shown": shown, "row": [place(batch, "new")]}
    assert client.post(address, sent).status_code == 302
    assert [paper.cite_key for paper in Paper.objects.all()] == ["new"]
    assert Paper.objects.get().created_by == editor

    assert "Undo this import" in client.get(address).content.decode()
    client.post(address, {"do": "undo"})
    assert not Paper.objects.exists()
    assert client.post(address, {"do": "undo"}, follow=True).status_code == 200


def test_who_cancels_a_reading_is_told_that_it_stops(client, editor):
    send(client)
    batch = ImportBatch.objects.get()
    now = timezone.now()
    ImportBatch.objects.update(state="reading", heartbeat_at=now)
    address = f"{IMPORTS}{batch.pk}/change/"
    html = client.post(address, {"do": "cancel"}, follow=True).content.decode()
    assert "It is being cancelled" in html
    assert 'value="cancel"' not in html


def test_an_import_whose_worker_was_stopped_says_how_it_goes_on(client, editor):
    send(client)
    batch = ImportBatch.objects.get()
    ImportBatch.objects.update(state="applying", applied_by=editor)
    address = f"{IMPORTS}{batch.pk}/change/"
    assert "cancel it, and apply it once more" in client.get(address).content.decode()
    html = client.post(address, {"do": "cancel"}, follow=True).content.decode()
    assert "apply it once more" not in html
    client.post(address, {"do": "apply"})
    assert Paper.objects.count() == 2


def test_a_doubt_differs_from_its_like_until_it_is_a_paper_of_its_own(client, editor):
    make_paper(title="Number two", authors=["Ann Lee"], cite_key="other")
    send(client)
    batch = ImportBatch.objects.get()
    address = f"{IMPORTS}{batch.pk}/change/"

    def differences():
        rows = client.get(address, {"outcome": "doubtful"}).context["rows"]
        return {row.key: [name for name, *_ in changes] for row, changes in rows}

    assert "authors" in differences()["two"]
    client.post(address, {"do": "apply", "shown": [1], "row": [place(batch, "two")]})
    assert Paper.objects.get(cite_key="two").authors
    assert differences() == {"two": []}


def test_an_import_that_was_never_read_shows_no_empty_table(client, editor):
    batch = batches.create_batch(catalogue=make_catalogue(), by=None, data=b"@misc{a}")
    batches.cancel_batch(batch)
    html = client.get(f"{IMPORTS}{batch.pk}/change/").content.decode()
    assert "nothing was read" in html
    assert "What each entry" not in html


def test_what_was_not_undone_is_counted_and_leads_to_its_rows(client, editor):
    send(client)
    batch = ImportBatch.objects.get()
    address = f"{IMPORTS}{batch.pk}/change/"
    client.post(
        address, {"do": "apply", "row": [place(batch, "new"), place(batch, "two")]}
    )
    paper = Paper.objects.get(cite_key="two")
    update_paper(paper=paper, award="Best paper")
    html = client.post(address, {"do": "undo"}, follow=True).content.decode()
    assert '?outcome=kept">Not undone</a>: 1' in html
    shown = client.get(address, {"outcome": "kept"}).context["rows"]
    assert [row.key for row, _ in shown] == ["two"]


@pytest.mark.parametrize("most", [batches.INLINE_BYTES, 1])
def test_who_applies_an_import_is_who_it_is_credited_to(
    client, editor, monkeypatch, most
):
    send(client)
    batch = ImportBatch.objects.get()
    other = make_editor(username="other")
    client.force_login(other)
    monkeypatch.setattr(batches, "INLINE_BYTES", most)

    client.post(f"{IMPORTS}{batch.pk}/change/", {"do": "apply"})

    assert {paper.created_by for paper in Paper.objects.all()} == {other}
    assert {kept.created_by for kept in PaperRevision.objects.all()} == {other}
    html = client.get(f"{IMPORTS}{batch.pk}/change/").content.decode()
    assert "Applied by other." in html


def test_a_file_is_taken_and_its_encoding_said(client, editor):
    file = SimpleUploadedFile(
        "l.bib", "@misc{a, title={Café}, year=2022}".encode("latin-1")
    )

    html = client.post(
        ADD, {"catalogue": make_catalogue().pk, "file": file}, follow=True
    ).content.decode()

    assert "Latin-1" in html
    assert "Café" in html


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"paste": ""}, "one of the two"),
        ({"paste": "words"}, "No entries were found"),
        ({"catalogue": "999"}, "valid choice"),
    ],
)
def test_a_mistake_is_named_and_the_paste_is_kept(client, editor, values, sentence):
    response = send(
        client,
        **{
            "text": values.get("paste", BIB),
            **{k: v for k, v in values.items() if k != "paste"},
        },
    )

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not ImportBatch.objects.exists()


def test_the_page_costs_the_same_for_many_rows(
    client, editor, django_assert_max_num_queries
):
    send(
        client,
        "".join(
            f"@misc{{k{n}, title={{T{n} word{n}}}, year=2022}}\n" for n in range(40)
        ),
    )
    with django_assert_max_num_queries(12):
        client.get(f"{IMPORTS}{ImportBatch.objects.get().pk}/change/")


@pytest.mark.parametrize("suffix", ["999/change/", "x/change/", "²/change/"])
def test_an_import_that_is_not_there_is_not_found(client, editor, suffix):
    assert client.get(f"{IMPORTS}{suffix}").status_code == 404


def test_only_editors_import(client):
    client.force_login(make_editor())
    send(client)
    batch = ImportBatch.objects.get()
    places = [ADD, f"{IMPORTS}{batch.pk}/change/"]

    client.force_login(make_writer())
    for address in places:
        assert client.get(address).status_code == 403
        assert client.post(address, {"do": "apply"}).status_code == 403
    client.logout()
    for address in places:
        assert client.get(address).status_code == 302
        assert client.post(address, {"do": "apply"}).status_code == 302
    assert not Paper.objects.exists()


def test_an_id_that_can_t_be_fetched_is_put_in_the_box(client, editor):
    send(client, "2201.00001")
    batch = ImportBatch.objects.get()

    html = client.get(f"{ADD}?from={batch.pk}").content.decode()

    assert "eprint = {2201.00001}" in html
    assert client.get(f"{ADD}?from=x").status_code == 200


ATOM = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><entry>
<id>http://arxiv.org/abs/2201.00001v3</id>
<published>2022-01-03T10:00:00Z</published><updated>2022-05-01T10:00:00Z</updated>
<title>A Paper
  Made Up</title><summary>What it says.</summary>
<author><name>Ann Doe</name></author><author><name>Ben Roe</name></author>
<arxiv:doi xmlns:arxiv="http://arxiv.org/schemas/atom">10.1145/1.2</arxiv:doi>
<arxiv:primary_category xmlns:arxiv="http://arxiv.org/schemas/atom" term="cs.CV"/>
</entry></feed>"""
CSL = {
    "type": "proceedings-article",
    "title": "Another Made Up",
    "author": [{"family": "Doe", "given": "Ann"}],
    "issued": {"date-parts": [[2022, 6]]},
    "container-title": "Proceedings of Nothing",
    "DOI": "10.1145/3.4",
}


def test_ids_are_asked_for_politely_and_known_ones_not_at_all():
    make_paper(arxiv_id="2201.00009")
    asked, paused = [], []

    def get(url, accept):
        asked.append((url, accept))
        return (ATOM if "arxiv" in url else json.dumps(CSL)).encode()

    entries = list(read("2201.00001\n2201.00009\n2201.00002\n10.1145/3.4\n"))
    found = complete(entries, get=get, pause=paused.append)

    assert len(asked) == 2
    assert "id_list=2201.00001,2201.00002&" in asked[0][0]
    assert asked[1][0] == "https://doi.org/10.1145/3.4"
    assert paused == [3.0]
    assert found[0].title == "A Paper Made Up"
    assert found[0].values["arxiv_version"] == 3
    assert found[0].values["first_posted"] == "2022-01-03"
    assert [each.display for each in found[0].authors] == ["Ann Doe", "Ben Roe"]
    assert "does not know" in found[2].doubt
    assert found[3].values["venue"] == "Proceedings of Nothing"
    assert found[3].values["kind"] == "proceedings"


def test_titles_may_stand_beside_ids():
    text = (
        "2112.10752 High-Resolution Image Synthesis, with 3.5 bits\n"
        "- arXiv: 2208.12242v2 – DreamBooth (CVPR 2023)\n"
        "2201.00009 and 2213.00001\n"
        "10.1145/3.4; hep-th/9901001, a note\n"
        "https://doi.org/none\n"
    )

    entries = list(read(text))

    assert is_list(text)
    assert [(entry.line, entry.key, bool(entry.problem)) for entry in entries] == [
        (1, "2112.10752", False),
        (2, "2208.12242v2", False),
        (3, "2201.00009", False),
        (3, "2213.00001", True),
        (4, "10.1145/3.4", False),
        (4, "hep-th/9901001", False),
        (5, "https://doi.org/none", True),
    ]


def test_prose_that_names_an_id_is_no_list():
    assert not is_list("Latent Diffusion\nis 2112.10752\nand came in 2021.\n")


def test_who_has_no_network_asks_once():
    asked = []

    def get(url, accept):
        asked.append(url)
        raise UnreachedError("No answer.")

    entries = list(read("2201.00001\n10.1145/3.4\n10.1145/5.6\n"))
    found = complete(entries, get=get, pause=lambda seconds: None)

    assert len(asked) == 1
    assert all("Paste its BibTeX" in entry.doubt for entry in found)


@pytest.mark.parametrize("answer", [b"no xml", b"", b"<feed/>", b"[1]", b"{"])
def test_odd_answers_are_doubtful(answer):
    entries = list(read("2201.00001\n10.1145/3.4\n"))

    found = complete(entries, get=lambda url, accept: answer, pause=lambda s: None)

    assert all(entry.doubt for entry in found)
