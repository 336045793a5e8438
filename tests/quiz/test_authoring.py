"""A quiz is put together quickly: from lines, from news, from an earlier one, seen as players will."""

from dataclasses import asdict
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.urls import reverse

from quiz.models import Guess, Headline, Player, Quiz, WordingChange
from quiz.services import (
    check_quiz,
    clone_quiz,
    find_news,
    parse_lines,
    place_truths,
    warn_of_quiz,
)
from quiz.services.authoring import NewsItem
from tests.factories import make_editor, make_user, make_writer
from tests.quiz.factories import OUT, SEARCHED, make_guess, make_issue, make_quiz
from tests.quiz.test_admin import ADD, change, chosen, retyped, row, said, typed

pytestmark = pytest.mark.django_db

FILL = "/admin/quiz/quiz/fill/"
PREVIEW = "/admin/quiz/quiz/preview/"
LINES = """
Bakers hire a robot | https://www.bread.example/robot | The Crumb | 2023-01-03
* Toaster wins a singing contest

1. Otters paint by numbers (link)
- Village elects a chatbot | http://news.example/x
"""


@pytest.fixture
def editor(client):
    client.force_login(make_editor())
    return client


@pytest.fixture
def writer(client):
    client.force_login(make_writer())
    return client


def clone(quiz):
    return reverse("admin:quiz_quiz_clone", args=[quiz.pk])


def signed_in(client):
    return int(client.session["_auth_user_id"])


# Lines ----------------------------------------------------------------------


def test_four_lines_are_four_rows_and_a_lie():
    filled = parse_lines(LINES)

    assert [asdict(filled.rows[index]) for index in range(4)] == [
        {
            "text": "Bakers hire a robot",
            "source_url": "https://www.bread.example/robot",
            "outlet": "The Crumb",
            "reported_on": "2023-01-03",
        },
        {**EMPTY, "text": "Toaster wins a singing contest"},
        {**EMPTY, "text": "Otters paint by numbers"},
        {
            **EMPTY,
            "text": "Village elects a chatbot",
            "source_url": "http://news.example/x",
            "outlet": "news.example",
        },
    ]
    assert filled.lie == 1
    assert filled.sentences == []


EMPTY = {"text": "", "source_url": "", "outlet": "", "reported_on": ""}


@pytest.mark.parametrize(
    ("line", "text", "url"),
    [
        ("Plain", "Plain", ""),
        ("*Lie", "Lie", ""),
        ("Lie *", "Lie", ""),
        ("- * Lie", "Lie", ""),
        ("* 2) Lie", "Lie", ""),
        ("3D printing is back", "3D printing is back", ""),
        ("12 monkeys paint", "12 monkeys paint", ""),
        ("It costs 5 * 3 dollars", "It costs 5 * 3 dollars", ""),
        ("Said (link)", "Said", ""),
        ("Said (Link) again", "Said again", ""),
        ("Said | (link)", "Said", ""),
        ("Said|https://a.example/b?c=d", "Said", "https://a.example/b?c=d"),
        ("Said | javascript:alert(1)", "Said", ""),
        ("Said | a.example", "Said", ""),
        ("Said | http://[x", "Said", ""),
        ("\x00Said\ufffe | ", "Said", ""),
        ("x" * 400, "x" * 300, ""),
    ],
)
def test_a_line_is_a_headline_and_what_stands_behind_it(line, text, url):
    (found,) = parse_lines(line).rows.values()

    assert (found.text, found.source_url) == (text, url)


@pytest.mark.parametrize(
    "day",
    [
        "2026-11-20",
        "20 November 2026",
        "20 Nov 2026",
        "Nov 20, 2026",
        "november 20 2026",
    ],
)
def test_a_day_is_taken_as_the_site_writes_it(day):
    filled = parse_lines(f"a | | | {day}\n*b\nc\nd")

    assert filled.rows[0].reported_on == "2026-11-20"
    assert filled.sentences == []


@pytest.mark.parametrize(
    "day", ["11/10/2026", "10.11.2026", "31 November 2026", "20 November", "2026"]
)
def test_a_day_that_could_be_another_or_none_is_refused(day):
    filled = parse_lines(f"a | | | {day}\n*b\nc\nd")

    assert filled.rows[0].reported_on == ""
    assert filled.sentences == [f"Line 1: “{day}” is no date such as 2023-01-11."]


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("", "Four lines make a quiz: here are 0."),
        ("a\nb\n*c", "Four lines make a quiz: here are 3."),
        ("a\nb\n*c\nd\ne", "Four lines make a quiz: here are 5."),
        ("a\nb\nc\nd", "Mark one headline, the lie, with “*”."),
        ("*a\n*b\nc\nd", "Mark one headline, the lie, with “*”."),
        ("a | x\n*b\nc\nd", "Line 1: “x” is no web address."),
        ("a\n*b\nc | | | soon\nd", "Line 3: “soon” is no date such as 2023-01-11."),
        ("a\n*\nc\nd", "Line 2: There is no headline."),
        ("a\n*b\nc\n" + "d" * 301, "Line 4: A headline has at most 300 characters."),
    ],
)
def test_lines_that_are_no_quiz_say_what_is_wrong(lines, sentence):
    filled = parse_lines(lines)

    assert filled.sentences == [sentence]
    assert len(filled.rows) <= 4


def test_lines_are_answered_as_rows(editor):
    answer = editor.post(FILL, {"_redraw": "lines", "lines": LINES})

    assert answer.status_code == 200
    assert answer.json()["lie"] == 1
    assert answer.json()["rows"]["2"] == {**EMPTY, "text": "Otters paint by numbers"}
    assert answer.json()["sentences"] == []
    assert "no-store" in answer.headers["Cache-Control"]
    assert not Quiz.objects.exists()


@pytest.mark.parametrize("data", [{}, {"_redraw": "lines"}, {"_redraw": "x"}])
def test_a_question_without_lines_is_refused(editor, data):
    assert editor.post(FILL, data).status_code == 422


def test_lines_fill_the_form_without_scripts_and_nothing_is_saved(editor):
    data = typed(title="Kept title", lie=3, _redraw="lines", lines=LINES)
    response = editor.post(ADD, data)

    assert response.status_code == 200
    assert 'value="Toaster wins a singing contest"' in response.text
    assert 'value="https://www.bread.example/robot"' in response.text
    assert 'value="Kept title"' in response.text
    assert "Why 1." in response.text
    assert "errornote" not in response.text
    assert "errorlist" not in response.text
    assert chosen(response) == ["1"]
    assert said(response) == ["The form is filled. Nothing is saved yet."]
    assert not Quiz.objects.exists()


def test_lines_fill_a_stored_quiz_and_leave_it_stored_as_it_was(editor):
    quiz = make_quiz(publish_at=False)
    data = retyped(quiz, _redraw="lines", lines="*Only one | x", title="")
    response = editor.post(change(quiz), data)

    assert 'value="Only one"' in response.text
    assert said(response) == [
        "Line 1: “x” is no web address.",
        "Four lines make a quiz: here are 1.",
    ]
    quiz.refresh_from_db()
    assert quiz.title
    assert not quiz.headlines.filter(text="Only one").exists()
    assert not LogEntry.objects.exists()


def test_hostile_lines_come_out_harmless(editor):
    lines = '*<script>alert(1)</script> | https://x.example/"><b>'
    response = editor.post(ADD, typed(_redraw="lines", lines=lines))

    assert "<script>alert(1)" not in response.text
    assert '"><b>' not in response.text


# News -----------------------------------------------------------------------

NEWS = """Intro with [a link](https://intro.example/).

## 🗞 News

- [Robots knead](https://www.bread.example/a): our take
- [Otters *paint*](https://otter.example/b): again
- [Robots knead, again](https://www.bread.example/a)
- [Elsewhere here](/about/)

### Odds

- [A chatbot mayor](https://village.example/c?d=1&e=2)
- [A fourth](https://fourth.example/)

## Learning

- [A course](https://course.example/)
"""


def test_news_are_the_links_below_its_heading_each_once():
    assert [(item.title, item.site) for item in find_news(NEWS)] == [
        ("Robots knead, again", "bread.example"),
        ("Otters paint", "otter.example"),
        ("A chatbot mayor", "village.example"),
        ("A fourth", "fourth.example"),
    ]
    assert find_news(NEWS)[2].url == "https://village.example/c?d=1&e=2"


def test_a_text_without_such_a_heading_is_all_news():
    assert [item.site for item in find_news(NEWS.replace("News", "Olds"))] == [
        *("intro.example", "bread.example", "otter.example"),
        *("village.example", "fourth.example", "course.example"),
    ]
    assert (
        len(find_news("## News\n\nNone today.\n\n" + NEWS[NEWS.index("## L") :])) == 1
    )
    assert find_news("") == []


ITEMS = [NewsItem(f"News {n}", f"https://{n}.example/", f"{n}.example") for n in "abcd"]


def test_truths_stand_where_nothing_stands_and_leave_the_lie_alone():
    filled = place_truths(["Typed", "", "", ""], 2, ITEMS[:2])

    assert {index: row.text for index, row in filled.rows.items()} == {
        1: "News a",
        3: "News b",
    }
    assert filled.rows[1].source_url == "https://a.example/"
    assert filled.rows[1].outlet == "a.example"
    assert (filled.lie, filled.sentences) == (2, [])


def test_three_of_the_news_become_truths_and_no_more():
    filled = place_truths(["", "", "", ""], None, ITEMS)

    assert len(filled.rows) == 3
    assert filled.sentences == ["There was room for 3 of 4: empty a row for another."]
    assert place_truths([""], None, []).sentences


def test_the_screen_offers_the_news_of_the_quizs_issue(editor):
    quiz = make_quiz(publish_at=False)
    make_issue(quiz=quiz, publish_at=None, body=NEWS, title="Ours")
    make_issue(publish_at=None, body=NEWS, title="Another")
    text = editor.get(change(quiz)).text

    assert text.count('type="checkbox" name="news"') == 4
    assert 'value="https://village.example/c?d=1&amp;e=2"' in text
    assert text.index(">Ours</option>") < text.index(">Another</option>")


def test_picked_news_stand_in_the_rows_and_nothing_is_saved(editor):
    quiz = make_quiz(publish_at=False)
    issue = make_issue(publish_at=None, body=NEWS)
    Headline.objects.filter(quiz=quiz, position__in=(1, 2)).delete()
    blank = dict.fromkeys(row(0, is_lie=False), "")
    rows = [blank, row(1, is_lie=True), blank, blank]
    picked = ["https://village.example/c?d=1&e=2", "https://otter.example/b", "x"]
    data = typed(lie=1, rows=rows, news_issue=issue.pk, news=picked, _redraw="news")
    response = editor.post(ADD, data)

    assert 'value="Otters paint"' in response.text
    assert 'value="A chatbot mayor"' in response.text
    assert 'value="village.example"' in response.text
    assert chosen(response) == ["1"]
    answer = editor.post(FILL, data).json()
    assert [*answer["rows"]] == ["0", "2"]
    assert Quiz.objects.count() == 1


def test_links_of_another_issue_are_shown_on_demand(editor):
    issue = make_issue(publish_at=None, body=NEWS)
    assert 'name="news"' not in editor.get(ADD).text
    response = editor.post(ADD, typed(news_issue=issue.pk, _redraw="links"))

    assert response.text.count('type="checkbox" name="news"') == 4
    assert 'value="Typed 0"' in response.text


@pytest.mark.parametrize("asked", ["", "x", "0", "99999999999999999999", "-1", "\x00"])
def test_an_issue_that_there_is_not_has_no_news(editor, asked):
    make_issue(publish_at=None, body=NEWS)
    response = editor.post(ADD, typed(news_issue=asked, _redraw="links"))

    assert response.status_code == 200
    assert 'name="news"' not in response.text


def test_a_writer_is_not_told_of_issues_of_others(writer):
    issue = make_issue(publish_at=None, body=NEWS, title="Secret plans")
    data = typed(news_issue=issue.pk, news=["https://otter.example/b"], _redraw="news")

    assert "Secret plans" not in writer.get(ADD).text
    assert "Otters paint" not in writer.post(ADD, data).text
    assert "Otters paint" not in writer.post(FILL, data).text


# Preview --------------------------------------------------------------------


def counts():
    tables = (Quiz, Headline, Guess, Player)
    return [model.objects.count() for model in tables]


def test_both_states_are_seen_from_the_form_and_nothing_is_stored(editor):
    before = counts()
    form = editor.post(PREVIEW, typed(lie=1, state="form"))
    reveal = editor.post(PREVIEW, typed(lie=1, state="reveal"))

    assert form.status_code == reveal.status_code == 200
    assert form.text.count('type="radio"') == 4
    assert "Lock in my guess" in form.text
    assert "FAKE" not in form.text
    assert "Why 1." not in form.text
    assert "FAKE: Typed 1" in reveal.text
    assert reveal.text.count("TRUE: Typed ") == 3
    assert "Why 1." in reveal.text
    assert "https://news.example/story-0" in reveal.text
    assert "date not stated" not in reveal.text
    assert counts() == before
    assert not form.cookies.get("player")


def test_a_preview_is_the_page_but_for_scripts(editor):
    for state in ("form", "reveal"):
        text = editor.post(PREVIEW, typed(state=state)).text
        assert text.count("<script") == text.count('type="application/ld+json"')
        assert text.count("<h1>") == 1


@pytest.mark.parametrize("state", ["form", "reveal", "x"])
@pytest.mark.parametrize(
    "changed",
    [
        {"title": "", "slug": ""},
        {"slug": "no slug!"},
        {"lie_row": ""},
        {"lie_row": "7"},
        {"searched_on": "soon"},
        {"headlines-0-text": "", "headlines-0-source_url": "javascript:alert(1)"},
        {"headlines-1-reported_on": "x", "headlines-TOTAL_FORMS": "x"},
    ],
)
def test_an_unfinished_form_has_a_preview(editor, changed, state):
    response = editor.post(PREVIEW, {**typed(), **changed, "state": state})

    assert response.status_code == 200
    assert "javascript:" not in response.text


def test_an_empty_form_has_a_preview(editor):
    assert editor.get(PREVIEW).status_code == 200
    assert editor.post(PREVIEW).status_code == 200


def test_a_hostile_form_is_harmless_in_its_preview(editor):
    rows = [row(index, is_lie=index == 1) for index in range(4)]
    rows[0].update(
        text="<script>alert(1)</script>", explanation="<img src=x onerror=y>"
    )
    for state in ("form", "reveal"):
        text = editor.post(PREVIEW, typed(rows=rows, state=state)).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text


def test_a_preview_may_be_framed_by_the_desk_and_kept_by_nobody(editor):
    for response in (editor.get(PREVIEW), editor.post(PREVIEW, typed())):
        policy = response.headers["Content-Security-Policy"]
        assert "frame-ancestors 'self'" in policy
        assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert "no-store" in response.headers["Cache-Control"]
    assert "frame-src 'self'" in editor.get(ADD).headers["Content-Security-Policy"]
    assert 'sandbox="allow-same-origin"' in editor.get(ADD).text


# Clone ----------------------------------------------------------------------


def test_a_copy_has_the_words_and_nothing_of_what_became_of_them():
    quiz = make_quiz(number=7, closes_at=OUT + timedelta(days=3))
    quiz.headlines.update(tells="A tell.")
    make_guess(quiz)
    editor = make_editor()
    copy = Quiz.objects.get(pk=clone_quiz(quiz=quiz, by=editor).pk)
    fields = ("text", "explanation", "tells", "source_url", "outlet", "reported_on")

    assert [*copy.headlines.values_list(*fields, "position")] == [
        *quiz.headlines.values_list(*fields, "position")
    ]
    assert (copy.title, copy.intro) == (quiz.title, quiz.intro)
    assert copy.slug == f"{quiz.slug}-copy"
    assert copy.created_by == editor
    assert (copy.lie, copy.number, copy.closes_at) == (None, None, None)
    assert (copy.searched_on, copy.is_harmless) == (None, False)
    assert not copy.guesses.exists()
    handles = {*Headline.objects.values_list("handle", flat=True)}
    assert len(handles) == 8


def test_a_quiz_is_copied_again_and_again():
    quiz = make_quiz(slug="s" * 80, publish_at=False)
    slugs = [clone_quiz(quiz=quiz, by=None).slug for _ in range(3)]

    assert slugs == ["s" * 75 + "-copy", *("s" * 73 + f"-copy-{n}" for n in (2, 3))]


def test_an_editor_clones_by_button_and_by_action(editor):
    quiz = make_quiz()
    assert "Clone" in editor.get(change(quiz)).text
    response = editor.post(clone(quiz), follow=True)
    copy = Quiz.objects.latest("pk")

    assert response.redirect_chain == [(change(copy), 302)]
    assert copy.created_by_id == signed_in(editor)
    assert any("This is a copy of" in text for text in said(response))
    action = {"action": "clone_selected", "_selected_action": [quiz.pk, copy.pk]}
    editor.post("/admin/quiz/quiz/", action)
    assert Quiz.objects.count() == 4


# Who may what ---------------------------------------------------------------


def requests(client, quiz):
    yield client.post(FILL, {"_redraw": "lines", "lines": LINES})
    yield client.post(PREVIEW, typed())
    yield client.get(PREVIEW)
    yield client.post(clone(quiz))


def test_nobody_gets_in_without_signing_in(client):
    quiz = make_quiz(publish_at=False)

    for response in requests(client, quiz):
        assert response.status_code == 302
        assert response.url.startswith("/admin/login/")
    assert Quiz.objects.count() == 1


def test_without_the_permission_there_is_none_of_it(client):
    client.force_login(make_user())
    quiz = make_quiz(publish_at=False)

    assert [r.status_code for r in requests(client, quiz)] == [403] * 4
    assert Quiz.objects.count() == 1


def test_a_writer_has_all_of_it_for_their_own(writer):
    quiz = make_quiz(created_by_id=signed_in(writer), publish_at=False)

    assert [r.status_code for r in requests(writer, quiz)] == [200, 200, 200, 302]
    assert Quiz.objects.latest("pk").created_by_id == signed_in(writer)


def test_a_writer_does_not_clone_the_quiz_of_another(writer):
    quiz = make_quiz(created_by=make_editor(), publish_at=False)

    assert writer.post(clone(quiz)).status_code == 403
    assert writer.post("/admin/quiz/quiz/99999/clone/").status_code == 403
    assert Quiz.objects.count() == 1


def test_an_unknown_quiz_is_not_cloned(editor):
    assert editor.post("/admin/quiz/quiz/99999/clone/").status_code == 404
    assert editor.post("/admin/quiz/quiz/x/clone/").status_code == 404


def test_wrong_methods_are_refused(editor):
    quiz = make_quiz(publish_at=False)

    assert editor.get(FILL).status_code == 405
    assert editor.put(PREVIEW).status_code == 405
    assert editor.get(clone(quiz)).status_code == 405
    assert Quiz.objects.count() == 1


# The gate and its warnings --------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("searched_on", None, "Search for the lie and say on which day"),
        ("is_harmless", False, "Say that the lie is harmless if believed"),
    ],
)
def test_both_ticks_are_asked_for(field, value, sentence):
    quiz = make_quiz(publish_at=False, **{field: value})
    (reason,) = check_quiz(quiz)

    assert reason.startswith(sentence)


@pytest.mark.parametrize("field", ["searched_on", "is_harmless"])
def test_a_quiz_that_is_out_keeps_its_ticks(editor, field):
    quiz = make_quiz()
    response = editor.post(change(quiz), retyped(quiz, **{field: ""}))

    assert response.status_code == 200
    assert field in response.context["adminform"].form.errors
    draft = make_quiz(publish_at=False)
    assert editor.post(change(draft), retyped(draft, **{field: ""})).status_code == 302


def test_a_search_is_no_promise(editor):
    quiz = make_quiz(publish_at=False)
    response = editor.post(change(quiz), retyped(quiz, searched_on="2999-01-01"))

    assert "That day is still to come: say when you searched." in response.text


def test_a_quiz_closes_after_its_issue_is_out(editor):
    quiz = make_quiz()
    sentence = "It closes before its issue is out: choose a later time, or none."
    early = {"closes_at_0": "2023-01-11", "closes_at_1": "13:00:00"}
    later = {"closes_at_0": "2023-01-11", "closes_at_1": "13:00:01"}

    assert sentence in editor.post(change(quiz), retyped(quiz, **early)).text
    assert editor.post(change(quiz), retyped(quiz, **later)).status_code == 302
    quiz.refresh_from_db()
    assert check_quiz(quiz, OUT) == []
    assert check_quiz(quiz, OUT + timedelta(seconds=1)) == [sentence]


TRUTHS = (
    "Otters learn to paint by numbers",
    "Bakers hire a robot to knead bread",
    "Villagers elect a talking mayor",
)
LIE = "Toasters sing in provincial opera"


@pytest.mark.parametrize(
    ("texts", "sign"),
    [
        ((*TRUTHS, LIE), None),
        ((*TRUTHS, LIE + " again and again"), "is the longest of the four"),
        ((*TRUTHS, "Toasters sing"), "is the shortest of the four"),
        ((*TRUTHS, "Toasters sing in 9 small operas"), "alone has a digit"),
        ((*TRUTHS, "Opera news: toasters may sing it"), "alone has a colon"),
        ((*TRUTHS, "Toasters of Sony sing in an opera"), "alone has a brand"),
        ((*TRUTHS, "DeepToast lets a toaster do opera"), "alone has a brand"),
        ((*TRUTHS, "Toasters’ choir sings in an opera"), "alone has a curly quote"),
        (("3 otters: “paint”", *TRUTHS[1:], "4 toasters: “sing” in an opera"), None),
        (("Sony hires otters", *TRUTHS[1:], "OpenAI hires toasters for opera"), None),
    ],
)
def test_what_gives_a_lie_away_is_said(texts, sign):
    quiz = make_quiz(texts=texts, publish_at=False)

    assert warn_of_quiz(quiz) == ([f"Headline 4: The lie {sign}."] if sign else [])
    assert check_quiz(quiz) == []


def test_a_missing_date_is_said():
    quiz = make_quiz(texts=(*TRUTHS, LIE), publish_at=False)
    quiz.headlines.filter(position=2).update(reported_on=None)

    assert warn_of_quiz(quiz) == ["Headline 2: No date: readers see “date not stated”."]
    assert check_quiz(quiz) == []


def test_a_subject_of_the_last_ten_is_said():
    told = make_quiz(
        texts=(*TRUTHS, "An opera for a toaster is written"), title="Toast"
    )
    # What somebody else has in a drawer is nobody's business.
    make_quiz(texts=(*TRUTHS, LIE), title="Secret", publish_at=False)
    quiz = make_quiz(texts=(*TRUTHS, LIE), publish_at=False)
    sentence = "Headline 4: The lie of “Toast” had the same subject: opera, toaster."

    assert warn_of_quiz(quiz) == [sentence]
    for week in range(10):
        make_quiz(publish_at=OUT + timedelta(weeks=week + 1))
    assert warn_of_quiz(quiz) == []
    assert warn_of_quiz(told) == []


def test_warnings_are_said_and_forbid_nothing(editor):
    quiz = make_quiz()
    rows = [row(index, is_lie=index == 1) for index in range(4)]
    rows[1]["text"] = "A lie that is longer than all of them"
    data = retyped(quiz, rows=rows)
    response = editor.post(change(quiz), data, follow=True)
    warning = "Headline 2: The lie is the longest of the four."

    assert any(warning in text for text in said(response))
    assert f"<li>{warning}</li>" in editor.get(change(quiz)).text


def test_warnings_cost_two_queries(django_assert_num_queries):
    quiz = make_quiz()
    for week in range(12):
        make_quiz(publish_at=OUT + timedelta(weeks=week + 1))

    with django_assert_num_queries(2):
        warn_of_quiz(quiz)


# After the first guess ------------------------------------------------------


def test_the_form_does_not_move_a_lie_that_was_played(editor):
    quiz = make_quiz(lie=3)
    make_guess(quiz)
    refused = editor.post(change(quiz), retyped(quiz, lie=0))

    assert "another headline becomes the lie by a correction" in refused.text
    quiz.refresh_from_db()
    assert quiz.lie == quiz.headlines.last()
    screen = editor.get(change(quiz)).text
    assert reverse("admin:quiz_correction_key", args=[quiz.pk]) in screen


def test_wording_changed_after_the_first_guess_is_logged(editor):
    quiz = make_quiz(lie=1)
    before = [headline.text for headline in quiz.headlines.all()]
    make_guess(quiz)
    rows = [row(index, is_lie=index == 1) for index in range(4)]
    for index, headline in enumerate(quiz.headlines.all()):
        rows[index].update(
            text=headline.text,
            explanation=headline.explanation,
            source_url=headline.source_url,
            outlet=headline.outlet,
            reported_on=headline.reported_on or "",
        )
    rows[2]["text"] = "Put in other words"
    assert editor.post(change(quiz), retyped(quiz, rows=rows)).status_code == 302

    (logged,) = WordingChange.objects.all()
    assert (logged.field, logged.old_text, logged.new_text) == (
        *("text", before[2], "Put in other words"),
    )
    assert logged.changed_by_id == signed_in(editor)


def test_wording_changed_before_the_first_guess_is_not_logged(editor):
    quiz = make_quiz()
    assert editor.post(change(quiz), retyped(quiz, lie=1)).status_code == 302

    assert not WordingChange.objects.exists()


def test_a_lie_that_came_true_has_its_report(editor):
    quiz = make_quiz(lie=1)
    day = {"came_true_on": "2024-02-01"}
    report = {"came_true_url": "https://news.example/it-happened"}

    assert "came_true_on" not in editor.get(change(make_quiz(publish_at=False))).text
    refused = editor.post(change(quiz), retyped(quiz, **day))
    assert "A lie that came true needs the day and a report." in refused.text
    assert editor.post(change(quiz), retyped(quiz, **day, **report)).status_code == 302
    quiz.refresh_from_db()
    assert str(quiz.came_true_on) == "2024-02-01"


def test_quizzes_of_the_tests_are_searched_for():
    assert make_quiz().searched_on == SEARCHED


def test_what_a_quiz_made_beside_an_issue_lacks_is_left_to_the_issues_checklist(editor):
    rows = [row(i, is_lie=i == 1, explanation="") for i in range(4)]
    response = editor.post(f"{ADD}?_popup=1", typed(rows=rows, _popup="1"))

    assert Quiz.objects.exists()
    assert not list(get_messages(response.wsgi_request))


def test_the_quotes_of_headlines_do_not_tell_which_were_copied(editor):
    texts = ["Bot doesn't know", 'Bot says "no"', "Bot can’t swim", "‘Bot’ sings"]
    rows = [row(i, is_lie=i == 1, text=text) for i, text in enumerate(texts)]
    editor.post(ADD, typed(rows=rows))

    assert [headline.text for headline in Headline.objects.order_by("position")] == [
        "Bot doesn’t know",
        "Bot says “no”",
        "Bot can’t swim",
        "‘Bot’ sings",
    ]


def test_quotes_that_nobody_touches_stay_as_they_are(editor):
    quiz = make_quiz()
    for index, headline in enumerate(quiz.headlines.all()):
        Headline.objects.filter(pk=headline.pk).update(text=f"Bot doesn't know {index}")
    rows = [
        row(i, is_lie=i == 1, text=headline.text)
        for i, headline in enumerate(quiz.headlines.all())
    ]
    editor.post(change(quiz), retyped(quiz, rows=rows, title="Another title"))

    assert all("doesn't" in headline.text for headline in Headline.objects.all())
    assert Quiz.objects.get().title == "Another title"
