"""JSON-LD: what a page is, said to machines, and nothing that runs."""

import json
import re

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

ELEMENT = re.compile(r'<script type="application/ld\+json">([^<>&]*)</script>')


def render(name, **more):
    source = (
        '{% load structured_data %}{% json_ld "Quiz" name=name url="/x/" isPartOf="" %}'
    )
    return Template(source).render(Context({"name": name, **more}))


def read(text):
    return json.loads(ELEMENT.fullmatch(text)[1])


def test_a_thing_says_its_type_and_what_is_known_of_it():
    assert read(render("Zebras & co")) == {
        "@context": "https://schema.org",
        "@type": "Quiz",
        "name": "Zebras & co",
        "url": "/x/",
    }


@pytest.mark.parametrize(
    "hostile",
    [
        "</script><script>alert(1)</script>",
        "<!--<script>",
        "]]>",
        '"}, {"x": "',
        "\\u003c/script>",
        "\u2028\u2029",
        "&lt;/script&gt;",
        "\\",
    ],
)
def test_no_text_ends_the_element(hostile):
    text = render(hostile)

    assert text.count("<") == 2
    assert read(text)["name"] == hostile


@given(st.text())
def test_any_text_comes_back_as_it_was(text):
    assert read(render(text or "x"))["name"] == (text or "x")
