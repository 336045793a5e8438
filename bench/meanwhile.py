"""A player who guesses without end while bench.importing writes; prints how that went."""

import json
import secrets
import sys
import time
from threading import Event, Thread

import django

django.setup()

from django.db import OperationalError  # noqa: E402  # needs django.setup()
from django.utils import timezone  # noqa: E402

from quiz.models import Guess  # noqa: E402
from quiz.services.guessing import Target, find_target, place_choice, submit_guess  # noqa: E402

PAUSE_SECONDS = 0.05


def guess(target: Target) -> None:
    submit_guess(
        target,
        place_choice(target, target.options[0].handle, 0),
        player=secrets.token_hex(12),
        channel=Guess.Channel.PAGE,
    )


def main() -> None:
    target = find_target("bench-1", timezone.now())
    if target is None:
        raise SystemExit("There is no quiz.")
    ended = Event()

    def listen() -> None:
        sys.stdin.read()
        ended.set()

    Thread(target=listen, daemon=True).start()
    print("begun", flush=True)
    longest, refused = 0.0, 0
    while not ended.wait(PAUSE_SECONDS):
        began = time.monotonic()
        try:
            guess(target)
        except OperationalError:
            refused += 1
        longest = max(longest, time.monotonic() - began)
    print(json.dumps({"guess": longest, "refused": refused}))


if __name__ == "__main__":
    main()
