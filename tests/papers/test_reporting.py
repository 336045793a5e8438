"""A reader reports a mistake; an editor finds it in a queue."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from papers.models import MistakeReport
from papers.reporting import DAILY_LIMIT, HOURLY_LIMIT, OPEN_LIMIT
from tests.papers.factories import make_editor, make_paper, make_writer

pytestmark = pytest.mark.django_db


def send(client, paper, text="The year is wrong.", **data):
    address = f"{paper.get_absolute_url()}report/"
    return client.post(address, {"text": text, **data})


def texts():
    return [*MistakeReport.objects.order_by("pk").values_list("text", flat=True)]


def test_a_report_is_kept_without_who_sent_it():
    paper = make_paper()
    client = Client(enforce_csrf_checks=True)
    page = client.get(paper.get_absolute_url()).text
    assert f'href="{paper.get_absolute_url()}report/"' in page
    form = client.get(f"{paper.get_absolute_url()}report/")
    assert form.status_code == 200

    response = send(client, paper, " The <b>year</b>\x0b is wrong. ")

    assert response.status_code == 303
    assert "Thank you" in client.get(response["Location"]).text
    assert texts() == ["The <b>year</b> is wrong."]
    assert not client.cookies
    stored = {field.name for field in MistakeReport._meta.fields}
    assert stored == {
        *("id", "paper", "text", "reported_at", "settled_at", "settled_by", "note")
    }


@pytest.mark.parametrize("site", ["cross-site", "same-site", "same-origin", "none"])
def test_a_link_from_elsewhere_leads_to_the_form_and_sends_nothing(client, site):
    paper = make_paper()
    address = f"{paper.get_absolute_url()}report/"
    headers = {"Sec-Fetch-Site": site}

    assert client.get(address, headers=headers).status_code == 200
    sent = client.post(address, {"text": "The year is wrong."}, headers=headers)
    assert (sent.status_code == 303) is (site in {"same-origin", "none"})


def test_the_same_report_twice_is_one(client):
    paper = make_paper()
    for _ in range(3):
        send(client, paper)
    assert len(texts()) == 1


@pytest.mark.parametrize("text", ["", "   ", "\x00", "\x0b", "x" * 2001])
def test_a_report_of_nothing_comes_back_with_a_sentence(client, text):
    response = send(client, make_paper(), text)
    assert response.status_code in {400, 422}
    assert texts() == []


def test_what_was_typed_comes_back_harmless(client):
    response = send(client, make_paper(), "<script>alert(1)</script>" * 100)
    assert response.status_code == 422
    assert "<script>alert" not in response.text
    assert "&lt;script&gt;alert" in response.text


def test_a_program_that_fills_every_field_is_thanked_and_not_heard(client):
    assert send(client, make_paper(), website="x").status_code == 303
    assert texts() == []


def test_a_network_reports_five_times_an_hour():
    paper = make_paper()
    statuses = [
        send(Client(REMOTE_ADDR="192.0.2.9"), paper, f"Mistake {n}").status_code
        for n in range(HOURLY_LIMIT + 1)
    ]
    assert statuses == [303] * HOURLY_LIMIT + [429]
    other = send(Client(REMOTE_ADDR="198.51.100.1"), paper, "Another")
    assert other.status_code == 303


def test_a_paper_has_no_more_open_reports_than_an_editor_can_read(client):
    paper = make_paper()
    MistakeReport.objects.bulk_create(
        MistakeReport(paper=paper, text=f"{n}") for n in range(OPEN_LIMIT)
    )
    response = send(client, paper)
    assert response.status_code == 429
    assert "many reports" in response.text
    MistakeReport.objects.update(settled_at=timezone.now())
    assert send(client, paper).status_code == 303


def test_all_papers_together_have_so_many_a_day(client):
    paper, other = make_paper(), make_paper()
    MistakeReport.objects.bulk_create(
        MistakeReport(paper=other, text=f"{n}", settled_at=timezone.now())
        for n in range(DAILY_LIMIT)
    )
    assert send(client, paper).status_code == 429
    yesterday = timezone.now() - timedelta(days=1, minutes=1)
    MistakeReport.objects.update(reported_at=yesterday)
    assert send(client, paper).status_code == 303


def test_another_site_s_form_is_refused(client):
    paper = make_paper()
    address = f"{paper.get_absolute_url()}report/"
    response = client.post(
        address, {"text": "x"}, headers={"sec-fetch-site": "cross-site"}
    )
    assert response.status_code == 403
    assert texts() == []


def test_what_readers_do_not_see_has_no_form(client):
    paper = make_paper(publish_at=None)
    assert client.get(f"{paper.get_absolute_url()}report/").status_code == 404
    assert send(client, paper).status_code == 404
    assert client.put(f"{make_paper().get_absolute_url()}report/").status_code == 405


def test_an_editor_settles_what_waits(client):
    report = MistakeReport.objects.create(paper=make_paper(), text="Wrong <i>year</i>")
    editor = make_editor()
    client.force_login(editor)
    queue = reverse("admin:papers_mistakereport_changelist")
    assert "Wrong &lt;i&gt;year" in client.get(queue).text

    client.post(queue, {"action": "settle", "_selected_action": [report.pk]})

    report.refresh_from_db()
    assert report.settled_by == editor
    assert "Wrong" not in client.get(queue).text
    assert "Wrong" in client.get(f"{queue}?settled=1").text
    client.post(
        f"{queue}?settled=all", {"action": "reopen", "_selected_action": [report.pk]}
    )
    assert "Wrong" in client.get(queue).text


def test_a_writer_does_not_see_the_queue(client):
    client.force_login(make_writer())
    queue = reverse("admin:papers_mistakereport_changelist")
    assert client.get(queue).status_code == 403


def test_an_editor_picks_related_papers_beside_the_others(client):
    one, other = make_paper(title="One"), make_paper(title="Other")
    one.related.create(other=other, is_pick=False)
    client.force_login(make_editor())
    page = client.get(reverse("admin:papers_paper_change", args=[one.pk]))
    assert page.status_code == 200
    formsets = page.context["inline_admin_formsets"]
    related = next(
        f.formset for f in formsets if f.opts.model.__name__ == "RelatedPaper"
    )
    assert related.initial_form_count() == 0
