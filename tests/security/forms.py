"""What the site's views read, and the forms that its pages hold, found by asking."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import cache as once
from typing import Any
from urllib.parse import quote_from_bytes, urljoin, urlsplit

import lxml.html
import pytest
from django.contrib import admin
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import Resolver404, resolve, reverse

from tests.permissions.world import Address, World

Data = dict[str, tuple[bytes, ...]]
# Read before any view is: by middleware, and of no interest to it.
NOT_FIELDS = {"csrfmiddlewaretoken"}
_EMPTY_ROW = re.compile(r"^(.+)-__prefix__-")
SENTENCE = re.compile(r"[A-Z“].*\w \w.*[.?!]", re.DOTALL)
LIST_NAMES = {
    "q",
    "o",
    "p",
    "all",
    "e",
    "_facets",
    "_popup",
    "_to_field",
    "pk",
    "pk__in",
}


def role_for(name: str) -> str:
    """Who may most: the superuser at the desk, a player elsewhere."""
    return "superuser" if name.startswith("admin:") else "player"


def path_of(world: World, address: Address) -> str:
    role = "own" if role_for(address.name) == "superuser" else "player"
    return reverse(address.name, kwargs=world.arguments(address, role))


def encode(data: Data) -> str:
    """As a query or a body, byte for byte."""
    return "&".join(
        f"{quote_from_bytes(name.encode())}={quote_from_bytes(value)}"
        for name, values in data.items()
        for value in values
    )


class Asker:
    """Asks, keeps nothing, and collects what was answered with an error of ours."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.asked = 0
        self.statuses: dict[int, int] = {}
        self.errors: list[str] = []
        self.speechless: list[str] = []

    def ask(
        self, name: str, method: str, path: str, said: str = "", **extra: Any
    ) -> Any:
        client = Client(raise_request_exception=False)
        client.cookies = deepcopy(self.world.cookies[role_for(name)])
        cache.clear()  # limits per network are not what is looked at
        with transaction.atomic():
            response: Any = client.generic(method, path, **extra)
            is_stream = response.streaming
            response.body = b"".join(response) if is_stream else response.content
            transaction.set_rollback(True)
        self.asked += 1
        status = response.status_code
        self.statuses[status] = self.statuses.get(status, 0) + 1
        # Browsers send reports by themselves; nobody reads what they are answered.
        is_read = name != "policy-report"
        if status >= 400 and is_read and not says_something(response):
            self.speechless.append(f"{method} {name} {said}: {status}")
        if status >= 500:
            error = getattr(response, "exc_info", None)
            what = f"{error[0].__name__}: {str(error[1])[:200]}" if error else ""
            self.errors.append(f"{method} {name} {said}: {status} {what}")
        return response

    def get(self, name: str, path: str, data: Data, said: str = "") -> Any:
        return self.ask(name, "GET", path, said, QUERY_STRING=encode(data))

    def post(self, name: str, path: str, data: Data, said: str = "") -> Any:
        return self.ask(
            name, "POST", path, said,
            data=encode(data), content_type="application/x-www-form-urlencoded",
        )  # fmt: skip

    def upload(self, name: str, path: str, data: Data, field: str, file: bytes) -> Any:
        """As a browser sends a form with a file."""
        sent: dict[str, Any] = {
            key: [value.decode(errors="replace") for value in values]
            for key, values in data.items()
        }
        sent[field] = SimpleUploadedFile("x.txt", file, "text/plain")
        return self.ask(
            name, "POST", path, f"{field} as a file {file[:30]!r}",
            data=encode_multipart(BOUNDARY, sent), content_type=MULTIPART_CONTENT,
        )  # fmt: skip


def says_something(response: Any) -> bool:
    """Whether a refusal holds a sentence, or is one whose whole meaning is its status."""
    if response.status_code == 405:
        return "Allow" in response.headers
    if response.headers.get("Content-Type", "") == "application/json":
        return SENTENCE.search(str(json.loads(response.body))) is not None
    kind = response.headers.get("Content-Type", "")
    if not response.body or not kind.startswith("text/html"):
        return SENTENCE.search(response.body.decode()) is not None
    page: Any = lxml.html.fromstring(response.body.decode())
    text = " ".join((page.findall(".//main") or [page])[0].text_content().split())
    return SENTENCE.search(text) is not None


def with_errors(page: bytes) -> tuple[set[str], list[str]]:
    """Of a form that came back: the fields that are wrong, and what is said of them."""
    if b"errorlist" not in page and b"aria-invalid" not in page:
        return set(), []
    document: Any = lxml.html.fromstring(page.decode())
    names = {each.get("name") for each in document.xpath("//*[@aria-invalid='true']")}
    said = document.xpath("//*[contains(@class, 'errorlist')]/li")
    return names, [" ".join(each.text_content().split()) for each in said]


@contextmanager
def reading() -> Iterator[set[str]]:
    """The names that are looked for meanwhile in queries and in forms that were sent."""
    seen: set[str] = set()

    def noting(original: Any) -> Any:
        def method(self: Any, key: Any, *args: Any, **kwargs: Any) -> Any:
            if isinstance(key, str) and key not in NOT_FIELDS:
                seen.add(key)
            return original(self, key, *args, **kwargs)

        return method

    with pytest.MonkeyPatch.context() as patch:
        for name in ("__getitem__", "__contains__", "getlist"):
            method = noting(getattr(QueryDict, name))
            patch.setattr(QueryDict, name, method)
        yield seen


def _rows(form: Any, prefix: str) -> int:
    return int(form.fields.get(f"{prefix}-TOTAL_FORMS") or 0)


def forms_on(page: bytes, path: str) -> Iterator[tuple[str, Data, list[str]]]:
    """Each form that is posted: where to, what it holds, which of it are files."""
    if b"<form" not in page:
        return
    document: Any = lxml.html.fromstring(page)
    for form in document.forms:
        if form.method.upper() != "POST":
            continue
        data: Data = {}
        for name, value in form.form_values():
            # The row that a script would copy is one more row.
            if empty := _EMPTY_ROW.match(name):
                prefix = empty[1]
                name = name.replace("__prefix__", str(_rows(form, prefix)), 1)
            if name not in NOT_FIELDS:
                data[name] = (*data.get(name, ()), str(value).encode())
        for name in [n for n in data if n.endswith("-TOTAL_FORMS")]:
            prefix = name.removesuffix("-TOTAL_FORMS")
            if any(n.startswith(f"{prefix}-{_rows(form, prefix)}-") for n in data):
                data[name] = (str(_rows(form, prefix) + 1).encode(),)
        files = [i.get("name") for i in form.inputs if i.get("type") == "file"]
        buttons = form.xpath(".//button[@name]|.//input[@type='submit'][@name]")
        for button in buttons[:1]:
            data[button.get("name")] = ((button.get("value") or "x").encode(),)
        yield urlsplit(urljoin(path, form.action or path)).path, data, files


def target_name(path: str) -> str:
    try:
        return resolve(path).view_name
    except Resolver404:
        return ""


@once
def filter_names(name: str) -> tuple[str, ...]:
    """The parameters of a list at the desk; of another address none."""
    found: set[str] = set()
    for model, model_admin in admin.site._registry.items():
        opts = model._meta
        if name == f"admin:{opts.app_label}_{opts.model_name}_changelist":
            found |= LIST_NAMES
            for each in model_admin.list_filter:
                if isinstance(each, str):
                    found |= {each, f"{each}__exact", f"{each}__isnull", f"{each}__in"}
                elif parameter := getattr(each, "parameter_name", None):
                    found.add(parameter)
            if model_admin.date_hierarchy:
                found |= {
                    f"{model_admin.date_hierarchy}__{p}"
                    for p in ("year", "month", "day")
                }
            found |= {f.name for f in opts.concrete_fields}
    return tuple(sorted(found))
