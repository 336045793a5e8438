from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.validators import slug_re
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from quiz import attempts, tokens
from quiz.models import Player, Quiz
from quiz.services.players import (
    CODE_LENGTH,
    CODE_LIFE,
    UnknownCodeError,
    find_player,
    forget_player,
    keep_streak,
    make_code,
    use_code,
)
from quiz.streaks import list_played, streak_of
from superfast.common.http import impersonal, private_page
from superfast.common.origin import own_site_only

WRONG_CODE = (
    "That code does not work. It may be mistyped, used, or older than ten minutes: "
    "check its eight signs, or make a new one on the other browser."
)
TOO_MANY_CODES = "Too many wrong codes came from your network. Wait ten minutes, then make a new one."


PlayerView = Callable[[HttpRequest, Player | None], HttpResponse]


def _form_of_player(view: PlayerView) -> Callable[..., HttpResponse]:
    """A form of this site, sent by whoever the browser's cookie says, or nobody yet."""

    @impersonal
    @require_POST
    @private_page
    @own_site_only
    @wraps(view)
    def wrapped(request: HttpRequest) -> HttpResponse:
        return view(request, _player_of(request))

    return wrapped


@impersonal
@require_safe
@private_page
def player_page(request: HttpRequest) -> HttpResponse:
    player = _player_of(request)
    return _show(request, player, done=request.GET.get("done", ""))


@_form_of_player
def keep(request: HttpRequest, player: Player | None) -> HttpResponse:
    response = _see_other(_back(request))
    if player:
        keep_streak(player=player)
        tokens.remember_player(response, player.handle, keeps_streak=True)
    return response


@_form_of_player
def forget(request: HttpRequest, player: Player | None) -> HttpResponse:
    if player:
        forget_player(player=player)
    response = _see_other(f"{reverse('quiz:player')}?done=forgotten")
    tokens.forget_player(response)
    return response


@_form_of_player
def new_code(request: HttpRequest, player: Player | None) -> HttpResponse:
    if player is None:
        return _see_other(reverse("quiz:player"))
    # Shown in the answer itself, and nowhere again: not even we know it then.
    return _show(request, player, code=make_code(player=player))


@_form_of_player
def enter_code(request: HttpRequest, here: Player | None) -> HttpResponse:
    if attempts.is_shut_out(request):
        return _show(request, here, error=TOO_MANY_CODES, status=429)
    try:
        player = use_code(code=request.POST.get("code", ""), player=here)
    except UnknownCodeError:
        attempts.count_failure(request)
        return _show(request, here, error=WRONG_CODE, status=422)
    response = _see_other(f"{reverse('quiz:player')}?done=moved")
    tokens.remember_player(response, player.handle, keeps_streak=player.keeps_streak)
    return response


def _player_of(request: HttpRequest) -> Player | None:
    return find_player(tokens.read_player(request))


def _show(
    request: HttpRequest,
    player: Player | None,
    *,
    code: str = "",
    error: str = "",
    done: str = "",
    status: int = 200,
) -> HttpResponse:
    half = CODE_LENGTH // 2
    context: dict[str, Any] = {
        "player": player,
        "streak": streak_of(player) if player else None,
        "played": list_played(player) if player else [],
        "code": f"{code[:half]}-{code[half:]}" if code else "",
        "code_minutes": int(CODE_LIFE.total_seconds() // 60),
        "error": error,
        # What was done is only said where it is so.
        "is_forgotten": done == "forgotten" and player is None,
        "is_moved": done == "moved" and player is not None,
    }
    return render(request, "quiz/quiz_player.html", context, status=status)


def _back(request: HttpRequest) -> str:
    """Where the form stood: at a quiz's reveal, else on the player's page."""
    slug = request.POST.get("quiz", "")
    # PostgreSQL refuses NUL in any text that it is asked about.
    quiz = Quiz.objects.filter(slug=slug).first() if slug_re.match(slug) else None
    return quiz.get_absolute_url() if quiz else reverse("quiz:player")


def _see_other(address: str) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": address})
