"""What keeps a quiz from its readers, and what an editor should look at twice."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from quiz.models import HEADLINE_COUNT, Headline, Quiz
from superfast.common.text import fold

RECENT_LIES = 10
SHARED_WORDS = 2
_SHORTEST_WORD = 4

_DIGIT = re.compile(r"\d")
_INNER_CAPITAL = re.compile(r"[^\W\d_]*[a-z][A-Z]")
_BRANDS = {
    "adobe", "airbnb", "alibaba", "amazon", "anthropic", "apple", "baidu", "bing",
    "disney", "facebook", "google", "ibm", "instagram", "lego", "meta", "microsoft",
    "midjourney", "mozilla", "netflix", "nintendo", "nvidia", "reddit", "runway",
    "samsung", "siri", "sony", "spotify", "tesla", "twitch", "twitter", "uber",
    "wikipedia",
}  # fmt: skip
# Every second headline about artificial intelligence has these.
_COMMON = {
    "about", "after", "again", "already", "artificial", "asks", "because", "been",
    "being", "chatbot", "chatgpt", "could", "ends", "every", "finds", "first", "from",
    "generated", "have", "here", "into", "intelligence", "keeps", "launches", "learns",
    "made", "make", "makes", "more", "most", "only", "over", "same", "says", "than",
    "that", "their", "there", "they", "this", "three", "turns", "under", "uses",
    "using", "were", "what", "when", "which", "while", "will", "with", "world", "your",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """What keeps a quiz from its readers; `row` counts from 0, None is all of them."""

    row: int | None
    field: str
    sentence: str

    def __str__(self) -> str:
        if self.row is None:
            return self.sentence
        return f"Headline {self.row + 1}: {self.sentence}"


def check_quiz(quiz: Quiz, publish_at: datetime | None = None) -> list[str]:
    """Reasons, as sentences, why the quiz can't be put before readers; empty if it can.

    Args:
        quiz: the quiz as it is stored.
        publish_at: when its issue goes out, where that is known.

    Cost: one query.
    """
    rows = list(quiz.headlines.order_by("position", "pk"))
    lie = _stored_lie(quiz, rows)
    problems = [
        *find_contradictions(rows, lie),
        *find_gaps(rows, lie),
        *find_missing_ticks(quiz),
        *find_spoilers(quiz, rows, lie),
        *find_early_closing(quiz, publish_at),
    ]
    return [*map(str, problems)]


def warn_of_quiz(quiz: Quiz) -> list[str]:
    """What an editor should look at twice, as sentences. Cost: two queries."""
    rows = list(quiz.headlines.order_by("position", "pk"))
    return [*map(str, find_warnings(quiz, rows, _stored_lie(quiz, rows)))]


def _stored_lie(quiz: Quiz, rows: Sequence[Headline]) -> int | None:
    return next((i for i, row in enumerate(rows) if row.pk == quiz.lie_id), None)


# What keeps it ----------------------------------------------------------------


def find_contradictions(rows: Sequence[Headline], lie: int | None) -> list[Problem]:
    """What not even a draft may say: a headline twice, a lie with a source."""
    problems = []
    seen: dict[str, int] = {}
    for index, row in enumerate(rows):
        if not row.text:
            continue
        first = seen.setdefault(fold(row.text), index)
        if first != index:
            sentence = f"This is headline {first + 1} again: no two may be equal."
            problems.append(Problem(index, "text", sentence))
    if lie is not None and (rows[lie].source_url or rows[lie].outlet):
        sentence = "The lie has no source: empty its source and outlet."
        problems.append(Problem(lie, "source_url", sentence))
    return problems


def find_gaps(rows: Sequence[Headline], lie: int | None) -> list[Problem]:
    """What a draft may lack and a quiz before readers may not; empty rows are no rows."""
    problems = []
    count = sum(1 for row in rows if row.text)
    if count != HEADLINE_COUNT:
        sentence = f"A quiz has four headlines: this one has {count}."
        problems.append(Problem(None, "", sentence))
    if lie is None:
        problems.append(Problem(None, "", "Choose which headline is the lie."))
    for index, row in enumerate(rows):
        if row.text and not row.explanation:
            sentence = "Say why it is true, or what gave it away."
            problems.append(Problem(index, "explanation", sentence))
        if row.text and lie is not None and index != lie:
            problems.extend(_source_gaps(index, row))
    return problems


def _source_gaps(index: int, row: Headline) -> Iterable[Problem]:
    if not row.source_url:
        yield Problem(
            index, "source_url", "A true headline needs the address of its source."
        )
    if not row.outlet:
        yield Problem(index, "outlet", "A true headline needs the name of its outlet.")


def find_missing_ticks(quiz: Quiz) -> list[Problem]:
    """What an editor has not said yet: that they searched, and that the lie is harmless."""
    problems = []
    if quiz.searched_on is None:
        sentence = "Search for the lie and say on which day you found no such story."
        problems.append(Problem(None, "searched_on", sentence))
    if not quiz.is_harmless:
        sentence = "Say that the lie is harmless if believed, or write another."
        problems.append(Problem(None, "is_harmless", sentence))
    return problems


def find_spoilers(
    quiz: Quiz, rows: Sequence[Headline], lie: int | None
) -> list[Problem]:
    """What readers would see of the lie outside the four headlines."""
    if lie is None or not fold(rows[lie].text):
        return []
    told = fold(f"{quiz.title} {quiz.slug} {quiz.intro}")
    if fold(rows[lie].text) not in told:
        return []
    sentence = "The title, the slug or the intro tells the lie: change it."
    return [Problem(None, "", sentence)]


def find_early_closing(quiz: Quiz, publish_at: datetime | None) -> list[Problem]:
    """A quiz that is over before its issue is out."""
    if quiz.closes_at is None or publish_at is None or quiz.closes_at > publish_at:
        return []
    sentence = "It closes before its issue is out: choose a later time, or none."
    return [Problem(None, "closes_at", sentence)]


# What to look at twice --------------------------------------------------------


def find_warnings(
    quiz: Quiz, rows: Sequence[Headline], lie: int | None
) -> list[Problem]:
    """What gives a lie away, and what readers will miss; nothing of it forbids.

    Cost: one query, for the lies of the last ten quizzes; none without a lie.
    """
    found = [
        Problem(index, "reported_on", "No date: readers see “date not stated”.")
        for index, row in enumerate(rows)
        if row.text and index != lie and row.reported_on is None
    ]
    if lie is None or not rows[lie].text:
        return found
    truths = [row.text for i, row in enumerate(rows) if i != lie and row.text]
    signs = [f"The lie {sign}." for sign in _signs_of_a_lie(rows[lie].text, truths)]
    told_before = _find_same_subject(quiz, rows[lie].text)
    return [*found, *(Problem(lie, "text", s) for s in (*signs, *told_before))]


def _signs_of_a_lie(lie: str, truths: Sequence[str]) -> Iterable[str]:
    """In what the lie differs from all three truths to somebody who knows nothing."""
    if len(truths) < HEADLINE_COUNT - 1:
        return
    lengths = [len(text) for text in truths]
    if len(lie) > max(lengths):
        yield "is the longest of the four"
    if len(lie) < min(lengths):
        yield "is the shortest of the four"
    for name, has in _SIGNS.items():
        if has(lie) and not any(map(has, truths)):
            yield f"alone has {name}"


def _has_brand(text: str) -> bool:
    return bool(_INNER_CAPITAL.search(text)) or not _BRANDS.isdisjoint(
        fold(text).split()
    )


_SIGNS: dict[str, Callable[[str], bool]] = {
    "a digit": lambda text: bool(_DIGIT.search(text)),
    "a colon": lambda text: ":" in text,
    "a brand": _has_brand,
    "a curly quote": lambda text: not {*"“”‘’"}.isdisjoint(text),
}


def _find_same_subject(quiz: Quiz, lie: str) -> Iterable[str]:
    words = significant_words(lie)
    earlier = (
        Quiz.objects.published()
        .exclude(pk=quiz.pk)
        .exclude(lie=None)
        .newest_first()
        .values_list("title", "lie__text")[:RECENT_LIES]
    )
    for title, text in earlier:
        shared = sorted(words & significant_words(text))
        if len(shared) >= SHARED_WORDS:
            yield f"The lie of “{title}” had the same subject: {', '.join(shared)}."


def significant_words(text: str) -> set[str]:
    """The words that say what a headline is about, in a form to be compared."""
    words = (word for word in fold(text).split() if word not in _COMMON)
    return {word.removesuffix("s") for word in words if len(word) >= _SHORTEST_WORD}
