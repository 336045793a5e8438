"""What tests of the desk's forms for issues have in common."""

import lxml.html
from django.urls import reverse

from issues.services import save_work
from tests.issues.factories import make_issue

LIST = "/admin/issues/issue/"
ADD = f"{LIST}add/"


def at(issue, name="change"):
    """An address of the desk that is the issue's."""
    return reverse(f"admin:issues_issue_{name}", args=[issue.pk])


def said(response):
    return [str(message) for message in response.context["messages"]]


def parse(response):
    return lxml.html.fromstring(response.text)


def words(element):
    """The words of an element, or of a whole answer."""
    if hasattr(element, "text_content"):
        return " ".join(element.text_content().split())
    return words(parse(element))


def make_behind(**overrides):
    """An issue of which editors have saved a newer text than readers get."""
    issue = make_issue(**overrides)
    issue.body = "Newer."
    save_work(issue=issue, by=None)
    issue.refresh_from_db()
    return issue
