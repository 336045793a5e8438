"""A quiz is put together."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from quiz.models import Headline, Quiz


def choose_lie(*, quiz: Quiz, headline: Headline) -> None:
    """The headline is the quiz's lie, and no other is.

    Raises: ValidationError if the headline belongs to another quiz.
    """
    if headline.quiz_id != quiz.pk:
        raise ValidationError("The lie must be one of this quiz’s headlines.")
    quiz.lie = headline
    quiz.save(update_fields=["lie", "updated_at"])


@transaction.atomic
def give_number(*, quiz: Quiz) -> None:
    """The quiz has a place in the series: the next one, where an editor gave none."""
    if quiz.number is None:
        last = Quiz.objects.aggregate(last=Max("number"))["last"]
        quiz.number = (last or 0) + 1
        quiz.save(update_fields=["number"])
