"""Links put aside during the week, and the issue that begins with them."""

from datetime import timedelta

import pytest

from issues.links import inbox
from issues.models import InboxItem, Issue
from issues.services import delete_issue, restore_issue, trash_issue
from tests.common.pages import fetching_from, page, serve
from tests.factories import make_editor, make_writer
from tests.issues.factories import OUT, make_issue, make_scheduled

pytestmark = pytest.mark.django_db
LIST = "/admin/issues/inboxitem/"
COLLECT = f"{LIST}collect/"


def put(client, url, **said):
    return client.post(COLLECT, {"url": url, **said})


def make_item(by=None, **overrides):
    values = {"url": "https://a.example/1", "title": "One", "created_by": by}
    return InboxItem.objects.create(**{**values, **overrides})


def begin(client, *items):
    return client.post(
        LIST, {"action": "begin", "_selected_action": [i.pk for i in items]}
    )


def test_an_address_is_put_aside_with_its_section_and_take(client):
    writer = make_writer()
    client.force_login(writer)

    answer = put(
        client,
        "https://a.example/1?utm_source=x",
        title="One\x0b thing",
        section="News",
        take="Why.",
    )

    assert answer.status_code == 302
    item = InboxItem.objects.get()
    assert (item.url, item.title) == ("https://a.example/1", "One thing")
    assert (item.section, item.take, item.created_by) == ("News", "Why.", writer)


def test_several_addresses_are_put_aside_at_once_and_none_twice(client):
    client.force_login(make_writer())
    put(client, "https://a.example/1", take="Mine.")

    put(client, "see https://a.example/1 and\nhttps://b.example/2", section="News")

    assert sorted(InboxItem.objects.values_list("url", "section", "take")) == [
        ("https://a.example/1", "News", "Mine."),
        ("https://b.example/2", "News", ""),
    ]


def test_the_title_is_the_pages_own_where_none_is_given(client, settings, monkeypatch):
    client.force_login(make_writer())
    with serve() as site, fetching_from(site, settings, monkeypatch):
        site.pages["/x"] = page("<title>Of the page</title>")
        put(client, f"{site.url}/x")

    assert InboxItem.objects.get().title == "Of the page"


@pytest.mark.parametrize(
    "url", ["", "no address", "http://u:p@a.example/", "http://10.0.0.300/", "https://a.example/ " * 2000,
            " ".join(f"https://a.example/{n}" for n in range(101))]
)  # fmt: skip
def test_what_is_no_address_is_refused_and_what_was_typed_stays(client, url):
    client.force_login(make_writer())

    answer = put(client, url, take="My words.")

    assert answer.status_code == 422
    assert "My words." in answer.content.decode()
    assert not InboxItem.objects.exists()


def test_a_bookmark_hands_the_page_over_and_hostile_titles_do_no_harm(client):
    client.force_login(make_writer())

    shown = client.get(
        COLLECT,
        {"url": "https://a.example/x", "title": "</textarea><script>alert(1)</script>"},
    )
    listed = client.get(LIST).content.decode()

    assert shown.status_code == 200
    assert "https://a.example/x" in shown.content.decode()
    assert "<script>alert" not in shown.content.decode()
    assert not InboxItem.objects.exists()
    assert (
        'href="javascript:void(open(&#x27;http://localhost:8000/admin/issues/inboxitem/collect/?url='
        in listed
    )
    assert "script-src 'self'" in shown["Content-Security-Policy"]


def test_a_new_issue_has_the_last_ones_sections_and_no_more(client):
    make_issue(
        body="Hello.\n\n## 🗞 News\n\n- [x](https://x.example/)\n\n### A story\n\nText.\n\n## Concepts\n\nWords."
    )
    client.force_login(make_writer())

    form = client.get("/admin/issues/issue/add/").context["adminform"].form

    assert form["body"].value() == "## 🗞 News\n\n## Concepts\n"


def sections_of_a_new_issue(client):
    client.force_login(make_writer())
    form = client.get("/admin/issues/issue/add/").context["adminform"].form
    return form["body"].value()


def make_issues(*bodies):
    """The first of them is the oldest."""
    for day, body in enumerate(bodies, start=1):
        make_issue(slug=f"n-{day}", publish_at=OUT + timedelta(days=day), body=body)


NEWS, CONCEPTS, ONE_OFF = "## 🗞 News\n\nx", "## Concepts\n\nx", "## A launch\n\nx"


def test_a_new_issue_has_no_section_that_stood_in_one_issue_alone(client):
    three = f"{NEWS}\n\n{CONCEPTS}"
    make_issues(
        f"## Of old\n\nx\n\n{three}", three, three, NEWS, NEWS, f"{ONE_OFF}\n\n{NEWS}"
    )

    # Concepts stand in two of the last five only.
    assert sections_of_a_new_issue(client) == "## 🗞 News\n"


def test_a_new_issue_has_no_section_of_what_is_not_out():
    make_issue(body="## Seen\n\nA text.")
    for _ in range(3):
        make_scheduled(body="## Secret\n\nA text.")

    assert "Secret" not in " ".join(inbox.skeleton())


def test_a_section_of_three_among_five_returns_in_its_place(client):
    both = f"{NEWS}\n\n{CONCEPTS}\n\n## News\n\nAgain."
    make_issues(both, both, both, NEWS, f"{ONE_OFF}\n\n{NEWS}")

    assert sections_of_a_new_issue(client) == "## 🗞 News\n\n## Concepts\n"


@pytest.mark.parametrize(
    ("bodies", "sections"),
    [
        ([NEWS, f"{NEWS}\n\n{ONE_OFF}"], "## 🗞 News\n"),
        ([f"{NEWS}\n\n{ONE_OFF}"] * 2, "## 🗞 News\n\n## A launch\n"),
        ([NEWS, NEWS, CONCEPTS], ""),
        ([NEWS, NEWS, NEWS, CONCEPTS], "## 🗞 News\n"),
        ([], "## 🗞 News\n\n## 📚 Concepts & Learning\n\n## 🎲 3 Headlines and a Lie\n"),
    ],
)
def test_of_fewer_issues_a_section_stands_in_all_or_in_three(client, bodies, sections):
    make_issues(*bodies)

    assert sections_of_a_new_issue(client) == sections


def test_an_issue_begins_with_the_chosen_items_in_their_sections(client):
    make_issue(body="Hello.\n\n## 🗞 News\n\nx\n\n## Concepts\n\ny")
    writer = make_writer()
    client.force_login(writer)
    one = make_item(section="news", take="Why it *matters*.")
    two = make_item(url="https://a.example/(2)", title="Two [2]", section="Tools")
    three = make_item(url="https://three.example/3", title="")
    other = make_item(url="https://a.example/4", title="Not chosen")

    answer = begin(client, one, two, three)

    issue = Issue.objects.get(publish_at=None)
    assert answer["Location"] == f"/admin/issues/issue/{issue.pk}/change/"
    assert issue.created_by == writer
    assert issue.body == (
        "## 🗞 News\n\n- [One](https://a.example/1) — Why it *matters*.\n\n"
        "## Concepts\n\n"
        "## Tools\n\n- [Two \\[2\\]](https://a.example/%282%29)\n\n"
        "## Links\n\n- [three.example](https://three.example/3)\n"
    )
    assert list(InboxItem.objects.waiting()) == [other]


def test_items_wait_again_once_their_issue_is_deleted(client):
    editor = make_editor()
    item = make_item()
    issue = inbox.begin_issue(items=[item], by=editor)
    assert not InboxItem.objects.waiting().exists()

    trash_issue(issue=issue, by=editor)
    assert list(InboxItem.objects.waiting()) == [item]
    restore_issue(issue=Issue.with_trashed.get(pk=issue.pk))
    assert not InboxItem.objects.waiting().exists()
    delete_issue(issue=Issue.objects.get(pk=issue.pk))
    assert list(InboxItem.objects.waiting()) == [item]


def test_an_item_begins_one_issue_alone():
    editor = make_editor()
    item = make_item()
    first = inbox.begin_issue(items=[item], by=editor)

    with pytest.raises(inbox.ValidationError, match="choose again"):
        inbox.begin_issue(items=[item], by=editor)
    second = inbox.begin_issue(items=[make_item(url="https://a.example/2")], by=editor)
    third = inbox.begin_issue(items=[make_item(url="https://a.example/3")], by=editor)

    assert second.slug == f"{first.slug}-2"
    assert third.slug == f"{first.slug}-3"


def test_who_may_use_the_inbox(client, django_user_model):
    item = make_item(by=make_editor())
    for address in (LIST, COLLECT):
        assert client.get(address).status_code == 302
    client.force_login(django_user_model.objects.create_user("reader", is_staff=True))
    for address in (LIST, COLLECT):
        assert client.get(address).status_code == 403
    assert begin(client, item).status_code == 403
    # The inbox is everybody's at the desk.
    for person in (make_writer(), make_editor()):
        client.force_login(person)
        assert client.get(LIST).status_code == 200
        assert client.get(COLLECT).status_code == 200
        assert client.put(COLLECT).status_code == 405
        assert client.get(f"{LIST}{item.pk}/change/").status_code == 200
    assert Issue.objects.count() == 0
