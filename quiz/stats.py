"""What everybody picked: the tallies, and the guesses since they were made."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, F, Q, Sum

from quiz.figures import Precision, precision
from quiz.models import Guess, Quiz, Tally

_KIND = ("headline", "in_period", "key_version")
_LAST = "quiz__rollup__last_guess_id"


@dataclass(frozen=True, slots=True)
class Kind:
    """What guesses are counted by."""

    headline_id: int | None
    in_period: bool
    key_version: int


def count_kinds(quiz_id: int) -> Counter[Kind]:
    """The counted guesses at a quiz, by kind; who gave up has no headline.

    The tallies and where they end come from one statement, and so from one moment:
    a roll-up that ends meanwhile neither hides a guess nor shows it twice. That end
    is a value in the second one, for PostgreSQL expects a third of all guesses behind
    an end that it has to look up, and starts workers to count them.
    Cost: two queries; the second reads the guesses since the last roll-up, from an
    index alone.
    """
    found: Counter[Kind] = Counter()
    last = 0
    tallied = Tally.objects.filter(quiz=quiz_id).order_by()
    for *kind, number, end in tallied.values_list(*_KIND, "count", _LAST):
        found[Kind(*kind)] += number
        last = end
    newer = Guess.objects.filter(quiz=quiz_id, counted=True, pk__gt=last).order_by()
    for *kind, number in newer.values_list(*_KIND).annotate(number=Count("pk")):
        found[Kind(*kind)] += number
    return found


def count_all_picks() -> Counter[int]:
    """Counted first guesses of every quiz's own period, by headline.

    Cost: three queries; the last looks at no guess before the first that any quiz's
    tallies leave out, which an hourly roll-up keeps at some hours.
    """
    found: Counter[int] = Counter()
    asked = {"in_period": True, "headline__isnull": False}
    tallied = Tally.objects.filter(**asked).order_by()
    for headline, number in tallied.values_list("headline").annotate(sum=Sum("count")):
        found[headline] += number
    # The least of the ends as a value: see `count_kinds`.
    ends = Quiz.objects.order_by().values_list("rollup__last_guess_id", flat=True)
    least = min((end or 0 for end in ends), default=0)
    newer = Guess.objects.filter(
        Q(quiz__rollup=None) | Q(pk__gt=F(_LAST)), **asked, counted=True, pk__gt=least
    )
    counted = newer.order_by().values_list("headline").annotate(number=Count("pk"))
    for headline, number in counted:
        found[headline] += number
    return found


@dataclass(frozen=True, slots=True)
class Picks:
    """How many took which headline for the lie; who gave up took none."""

    total: int
    by_headline: dict[int, int]

    def of(self, headline_id: int | None) -> int:
        return self.by_headline.get(headline_id, 0) if headline_id else 0

    def share(self, headline_id: int | None) -> float:
        return self.of(headline_id) / self.total if self.total else 0.0

    @property
    def precision(self) -> Precision:
        return precision(self.total)


@dataclass(frozen=True, slots=True)
class Crowd:
    """What everybody picked, plays of the back catalogue apart."""

    kinds: Counter[Kind]

    def picks(
        self, *, in_period: bool = True, before_version: int | None = None
    ) -> Picks:
        """The guesses of the quiz's own period, or those made after it.

        Args:
            in_period: whether made while the quiz was open.
            before_version: only under versions of the key before this one.
        """
        found: Counter[int] = Counter()
        for kind, number in self.kinds.items():
            if before_version is not None and kind.key_version >= before_version:
                continue
            if kind.headline_id and kind.in_period == in_period:
                found[kind.headline_id] += number
        return Picks(total=found.total(), by_headline=dict(found))


def count_crowd(quiz_id: int) -> Crowd:
    """What everybody picked at a quiz. Cost: two queries."""
    return Crowd(count_kinds(quiz_id))


def count_picks(quiz_id: int) -> Picks:
    """The headline figure: counted first guesses made while the quiz was open.

    Returns: a headline that nobody picked is no key; shares are 0.0 while
    nobody has guessed. Cost: two queries.
    """
    return count_crowd(quiz_id).picks()
