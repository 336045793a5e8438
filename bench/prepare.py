"""Makes a site's tables, one played quiz and the forms for it; run by the benches.

Prints JSON: the quiz, its headlines and, for each form asked for, its body.
"""

import json
import sys
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import django
from django.core.management import call_command

django.setup()

from django.utils import timezone  # noqa: E402  # needs django.setup()

from issues.models import Issue  # noqa: E402
from quiz import tokens  # noqa: E402
from quiz.models import Guess, Headline, Player, Quiz  # noqa: E402


def make_quiz(number: int = 1, *, weeks_ago: int = 1) -> Quiz:
    """A published quiz."""
    quiz = Quiz.objects.create(
        slug=f"bench-{number}", title=f"Bench {number}", number=number
    )
    rows = Headline.objects.bulk_create(
        Headline(
            quiz=quiz,
            text=f"Headline {place} of bench {number} says something new",
            explanation=f"Because *it* was so in case {place}.",
            source_url="" if place == 3 else f"https://news.example/{number}/{place}",
            outlet="" if place == 3 else "The Daily Bench",
            reported_on=None if place == 3 else timezone.now().date(),
            position=place,
        )
        for place in range(1, 5)
    )
    quiz.lie = rows[2]
    quiz.save()
    Issue.objects.create(
        slug=f"bench-{number}",
        title=f"Bench {number}",
        dek="A bench.",
        body="Words.",
        quiz=quiz,
        publish_at=timezone.now() - timedelta(weeks=weeks_ago),
    )
    return quiz


def columns(row: Any) -> dict[str, Any]:
    """What a row that is not stored yet would be stored as, without its key."""
    fields = [
        field
        for field in row._meta.concrete_fields
        if not field.primary_key and not field.generated
    ]
    return {field.column: getattr(row, field.attname) for field in fields}


def main(count: int) -> None:
    call_command("migrate", verbosity=0)
    quiz = make_quiz()
    headlines = list(quiz.headlines.all())
    handles = [headline.handle for headline in headlines]
    bodies = [
        urlencode(
            {
                "token": tokens.make_token(quiz.pk, Guess.Channel.CARD),
                "headline": handles[number % 4],
            }
        )
        for number in range(count)
    ]
    answer = {
        "quiz": quiz.pk,
        "path": f"/quiz/{quiz.slug}/guess/",
        "headlines": [headline.pk for headline in headlines],
        "bodies": bodies,
        "player": columns(Player()),
        "guess": columns(
            Guess(
                quiz=quiz,
                headline=headlines[0],
                position=1,
                channel=Guess.Channel.CARD,
            )
        ),
    }
    json.dump(answer, sys.stdout, default=str)


if __name__ == "__main__":
    main(int(sys.argv[1]))
