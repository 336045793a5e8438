"""What makes the quiz's screen quick: rows filled from lines or news, and a preview.

None of it stores anything. What is filled in is the form, and what is previewed is
made of the posted form alone: no quiz, no player, no guess of the tables is read.
"""

from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Case, When
from django.forms import ModelForm
from django.forms.utils import ErrorDict, ErrorList
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST

from quiz.forms import LIE_FIELD, REDRAW_FIELD, HeadlineForm, QuizForm
from quiz.models import HEADLINE_COUNT, Guess, Headline, Quiz
from quiz.reveals import tell
from quiz.services import (
    Card,
    Filled,
    NewsItem,
    find_news,
    parse_lines,
    place_truths,
)
from superfast.common.admin import limit_to_visible
from superfast.common.http import private_page
from superfast.common.policy import with_policy

PREFIX = "headlines"
NEWS_ISSUES = 12
UNSAVED_SLUG = "preview"
UNTYPED = "Headline {number}"


def posted_lie(data: QueryDict) -> int | None:
    """The row chosen as the lie; None if none is, or something else was sent."""
    value = data.get(LIE_FIELD, "")
    known = {str(index): index for index in range(HEADLINE_COUNT)}
    return known.get(value)


# News -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class News:
    """Issues to choose from, the one chosen, and its links."""

    issues: list[tuple[int, str]]
    chosen: int | None
    items: list[NewsItem]


def offer_news(request: HttpRequest, quiz: Quiz | None) -> News:
    """What the issues that this person sees at the desk have in the way of news.

    Chosen is the one asked for, else the quiz's own. Cost: two queries.
    """
    # The way back to issues is the relation: this app does not know theirs.
    relation: Any = Quiz._meta.get_field("issue")
    visible = limit_to_visible(relation, request)
    if visible is None:
        return News([], None, [])
    own = getattr(quiz, "issue", None) if quiz is not None and quiz.pk else None
    asked = request.POST.get("news_issue", str(own.pk) if own else "")
    # The quiz's own first, then the newest.
    rows = visible.order_by(Case(When(quiz=quiz, then=0), default=1), "-pk")
    if quiz is None:
        rows = visible.order_by("-pk")
    issues = list(rows.values_list("pk", "title")[:NEWS_ISSUES])
    chosen = next((pk for pk, _ in issues if str(pk) == asked), None)
    if chosen is None:
        return News(issues, None, [])
    body = rows.values_list("body", flat=True).filter(pk=chosen).first()
    return News(issues, chosen, find_news(body or ""))


# Filling ----------------------------------------------------------------------


def fill(request: HttpRequest, quiz: Quiz | None = None) -> Filled:
    """The rows that the pressed button asks for."""
    data = request.POST
    match data.get(REDRAW_FIELD):
        case "lines":
            return parse_lines(data.get("lines", "")[:10_000])
        case "news":
            items = offer_news(request, quiz).items
            wanted = {*data.getlist("news")}
            texts = [
                data.get(f"{PREFIX}-{index}-text", "")
                for index in range(HEADLINE_COUNT)
            ]
            picked = [item for item in items if item.url in wanted]
            return place_truths(texts, posted_lie(data), picked)
    return Filled(lie=posted_lie(data))


def with_rows(data: QueryDict, filled: Filled) -> QueryDict:
    """What was posted, with the rows filled."""
    copy = data.copy()
    for index, row in filled.rows.items():
        for name, value in asdict(row).items():
            copy[f"{PREFIX}-{index}-{name}"] = value
    if filled.lie is not None:
        copy[LIE_FIELD] = str(filled.lie)
    return copy


def silence(context: dict[str, Any]) -> None:
    """A form that is only redrawn is not scolded for what is still to come."""
    context["errors"] = []
    context["adminform"].form._errors = ErrorDict()
    for inline in context["inline_admin_formsets"]:
        inline.formset._non_form_errors = ErrorList()
        for form in inline.formset.forms:
            form._errors = ErrorDict()


@require_POST
@private_page
def fill_rows(request: HttpRequest) -> HttpResponse:
    filled = fill(request)
    sentences = list(filled.sentences)
    if not filled.rows and not sentences:
        sentences = ["Nothing was there to fill a row with."]
    answer = {
        "rows": {index: asdict(row) for index, row in filled.rows.items()},
        "lie": filled.lie,
        "sentences": sentences,
    }
    return JsonResponse(answer, status=200 if filled.rows else 422)


# Preview ----------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@xframe_options_sameorigin
@with_policy(frame_ancestors="'self'")
@private_page
def preview(request: HttpRequest) -> HttpResponse:
    """The quiz as a player meets it, before the guess or after it, but for scripts."""
    quiz, headlines = _unsaved(request.POST)
    if request.POST.get("state") == "reveal":
        return render(
            request, "admin/quiz/quiz/preview_reveal.html", _reveal(quiz, headlines)
        )
    cards = [Card(headline.handle, headline.text) for headline in headlines]
    context = {"quiz": quiz, "headlines": cards, "choice": "", "token": "", "error": ""}
    return render(request, "admin/quiz/quiz/preview_form.html", context)


def _unsaved(data: QueryDict) -> tuple[Quiz, list[Headline]]:
    """The quiz of the form, as far as its fields hold what they may."""
    quiz: Quiz = _taken_over(QuizForm(data))
    quiz.slug = quiz.slug or UNSAVED_SLUG
    headlines = [_unsaved_row(data, index) for index in range(HEADLINE_COUNT)]
    lie = posted_lie(data)
    quiz.lie_id = headlines[lie].pk if lie is not None else None
    return quiz, headlines


def _unsaved_row(data: QueryDict, index: int) -> Headline:
    headline: Headline = _taken_over(HeadlineForm(data, prefix=f"{PREFIX}-{index}"))
    headline.pk = index + 1
    # Players' order is that of the handles, and a preview's that of the rows.
    headline.handle = f"{index + 1:02}"
    headline.text = headline.text or UNTYPED.format(number=index + 1)
    return headline


def _taken_over(form: ModelForm) -> Any:
    """A row of the form's fields without those that it refuses."""
    if not form.is_valid():
        # The model's own validators refuse what the row holds already.
        for name in form.errors.keys() & form.fields.keys():
            field = form.instance._meta.get_field(name)
            setattr(form.instance, name, field.get_default())
    return form.instance


def _reveal(quiz: Quiz, headlines: list[Headline]) -> dict[str, Any]:
    """What somebody is told who has spotted the lie; nobody else has guessed."""
    guess = Guess(quiz=quiz, headline_id=quiz.lie_id, position=None)
    told = tell(guess, quiz=quiz, headlines=headlines)
    return {
        "reveal": told,
        "quiz": quiz,
        "verdict": told.verdict,
        "spotted": told.spotted,
        "rows": told.rows,
        "total": told.total,
        "next_quiz": None,
    }
