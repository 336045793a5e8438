"""What the desk answered with an error of ours once: found by sending everything everywhere."""

import pytest
from django.urls import reverse

from issues.models import LinkWaiver
from tests.factories import make_editor, make_user
from tests.issues.factories import make_draft, make_image
from tests.papers.factories import make_paper

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(make_user(is_superuser=True))
    return client


def test_an_empty_name_of_a_field_is_none(desk):
    image = make_image()
    address = reverse("admin:issues_image_delete", args=[image.pk])

    assert desk.get(f"{address}?_to_field=").status_code == 200
    assert desk.post(address, {"post": "yes", "_to_field": ""}).status_code == 302


@pytest.mark.parametrize("name", ["issues_issue", "papers_author", "quiz_quiz"])
def test_a_new_row_cannot_be_saved_as_another(desk, name):
    sent = {"_saveasnew": "1"}

    assert desk.post(reverse(f"admin:{name}_add"), sent).status_code == 200


@pytest.mark.parametrize("key", ["x", "\x00", "²", "1' OR 1=1", "9" * 30])
@pytest.mark.parametrize("rows", ["authorships-0-author", "related-0-other"])
def test_a_key_that_is_none_comes_back_as_a_sentence(desk, rows, key):
    paper = make_paper()
    prefix = rows.partition("-")[0]
    sent = {
        **{
            f"{each}-{name}_FORMS": 0
            for each in ("authorships", "placements", "related")
            for name in ("TOTAL", "INITIAL")
        },
        f"{prefix}-TOTAL_FORMS": 1,
        f"{prefix}-INITIAL_FORMS": 0,
        rows: key,
    }
    response = desk.post(reverse("admin:papers_paper_change", args=[paper.pk]), sent)

    assert response.status_code == 200
    assert "Please correct the error" in response.text


@pytest.mark.parametrize("number", [32_768, 2**31, 2**63, 10**40])
def test_a_number_that_no_column_holds_is_refused(desk, number):
    sent = {"name": "Ada Lovelace", "homonym": number}

    assert desk.post(reverse("admin:papers_author_add"), sent).status_code == 200


def test_an_address_alone_is_a_text_too(desk):
    sent = {"html": "http://a.example/page.html"}
    response = desk.post(reverse("admin:issues_issue_markdown"), sent)

    assert response.status_code == 200
    assert "a.example" in response.json()["markdown"]


def test_a_reason_of_control_characters_is_no_reason(desk):
    issue = make_draft(body="See [one](https://example.org/) and [two]. (link)")
    address = reverse("admin:issues_issue_tray", args=[issue.pk])
    form = desk.get(address).text
    key = form.split('name="key-0" value="')[1].split('"')[0]
    response = desk.post(address, {"key-0": key, "reason-0": "\x00\x01"})

    assert response.status_code < 500
    assert not LinkWaiver.objects.exists()


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("papers_paper", {"catalogue__id__exact": 2**63}),
        ("issues_image", {"created_at__year": 2**63}),
        ("papers_importbatch", {"catalogue__id__exact": f"1{10**40}"}),
        ("quiz_quiz", {"issue__publish_at__year": 2**63}),
    ],
)
def test_a_filter_that_no_column_holds_leads_to_the_whole_list(desk, path, query):
    address = reverse(f"admin:{path}_changelist")
    response = desk.get(address, query, follow=True)

    assert response.status_code == 200
    assert response.redirect_chain in ([], [(f"{address}?e=1", 302)])


def test_bytes_are_no_filter(desk):
    address = reverse("admin:papers_importbatch_changelist")

    assert desk.get(address, {"content": "x"}).status_code == 400


@pytest.mark.parametrize("target", ["1", "a b", "x:y", "(?P<a", "issues/"])
def test_the_second_factor_goes_on_to_whatever_was_asked_for(desk, target):
    response = desk.get(reverse("admin:second-factor"), {"next": target})

    assert response.status_code in {200, 302}


@pytest.mark.parametrize("key", [2**31, 2**63, 10**40, -(2**63) - 1, "\x00"])
def test_a_key_that_no_row_can_have_is_no_choice(desk, key):
    editor = make_editor()
    address = reverse("admin:accounts_user_change", args=[editor.pk])
    response = desk.post(address, {"username": "kim", "groups": [key]})

    assert response.status_code == 200
    assert 'id="id_groups_error"' in response.text


@pytest.mark.parametrize("key", [2**31, 2**63, 10**40, -(2**63) - 1])
def test_a_row_that_cannot_be_is_not_acted_on(desk, key):
    issue = make_draft()
    sent = {"action": "delete_selected", "_selected_action": [issue.pk, key], "post": 1}
    response = desk.post(reverse("admin:issues_issue_changelist"), sent)

    assert response.status_code == 302
    assert not type(issue).objects.filter(pk=issue.pk).exists()


def test_rows_that_nothing_fills_are_said_to_stay_empty(desk):
    response = desk.post(reverse("admin:quiz_quiz_fill"), {"lie_row": "x"})

    assert response.status_code == 422
    assert response.json()["sentences"] == ["Nothing was there to fill a row with."]
