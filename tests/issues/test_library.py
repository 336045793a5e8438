"""The library of pictures at the desk."""

import lxml.html
import pytest
from django.urls import reverse

from issues.models import Image
from tests.factories import make_writer
from tests.issues.factories import make_draft, make_image, make_issue, upload

pytestmark = pytest.mark.django_db

LIBRARY = reverse("admin:issues_image_changelist")


def screen(image):
    return reverse("admin:issues_image_change", args=[image.pk])


def rows(client, **query):
    page = lxml.html.fromstring(client.get(LIBRARY, query).text)
    return page.xpath("//table[@id='result_list']/tbody/tr")


def alts(client, **query):
    return {
        row.xpath(
            "string(.//td[contains(@class, 'field-alt')] | .//th[contains(@class, 'field-alt')])"
        )
        for row in rows(client, **query)
    }


def test_pictures_are_found_by_what_they_show_their_caption_and_their_credit(editor):
    make_image(alt="A red kite")
    make_image(alt="Second", caption="Above a meadow")
    make_image(alt="Third", credit="Photo: Ada")

    assert alts(editor, q="kite") == {"A red kite"}
    assert alts(editor, q="meadow") == {"Second"}
    assert alts(editor, q="Ada") == {"Third"}
    assert alts(editor, q="nothing") == set()


def test_the_library_says_where_a_picture_stands_drafts_included(editor):
    image = make_image(alt="Shown")
    issues = [
        make_issue(title="One", cover=image),
        make_draft(title="Two", body=image.markdown),
    ]
    (row,) = rows(editor, q="Shown")
    links = row.xpath(".//td[contains(@class, 'field-used_in')]/a")

    assert [a.text for a in links] == ["One", "Two"]
    assert [a.get("href") for a in links] == [
        reverse("admin:issues_issue_change", args=[issue.pk]) for issue in issues
    ]


def test_what_stands_nowhere_can_be_listed(editor):
    image = make_image(alt="Shown")
    make_image(alt="Spare")
    make_draft(body=image.markdown)

    assert alts(editor, use="unused") == {"Spare"}
    assert alts(editor, use="used") == {"Shown"}
    assert alts(editor, use="x") == {"Shown", "Spare"}


def test_a_picture_over_its_budget_says_so(editor):
    heavy, _ = make_image(alt="Heavy"), make_image(alt="Light")
    Image.objects.filter(pk=heavy.pk).update(size_bytes=400_000)

    assert "over its budget" in lxml.html.tostring(
        *rows(editor, q="Heavy"), encoding="unicode"
    )
    assert "over its budget" not in lxml.html.tostring(
        *rows(editor, q="Light"), encoding="unicode"
    )


def count_queries(django_assert_max_num_queries, editor):
    with django_assert_max_num_queries(50) as captured:
        assert rows(editor)
    return len(captured)


def test_the_library_costs_the_same_for_two_pictures_and_for_twenty(
    editor, django_assert_max_num_queries
):
    for _ in range(2):
        make_issue(cover=make_image())
    few = count_queries(django_assert_max_num_queries, editor)
    for _ in range(18):
        make_issue(cover=make_image())

    assert count_queries(django_assert_max_num_queries, editor) == few


def test_hostile_words_come_out_harmless(editor):
    nasty = '"><script>alert(1)</script>'
    make_issue(title=nasty, cover=make_image(alt=nasty, caption=nasty, credit=nasty))

    assert "<script>alert" not in editor.get(LIBRARY).text


def typed(**overrides):
    return {"alt": "New words", "caption": "", "credit": "", **overrides}


def test_words_change_and_the_file_stays(editor):
    image = make_image()
    answer = editor.post(screen(image), typed(caption="Now with a caption"))
    changed = Image.objects.get(pk=image.pk)

    assert answer.status_code == 302
    assert (changed.alt, changed.caption) == ("New words", "Now with a caption")
    assert changed.checksum == image.checksum


def test_another_file_takes_its_place_at_the_same_address(editor):
    image = make_image()
    answer = editor.post(screen(image), typed(upload=upload()))
    changed = Image.objects.get(pk=image.pk)

    assert answer.status_code == 302
    assert changed.name == image.name
    assert changed.checksum != image.checksum


def test_a_file_that_is_no_picture_replaces_nothing(editor):
    image = make_image()
    answer = editor.post(screen(image), typed(upload=upload(b"<html>")))

    assert answer.status_code == 200
    assert "no picture that we can read" in answer.text
    assert Image.objects.get(pk=image.pk).checksum == image.checksum


def test_a_writer_sees_and_changes_their_own_pictures_only(client, editor):
    writer = make_writer()
    own, other = make_image(alt="Own"), make_image(alt="Other")
    Image.objects.filter(pk=own.pk).update(created_by=writer)
    make_draft(title="Secret plan", body=own.markdown)
    client.force_login(writer)

    assert alts(client) == {"Own"}
    assert "Secret plan" not in client.get(LIBRARY).text
    assert client.post(screen(own), typed(upload=upload())).status_code == 302
    assert client.post(screen(other), typed(upload=upload())).status_code in {302, 403}
    assert Image.objects.get(pk=other.pk).checksum == other.checksum
    assert Image.objects.get(pk=other.pk).alt == "Other"
    make_issue(cover=own)
    assert client.post(screen(own), typed(alt="Late")).status_code == 403


def test_who_is_not_signed_in_sees_no_library(client):
    for address in (LIBRARY, screen(make_image())):
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(reverse("admin:login"))


def test_a_picture_that_stands_somewhere_can_not_be_deleted_at_the_desk(editor):
    used, spare = make_image(), make_image()
    make_draft(body=used.markdown)
    for image in (used, spare):
        editor.post(
            reverse("admin:issues_image_delete", args=[image.pk]), {"post": "yes"}
        )
    editor.post(
        LIBRARY,
        {"action": "delete_selected", "_selected_action": [used.pk], "post": "yes"},
    )

    assert [*Image.objects.all()] == [used]
