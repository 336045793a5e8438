from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.core.signing import BadSignature, SignatureExpired
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from quiz import network, services, tokens
from quiz.forms import GuessForm
from quiz.models import Guess, Quiz
from quiz.origin import own_site_only
from quiz.reveals import reveal_to
from quiz.sharing import share_of
from quiz.streaks import streak_of
from superfast.common.errors import gone
from superfast.common.http import impersonal, page_number, private_page, public_page
from superfast.common.network import address_of
from superfast.common.publishing import Status

PAST_QUIZZES_PER_PAGE = 20
TOO_OLD = (
    "This form is more than a day old. Here is a new one: lock in your guess again."
)
UNREADABLE = "This form can’t be read. Here is a new one: lock in your guess again."
NOT_YOURS = (
    "This form was made for another player. "
    "Here is one for you: lock in your guess again."
)
USED = "This form has been used. Here is a new one: lock in your guess again."

QuizView = Callable[[HttpRequest, Quiz], HttpResponse]


def of_published_quiz(view: QuizView) -> Callable[..., HttpResponse]:
    """Hands a view the quiz of its address; 404 while it is not out, 410 afterwards."""

    @wraps(view)
    def wrapped(request: HttpRequest, slug: str) -> HttpResponse:
        at = timezone.now()
        quiz = services.find_quiz(slug, at)
        if quiz is None:
            raise Http404
        match quiz.status(at):
            case Status.PUBLISHED:
                return view(request, quiz)
            case Status.WITHDRAWN:
                return gone(request)
        raise Http404

    return wrapped


@public_page
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
        return render(request, "quiz/quiz_reveal.html", _reveal(guess))
    context = _form(
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
        return render(request, "quiz/_quiz_reveal.html", _reveal(guess))
    context = _form(
        quiz,
        channel=Guess.Channel.CARD,
        player=player,
        choice=request.GET.get("c", ""),
    )
    return render(request, "quiz/_quiz_form.html", context)


@impersonal
@require_POST
@private_page
@own_site_only
@of_published_quiz
def submit(request: HttpRequest, quiz: Quiz) -> HttpResponse:
    known = tokens.read_player(request)
    if known and services.find_guess(quiz=quiz, player=known):
        return _see_other(quiz.get_absolute_url())
    try:
        play = tokens.read_token(request.POST.get("token", ""), quiz.pk)
    except SignatureExpired:
        return _refuse(request, quiz, sentence=TOO_OLD, status=403)
    except BadSignature:
        return _refuse(request, quiz, sentence=UNREADABLE, status=403)
    if not play.is_for(known):
        return _refuse(request, quiz, sentence=NOT_YOURS, status=403)
    # Their own guess was looked for above; it may have come in since.
    is_other = known is not None and known != play.player
    if is_other and services.find_guess(quiz=quiz, player=play.player):
        return _refuse(request, quiz, sentence=USED, status=403)
    form = GuessForm(request.POST)
    guess = _store(request, quiz, form=form, play=play, player=known)
    if guess is None:
        return _refuse(request, quiz, sentence=form.sentence, status=422, play=play)
    player = known or play.player
    response = _see_other(
        f"{quiz.get_absolute_url()}?r={tokens.make_receipt(quiz.pk, player)}"
    )
    keeps = guess.player is not None and guess.player.keeps_streak
    tokens.remember_player(response, player, keeps_streak=keeps)
    return response


def _store(
    request: HttpRequest,
    quiz: Quiz,
    *,
    form: GuessForm,
    play: tokens.Play,
    player: str | None,
) -> Guess | None:
    """The guess, this one or an earlier one; None where the form says what is wrong."""
    if not form.is_valid():
        return None
    at = timezone.now()
    handle, seconds = player or play.player, play.seconds_until(at)
    address = address_of(request)
    try:
        return services.submit_guess(
            quiz=quiz,
            headline=form.cleaned_data["headline"],
            player=handle,
            channel=play.channel,
            arrangement=play.arrangement,
            in_period=quiz.closed_at is None,
            seconds_taken=int(seconds),
            uncounted=services.why_uncounted(
                is_staff=_is_staff(request),
                is_trapped=bool(form.cleaned_data["website"]),
                seconds=seconds,
                is_flooding=network.is_flooding(address=address, player=handle, at=at),
            ),
            is_new=player is None,
        )
    except services.UnknownHeadlineError:
        form.refuse_headline()
        return None


def _is_staff(request: HttpRequest) -> bool:
    # Who brings no session is nobody's user: there is nothing to look up.
    return settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_staff


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
    context = _reveal(guess, has_cookie=False)
    return render(request, "quiz/quiz_reveal.html", context)


def _refuse(
    request: HttpRequest,
    quiz: Quiz,
    *,
    sentence: str,
    status: int,
    play: tokens.Play | None = None,
) -> HttpResponse:
    """The form again, with what is wrong, the choice, and its order if it still holds."""
    context = _form(
        quiz,
        channel=play.channel if play else Guess.Channel.PAGE,
        player=tokens.read_player(request),
        choice=request.POST.get("headline", ""),
        arrangement=play.arrangement if play else None,
        error=sentence,
    )
    if play:
        context["token"] = request.POST["token"]
    return render(request, "quiz/quiz_detail.html", context, status=status)


def _form(
    quiz: Quiz,
    *,
    channel: Guess.Channel,
    player: str | None,
    choice: str,
    arrangement: int | None = None,
    error: str = "",
) -> dict[str, Any]:
    """A form with an order and a token of its own."""
    if arrangement is None:
        arrangement = tokens.draw_arrangement()
    face = services.show_quiz(quiz)
    return {
        "quiz": face,
        "headlines": services.arranged(face.headlines, arrangement),
        "choice": choice if choice in {card.handle for card in face.headlines} else "",
        "token": tokens.make_token(
            quiz.pk, channel, arrangement=arrangement, player=player
        ),
        "closed_at": quiz.closed_at,
        "error": error,
    }


def _channel(request: HttpRequest) -> Guess.Channel:
    """Where a link to the quiz's page stood; the mail copy marks its own."""
    if "c" not in request.GET:
        return Guess.Channel.PAGE
    return Guess.Channel.MAIL if "m" in request.GET else Guess.Channel.LINK


def _reveal(guess: Guess, *, has_cookie: bool = True) -> dict[str, Any]:
    """Loads the answer: the only branch that does."""
    reveal = reveal_to(guess)
    player = guess.player if has_cookie else None
    streak = streak_of(player, reveal.quiz) if player else None
    return {
        "reveal": reveal,
        "quiz": reveal.quiz,
        "verdict": reveal.verdict,
        "spotted": reveal.spotted,
        "rows": reveal.rows,
        "total": reveal.total,
        "next_quiz": reveal.next_quiz,
        "streak": streak,
        "share": share_of(reveal, streak),
    }


def _see_other(address: str) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": address})
