"""The other tests of this folder rely on a page's trouble being noticed."""

import pytest


@pytest.fixture
def problems(open_page):
    yield open_page.problems
    open_page.problems.clear()


def test_a_script_error_is_noticed(open_page, problems):
    page = open_page(360)
    page.goto("/")
    page.evaluate("setTimeout(() => { throw new Error('planted') })")
    page.wait_for_timeout(100)

    assert any("planted" in problem for problem in problems)


def test_an_inline_style_is_refused_and_noticed(open_page, problems):
    page = open_page(360)
    page.goto("/")
    page.evaluate("document.body.setAttribute('style', 'color: red')")
    page.wait_for_timeout(100)

    assert any("Content Security Policy" in problem for problem in problems)


def test_a_visitor_without_javascript_runs_none(open_page):
    page = open_page(360, javascript=False)
    page.goto("/")

    assert page.locator("h1").count() == 1


def test_the_colour_scheme_reaches_the_page(open_page, dark):
    page = open_page(360, dark=dark)
    page.goto("/")

    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") is dark
