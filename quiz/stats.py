"""What everybody picked, and what a player is told after the guess."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count
from django.utils.safestring import SafeString

from quiz.models import Guess, Headline, Quiz
from superfast.common.markdown import render_inline

BAR_STEP = 5


@dataclass(frozen=True, slots=True)
class Picks:
    """How many took which headline for the lie."""

    total: int
    by_headline: dict[int, int]

    def of(self, headline_id: int) -> int:
        return self.by_headline.get(headline_id, 0)

    def share(self, headline_id: int) -> float:
        return self.of(headline_id) / self.total if self.total else 0.0


def count_picks(quiz_id: int) -> Picks:
    """The counted guesses at a quiz, by headline.

    Returns: a headline that nobody picked is no key; shares are 0.0 while
    nobody has guessed. Cost: one query.
    """
    rows = (
        Guess.objects.filter(headline__quiz=quiz_id, counted=True)
        .order_by()
        .values_list("headline")
        .annotate(picks=Count("pk"))
    )
    by_headline = dict(rows)
    return Picks(total=sum(by_headline.values()), by_headline=by_headline)


@dataclass(frozen=True, slots=True)
class Row:
    """A headline after the guess."""

    text: str
    is_lie: bool
    is_choice: bool
    explanation_html: SafeString
    source_url: str
    outlet: str
    reported_on: date | None
    picks: int
    share: float

    @property
    def width_class(self) -> str:
        """The bar's class: its share rounded to the steps that the stylesheet has."""
        return f"w-{round(self.share * 100 / BAR_STEP) * BAR_STEP}"


@dataclass(frozen=True, slots=True)
class Reveal:
    """Everything that is loaded only for who has guessed."""

    quiz: Quiz
    spotted: bool
    rows: list[Row]
    total: int
    next_quiz: Quiz | None

    @property
    def verdict(self) -> str:
        if self.spotted:
            return "You spotted the lie."
        return "You were fooled: the headline you picked is true."


def reveal_to(guess: Guess) -> Reveal:
    """The answer for a player who has guessed. Cost: four queries."""
    quiz = Quiz.objects.get(pk=guess.quiz_id)
    picks = count_picks(quiz.pk)
    return Reveal(
        quiz=quiz,
        spotted=guess.headline_id == quiz.lie_id,
        rows=[
            _row(headline, quiz=quiz, guess=guess, picks=picks)
            for headline in quiz.headlines.order_by("handle")
        ],
        total=picks.total,
        next_quiz=find_next(guess),
    )


def find_next(guess: Guess) -> Quiz | None:
    """The latest published quiz that this player has not guessed at."""
    return (
        Quiz.objects.published()
        .exclude(guesses__player=guess.player_id)
        .for_players()
        .newest_first()
        .first()
    )


def _row(headline: Headline, *, quiz: Quiz, guess: Guess, picks: Picks) -> Row:
    return Row(
        text=headline.text,
        is_lie=headline.pk == quiz.lie_id,
        is_choice=headline.pk == guess.headline_id,
        explanation_html=render_inline(headline.explanation),
        source_url=headline.source_url,
        outlet=headline.outlet,
        reported_on=headline.reported_on,
        picks=picks.of(headline.pk),
        share=picks.share(headline.pk),
    )
