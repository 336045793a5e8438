"""Old guesses are added up once, so that nobody has to count them again.

A guess is one INSERT and touches nothing shared: a counter row that each of them
updated would make them wait for one another. The figures are the tallies and the
guesses since; how often this runs decides how fast they are, never what they say.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, F, Max, Min

from quiz.models import Guess, Quiz, Rollup, Tally

# Longer than a receipt lives, which may leave a guess uncounted, and than any
# transaction lasts, which might store a smaller number after a greater one.
REST = timedelta(hours=2)


@transaction.atomic
def roll_up(quiz_id: int, before: datetime, *, again: bool = False) -> int:
    """The quiz's guesses made before that moment are in its tallies, each once.

    Two that run at once do it one after the other: on PostgreSQL by the lock on the
    row, on SQLite because a transaction there has the database for itself.

    Args:
        quiz_id: the quiz's primary key.
        before: at least `REST` ago, where anybody may be guessing.
        again: count from the first guess on; for when guesses that are in the
            tallies have changed.

    Returns: how many guesses were read, counted or not.
    Cost: eight queries, and one for each kind of guess.
    """
    Rollup.objects.get_or_create(quiz_id=quiz_id)
    progress = Rollup.objects.select_for_update().get(quiz=quiz_id)
    if again:
        Tally.objects.filter(quiz=quiz_id).delete()
        progress.last_guess_id = 0
    newer = Guess.objects.filter(quiz=quiz_id, pk__gt=progress.last_guess_id)
    newer = newer.order_by()
    # Nothing behind a young guess, whatever the clocks said when they were made.
    young = newer.filter(created_at__gte=before).aggregate(first=Min("pk"))["first"]
    ripe = newer.filter(created_at__lt=before)
    if young is not None:
        ripe = ripe.filter(pk__lt=young)
    found = ripe.aggregate(last=Max("pk"), number=Count("pk"))
    if found["last"] is not None:
        _add(quiz_id, after=progress.last_guess_id, last=found["last"])
        progress.last_guess_id = found["last"]
    if young is None:
        # Past the guesses at other quizzes, too: where few guesses of any quiz lie
        # behind, PostgreSQL knows that few of this one do.
        progress.last_guess_id = max(progress.last_guess_id, _last_of_any(before))
    progress.save(update_fields=["last_guess_id"])
    return int(found["number"])


def _last_of_any(before: datetime) -> int:
    old = Guess.objects.filter(created_at__lt=before).order_by("-pk")
    return old.values_list("pk", flat=True).first() or 0


def _add(quiz_id: int, *, after: int, last: int) -> None:
    kinds = (
        Guess.objects.filter(quiz=quiz_id, pk__gt=after, pk__lte=last, counted=True)
        .order_by()
        .values_list("headline", "in_period", "key_version")
        .annotate(number=Count("pk"))
    )
    for headline, in_period, key_version, number in kinds:
        kind = {
            "quiz_id": quiz_id,
            "headline_id": headline,
            "in_period": in_period,
            "key_version": key_version,
        }
        # The lock on the quiz's progress is held: nobody adds this kind meanwhile.
        if not Tally.objects.filter(**kind).update(count=F("count") + number):
            Tally.objects.create(**kind, count=number)


@transaction.atomic(savepoint=False)
def leave_out(guesses: Sequence[int], reason: Guess.Reason) -> None:
    """These guesses stay and leave the figures, tallied or not; a first reason stays.

    Args:
        guesses: primary keys.
        reason: why.

    Cost: three queries, and one for each guess that was tallied.
    """
    counted = Guess.objects.filter(pk__in=guesses, counted=True)
    # Held until the end: no roll-up passes these guesses meanwhile.
    ends = dict(
        Rollup.objects.select_for_update()
        .filter(quiz__in=counted.values("quiz"))
        .values_list("quiz_id", "last_guess_id")
    )
    for guess in counted:
        if guess.pk <= ends.get(guess.quiz_id, 0):
            Tally.objects.filter(
                quiz=guess.quiz_id,
                headline=guess.headline_id,
                in_period=guess.in_period,
                key_version=guess.key_version,
            ).update(count=F("count") - 1)
    counted.update(counted=False, uncounted_reason=reason)


def roll_up_all(at: datetime, *, again: bool = False) -> Iterator[tuple[str, int]]:
    """Every quiz's guesses that are older than `REST` are in its tallies.

    Returns: the slug of each quiz of which guesses were read, as soon as it is done,
    and how many.
    """
    for key, slug in list(Quiz.objects.order_by("pk").values_list("pk", "slug")):
        number = roll_up(key, at - REST, again=again)
        if number:
            yield slug, number
