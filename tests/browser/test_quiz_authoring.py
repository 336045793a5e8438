"""A quiz in a minute: four pasted lines, both states beside them, one save."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from quiz.models import Guess, Player, Quiz
from quiz.services import check_quiz
from tests.browser.desk import TEXT, open_desk
from tests.browser.looking import look_at
from tests.browser.test_journey import make_editor, sign_in
from tests.issues.factories import QUIZ_PLACE, make_draft
from tests.quiz.factories import make_quiz

LINES = """Bakers hire a robot to knead | https://bread.example/robot | The Crumb | 2023-01-03
* Toaster wins a singing contest
Otters learn to paint by numbers (link)
Village elects a talking mayor | https://village.example/mayor"""


def paste(page: Page) -> None:
    make_editor()
    sign_in(page)
    page.goto("/admin/quiz/quiz/add/")
    page.get_by_label("One headline a line").fill(LINES)
    page.get_by_role("button", name="Fill the rows").click()
    expect(page.locator("#id_headlines-1-text")).to_have_value(
        "Toaster wins a singing contest"
    )
    expect(page.locator("#id_headlines-3-outlet")).to_have_value("village.example")
    expect(page.locator("#id_lie_row_1")).to_be_checked()


def finish(page: Page) -> None:
    page.get_by_label("Title:").fill("Singing kitchens")
    page.get_by_label("Slug:").fill("singing-kitchens")
    page.locator("#id_headlines-2-source_url").fill("https://otter.example/paint")
    page.locator("#id_headlines-2-outlet").fill("Otter Times")
    for index in range(4):
        page.locator(f"#id_headlines-{index}-explanation").fill(f"Why {index}.")
    page.get_by_label("Searched on:").fill("2023-01-10")
    page.get_by_label("Harmless if believed").check()
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.locator(".messagelist .success")).to_contain_text("added successfully")
    assert check_quiz(Quiz.objects.get()) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("wide", [360, 1280])
def test_what_a_quiz_lacks_is_put_right_in_a_tab_beside_the_issue(
    open_page, live_server, wide
) -> None:
    quiz = make_quiz(publish_at=False, searched_on=None)
    issue = make_draft(quiz=quiz, body=QUIZ_PLACE)
    address = f"/admin/issues/issue/{issue.pk}/change/"
    page = open_desk(open_page, live_server, address, width=wide, dark=wide == 360)
    lines = page.locator("#panel-checklist .checklist-line[data-code=quiz]")
    missing = lines.filter(has_text="Search for the lie")
    page.locator(TEXT).press_sequentially("Typed. ")
    look_at(page, "quiz-to-put-right", by_axe=False)
    with page.expect_popup() as opened:
        missing.get_by_role("link", name="Quiz").click()
    tab = opened.value
    tab.get_by_label("Searched on:").fill("2023-01-10")
    tab.get_by_role("button", name="Save", exact=True).first.click()
    expect(tab.locator(".messagelist .success")).to_be_visible()
    tab.close()
    # A browser without windows tells no page that it is in front again.
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(missing).to_have_count(0)

    assert "Typed. " in page.locator(TEXT).input_value()


@pytest.mark.django_db(transaction=True)
def test_a_quiz_begun_in_its_window_says_beside_the_choice_that_more_is_missing(
    open_page, live_server
) -> None:
    issue = make_draft(body=QUIZ_PLACE)
    address = f"/admin/issues/issue/{issue.pk}/change/"
    page = open_desk(open_page, live_server, address)
    with page.expect_popup() as opened:
        page.locator("#add_id_quiz").click()
    opened.value.get_by_label("Title:").fill("Begun")
    opened.value.get_by_role("button", name="Save", exact=True).first.click()

    said = page.locator(".field-quiz").get_by_role("status")
    expect(said).to_have_text(
        "4 things keep this quiz from its readers: the checklist names them."
    )


@pytest.mark.django_db(transaction=True)
def test_four_lines_become_a_quiz_that_is_seen_before_it_is_saved(
    open_page, width, dark
) -> None:
    page = open_page(width, dark=dark)
    paste(page)
    preview = page.frame_locator("iframe.desk-preview-frame")
    expect(preview.get_by_text("Toaster wins a singing contest")).to_be_visible()
    expect(preview.get_by_role("radio")).to_have_count(4)
    expect(preview.get_by_text("FAKE")).to_have_count(0)
    page.get_by_role("button", name="After it").click()
    lie = preview.get_by_text("FAKE: Toaster wins a singing contest").first
    expect(lie).to_be_visible()
    page.locator("#id_headlines-1-text").fill("Kettle wins a singing contest")
    expect(preview.get_by_text("FAKE: Kettle wins").first).to_be_visible()
    page.locator("#id_lie_row_0").check()
    expect(preview.get_by_text("FAKE: Bakers hire").first).to_be_visible()
    page.locator("#id_lie_row_1").check()
    for index in range(4):
        field = page.locator(f"#id_headlines-{index}-text")
        assert field.evaluate(
            "e => e.getBoundingClientRect().right <= e.closest('.quiz-rows').getBoundingClientRect().right"
        )
    assert not Quiz.objects.exists()
    finish(page)
    assert not Guess.objects.exists()
    assert not Player.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_four_lines_become_a_quiz_without_scripts(page_without_javascript) -> None:
    paste(page_without_javascript)
    assert not Quiz.objects.exists()
    finish(page_without_javascript)


@pytest.mark.django_db(transaction=True)
def test_the_enter_key_saves_and_fills_nothing(open_page) -> None:
    for javascript in (True, False):
        page = open_page(javascript=javascript)
        if javascript:
            make_editor()
        sign_in(page)
        page.goto("/admin/quiz/quiz/add/")
        page.locator("#id_headlines-0-text").fill("Kept")
        page.get_by_label("Title:").press("Enter")
        expect(page.locator(".errornote")).to_be_visible()
        expect(page.locator("#id_headlines-0-text")).to_have_value("Kept")


@pytest.mark.django_db(transaction=True)
def test_axe_finds_nothing_on_the_screen(open_page, width, dark) -> None:
    # axe writes styles of its own into what it looks at.
    page = open_page(width, dark=dark, bypass_csp=True)
    paste(page)
    expect(page.locator(".quiz-fill-state")).to_contain_text("Nothing is saved yet")
    options = {"iframes": False}
    found = Axe().run(
        page, context=".quiz-fill, .quiz-rows, .desk-preview-head", options=options
    )
    assert found.violations_count == 0, found.generate_report()
