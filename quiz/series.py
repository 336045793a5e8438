"""What the editor is told of all quizzes together.

Only what is out and not void, by the keys in force now, and only the guesses that
the headline figures count: first ones, made while the quiz was open.
"""

from dataclasses import dataclass
from datetime import datetime

from quiz.figures import rank
from quiz.models import Quiz
from quiz.shares import Share
from quiz.stats import count_all_picks

BEST = 10

SURVIVORSHIP = (
    "Read this with care: who plays no. 40 is who stayed. Players who were fooled "
    "often, or bored, have left, and they take their guesses with them. A rising "
    "hit rate may mean better players and not easier lies; an early lie was met by "
    "everybody, a late one by the practised."
)


@dataclass(frozen=True, slots=True)
class QuizLine:
    """A quiz in the series; `pk` is for the desk's own links and leaves in no export."""

    pk: int
    title: str
    slug: str
    number: int | None
    published_at: datetime | None
    spotted: Share

    @property
    def label(self) -> str:
        return f"no. {self.number}" if self.number else self.slug


@dataclass(frozen=True, slots=True)
class Ranked:
    """A headline with the share that it fooled: a lie believed, a truth called fake."""

    text: str
    quiz: QuizLine
    fooled: Share


@dataclass(frozen=True, slots=True)
class Series:
    """Hit rates over time, oldest first; the best lies; the hardest truths."""

    quizzes: tuple[QuizLine, ...]
    best_lies: tuple[Ranked, ...]
    hardest_truths: tuple[Ranked, ...]
    caveat: str = SURVIVORSHIP


def report_on_series(at: datetime | None = None) -> Series:
    """The figures of the whole series, as they stand now.

    Cost: five queries, however many quizzes and guesses there are.
    """
    quizzes = list(
        Quiz.objects.published(at)
        .filter(voided_at=None, lie__isnull=False)
        .select_related("issue")
        .prefetch_related("headlines")
        .order_by("issue__publish_at", "pk")
    )
    picks = count_all_picks()
    lines, lies, truths = [], [], []
    for quiz in quizzes:
        counts = {row.pk: picks.get(row.pk, 0) for row in quiz.headlines.all()}
        total = sum(counts.values())
        line = QuizLine(
            pk=quiz.pk,
            title=quiz.title,
            slug=quiz.slug,
            number=quiz.number,
            published_at=quiz.issue.publish_at,
            spotted=Share(counts.get(quiz.lie_id or 0, 0), total),
        )
        lines.append(line)
        for row in quiz.headlines.all() if total else ():
            if row.pk == quiz.lie_id:
                fooled = Share(total - counts[row.pk], total)
                lies.append(Ranked(row.text, line, fooled))
            else:
                truths.append(Ranked(row.text, line, Share(counts[row.pk], total)))
    return Series(tuple(lines), _rank(lies), _rank(truths))


def _rank(rows: list[Ranked]) -> tuple[Ranked, ...]:
    """Those that surely fooled most: by the lower Wilson bound."""
    counted = {
        index: (row.fooled.count, row.fooled.total) for index, row in enumerate(rows)
    }
    return tuple(rows[index] for index in rank(counted)[:BEST])
