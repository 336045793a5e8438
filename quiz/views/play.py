"""The pages on which a quiz is found and played, and where the answer is shown."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from quiz import services, tokens
from quiz.models import Guess, Quiz
from quiz.views.access import of_published_quiz
from quiz.views.contexts import form_context, reveal_context
from superfast.common.http import impersonal, kept_page, private_page
from superfast.common.paging import page_number

PAST_QUIZZES_PER_PAGE = 20


@kept_page("page", "came-true")
def quiz_list(request: HttpRequest) -> HttpResponse:
    quizzes = Quiz.objects.published().for_players().for_lists().newest_first()
    latest = quizzes.first()
    came_true = request.GET.get("came-true") == "1"
    if came_true:
        listed = quizzes.that_came_true()
    else:
        listed = quizzes.exclude(pk=latest.pk) if latest else quizzes.none()
    context = {
        "current": services.show_quiz(latest) if latest and not came_true else None,
        "latest": latest,
        "came_true": came_true,
        "page": page_number(request, Paginator(listed, PAST_QUIZZES_PER_PAGE)),
    }
    return render(request, "quiz/quiz_list.html", context)


@impersonal
@require_safe
@private_page
@of_published_quiz
def quiz_detail(request: HttpRequest, quiz: Quiz) -> HttpResponse:
    player = tokens.read_player(request)
    if "r" in request.GET:
        return _answer_receipt(request, quiz, has_cookie=player is not None)
    guess = services.find_guess(quiz=quiz, player=player) if player else None
    if guess:
        return render(request, "quiz/quiz_reveal.html", reveal_context(guess))
    context = form_context(
        quiz,
        channel=_channel(request),
        player=player,
        choice=request.GET.get("c", ""),
    )
    return render(request, "quiz/quiz_detail.html", context)


@impersonal
@require_safe
@private_page
@of_published_quiz
def quiz_card(request: HttpRequest, quiz: Quiz) -> HttpResponse:
    player = tokens.read_player(request)
    guess = services.find_guess(quiz=quiz, player=player) if player else None
    if guess:
        return render(request, "quiz/_quiz_outcome.html", reveal_context(guess))
    context = form_context(
        quiz,
        channel=Guess.Channel.CARD,
        player=player,
        choice=request.GET.get("c", ""),
    )
    return render(request, "quiz/_quiz_form.html", context)


def _answer_receipt(
    request: HttpRequest, quiz: Quiz, *, has_cookie: bool
) -> HttpResponse:
    """Shows the reveal to a browser that kept no cookie, and leaves it uncounted."""
    player = tokens.read_receipt(request.GET["r"], quiz.pk)
    guess = services.find_guess(quiz=quiz, player=player) if player else None
    if has_cookie or guess is None:
        return redirect(quiz)
    if request.method == "GET":
        services.mark_uncounted(guess, reason=Guess.Reason.NO_COOKIE)
    context = reveal_context(guess, has_cookie=False)
    return render(request, "quiz/quiz_reveal.html", context)


def _channel(request: HttpRequest) -> Guess.Channel:
    """Where a link to the quiz's page stood; the mail copy marks its own."""
    if "c" not in request.GET:
        return Guess.Channel.PAGE
    return Guess.Channel.MAIL if "m" in request.GET else Guess.Channel.LINK
