"""Who asks, for what, and what the site said: one letter an answer."""

from copy import deepcopy
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone
from django_q.models import Task

from issues.models import Erratum, InboxItem, Link, LinkUse
from issues.services.sharing import make_link
from issues.services.trash import trash_issue
from papers import history
from papers.models import (
    Author,
    Catalogue,
    ImportBatch,
    MistakeReport,
    PaperLink,
    Topic,
)
from quiz.models import WordingChange
from quiz.services import void_quiz
from superfast.accounts.models import AuditEntry, User
from superfast.common.checking import LinkState
from superfast.pages.models import Page
from superfast.redirects.models import Redirect
from tests.addresses import walk
from tests.factories import make_editor, make_user, make_writer
from tests.issues.factories import (
    make_draft,
    make_image,
    make_issue,
    make_scheduled,
)
from tests.papers.factories import make_paper
from tests.quiz.factories import make_guess, make_quiz
from tests.quiz.player import play

# In this order stand the letters of a row.
ROLES = ("anonymous", "player", "others", "own", "editor", "superuser")
LOGIN = "/admin/login/"
NOW = timezone.now()
# Stands in what a Writer has that others are not shown.
MARK = "quokkamark"
_SEEN = {405: "m", 403: "f", 404: "n", 410: "n"}


@dataclass(frozen=True)
class Address:
    """A pattern of the URL configuration."""

    name: str
    arguments: tuple[str, ...]

    @cached_property
    def model(self) -> Any:
        """Of an address of the desk, the model it is about; None for others."""
        names = (
            (f"admin:{m._meta.app_label}_{m._meta.model_name}_", m)
            for m in apps.get_models()
        )
        return next((m for start, m in names if self.name.startswith(start)), None)


@cache
def every_address() -> dict[str, Address]:
    """All that are named, by name; an overridden name is the first one's."""
    found: dict[str, Address] = {}
    for prefix, pattern in walk(get_resolver().url_patterns):
        if pattern.name:
            name = prefix + pattern.name
            arguments = tuple(sorted(pattern.pattern.regex.groupindex))
            found.setdefault(name, Address(name, arguments))
    return found


class World:
    """One row of everything, made by a Writer and again by somebody else."""

    def __init__(self) -> None:
        self.writer = make_writer()
        self.people: dict[str, User | None] = {
            "anonymous": None, "player": None, "others": self.writer, "own": self.writer,
            "editor": make_editor(), "superuser": make_user(is_superuser=True),
            "no role": make_user(),
        }  # fmt: skip
        # Sees every row at the desk, and may write none.
        looks = self.people["looks"] = make_user()
        looks.user_permissions.set(
            Permission.objects.filter(codename__regex="^(view|publish)_")
        )
        self.mine = self._rows(self.writer, "of mine")
        self.theirs = self._rows(make_writer(), MARK)
        self.cookies = {role: self._cookies(role) for role in self.people}

    def _cookies(self, role: str) -> Any:
        client = Client()
        if person := self.people[role]:
            client.force_login(person)
        if role == "player":
            play(client, self.theirs["played"])
        return client.cookies

    def _rows(self, owner: User, mark: str) -> dict[str, Any]:
        """Label of a model → a row; what is not out, where there is a choice.

        Args:
            owner: whose they are.
            mark: a word of what nobody but the owner, and who publishes, is to see.
        """
        quiz = make_quiz(publish_at=False, created_by=owner, title=f"Quiz {mark}")
        issue = make_draft(
            title=f"Issue {mark}",
            body=f"See [one {mark}](https://{mark.split()[-1]}.example/). (link)",
            quiz=quiz,
        )
        paper = make_paper(
            publish_at=None,
            title=f"Paper {mark}",
            authors=["Ada Lovelace"],
            topics=["vision"],
        )
        history.keep_first([paper.pk])
        played = make_quiz()
        guess = make_guess(played)
        voided = make_quiz()
        make_guess(voided)
        correction = void_quiz(quiz=voided, reason="Why.", by=None)
        wording = WordingChange.objects.create(
            headline=played.headlines.first(), field="text"
        )
        rows = [
            quiz, issue, paper, guess, correction, wording, owner,
            make_image(alt=f"Picture {mark}"), Author.objects.first(), Topic.objects.first(),
            Catalogue.objects.first(), issue.revisions.first() or issue.working_revision,
            ImportBatch.objects.create(catalogue=paper.catalogue),
            PaperLink.objects.create(paper=paper, url="https://paper.example/", asked_for_at=NOW),
            MistakeReport.objects.create(paper=paper, text="It was 7, not 8."),
            Task.objects.create(id=uuid4().hex, func="x", started=NOW, stopped=NOW),
            InboxItem.objects.create(url="https://example.org/aside"),
            Link.objects.get_or_create(url="https://example.org/linked")[0],
            Page.objects.first(), Group.objects.first(),
            Redirect.objects.get_or_create(old_path="/old/", target="/new/")[0],
            AuditEntry.objects.first() or AuditEntry.objects.create(action="signed in"),
        ]  # fmt: skip
        for row in rows:
            names = {field.name for field in row._meta.get_fields()}
            if "created_by" in names:
                type(row)._base_manager.filter(pk=row.pk).update(created_by=owner)
        out = make_issue()
        LinkUse.objects.create(
            issue=out, link=Link.objects.earliest("pk"), text="x", position=99
        )
        Erratum.objects.create(issue=out, note="Mended.")
        # What has a date has its links on record, too, and readers do not see it yet.
        make_scheduled(
            title=f"Scheduled {mark}",
            body=f"[x](https://{mark.split()[-1]}.example/)\n\n"
            # Readers know this one, from an issue that is out.
            "[y](https://news.example/story)",
            created_by=owner,
        )
        Link.objects.filter(url__contains=mark).update(state=LinkState.BROKEN)
        found = {row._meta.label: row for row in rows}
        found["played"] = played
        found["out"] = out
        found["public paper"] = make_paper(slug=f"public-{owner.pk}")
        found["trashed"] = make_draft(title=f"Trashed {mark}")
        trash_issue(issue=found["trashed"], by=owner)
        link, token = make_link(
            issue=issue, by=owner, label="Kim", days=7, revision=None
        )
        found["draft link"], found["draft token"] = link, token
        return found

    def arguments(self, address: Address, role: str) -> dict[str, Any]:
        """What stands in the address when this role asks."""
        rows = self.mine if role == "own" else self.theirs
        row = rows.get(address.model._meta.label) if address.model else None
        special = _SPECIAL.get(address.name, {})
        return {
            name: special[name](rows) if name in special else _argument(name, rows, row)
            for name in address.arguments
        }

    def ask(self, address: Address, role: str, method: str, path: str = "") -> str:
        """The letter of the answer; nothing of it stays."""
        client = Client(raise_request_exception=False)
        client.cookies = deepcopy(self.cookies[role])
        path = path or reverse(address.name, kwargs=self.arguments(address, role))
        with transaction.atomic():
            response: Any = client.generic(method, path)
            if response.streaming:
                b"".join(response.streaming_content)  # and so it is closed
            transaction.set_rollback(True)
        # Django's admin sends who may not know of a row to its first page.
        if "object_id" in address.arguments and response.get("Location") == "/admin/":
            return "n"
        return letter(response)

    def get(self, path: str, role: str) -> str:
        """What stands in the answer; nothing of what asking did stays."""
        client = Client(raise_request_exception=False)
        client.cookies = deepcopy(self.cookies[role])
        with transaction.atomic():
            response: Any = client.get(path)
            is_stream = response.streaming
            body = b"".join(response) if is_stream else response.content
            transaction.set_rollback(True)
        return bytes(body).decode(errors="replace")


def letter(response: Any) -> str:
    """`o` open, `l` sign in first, `f` forbidden, `n` not there, `m` not this method,
    `s` the same with a final slash, `e` an error of ours.
    """
    status = response.status_code
    where = response.headers.get("Location", "")
    if status in {301, 302, 308} and where.startswith(LOGIN):
        return "l"
    if status == 301 and where.endswith("/"):
        return "s"
    return "e" if status >= 500 else _SEEN.get(status, "o")


def _argument(name: str, rows: dict[str, Any], row: Any) -> Any:
    made = _GENERAL.get(name)
    if made is not None:
        return made(rows)
    return row.pk


def _kept(rows: dict[str, Any]) -> Any:
    return rows["papers.Paper"].revisions.first().pk


_GENERAL = {
    "app_label": lambda rows: "issues",
    "catalogue": lambda rows: rows["public paper"].catalogue.slug,
    "suffix": lambda rows: "bib",
    "section": lambda rows: "news",
    "topic": lambda rows: "vision",
    "quiz_id": lambda rows: rows["played"].pk,
    "author_id": lambda rows: rows["papers.Author"].pk,
    "uidb64": lambda rows: "MQ",
    "content_type_id": lambda rows: "1",
    "first": lambda rows: rows["papers.Paper"].pk,
    "second": lambda rows: rows["public paper"].pk,
    "token": lambda rows: rows["draft token"],
}
_SPECIAL: dict[str, dict[str, Any]] = {
    "issues:issue-detail": {"slug": lambda rows: rows["out"].slug},
    "issues:issue-picture": {"slug": lambda rows: rows["out"].slug},
    "issues:draft-picture": {"name": lambda rows: rows["issues.Image"].name},
    "picture": {"name": lambda rows: rows["issues.Image"].name},
    "papers:author-detail": {"slug": lambda rows: rows["papers.Author"].slug},
    "papers:by-arxiv": {"identifier": lambda rows: "2201.00001"},
    "papers:by-doi": {"identifier": lambda rows: "10.1000/x"},
    **{
        f"papers:{name}": {"slug": lambda rows: rows["public paper"].slug}
        for name in ("cite-paper", "report", "paper-detail", "paper-picture")
    },
    **{
        f"quiz:{name}": {"slug": lambda rows: rows["played"].slug}
        for name in ("quiz-detail", "quiz-card", "guess", "quiz-picture")
    },
    "sitemap-part": {"section": lambda rows: "pages", "number": lambda rows: 1},
    "pages:page": {"slug": lambda rows: "about"},
    "admin:issues_image_file": {"name": lambda rows: rows["issues.Image"].name},
    "admin:issues_issue_restore": {
        "pk": lambda rows: rows["issues.Issue"].revisions.first().pk
    },
    "admin:issues_issue_revoke": {"pk": lambda rows: rows["draft link"].pk},
    "admin:issues_issue_untrash": {"pk": lambda rows: rows["trashed"].pk},
    "admin:papers_paper_restore": {"pk": _kept},
    "admin:view_on_site": {"object_id": lambda rows: rows["out"].pk},
    "admin:auth_user_password_change": {
        "id": lambda rows: rows["accounts.User"].pk
    },
    **{
        f"admin:quiz_{name}": {"pk": lambda rows: rows["played"].pk}
        for name in (
            "figures", "figures_csv", "guesses_csv", "figures_json", "guesses_json",
        )
    },
}  # fmt: skip
