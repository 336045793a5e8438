"""The whole way, in a browser: read, guess, see the reveal; write, publish, see it out."""

import io
import re

import PIL.Image
import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import Page, expect

from issues.models import Image, Issue
from quiz.models import Guess
from superfast.accounts.models import User
from superfast.accounts.roles import EDITOR

PASSWORD = "a long way from home"


def make_editor() -> User:
    user = User.objects.create_user("ada", password=PASSWORD, is_staff=True)
    user.groups.add(Group.objects.get(name=EDITOR))
    return user


def sign_in(page: Page) -> None:
    page.goto("/admin/")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url("/admin/")


def photograph() -> bytes:
    file = io.BytesIO()
    PIL.Image.new("RGB", (640, 360), "#ffd91a").save(file, "JPEG")
    return file.getvalue()


def write_quiz(page: Page) -> None:
    page.goto("/admin/quiz/quiz/add/")
    page.get_by_label("Title:").fill("Toasters")
    page.get_by_label("Slug:").fill("toasters")
    for row in range(4):
        prefix = f"#id_headlines-{row}-"
        page.locator(f"{prefix}text").fill(f"Toaster number {row} learns to sing")
        page.locator(f"{prefix}explanation").fill(f"Because of toaster {row}.")
        if row != 2:
            page.locator(f"{prefix}source_url").fill(f"https://example.org/{row}")
            page.locator(f"{prefix}outlet").fill("The Daily Crumb")
    page.locator("input[name=lie_row][value='2']").check()
    page.get_by_label("Searched on:").fill("2023-01-10")
    page.get_by_label("Harmless if believed").check()
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.locator(".messagelist .success")).to_contain_text("added successfully")


def write_issue(page: Page) -> None:
    page.goto("/admin/issues/issue/add/")
    page.get_by_label("Title:").fill("The week in toast")
    page.get_by_label("Dek:").fill("Bread, browned by machines.")
    text = page.get_by_label("Body:")
    text.fill("Good morning.\n\n## 🍞 Bread\n\nIt is *brown*.\n\n")
    text.press("ControlOrMeta+End")
    page.get_by_role("button", name="Add a picture").click()
    page.get_by_label("File").set_input_files(
        {"name": "holiday.jpg", "mimeType": "image/jpeg", "buffer": photograph()}
    )
    page.get_by_label("What does it show").fill("A yellow slice of toast")
    page.get_by_role("button", name="Add to the text").click()
    expect(text).to_have_value(
        re.compile(r"!\[A yellow slice of toast\]\(/media/pictures/")
    )
    text.press("ControlOrMeta+End")
    page.keyboard.insert_text("::: quiz\n:::\n")
    choose(page, "quiz", "Toasters")


def choose(page: Page, field: str, label: str) -> None:
    """Picks a row in one of Django's autocomplete fields."""
    page.locator(f".field-{field} .select2-selection").click()
    page.locator(".select2-search__field").fill(label)
    page.locator(".select2-results__option", has_text=label).click()


@pytest.mark.django_db(transaction=True)
def test_a_reader_guesses_and_an_editor_publishes(demo, open_page, width) -> None:
    reader = open_page(width)
    reader.goto("/issues/2023-01-11/")
    expect(reader.get_by_role("heading", level=1)).to_contain_text("Papers from 2022")
    reader.get_by_label("Runway ML launches Cineffusion").check()
    reader.wait_for_timeout(1_100)  # nobody reads four headlines within a second
    reader.get_by_role("button", name="Lock in my guess").click()
    expect(reader.locator("#verdict")).to_be_focused()
    expect(reader.get_by_text("FAKE: Runway ML launches Cineffusion")).to_be_visible()
    assert Guess.objects.get().counted

    make_editor()
    desk = open_page(width)
    sign_in(desk)
    write_quiz(desk)
    write_issue(desk)
    preview = desk.frame_locator("iframe.desk-preview-frame")
    expect(preview.get_by_role("heading", name="Bread")).to_be_visible()
    expect(preview.get_by_role("img", name="A yellow slice of toast")).to_be_visible()
    expect(preview.get_by_text("Toaster number 2 learns to sing")).to_be_visible()
    desk.get_by_role("button", name="Publish now").first.click()
    told = desk.locator(".messagelist .success")
    expect(told).to_contain_text("is published. Readers see it now.")
    assert Issue.objects.published().filter(slug="the-week-in-toast").exists()

    reader.goto("/")
    reader.get_by_role("link", name="The week in toast").click()
    picture = reader.get_by_role("img", name="A yellow slice of toast")
    picture.scroll_into_view_if_needed()
    shown = picture.evaluate("image => image.decode().then(() => image.clientWidth)")
    assert 0 < shown <= min(640, width)  # loaded, and never larger than the file
    assert Image.objects.get(alt="A yellow slice of toast").name.endswith(".webp")


@pytest.mark.django_db(transaction=True)
def test_a_reader_without_scripts_guesses_by_following_a_headline(
    demo, open_page, width
) -> None:
    page = open_page(width, javascript=False)
    page.goto("/issues/2023-01-11/")
    page.get_by_role("link", name="Runway ML launches Cineffusion").click()
    expect(page.get_by_label("Runway ML launches Cineffusion")).to_be_checked()
    page.get_by_role("button", name="Lock in my guess").click()
    expect(page).to_have_url("/quiz/2023-01-11/")
    expect(page.get_by_text("FAKE: Runway ML launches Cineffusion")).to_be_visible()
    page.reload()
    expect(page.get_by_text("FAKE: Runway ML launches Cineffusion")).to_be_visible()
    assert Guess.objects.count() == 1
