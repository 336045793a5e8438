"""Hostile texts sent in every field and every query, and what comes back opened by a browser.

A form that is refused shows again what was typed, a search repeats its words, an import is
shown before it is stored: texts that are in no row, so that no other test meets them. The
browser disregards the policy: what holds here is the escaping alone.
"""

import json
import logging
from itertools import product

import lxml.etree
import pytest
from django.conf import settings as site

from tests.browser.test_desk_xss import (
    Poison,
    poison_every_row,
    visitors,
    what_runs,
)
from tests.browser.test_desk_xss import answers as answers
from tests.browser.test_xss import LISTEN, show
from tests.permissions.world import World
from tests.security.forms import Asker, path_of, reading
from tests.security.fuzzing import forms_of, named_addresses
from tests.security.payloads import PAYLOADS

pytestmark = pytest.mark.django_db(transaction=True)

# Much is said to be too long where it is, and is not repeated then.
ROOMS = (400, 120, 60)
# A text in the middle of what each importer reads.
FILES = [
    "@article{{key,\n title = {{{0}}},\n author = {{{0}}},\n url = {{{0}}}\n}}",
    "TY  - JOUR\nTI  - {0}\nAU  - {0}\nUR  - {0}\nER  - \n",
    'title,authors,url\n"{1}","{1}","{1}"\n',
    "/{0},{0}\n{0}\n",
    "---\ntitle: {2}\nnonsense: {2}\n---\n# {0}\n\n{0}\n\n[{0}]({0})\n",
    "{0}\n\n{0} (link)\n\n3 Headlines and a Lie\n{0}\n",
    "<h1>{0}</h1><p title='{0}'>{0}</p><a href='{0}'>x</a>",
]


@pytest.fixture
def asker(settings):
    # One that each process has to itself, as it is emptied with every request.
    backend = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {"default": {"BACKEND": backend}}
    logging.disable(logging.CRITICAL)
    yield Asker(World())
    logging.disable(logging.NOTSET)


def line(poison):
    return " ".join(poison.text(ROOMS[0]).split())


def hostile(poison, names, room):
    return {name: (poison.text(room).encode(),) for name in names}


def posted(asker, poison):
    """What each form answers to hostile texts in all of its fields, and in its file."""
    for sent in forms_of(asker):
        for names, room in product(sent.groups(), ROOMS[:2]):
            values = hostile(poison, names, room)
            yield sent.path, asker.post(sent.name, sent.path, sent.data | values)
        for field in sent.files:
            for file in FILES:
                text = line(poison)
                body = file.format(text, text.replace('"', '""'), json.dumps(text))
                yield (
                    sent.path,
                    asker.upload(sent.name, sent.path, sent.data, field, body.encode()),
                )


def asked(asker, poison):
    """What each address answers to hostile texts in all that it looks for."""
    for name, address in named_addresses().items():
        path = path_of(asker.world, address)
        with reading() as names:
            asker.get(name, path, {})
        if not names:
            continue
        for room in ROOMS:
            values = hostile(poison, sorted(names), room)
            yield path, asker.get(name, path, values)
        # One that makes no sense hides those behind it.
        for each, value in values.items():
            yield path, asker.get(name, path, {each: value})


def is_page(response):
    kind = response.headers.get("Content-Type", "")
    return kind.startswith("text/html") and b"fired" in response.body


def test_what_was_typed_comes_back_as_text(open_page, live_server, answers, asker):
    poison = Poison(0)
    echoes = {
        (path, response.body)
        for source in (posted, asked)
        for path, response in source(asker, poison)
        if is_page(response)
    }
    shown = {
        f"{path}?echo={number}": body
        for number, (path, body) in enumerate(sorted(echoes))
    }

    answers |= shown
    value = asker.world.cookies["superuser"][site.SESSION_COOKIE_NAME].value
    cookie = {"name": site.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}
    bad = what_runs(visitors(open_page, [cookie]), shown)
    open_page.problems.clear()  # pictures and hosts that are not there

    assert asker.errors == []
    assert bad == []
    assert len(poison.used) >= 300
    assert len(shown) >= 100


def entries_of(world):
    """What a feed reader takes for HTML: of every feed, each text that holds some."""
    asker = Asker(world)
    for name, address in named_addresses().items():
        answer = asker.get(name, path_of(world, address), {})
        kind = answer.headers.get("Content-Type", "")
        if "json" in kind and b"jsonfeed" in answer.body:
            feed = json.loads(answer.body)
            for item in feed["items"]:
                yield item["content_html"]
        elif "xml" in kind and b"Atom" in answer.body:
            for element in lxml.etree.fromstring(answer.body).iter("{*}content"):
                assert element.get("type") == "html"
                yield element.text


def test_a_feeds_entry_runs_nothing_in_a_reader_that_trusts_it(open_page):
    logging.disable(logging.CRITICAL)
    world = World()
    entries = []
    for start in range(0, len(PAYLOADS), 60):
        poison_every_row(Poison(start))
        entries += entries_of(world)
    logging.disable(logging.NOTSET)

    page = open_page(bypass_csp=True)
    page.add_init_script(LISTEN)
    assert show(page, entries) == ([], [])
    open_page.problems.clear()
    assert len(entries) >= 20
    assert sum("fired" in entry for entry in entries) >= 10
