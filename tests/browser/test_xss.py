"""Hostile texts as the renderer makes them, in a real browser: nothing runs.

The browser is told to disregard the pages' policy, so that what holds here is the
escaping and the sanitiser alone; a last test asks the policy by itself.
"""

import pytest
from django.template.loader import render_to_string
from django.test import Client

from superfast.common.blocks import from_json, to_json
from superfast.common.markdown import render_blocks, render_inline, render_prose
from tests.security.payloads import PAYLOADS

pytestmark = pytest.mark.django_db(transaction=True)

LISTEN = (
    "window.top.ran ??= []; window.fired = number => { window.top.ran.push(number) };"
)

# What waits for somebody to touch it, as the browser has understood the page.
ARMED = """
() => {
  const found = [];
  const look = root => {
    for (const element of root.querySelectorAll("*")) {
      for (const { name, value } of element.attributes) {
        const address = value.replace(/[\\u0000-\\u0020]/g, "");
        if (/^on/i.test(name)) found.push(`${element.tagName} ${name}=${value}`);
        if (/(href|action|^src|^data|srcdoc)$/i.test(name)
            && /^(javascript|vbscript|data|view-source|feed):/i.test(address))
          found.push(`${element.tagName} ${name}=${value}`);
      }
      if (element.shadowRoot) look(element.shadowRoot);
    }
  };
  look(document);
  return found;
}
"""


INSERT = """
parts => {
  for (const part of parts) {
    const place = document.createElement("div");
    document.body.append(place);
    place.append(document.createRange().createContextualFragment(part));
  }
}
"""


def show(page, parts, **headers):
    """What ran and what could, each text parsed by itself so that none swallows another."""

    def answer(route):
        if route.request.url.endswith("/attacked"):
            html = "<!doctype html><title>x</title><body>"
            route.fulfill(body=html, headers={"Content-Type": "text/html", **headers})
        else:
            route.abort()

    page.route("**/*", answer)
    page.goto("/attacked", wait_until="domcontentloaded")
    page.evaluate(INSERT, parts)
    page.wait_for_timeout(2000)
    return page.evaluate("window.ran"), page.evaluate(ARMED)


def visitor(open_page, **options):
    page = open_page(bypass_csp=True, **options)
    page.add_init_script(LISTEN)
    return page


def test_the_corpus_is_large_and_really_runs_where_nothing_is_sanitised(open_page):
    page = visitor(open_page)
    ran, armed = show(page, PAYLOADS)
    open_page.problems.clear()

    assert len({*PAYLOADS}) >= 300
    assert len({*ran}) >= 40
    assert len(armed) >= 100


def test_no_text_runs_as_the_renderer_makes_it(open_page):
    page = visitor(open_page)
    parts = [
        render(text) for render in (render_prose, render_inline) for text in PAYLOADS
    ]
    for text in PAYLOADS:
        blocks = from_json(to_json(render_blocks(text)))
        context = {"blocks": blocks, "quiz": None, "headlines": []}
        parts.append(render_to_string("components/_blocks.html", context))
        parts.append(render_to_string("issues/feed_entry.html", context))
    for start in range(0, len(parts), 400):
        ran, armed = show(page, parts[start : start + 400])
        assert (ran, armed) == ([], [])

    assert len(parts) == 4 * len(PAYLOADS)
    open_page.problems.clear()  # pictures that are not there


def test_the_policy_alone_lets_none_of_them_run(open_page):
    page = open_page()
    page.add_init_script(LISTEN)
    name = "Content-Security-Policy"
    ran, _ = show(page, PAYLOADS, **{name: Client().get("/").headers[name]})

    assert ran == []
    assert len(open_page.problems) >= 40
    open_page.problems.clear()
