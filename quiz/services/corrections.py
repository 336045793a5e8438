"""A quiz that is out is put right: its key, its wording, whether it counts at all.

A guess knows what was picked and under which version of the key; whether that was
right is worked out here, each time it is asked.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from quiz.models import Correction, Guess, Headline, Quiz, WordingChange
from quiz.search import index_quizzes
from superfast.accounts.models import User
from superfast.common.publishing import Status

WORDED = ("text", "explanation", "tells", "source_url", "outlet", "reported_on")
CORRECTED_MEANWHILE = "Somebody corrected this quiz meanwhile: reload."


def correct_key(
    *,
    quiz: Quiz,
    new_lie: Headline,
    reason: str,
    by: User | None,
    at: datetime | None = None,
) -> Correction:
    """Another headline is the lie, for everybody who guesses or looks from now on.

    Args:
        quiz: as the editor saw it: its `key_version` decides whether it is still so.
        new_lie: one of its other headlines.
        reason: what was wrong, in a sentence; readers see it.
        by: who says so.
        at: when (now, if no time is given).

    Raises: ValidationError for a quiz that is not out or is void, a headline of another
        quiz or the lie that it has, no reason, or a correction made meanwhile.
    """
    if new_lie.quiz_id != quiz.pk:
        raise ValidationError("The lie must be one of this quiz’s headlines.")
    if new_lie.pk == quiz.lie_id:
        raise ValidationError("This headline is the lie already: choose another.")
    correction = Correction(kind=Correction.Kind.KEY, new_lie=new_lie)
    return _correct(quiz, correction, reason=reason, by=by, at=at)


def void_quiz(
    *, quiz: Quiz, reason: str, by: User | None, at: datetime | None = None
) -> Correction:
    """The quiz does not count: no headline of it was the lie, or two were.

    It stays out of every figure of accuracy; streaks are kept. Arguments and errors
    are those of `correct_key`.
    """
    correction = Correction(kind=Correction.Kind.VOID)
    return _correct(quiz, correction, reason=reason, by=by, at=at)


def restore_quiz(
    *, quiz: Quiz, reason: str, by: User | None, at: datetime | None = None
) -> Correction:
    """A quiz that was void counts again, by the key that it had.

    Its guesses are back in every figure. Arguments and errors are those of
    `correct_key`, but for a quiz that is not void.
    """
    if quiz.voided_at is None:
        raise ValidationError("This quiz is not void: there is nothing to take back.")
    correction = Correction(kind=Correction.Kind.RESTORED)
    return _correct(quiz, correction, reason=reason, by=by, at=at)


def _correct(
    quiz: Quiz,
    correction: Correction,
    *,
    reason: str,
    by: User | None,
    at: datetime | None,
) -> Correction:
    refuse_correction(quiz, takes_back=correction.kind == Correction.Kind.RESTORED)
    correction.quiz = quiz
    correction.old_lie_id = quiz.lie_id
    correction.key_version = quiz.key_version + 1
    correction.reason = reason
    correction.made_by = by
    correction.made_at = at or timezone.now()
    correction.clean_fields(exclude=["made_by", "old_lie", "new_lie"])
    changes = _changes(correction)
    # Looking first would not do: of two who correct at once, the constraint takes one.
    try:
        with transaction.atomic():
            correction.save(force_insert=True)
            Quiz.objects.filter(pk=quiz.pk).update(
                **changes,
                key_version=correction.key_version,
                updated_at=correction.made_at,
            )
            index_quizzes()
    except IntegrityError as error:
        raise ValidationError(CORRECTED_MEANWHILE) from error
    quiz.refresh_from_db(
        fields=["lie", "key_version", "voided_at", "void_reason", "updated_at"]
    )
    return correction


def _changes(correction: Correction) -> dict[str, Any]:
    match correction.kind:
        case Correction.Kind.VOID:
            return {"voided_at": correction.made_at, "void_reason": correction.reason}
        case Correction.Kind.RESTORED:
            return {"voided_at": None, "void_reason": ""}
    return {"lie": correction.new_lie}


def refuse_correction(quiz: Quiz, *, takes_back: bool = False) -> None:
    """A quiz that is out and counts can be corrected; of one that is void, only that.

    Raises: ValidationError with the reason why this one can't.
    """
    if quiz.status() in {Status.DRAFT, Status.SCHEDULED}:
        raise ValidationError(
            "Nobody has seen this quiz yet: change it on its own screen."
        )
    if quiz.voided_at is not None and not takes_back:
        raise ValidationError(
            "This quiz is void: let it count again before you correct it."
        )


# Wording --------------------------------------------------------------------


def wording_of(headline: Headline) -> dict[str, str]:
    """What players are told of a headline, by field: to be kept before it is changed."""
    return {name: str(getattr(headline, name) or "") for name in WORDED}


def log_wording(
    *, headline: Headline, before: Mapping[str, str], by: User | None
) -> list[WordingChange]:
    """What was changed of a headline after somebody had guessed is known, both texts of it.

    Args:
        headline: as it is stored now.
        before: what `wording_of` said of it before.
        by: who changed it.

    Cost: none where nothing changed; else one query, and one that writes.
    """
    now = wording_of(headline)
    changed = [name for name in WORDED if before.get(name, "") != now[name]]
    if not changed or not Guess.objects.filter(quiz=headline.quiz_id).exists():
        return []
    return WordingChange.objects.bulk_create(
        WordingChange(
            headline=headline,
            field=name,
            old_text=before.get(name, ""),
            new_text=now[name],
            changed_by=by,
        )
        for name in changed
    )


# Who was right --------------------------------------------------------------


def lie_at(quiz: Quiz, version: int) -> int | None:
    """The headline that was the lie under a version of the key, by its primary key.

    Cost: one query, unless it is the current version; none where the quiz's
    `corrections` are prefetched.
    """
    if version >= quiz.key_version:
        return quiz.lie_id
    made = sorted(quiz.corrections.all(), key=lambda row: row.key_version)
    later = [row for row in made if row.key_version > version]
    return later[0].old_lie_id if later else quiz.lie_id


def is_right(guess: Guess, quiz: Quiz) -> bool:
    """Whether the guess counts as right: under the key it met, or the current one.

    Who gave up is not. Of a void quiz nobody should be told either: leave those
    with `voided_at` out of what is counted.

    Cost: none, but one query for a guess that is wrong under a key corrected since;
    for many, `prefetch_related("corrections")` on their quizzes.
    """
    if guess.headline_id is None:
        return False
    return guess.headline_id in {quiz.lie_id, lie_at(quiz, guess.key_version)}
