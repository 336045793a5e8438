"""The quiz of an issue: in its place, and complete."""

from collections.abc import Iterable

from issues.checklist.findings import Finding, absolute, error, warning
from issues.models import Issue
from issues.placeholders import find_placeholders
from quiz.services import check_quiz, warn_of_quiz
from superfast.common.blocks import Block, QuizPlace
from superfast.common.outline import Outline


def check_quiz_of(
    issue: Issue, blocks: list[Block], parts: Outline
) -> Iterable[Finding]:
    """Cost: five queries, none without a quiz."""
    places = [block for block in blocks if isinstance(block, QuizPlace)]
    if len(places) > 1:
        sentence = "The quiz stands in the text more than once."
        yield error("quiz-twice", sentence, places[1].line + 1)
    if issue.quiz is None:
        if places:
            sentence = (
                "The text has a place for a quiz (“::: quiz”), but none is chosen."
            )
            yield error("no-quiz", sentence, places[0].line + 1)
        return
    # Another finding says what is wrong with a place that is none.
    is_tried = any(p.text == "quiz" and not p.is_nested for p in parts.containers)
    if not places and not is_tried:
        yield error(
            "quiz-place",
            "The quiz has no place in the text: write “::: quiz” and “:::” where it belongs.",
        )
    for sentence in check_quiz(issue.quiz, issue.publish_at):
        yield absolute("quiz", sentence, "quiz")
    for row, text in enumerate(_headlines(issue), start=1):
        if find_placeholders(text):
            sentence = f"Headline {row} still holds the place of a link: fill it in."
            yield absolute("quiz-placeholder", sentence, "quiz")
    for sentence in warn_of_quiz(issue.quiz):
        yield warning("quiz", sentence, field="quiz")


def _headlines(issue: Issue) -> Iterable[str]:
    if issue.quiz is None:
        return []
    rows = issue.quiz.headlines.order_by("position", "pk")
    return rows.values_list("text", flat=True)
