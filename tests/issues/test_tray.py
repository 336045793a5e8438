"""Links to fill: one row for each, filled in place, or left out with a reason."""

import pytest
from django.core.exceptions import ValidationError

from issues.models import Issue, LinkWaiver
from issues.placeholders import fill, find_placeholders, place_of
from issues.services import publish_issue, save_tray, save_work
from issues.tray import fill_rows
from tests.factories import make_editor, make_user, make_writer
from tests.issues.factories import QUIZ_PLACE, make_draft, make_issue
from tests.quiz.factories import make_quiz

pytestmark = pytest.mark.django_db

URL = "https://www.news.example/a_(b)"
BODY = "🗞 (link)\n\n- A story (link)\n- Another (tweet and arxiv), twice\n\nIt says so. (link) And (link).\n"
FILL = "/admin/issues/issue/links-to-fill/fill/"


def address(issue, ending=""):
    return f"/admin/issues/issue/{issue.pk}/links-to-fill/{ending}"


def check_address(issue):
    return f"/admin/issues/issue/{issue.pk}/checklist/"


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("- Title (link)", "- [Title](URL)"),
        ("1. Title (link)", "1. [Title](URL)"),
        ("### Head (link)", "### [Head](URL)"),
        ("- Paper (link) — take", "- [Paper](URL) — take"),
        ("[Title](link)", "[Title](URL)"),
        ("It is good. (link)", "It is good. ([news.example](URL))"),
        ("Read it! (link)", "Read it! ([news.example](URL))"),
        ("It is good (link).", "It is good ([news.example](URL))."),
        ("- It is good. (link)", "- It is good. ([news.example](URL))"),
        (
            "- [Mine](https://a.example) and (link)",
            "- [Mine](https://a.example) and ([news.example](URL))",
        ),
    ],
)
def test_a_link_is_written_as_an_editor_would(text, filled):
    (place,) = find_placeholders(text)

    assert fill(text, place, [URL]) == filled.replace(
        "URL", "https://www.news.example/a_%28b%29"
    )


def test_two_links_in_one_bracket_keep_their_words():
    (place,) = find_placeholders("So (tweet and arxiv).")
    filled = fill(
        "So (tweet and arxiv).", place, ["https://a.example", "https://b.example"]
    )

    assert filled == "So ([tweet](https://a.example) and [arxiv](https://b.example))."
    with pytest.raises(ValueError, match="own"):
        fill("So (tweet and arxiv).", place, ["https://a.example"])


def test_the_right_one_of_equal_places_is_filled():
    body = "Same (link) here.\n\nSame (link) here.\n"
    second = find_placeholders(body)[1]

    assert fill_rows(body, {second.key: ["https://a.example"]}) == (
        "Same (link) here.\n\nSame ([a.example](https://a.example)) here.\n"
    )


def test_a_place_keeps_its_key_when_its_neighbours_are_filled():
    body = "One is small (link), one large (tweet and arxiv), one neither (link)."
    first, second, third = find_placeholders(body)
    filled = fill_rows(
        body,
        {
            first.key: ["https://a.example"],
            second.key: ["https://b.example https://c.example"],
        },
    )

    assert [p.key for p in find_placeholders(filled)] == [third.key]


def test_of_places_that_are_all_alike_the_last_one_left_is_meant():
    body = "Same (link).\n\nSame (link).\n"
    first, second = find_placeholders(body)
    left = find_placeholders(fill_rows(body, {first.key: ["https://a.example"]}))

    assert place_of(second.key, left) == left[0]
    assert place_of("other|link||1", left) is None


@pytest.mark.parametrize(
    "typed",
    [["javascript:alert(1)"], ["x"], ["https://"], [], ["https://a.example https://b.example"], ["ftp://a.example"]],
)  # fmt: skip
def test_what_is_no_address_fills_nothing(typed):
    body = "A (link), b (link)."
    first, second = find_placeholders(body)

    with pytest.raises(ValidationError):
        fill_rows(body, {first.key: ["https://a.example"], second.key: typed})


def everybodys(issue):
    return [address(issue), address(issue, "waive/"), address(issue, "headline/")]


def test_strangers_and_accounts_without_permissions_see_no_tray(client):
    issue = make_draft(body=BODY)
    every = [
        *everybodys(issue),
        check_address(issue),
        FILL,
        "/admin/issues/issue/checklist/",
    ]
    for each in every:
        assert client.post(each).status_code == 302
    client.force_login(make_user())
    for each in every:
        assert client.post(each).status_code == 403
    assert client.get(address(issue)).status_code == 403


def test_a_writer_sees_and_fills_their_own_and_no_other(writer):
    others, own = make_draft(body=BODY), make_draft(body=BODY, created_by=writer.user)
    out = make_issue(created_by=writer.user)

    for each in [*everybodys(others), check_address(others)]:
        assert writer.post(each, {"body": "x"}).status_code == 403
    assert writer.get(address(others)).status_code == 403
    assert writer.get(address(own)).status_code == 200
    assert writer.post(check_address(own), {"body": BODY}).status_code == 200
    assert writer.get(address(out)).status_code == 403
    assert writer.post(FILL, {"body": "x (link)"}).status_code == 409


def test_an_editor_sees_every_tray_and_none_of_what_is_not_there(editor):
    assert editor.get(address(make_draft(body=BODY))).status_code == 200
    for each in ("0", "999", "x", "9" * 30):
        assert (
            editor.get(f"/admin/issues/issue/{each}/links-to-fill/").status_code == 404
        )
        assert editor.post(f"/admin/issues/issue/{each}/checklist/").status_code == 404


def test_other_methods_are_refused(editor):
    issue = make_draft()
    for each in (
        address(issue, "waive/"),
        address(issue, "headline/"),
        check_address(issue),
        FILL,
    ):
        assert editor.get(each).status_code == 405
    assert editor.put(address(issue)).status_code == 405


def typed(issue, *rows, **more):
    """What the page posts: an address list, or a reason, for each row."""
    data = dict(more)
    for index, (place, row) in enumerate(
        zip(find_placeholders(issue.body), rows, strict=False)
    ):
        data[f"key-{index}"] = place.key
        data[f"url-{index}" if isinstance(row, list) else f"reason-{index}"] = row
    return data


def test_rows_are_filled_and_waived_on_the_page_without_scripts(editor):
    issue = make_draft(body=BODY, dek="D")
    assert editor.get(address(issue)).text.count('class="tray-row"') == 5
    rows = [
        "",
        [URL],
        ["https://x.example/1", "https://x.example/2"],
        "Said on the phone.",
        [""],
    ]
    response = editor.post(address(issue), typed(issue, *rows), follow=True)
    issue.refresh_from_db()

    assert issue.body == (
        "🗞 (link)\n\n- [A story](https://www.news.example/a_%28b%29)\n"
        "- Another ([tweet](https://x.example/1) and [arxiv](https://x.example/2)), twice\n\n"
        "It says so. (link) And (link).\n"
    )
    assert issue.revisions.first().saved_by == editor.user
    waiver = LinkWaiver.objects.get()
    assert (waiver.reason, waiver.waived_by) == ("Said on the phone.", editor.user)
    assert "Left out, because" in response.text


def test_publishing_waits_until_every_row_is_filled_or_waived():
    issue, editor = make_draft(body="A (link) and b (link)."), make_editor()
    first, _ = find_placeholders(issue.body)
    rows = {"addresses": {first.key: [URL]}, "reasons": {}, "sources": {}}
    save_tray(issue=issue, by=editor, **rows)
    with pytest.raises(ValidationError):
        publish_issue(issue=Issue.objects.get(), by=editor)
    issue = Issue.objects.get()
    (left,) = find_placeholders(issue.body)
    save_tray(
        issue=issue, by=editor, addresses={}, reasons={left.key: "No page."}, sources={}
    )
    publish_issue(issue=Issue.objects.get(), by=editor)

    assert Issue.objects.published().exists()


def test_a_row_that_does_not_fit_saves_nothing_and_loses_nothing(editor):
    issue = make_draft(body=BODY)
    data = typed(issue, [URL], ["no address"], "", "A reason.")
    response = editor.post(address(issue), data)
    issue.refresh_from_db()

    assert response.status_code == 422
    assert "“no address” " not in response.text
    assert "needs one address: here are 2." in response.text
    assert 'value="no address"' in response.text
    assert f'value="{URL}"' in response.text
    assert 'value="A reason."' in response.text
    assert issue.body == BODY
    assert not LinkWaiver.objects.exists()


def test_a_row_of_a_text_that_has_changed_is_said_to_be_gone(editor):
    issue = make_draft(body="A (link).")
    data = {"key-0": "another|link||1", "url-0": URL}

    assert "The text has changed" in editor.post(address(issue), data).text


def test_the_working_text_of_a_live_issue_is_filled_and_readers_see_theirs(editor):
    issue = make_issue(body="Out.\n")

    issue.body = "Out, and a story (link).\n"
    save_work(issue=issue, by=editor.user)
    issue = Issue.objects.get()
    place = find_placeholders(issue.working_revision.text.body)[0]
    editor.post(address(issue), {"key-0": place.key, "url-0": URL})
    issue = Issue.objects.get()

    assert issue.body == "Out.\n"
    assert "news.example" in issue.working_revision.text.body


def test_headlines_of_the_quiz_have_rows_and_get_their_source(editor):
    quiz = make_quiz(publish_at=False)
    row = quiz.headlines.first()
    type(row).objects.filter(pk=row.pk).update(
        text="Otters paint (link)", source_url="", outlet=""
    )
    issue = make_draft(body=QUIZ_PLACE, quiz=quiz)
    assert "Otters paint <mark>(link)</mark>" in editor.get(address(issue)).text
    editor.post(address(issue), {f"headline-{row.pk}": "https://www.otter.example/x"})
    row.refresh_from_db()

    assert (row.text, row.source_url, row.outlet) == (
        "Otters paint", "https://www.otter.example/x", "otter.example",
    )  # fmt: skip


def test_a_headline_of_another_quiz_is_not_filled(editor):
    issue = make_draft(body=QUIZ_PLACE, quiz=make_quiz(publish_at=False))
    other = make_quiz(publish_at=False).headlines.first()
    type(other).objects.filter(pk=other.pk).update(text="Other (link)")
    for key in (other.pk, "x", "9" * 30):
        response = editor.post(address(issue, "headline/"), {"key": key, "url": URL})
        assert response.status_code == 422


def test_a_writer_fills_no_headline_of_somebody_elses_quiz(writer):
    quiz = make_quiz(publish_at=False)
    row = quiz.headlines.first()
    type(row).objects.filter(pk=row.pk).update(text="Otters paint (link)")
    issue = make_draft(body=QUIZ_PLACE, quiz=quiz, created_by=writer.user)
    response = writer.post(address(issue, "headline/"), {"key": row.pk, "url": URL})
    row.refresh_from_db()

    assert response.status_code == 422
    assert row.text == "Otters paint (link)"


def test_one_place_is_answered_in_positions_as_browsers_count_them(editor):
    body = "🗞🗞 words (link)."
    place = find_placeholders(body)[0]
    response = editor.post(
        FILL, {"body": body, "key": place.key, "url": "https://a.example"}
    )

    assert response.json() == {
        "start": 11,
        "end": 17,
        "text": "([a.example](https://a.example))",
    }


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"key": "x"}, 409),
        ({"url": "x"}, 422),
        ({"url": ""}, 422),
        ({"body": "x" * 500_001}, 413),
    ],
)
def test_one_place_that_cannot_be_filled_says_why(editor, values, status):
    body = "A (link)."
    data = {
        "body": body,
        "key": find_placeholders(body)[0].key,
        "url": "https://a.example",
    }
    response = editor.post(FILL, {**data, **values})

    assert response.status_code == status
    assert response.json()["error"].endswith(".")


def test_a_place_is_left_out_and_taken_back_beside_the_text(editor):
    issue, body = make_draft(body="A."), "Unsaved (link)."
    key = find_placeholders(body)[0].key
    waive = address(issue, "waive/")

    assert (
        editor.post(waive, {"key": key, "body": body, "reason": " "}).status_code == 422
    )
    assert (
        editor.post(waive, {"key": key, "body": "gone", "reason": "x"}).status_code
        == 422
    )
    assert (
        editor.post(waive, {"key": key, "body": body, "reason": "x" * 301}).status_code
        == 422
    )
    assert (
        editor.post(waive, {"key": key, "body": body, "reason": "No page."}).status_code
        == 200
    )
    assert (
        "Left out: No page." in editor.post(check_address(issue), {"body": body}).text
    )
    # A key that nobody has: PostgreSQL would not look for a NUL.
    assert editor.post(waive, {"key": "\0", "take_back": "1"}).status_code == 200
    editor.post(waive, {"key": key, "take_back": "1"})
    assert not LinkWaiver.objects.exists()


def test_what_is_said_of_the_quiz_leads_to_its_own_form(editor):
    quiz = make_quiz(publish_at=False, searched_on=None)
    address = f'href="/admin/quiz/quiz/{quiz.pk}/change/" target="_blank"'
    issue = make_draft(quiz=quiz, body=QUIZ_PLACE)
    text = editor.post(check_address(issue), {"body": "", "quiz": quiz.pk}).text

    assert address in text
    assert 'href="#id_body"' in text
    assert address in editor.get(f"/admin/issues/issue/{issue.pk}/change/").text
    without = editor.post(check_address(issue), {"body": QUIZ_PLACE}).text
    assert "/admin/quiz/" not in without


def test_who_may_not_change_the_quiz_is_led_to_the_field(client):
    writer = make_writer()
    client.force_login(writer)
    quiz = make_quiz(created_by=writer, searched_on=None)
    data = {"body": QUIZ_PLACE, "quiz": quiz.pk}
    text = client.post("/admin/issues/issue/checklist/", data).text

    assert 'href="#id_quiz"' in text
    assert "/admin/quiz/" not in text


@pytest.mark.parametrize("who", ["writer", "editor"])
def test_the_panels_answer_a_text_that_is_being_written(request, who):
    client = request.getfixturevalue(who)
    data = {
        "title": "T",
        "slug": "t",
        "dek": "D",
        "body": "## A <b>\r\n\r\nA (link) TK.",
    }
    text = client.post("/admin/issues/issue/checklist/", data).text

    assert 'data-part="checklist" data-count="2"' in text
    assert 'data-line="3"' in text
    assert 'data-part="tray" data-count="1"' in text
    assert "<b>" not in text
    assert not Issue.objects.exists()


@pytest.mark.parametrize(
    "values",
    [{"body": "x" * 500_001}, {"quiz": "x"}, {"slug": "x" * 81}, {"title": "\x00"}],
)
def test_what_no_form_would_send_is_refused(editor, values):
    assert editor.post("/admin/issues/issue/checklist/", values).status_code == 422


def test_hostile_fields_have_a_checklist_too(editor):
    data = {
        "slug": "../<x>",
        "title": "<script>",
        "body": "[here](javascript:alert(1)) (link)<script>",
    }
    response = editor.post("/admin/issues/issue/checklist/", data)

    assert response.status_code == 200
    assert "<script>" not in response.text


def test_the_form_shows_checklist_and_tray_without_scripts(editor, writer):
    issue = make_draft(body=BODY, created_by=writer.user)
    for client in (writer, editor):
        text = client.get(f"/admin/issues/issue/{issue.pk}/change/").text
        # The two on one line are one line of the checklist.
        assert 'id="panel-checklist" data-count="4"' in text
        assert 'id="panel-tray" data-count="5"' in text
        assert f'href="{address(issue)}"' in text
    assert client.get("/admin/issues/issue/add/").status_code == 200


def test_checking_costs_the_same_however_long_the_text(
    editor, django_assert_max_num_queries
):
    for times in (1, 40):
        with django_assert_max_num_queries(20):
            editor.post(
                "/admin/issues/issue/checklist/",
                {"slug": "t", "title": "T", "body": BODY * times},
            )
