"""A page that was read opens without a network, and nothing else is kept."""

import pytest
from playwright.sync_api import Page, expect

from quiz.models import Guess
from tests.issues.factories import make_issue
from tests.quiz.factories import make_quiz

pytestmark = pytest.mark.django_db(transaction=True)

ISSUE = "/issues/read/"
CLAIMED = "navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)"
KEPT = """async () => {
  const names = await caches.keys();
  const all = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
  return all.flat().map((request) => new URL(request.url).pathname);
}"""
GONE = """async () => {
  await (await navigator.serviceWorker.getRegistration()).update();
  while ((await navigator.serviceWorker.getRegistrations()).length) {
    await new Promise((later) => setTimeout(later, 50));
  }
}"""
WHAT_IS_KEPT = """async () => {
  const texts = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const answer = await cache.match(request);
      texts.push([answer.headers.get("Cache-Control"), await answer.text()]);
    }
  }
  return texts;
}"""


@pytest.fixture
def reader(open_page):
    make_issue(slug="read", quiz=make_quiz(slug="asked", publish_at=False))
    return open_page(service_workers="allow")


def read(page: Page, path: str) -> None:
    """Opens the page with the worker at work."""
    page.goto(path)
    page.wait_for_function(CLAIMED)
    page.reload()
    page.wait_for_load_state("networkidle")


def test_a_page_that_was_read_opens_without_a_network(reader, open_page):
    read(reader, ISSUE)
    heading = reader.locator("h1").inner_text()
    reader.goto("/")
    reader.context.set_offline(True)
    reader.goto(ISSUE)

    expect(reader.locator("h1")).to_have_text(heading)
    colour = (
        "getComputedStyle(document.querySelector('.logotype-slab')).backgroundColor"
    )
    assert reader.evaluate(colour) == "rgb(255, 217, 26)"
    open_page.problems.clear()


def test_the_answer_of_the_quiz_is_not_kept(reader):
    read(reader, ISSUE)
    reader.goto("/quiz/asked/")
    reader.get_by_role("radio").first.check()
    reader.get_by_role("button", name="Lock in my guess").click()
    reader.locator("#verdict").wait_for()
    verdict = reader.locator("#verdict").inner_text()
    reader.reload()
    reader.wait_for_load_state("networkidle")

    assert Guess.objects.count() == 1
    kept = reader.evaluate(WHAT_IS_KEPT)
    assert kept
    assert all("public" in (control or "") for control, _ in kept)
    assert not [text for _, text in kept if 'id="verdict"' in text or verdict in text]


def test_nothing_of_the_desk_is_kept(reader):
    read(reader, ISSUE)
    reader.goto("/admin/login/")

    kept = reader.evaluate(KEPT)
    assert ISSUE in kept
    assert not [path for path in kept if path.startswith("/admin/")]


def test_switched_off_it_goes_and_takes_along_what_it_kept(reader, settings):
    read(reader, ISSUE)
    assert reader.evaluate(KEPT)
    settings.KEEP_FOR_OFFLINE = False
    reader.evaluate(GONE)

    assert reader.evaluate(KEPT) == []
