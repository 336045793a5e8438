"""One guess: the only address of the quiz that stores anything of a player."""

from dataclasses import dataclass

from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from quiz import network, services, tokens
from quiz.models import Guess, Quiz
from quiz.services import Target
from quiz.views.access import refuse_unpublished
from quiz.views.contexts import form_context
from superfast.common.http import impersonal, private_page
from superfast.common.network import address_of
from superfast.common.origin import own_site_only

TOO_OLD = (
    "This form is more than a day old. Here is a new one: lock in your guess again."
)
UNREADABLE = "This form can’t be read. Here is a new one: lock in your guess again."
NOT_YOURS = (
    "This form was made for another player. "
    "Here is one for you: lock in your guess again."
)
USED = "This form has been used. Here is a new one: lock in your guess again."
PICK_ONE = "Pick the headline that you take for the lie, or give up."
NONE_OF_THESE = "That is none of these four: pick one of them."


@dataclass(frozen=True, slots=True)
class Answer:
    """What the form said."""

    headline: str
    gives_up: bool
    # People don't see the field. Programs that fill whatever they find fill it.
    is_trapped: bool

    @classmethod
    def of(cls, data: QueryDict) -> "Answer":
        return cls(
            headline=data.get("headline", ""),
            gives_up=bool(data.get("give_up")),
            is_trapped=bool(data.get("website")),
        )


class RefusedError(Exception):
    """A guess that is not stored: the form comes back, with a sentence."""

    def __init__(
        self, sentence: str, status: int, play: tokens.Play | None = None
    ) -> None:
        super().__init__(sentence)
        self.sentence, self.status, self.play = sentence, status, play


@impersonal
@require_POST
@private_page
@own_site_only
def submit(request: HttpRequest, slug: str) -> HttpResponse:
    target = services.find_target(slug, timezone.now())
    refusal = refuse_unpublished(request, target.status if target else None)
    if refusal or target is None:
        return refusal  # type: ignore[return-value]  # where there is no quiz, it raises
    known = tokens.read_player(request)
    address = request.path.removesuffix("guess/")
    try:
        play = _read_play(request, target, known)
        _store(request, target, play, known)
    except RefusedError as refused:
        return _show_form(request, slug, refused, known)
    player = known or play.player
    if known:
        response = _see_other(address)
    else:
        # Who has no cookie yet may be one who keeps none.
        receipt = tokens.make_receipt(target.pk, player)
        response = _see_other(f"{address}?r={receipt}")
    keeps = known is not None and services.keeps_streak(known)
    tokens.remember_player(response, player, keeps_streak=keeps)
    return response


def _read_play(request: HttpRequest, target: Target, known: str | None) -> tokens.Play:
    """The form that was sent. Raises: RefusedError."""
    try:
        play = tokens.read_token(request.POST.get("token", ""), target.pk)
    except SignatureExpired as error:
        raise RefusedError(TOO_OLD, 403) from error
    except BadSignature as error:
        raise RefusedError(UNREADABLE, 403) from error
    if not play.is_for(known):
        raise RefusedError(NOT_YOURS, 403)
    # A form that was made for nobody in particular makes one player, once.
    may_be_used = known is not None and not play.owner
    if may_be_used and services.has_guessed(target.pk, play.player):
        raise RefusedError(USED, 403)
    return play


def _store(
    request: HttpRequest, target: Target, play: tokens.Play, known: str | None
) -> None:
    """The player's guess is stored, this one or an earlier one. Raises: RefusedError."""
    answer = Answer.of(request.POST)
    if not (answer.headline or answer.gives_up):
        raise RefusedError(PICK_ONE, 422, play)
    headline = None if answer.gives_up else answer.headline
    try:
        choice = services.place_choice(target, headline, play.arrangement)
    except services.UnknownHeadlineError as error:
        raise RefusedError(NONE_OF_THESE, 422, play) from error
    player, at = known or play.player, timezone.now()
    seconds = play.seconds_until(at)
    services.submit_guess(
        target,
        choice,
        player=player,
        channel=play.channel,
        arrangement=play.arrangement,
        seconds_taken=int(seconds),
        uncounted=services.why_uncounted(
            is_staff=_is_staff(request),
            is_trapped=answer.is_trapped,
            seconds=seconds,
            is_flooding=network.is_flooding(
                address=address_of(request), player=player, at=at
            ),
        ),
        at=at,
    )


def _is_staff(request: HttpRequest) -> bool:
    # Who brings no session is nobody's user: there is nothing to look up.
    return settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_staff


def _show_form(
    request: HttpRequest, slug: str, refused: RefusedError, known: str | None
) -> HttpResponse:
    """The form again, with what is wrong, the choice, and its order if it still holds.

    Who has guessed already is not bothered with a form: there is the reveal.
    """
    quiz = services.find_quiz(slug, timezone.now())
    if quiz is None or (known and services.has_guessed(quiz.pk, known)):
        return _see_other(request.path.removesuffix("guess/"))
    return _render_form(request, quiz, refused, known)


def _render_form(
    request: HttpRequest, quiz: Quiz, refused: RefusedError, known: str | None
) -> HttpResponse:
    play = refused.play
    context = form_context(
        quiz,
        channel=play.channel if play else Guess.Channel.PAGE,
        player=known,
        choice=request.POST.get("headline", ""),
        arrangement=play.arrangement if play else None,
        error=refused.sentence,
    )
    if play:
        context["token"] = request.POST["token"]
    return render(request, "quiz/quiz_detail.html", context, status=refused.status)


def _see_other(address: str) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": address})
