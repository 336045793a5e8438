"""Every address of the desk at which something can be done leaves a line in the log.

The addresses come from the permissions table: whatever answers a POST of an Editor or a
superuser is done here once in earnest, or it is said why nothing is done there.
"""

import pytest
from django.test import Client
from django.urls import reverse

from issues.placeholders import find_placeholders
from issues.services import save_work
from papers import history
from papers.models import Author
from quiz.models import Headline
from superfast.accounts.models import AuditEntry
from tests.issues.factories import make_draft, make_issue, typed, upload
from tests.issues.factories import make_image as make_picture
from tests.papers.desk import author_form, form
from tests.papers.factories import make_catalogue, make_paper
from tests.permissions.table import ACTIONS, TABLE
from tests.permissions.world import every_address
from tests.quiz.factories import make_quiz
from tests.security.forms import forms_on

pytestmark = pytest.mark.django_db

WRITES_NOTHING = {
    "admin:second-factor": "see test_second_factor.py: it needs a code",
    "admin:second-factor-setup": "see test_second_factor.py: it needs a code",
    "admin:recovery-codes": "see test_second_factor.py: it needs a second factor",
    "admin:login": "see test_sign_in.py",
    "admin:index": "a page",
    "admin:app_list": "a page",
    "admin:quiz_quiz_fill": "fills a form",
    "admin:quiz_quiz_preview": "shows what was typed",
    "admin:issues_issue_preview_text": "shows what was typed",
    "admin:issues_issue_checklist_new": "checks what was typed",
    "admin:issues_issue_checklist": "checks what was typed",
    "admin:issues_issue_fill": "says where to put what was typed",
    "admin:issues_issue_compare": "compares what was typed",
    "admin:issues_issue_markdown": "converts what was pasted",
    "admin:issues_issue_link": "looks up an address",
    "admin:issues_issue_autosave": "what is typed stands in the history, with who and when",
    "admin:issues_issue_presence": "says who is there",
}
# A list or a history is read; what a list's actions do is below, what is changed in its
# rows is a change like any other.
READ = ("_changelist", "_history")


@pytest.fixture
def desk(world):
    client = Client()
    client.force_login(world.people["superuser"])
    return client


def writing():
    """Addresses that answer a superuser who sends something."""
    return [
        name
        for name, row in TABLE.items()
        if name.startswith("admin:")
        and row.split()[1][5] == "o"
        and not name.endswith(READ)
        and name not in WRITES_NOTHING
    ]


def stored_form(desk, path):
    """What the page's own form sends when nothing is changed in it."""
    page = desk.get(path).content
    *_, data = [
        data
        for target, data, _ in forms_on(page, path)
        if target == path and len(data) > 1
    ]
    return {name: [v.decode() for v in values] for name, values in data.items()}


def issue_to_fill():
    quiz = make_quiz(publish_at=False)
    Headline.objects.filter(pk=quiz.headlines.first().pk).update(text="A thing. (link)")
    return make_draft(body="One thing. (link)\n\n::: quiz\n:::", quiz=quiz)


def behind():
    issue = make_issue()
    issue.body += "\nNewer.\n"
    save_work(issue=issue, by=None)
    return issue


def at(name, *args):
    return reverse(f"admin:{name}", args=args)


def waive(desk, world):
    issue = issue_to_fill()
    key = find_placeholders(issue.body)[0].key
    return at("issues_issue_waive", issue.pk), {
        "key": key, "body": issue.body, "reason": "None is needed.",
    }  # fmt: skip


def headline(desk, world):
    issue = issue_to_fill()
    row = issue.quiz.headlines.get(text__contains="(link)")
    return at("issues_issue_fill_headline", issue.pk), {
        "key": row.pk, "url": "https://a.example/",
    }  # fmt: skip


def tray(desk, world):
    path = at("issues_issue_tray", issue_to_fill().pk)
    return path, stored_form(desk, path) | {"url-0": "https://a.example/"}


def split(desk, world):
    one, two = (make_paper(authors=["Grace Hopper"]) for _ in "ab")
    author = one.authorships.get().author
    return at("papers_author_split", author.pk), {"paper": two.pk}


def pair(desk, world):
    one, two = make_paper(), make_paper()
    return at("papers_paper_pair", one.pk, two.pk), {"do": "merge", "keep": "one"}


def restore_paper(desk, world):
    paper = make_paper(title="Before")
    history.keep_first([paper.pk])
    type(paper).objects.filter(pk=paper.pk).update(title="After")
    return at("papers_paper_restore", paper.pk, paper.revisions.first().pk), {}


def restore_issue(desk, world):
    issue = behind()
    return at("issues_issue_restore", issue.pk, issue.published_revision_id), {}


def voided(desk, world):
    path = at("quiz_correction_restore", world.theirs["quiz.Correction"].quiz_id)
    return path, stored_form(desk, path) | {"reason": "It was right after all."}


def void(desk, world):
    path = at("quiz_correction_void", make_quiz().pk)
    return path, stored_form(desk, path) | {"reason": "It was no lie."}


def new_key(desk, world):
    quiz = make_quiz()
    path = at("quiz_correction_key", quiz.pk)
    other = quiz.headlines.exclude(pk=quiz.lie_id).first().pk
    return path, stored_form(desk, path) | {
        "new_lie": other,
        "reason": "We were wrong.",
    }


def batch(desk, world):
    path = at("papers_importbatch_add")
    catalogue = make_paper().catalogue.pk
    paste = "@article{a2022b, title={A title}, author={A. B.}, year={2022}}"
    desk.post(path, {"catalogue": catalogue, "paste": paste})
    made = type(world.theirs["papers.ImportBatch"]).objects.latest("pk")
    return at("papers_importbatch_change", made.pk), {"do": "apply"}


def make_author():
    return Author.objects.create(name="Nobody Yet")


QUIZ_ROWS = {"headlines-TOTAL_FORMS": 0, "headlines-INITIAL_FORMS": 0}
# Where to, and what is sent; the rest is what the address's own page sends.
DEEDS = {
    "admin:session-list": lambda d, w: (at("session-list"), {}),
    "admin:logout": lambda d, w: (at("logout"), {}),
    "admin:password_change": lambda d, w: (
        at("password_change"),
        {"old_password": "pass", "new_password1": "a long new one", "new_password2": "a long new one"},
    ),
    "admin:auth_group_add": lambda d, w: (at("auth_group_add"), {"name": "Guests"}),
    "admin:accounts_user_add": lambda d, w: (
        at("accounts_user_add"),
        {"username": "kim", "usable_password": "true", "password1": "a long new one", "password2": "a long new one"},
    ),
    "admin:auth_user_password_change": lambda d, w: (
        at("auth_user_password_change", w.writer.pk),
        {"usable_password": "true", "password1": "a long new one", "password2": "a long new one"},
    ),
    "admin:redirects_redirect_import": lambda d, w: (
        at("redirects_redirect_import"), {"text": "/was/,/issues/"},
    ),
    "admin:redirects_redirect_add": lambda d, w: (
        at("redirects_redirect_add"), {"old_path": "/was/", "target": "/issues/"},
    ),
    "admin:papers_mistakereport_change": lambda d, w: (
        at("papers_mistakereport_change", w.theirs["papers.MistakeReport"].pk),
        {"note": "It was 8."},
    ),
    "admin:papers_paper_pair": pair,
    "admin:papers_paper_add": lambda d, w: (at("papers_paper_add"), form()),
    "admin:papers_paper_restore": restore_paper,
    "admin:papers_author_split": split,
    "admin:papers_paper_delete": lambda d, w: (
        at("papers_paper_delete", make_paper().pk), {"post": "yes"},
    ),
    "admin:papers_author_delete": lambda d, w: (
        at("papers_author_delete", make_author().pk), {"post": "yes"},
    ),
    "admin:papers_catalogue_delete": lambda d, w: (
        at("papers_catalogue_delete", make_catalogue("empty").pk), {"post": "yes"},
    ),
    "admin:papers_author_add": lambda d, w: (
        at("papers_author_add"), author_form(name="Kim Bo"),
    ),
    "admin:papers_topic_add": lambda d, w: (
        at("papers_topic_add"), {"name": "Sound", "slug": "sound"},
    ),
    "admin:papers_catalogue_add": lambda d, w: (
        at("papers_catalogue_add"),
        {"title": "Papers of 2023", "slug": "2023", "year": 2023, "position": 0},
    ),
    "admin:papers_importbatch_add": lambda d, w: (
        at("papers_importbatch_add"),
        {"catalogue": make_paper().catalogue.pk, "paste": "10.1000/xyz"},
    ),
    "admin:papers_importbatch_change": batch,
    "admin:quiz_correction_key": new_key,
    "admin:quiz_correction_void": void,
    "admin:quiz_correction_restore": voided,
    "admin:quiz_quiz_clone": lambda d, w: (at("quiz_quiz_clone", make_quiz().pk), {}),
    "admin:quiz_quiz_add": lambda d, w: (
        at("quiz_quiz_add"), {"title": "T", "slug": "t-1", "intro": "I", **QUIZ_ROWS},
    ),
    "admin:quiz_quiz_delete": lambda d, w: (
        at("quiz_quiz_delete", make_quiz(publish_at=False).pk), {"post": "yes"},
    ),
    "admin:issues_inboxitem_collect": lambda d, w: (
        at("issues_inboxitem_collect"), {"url": "https://a.example/new"},
    ),
    "admin:issues_inboxitem_add": lambda d, w: (
        at("issues_inboxitem_add"), {"url": "https://a.example/new"},
    ),
    "admin:issues_image_upload": lambda d, w: (
        at("issues_image_upload"), {"upload": upload(), "alt": "A holiday"},
    ),
    "admin:issues_image_add": lambda d, w: (
        at("issues_image_add"), {"upload": upload(), "alt": "A holiday"},
    ),
    "admin:issues_image_delete": lambda d, w: (
        at("issues_image_delete", make_picture().pk), {"post": "yes"},
    ),
    "admin:issues_issue_begin": lambda d, w: (
        at("issues_issue_begin"),
        {"title": "T", "slug": "t-2", "dek": "", "body": "B", "tab": "t"},
    ),
    "admin:issues_issue_add": lambda d, w: (at("issues_issue_add"), typed()),
    "admin:issues_issue_restore": restore_issue,
    "admin:issues_issue_republish": lambda d, w: (
        at("issues_issue_republish", behind().pk), {"kind": "silent"},
    ),
    "admin:issues_issue_withdraw": lambda d, w: (
        at("issues_issue_withdraw", make_issue().pk), {},
    ),
    "admin:issues_issue_share": lambda d, w: (
        at("issues_issue_share", make_draft().pk),
        {"label": "Kim", "days": "7", "shows": "latest"},
    ),
    "admin:issues_issue_revoke": lambda d, w: (
        at("issues_issue_revoke", w.theirs["issues.Issue"].pk, w.theirs["draft link"].pk),
        {},
    ),
    "admin:issues_issue_untrash": lambda d, w: (
        at("issues_issue_untrash", w.theirs["trashed"].pk), {},
    ),
    "admin:issues_issue_waive": waive,
    "admin:issues_issue_fill_headline": headline,
    "admin:issues_issue_tray": tray,
    "admin:issues_issue_import": lambda d, w: (
        at("issues_issue_import"),
        {"text": "# T\n\nWords.", "name": "t.md", "_create": "1"},
    ),
}  # fmt: skip


def deed(name, desk, world):
    if name in DEEDS:
        return DEEDS[name](desk, world)
    path = reverse(name, kwargs=world.arguments(every_address()[name], "editor"))
    if name.endswith("_delete"):
        return path, {"post": "yes"}
    return path, stored_form(desk, path)


@pytest.mark.parametrize("name", writing())
def test_what_is_done_is_in_the_log(world, desk, name):
    path, data = deed(name, desk, world)
    before = AuditEntry.objects.count()
    response = desk.post(path, data)

    assert response.status_code < 400, response.content.decode()[-3000:]
    entry = AuditEntry.objects.order_by("pk").last()
    assert AuditEntry.objects.count() > before, response.content.decode()[-3000:]
    assert entry.actor_key == world.people["superuser"].pk
    assert entry.action


def test_what_writes_nothing_is_of_the_table():
    assert {*WRITES_NOTHING} <= {*TABLE}
    assert {*DEEDS} <= {*writing()}


ONLY_READ = {"export_csv", "export_bib", "export_json", "check_links"}
ACTED = [
    (label, action)
    for label, actions in ACTIONS.items()
    for action in actions
    if action not in ONLY_READ
]


def two_authors(world):
    make_paper(authors=["Ann A"])
    make_paper(authors=["Ann B"])
    return [*Author.objects.filter(name__startswith="Ann ")]


def settled(world):
    row = world.theirs["papers.MistakeReport"]
    type(row).objects.filter(pk=row.pk).update(settled_at=row.reported_at)
    return [row]


def with_second_factor(world):
    row = world.writer
    type(row).objects.filter(pk=row.pk).update(second_factor_at=row.date_joined)
    return [row]


# Rows that the action has something to do to; of others, any row does.
READY = {
    "papers.Paper": lambda w: [make_paper(publish_at=None, takeaway="T")],
    "papers.Paper withdraw": lambda w: [make_paper()],
    "papers.Paper unhighlight": lambda w: [make_paper(is_highlight=True, takeaway="T")],
    "papers.Author": lambda w: [make_author()],
    "papers.Author merge": two_authors,
    "papers.Catalogue": lambda w: [make_catalogue("empty")],
    "papers.MistakeReport reopen": settled,
    "issues.Issue": lambda w: [make_draft()],
    "issues.Issue withdraw": lambda w: [make_issue()],
    "issues.Image": lambda w: [make_picture()],
    "quiz.Quiz": lambda w: [make_quiz(publish_at=False)],
    "accounts.User remove_second_factor": with_second_factor,
}


def ready(world, label, action):
    make = READY.get(f"{label} {action}") or READY.get(label)
    return make(world) if make else [world.theirs[label]]


@pytest.mark.parametrize(("label", "action"), ACTED)
def test_what_an_action_does_is_in_the_log(world, desk, label, action):
    rows = ready(world, label, action)
    opts = type(rows[0])._meta
    sent = {
        "action": action,
        "_selected_action": [row.pk for row in rows],
        "post": "yes",
        "chosen": world.theirs["papers.Topic"].pk,
        "keep": rows[0].pk,
    }
    if action == "add_catalogue":
        sent["chosen"] = make_catalogue("other").pk
    before = AuditEntry.objects.count()
    address = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    address += "?settled=all" if label == "papers.MistakeReport" else ""
    response = desk.post(address, sent, follow=True)

    said = (
        [str(each) for each in response.context["messages"]] if response.context else ""
    )
    assert AuditEntry.objects.count() > before, said
    entry = AuditEntry.objects.order_by("pk").last()
    assert entry.actor_key == world.people["superuser"].pk
    if action in {"publish_now", "withdraw"}:
        assert len({*entry.changes["status"]}) == 2
