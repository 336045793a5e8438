"""Whether a quiz tells those who do well elsewhere from those who do not.

The index is the point-biserial correlation of spotting this lie (0 or 1) with the
share that the same player spotted in the other quizzes. This quiz is left out of
that share, which would otherwise be correlated with itself (the corrected item-total
correlation). Preferred to the upper-lower index because it uses every player and
not the outer 27 per cent. Source: L. Crocker and J. Algina, Introduction to
Classical and Modern Test Theory, 1986, chapter 14.

Both sides use the keys in force now, like every figure of the crowd.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from django.db.models import Count, F, Q

from quiz.models import Guess, Quiz

PLAYERS_FROM = 50
OTHERS_FROM = 3
# What bounds the cost: the longest-standing players, who have the most others.
SAMPLE = 5_000


@dataclass(frozen=True, slots=True)
class Discrimination:
    """The index in [-1, 1], None while it can't be said; from how many players."""

    index: float | None
    players: int

    def __str__(self) -> str:
        if self.players < PLAYERS_FROM:
            return (
                f"Not yet: {self.players} of {PLAYERS_FROM} players "
                f"have played {OTHERS_FROM} others."
            )
        if self.index is None:
            return "Not to be said: everybody did alike."
        return f"{self.index:+.2f}: {self.words}".replace("-", "−", 1)

    @property
    def words(self) -> str:
        """What the index means, in a sentence; empty where there is none."""
        if self.index is None:
            return ""
        if self.index < 0:
            return (
                "who does well elsewhere did worse here. Look at the key and the texts."
            )
        if self.index < 0.1:
            return "it hardly tells who does well elsewhere."
        if self.index < 0.3:
            return "who does well elsewhere did somewhat better here."
        return "who does well elsewhere clearly did better here."


def point_biserial(pairs: Sequence[tuple[bool, float]]) -> float | None:
    """The correlation of a yes or no with a score; None where either is the same for all."""
    hits = [score for hit, score in pairs if hit]
    misses = [score for hit, score in pairs if not hit]
    if not hits or not misses:
        return None
    mean = sum(score for _, score in pairs) / len(pairs)
    spread = sqrt(sum((score - mean) ** 2 for _, score in pairs) / len(pairs))
    if spread < 1e-12:
        return None
    apart = sum(hits) / len(hits) - sum(misses) / len(misses)
    balance = sqrt(len(hits) * len(misses)) / len(pairs)
    return max(-1.0, min(1.0, apart / spread * balance))


def measure_discrimination(quiz: Quiz) -> Discrimination:
    """How far this quiz and the others agree on who does well.

    Asked of players with three other counted guesses at quizzes that are not void,
    among the first 5,000 players of this one. Cost: two queries.
    """
    here = (
        Guess.objects.filter(
            quiz=quiz,
            player__isnull=False,
            headline__isnull=False,
            counted=True,
            in_period=True,
        )
        # quiz_guess_once gives this order without sorting.
        .order_by("player_id")
    )
    picks = dict(here.values_list("player_id", "headline_id")[:SAMPLE])
    others = (
        Guess.objects.filter(
            player__in=here.values("player_id")[:SAMPLE],
            headline__isnull=False,
            counted=True,
            quiz__voided_at=None,
            quiz__lie__isnull=False,
        )
        .exclude(quiz=quiz)
        .order_by()
        .values_list("player_id")
        .annotate(
            played=Count("pk"),
            right=Count("pk", filter=Q(headline=F("quiz__lie"))),
        )
        .filter(played__gte=OTHERS_FROM)
    )
    pairs = [
        (picks[player] == quiz.lie_id, right / played)
        for player, played, right in others
        if player in picks
    ]
    index = point_biserial(pairs) if len(pairs) >= PLAYERS_FROM else None
    return Discrimination(index=index, players=len(pairs))
