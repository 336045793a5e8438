"""What a player is told after the guess."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.safestring import SafeString

from quiz.figures import (
    CHANCE,
    NBSP,
    Precision,
    people,
    rank,
    tell_share,
    tell_total,
)
from quiz.models import Correction, Guess, Headline, Quiz
from quiz.services.playing import arranged
from quiz.stats import Crowd, Picks, count_crowd
from quiz.verdicts import Outcome, note_on, outcome_of, remind_of, verdict_on
from superfast.common.markdown import render_inline

TRUE, FAKE = "TRUE", "FAKE"
# Of a void quiz we no longer say which is which, only what we had said.
AS_PUBLISHED = ", as published"


@dataclass(frozen=True, slots=True)
class Row:
    """A headline after the guess."""

    text: str
    label: str
    is_lie: bool
    is_choice: bool
    explanation_html: SafeString
    tells_html: SafeString
    source_url: str
    outlet: str
    reported_on: date | None
    as_of: date | None
    picks: int
    share: float
    told: str

    @property
    def labelled(self) -> str:
        """The headline as it may stand anywhere: one text, with what it is."""
        return f"{self.label}: {self.text}"

    @property
    def width_class(self) -> str:
        """The bar's class: its share in whole per cents, as the stylesheet has them."""
        return f"w-{round(self.share * 100)}"


@dataclass(frozen=True, slots=True)
class Figures:
    """What everybody picked, as far as it can honestly be told; "" is nothing to say."""

    total: int
    told_total: str
    has_bars: bool
    has_chance_line: bool
    hardest: list[Row]
    hardest_told: str
    answered_before: str
    back_catalogue: str

    @property
    def chance(self) -> str:
        return f"{CHANCE * 100:.0f}{NBSP}%"


@dataclass(frozen=True, slots=True)
class Reveal:
    """Everything that is loaded only for who has guessed."""

    quiz: Quiz
    outcome: Outcome
    verdict: str
    note: str
    reminder: str
    rows: list[Row]
    figures: Figures
    corrections: list[Correction]
    next_quiz: Quiz | None

    @property
    def spotted(self) -> bool:
        return self.outcome is Outcome.SPOTTED

    @property
    def is_void(self) -> bool:
        return self.outcome is Outcome.VOID

    @property
    def total(self) -> int:
        return self.figures.total

    @property
    def as_searched(self) -> bool:
        """Whether the lie is the one that we searched for, as far as we know."""
        return self.quiz.searched_on is not None and not self.corrections


def reveal_to(guess: Guess) -> Reveal:
    """The answer for a player who has guessed.

    Cost: four queries, and one for the corrections of a quiz that has any.
    """
    rows = Headline.objects.filter(quiz=guess.quiz_id).select_related("quiz__issue")
    headlines = list(rows)
    quiz = headlines[0].quiz if headlines else guess.quiz
    if quiz.key_version > 1:
        prefetch_related_objects([quiz], "corrections")
    return tell(
        guess,
        quiz=quiz,
        headlines=headlines,
        crowd=count_crowd(quiz.pk),
        next_quiz=find_next(guess),
    )


def tell(
    guess: Guess,
    *,
    quiz: Quiz,
    headlines: Sequence[Headline],
    crowd: Crowd | None = None,
    next_quiz: Quiz | None = None,
) -> Reveal:
    """What a guess is answered, from what has been loaded; a preview has no crowd.

    Args:
        guess: need not be stored; its headline is None for who gave up.
        quiz: with its key and, where that was corrected, its corrections prefetched.
        headlines: all of the quiz's, in any order, each with a primary key.
        crowd: what everybody picked.
        next_quiz: what else this player may play.
    """
    outcome = outcome_of(guess, quiz)
    corrections = list(quiz.corrections.all()) if quiz.key_version > 1 else []
    picks = (crowd or Crowd(Counter())).picks()
    rows = [
        _row(headline, quiz=quiz, guess=guess, picks=picks, corrections=corrections)
        for headline in arranged(headlines, guess.arrangement)
    ]
    return Reveal(
        quiz=quiz,
        outcome=outcome,
        verdict=verdict_on(guess, quiz, outcome),
        note=note_on(guess),
        reminder=remind_of(guess, timezone.now()),
        rows=rows,
        figures=_figures(crowd, rows, quiz=quiz, corrections=corrections),
        corrections=corrections,
        next_quiz=next_quiz,
    )


def find_next(guess: Guess) -> Quiz | None:
    """The latest published quiz that this player has not guessed at. Cost: one query."""
    others = Quiz.objects.published().exclude(pk=guess.quiz_id)
    if guess.player_id:  # none once detached: nothing is known of the others
        others = others.exclude(guesses__player=guess.player_id)
    return others.for_players().newest_first().first()


def _row(
    headline: Headline,
    *,
    quiz: Quiz,
    guess: Guess,
    picks: Picks,
    corrections: Sequence[Correction],
) -> Row:
    is_lie = headline.pk == quiz.lie_id
    is_void = quiz.voided_at is not None
    count = picks.of(headline.pk)
    return Row(
        text=headline.text,
        label=(FAKE if is_lie else TRUE) + (AS_PUBLISHED if is_void else ""),
        is_lie=is_lie,
        is_choice=headline.pk == guess.headline_id,
        explanation_html=render_inline(headline.explanation),
        tells_html=render_inline(headline.tells),
        source_url=headline.source_url,
        outlet=headline.outlet,
        reported_on=headline.reported_on,
        as_of=_as_of(quiz, corrections, is_lie=is_lie),
        picks=count,
        share=picks.share(headline.pk),
        told=f"{tell_share(count, picks.total)} {_did(is_lie, is_void)}",
    )


def _did(is_lie: bool, is_void: bool) -> str:
    if is_void:
        return "took this one for the lie"
    return "spotted it" if is_lie else "wrongly called this one fake"


def _as_of(
    quiz: Quiz, corrections: Sequence[Correction], *, is_lie: bool
) -> date | None:
    """The day of the verdict: when it was last put right, searched for, or published."""
    if corrections:
        return corrections[-1].made_at.date()
    issue = getattr(quiz, "issue", None)  # a preview may have none
    published = issue.publish_at.date() if issue and issue.publish_at else None
    return quiz.searched_on or published if is_lie else published


def _figures(
    crowd: Crowd | None,
    rows: Sequence[Row],
    *,
    quiz: Quiz,
    corrections: Sequence[Correction],
) -> Figures:
    crowd = crowd or Crowd(Counter())
    picks = crowd.picks()
    hardest = [] if quiz.voided_at else _hardest(rows, picks)
    has_bars = picks.precision is not Precision.PEOPLE
    return Figures(
        total=picks.total,
        told_total=tell_total(picks.total),
        has_bars=has_bars,
        has_chance_line=has_bars and not quiz.voided_at,
        hardest=hardest,
        hardest_told=tell_share(hardest[0].picks, picks.total) if hardest else "",
        answered_before=_answered_before(crowd, corrections),
        back_catalogue=_back_catalogue(crowd.picks(in_period=False), quiz),
    )


def _hardest(rows: Iterable[Row], picks: Picks) -> list[Row]:
    """The truth that most took for the lie; several where they are level.

    Returns: none while there are too few guesses to say so.
    """
    truths = [row for row in rows if not row.is_lie and row.picks]
    if not truths or picks.precision is Precision.PEOPLE:
        return []
    places = rank({i: (row.picks, picks.total) for i, row in enumerate(truths)})
    most = truths[places[0]].picks
    return [row for row in truths if row.picks == most]


def _answered_before(crowd: Crowd, corrections: Iterable[Correction]) -> str:
    """How many of the figures' guesses met another key than they are counted by."""
    keys = [row for row in corrections if row.kind == Correction.Kind.KEY]
    if not keys:
        return ""
    before = crowd.picks(before_version=keys[-1].key_version).total
    return f"{people(before)} answered before the key was corrected"


def _back_catalogue(picks: Picks, quiz: Quiz) -> str:
    if not picks.total:
        return ""
    played = f"{people(picks.total)} played it from the back catalogue"
    if quiz.voided_at:
        return played
    return (
        f"{played}, of whom {tell_share(picks.of(quiz.lie_id), picks.total)} spotted it"
    )
