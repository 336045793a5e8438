"""Somebody at the desk, signed in without the form, with an issue open."""

from typing import Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import Page

from tests.quiz.factories import make_editor

TEXT = "textarea.markdown-editor"


def open_desk(open_page: Any, live_server: Any, path: str, **options: Any) -> Page:
    """An Editor's page at the desk."""
    client = Client()
    user = options.pop("user", None) or make_editor()
    client.force_login(user)
    page: Page = open_page(options.pop("width", 1280), **options)
    name = settings.SESSION_COOKIE_NAME
    value = client.cookies[name].value
    page.context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
    page.goto(path)
    return page


def select(page: Page, words: str, text: str = TEXT) -> None:
    """What occurs in the text is selected; with a `|` in the words, the cursor is put there."""
    start, found = page.locator(text).evaluate(
        """(field, words) => {
          const bare = words.replace("|", "");
          const start = field.value.indexOf(bare);
          const cursor = words.indexOf("|");
          field.focus();
          if (cursor < 0) field.setSelectionRange(start, start + bare.length);
          else field.setSelectionRange(start + cursor, start + cursor);
          return [start, field.value];
        }""",
        words,
    )
    assert start >= 0, f"{words!r} is not in {found!r}"


def value(page: Page) -> str:
    """The text, the cursor as `|`, a selection between two of them."""
    text: str = page.locator(TEXT).evaluate(
        """field => {
          const { value, selectionStart: start, selectionEnd: end } = field;
          const inner = start === end ? "|" : `|${value.slice(start, end)}|`;
          return value.slice(0, start) + inner + value.slice(end);
        }"""
    )
    return text
