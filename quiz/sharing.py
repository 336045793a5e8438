"""What a player passes on: words that spoil nothing, and a picture that knows nothing.

The words say how it went and how others did, never where the lie stood nor a word
of a headline. The picture is made from what everybody sees before the guess, the
quiz's number and title, and is the same for everybody.
"""

from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from PIL import Image, ImageDraw

from quiz.figures import NBSP, Precision, per_cent, precision
from quiz.models import Quiz
from quiz.reveals import Reveal
from quiz.streaks import Streak
from quiz.verdicts import Outcome
from superfast.common.drawing import (
    HEIGHT,
    INK,
    MARGIN,
    PAPER,
    SIGNAL,
    WIDTH,
    can_draw,
    font_of,
    sign,
    to_png,
    wrap,
)

NAME = "3 Headlines and a Lie"
SAID = {
    Outcome.SPOTTED: "spotted it",
    Outcome.FOOLED: "fooled",
    Outcome.GAVE_UP: "gave up",
    Outcome.VOID: "played it",
}


@dataclass(frozen=True, slots=True)
class Share:
    """What a player passes on: a text that may be read aloud, and where to play."""

    text: str
    url: str

    def __str__(self) -> str:
        return f"{self.text} {self.url}"


def share_of(reveal: Reveal, streak: Streak | None) -> Share:
    """What a player may pass on of a reveal. Cost: no query."""
    spotted = sum(row.picks for row in reveal.rows if row.is_lie)
    text = share_text(
        number=reveal.quiz.number,
        outcome=reveal.outcome,
        spotted=spotted,
        total=reveal.total,
        row=streak.row if streak else 0,
    )
    return Share(text, f"{settings.SITE_URL}{reveal.quiz.get_absolute_url()}")


def share_text(
    *, number: int | None, outcome: Outcome, spotted: int, total: int, row: int
) -> str:
    """The words: how it went, how others did, how long the row is.

    Args:
        number: the quiz's place in the series, if it has one.
        outcome: how the player did.
        spotted: how many of the counted players spotted the lie.
        total: how many were counted; below ten, nothing is said of others.
        row: how many quizzes the player has played in a row.
    """
    name = f"{NAME}, no. {number}" if number else NAME
    sentences = [f"{name}: {SAID[outcome]}."]
    if outcome is not Outcome.VOID and (others := _tell_others(spotted, total)):
        did = "did" if outcome is Outcome.SPOTTED else "spotted it"
        sentences.append(f"{others} {did}.")
    if row > 1:
        sentences.append(f"Played {row} in a row.")
    return " ".join(sentences)


def _tell_others(spotted: int, total: int) -> str:
    """How many of the players, as exactly as their number bears; "" below ten."""
    match precision(total):
        case Precision.PEOPLE:
            return ""
        case Precision.COUNTS:
            return f"{spotted or 'None'} of {total} players"
        case Precision.PER_CENT:
            said = per_cent(spotted, total).replace(f"{NBSP}%", "%").capitalize()
            return f"{said.replace(NBSP, ' ')} of players"


# The picture ----------------------------------------------------------------

TEXT_WIDTH = 640
BAR = "#c9c8bf"


def share_picture(quiz: Quiz) -> bytes:
    """The quiz's picture, as PNG. Cost: no query."""
    return draw_picture(quiz.number, quiz.title)


@lru_cache(maxsize=256)
def draw_picture(number: int | None, title: str) -> bytes:
    """The picture of a quiz, which is drawn from these two alone.

    Titles are cut to two lines; one with letters that our fonts lack is left out.
    """
    picture = Image.new("RGB", (WIDTH, HEIGHT), SIGNAL)
    _lay_clippings(picture)
    draw = ImageDraw.Draw(picture)
    top = MARGIN
    if number:
        draw.text((MARGIN, top), f"Quiz no. {number}", INK, font_of("grotesk", 30))
    top += 54
    font = font_of("grotesk", 84)
    for line in wrap(NAME, font.getlength, TEXT_WIDTH):
        draw.text((MARGIN - 4, top), line, INK, font)
        top += 84
    top += 26
    if can_draw(title):
        font = font_of("serif", 36)
        for line in wrap(title, font.getlength, TEXT_WIDTH, lines=2):
            draw.text((MARGIN, top), line, INK, font)
            top += 46
    sign(draw)
    return to_png(picture)


def _lay_clippings(picture: Image.Image) -> None:
    """Four slips of paper, all alike: nothing of them tells one from another."""
    for x, y, angle in ((752, 46, 4), (844, 168, -5), (744, 300, -3), (836, 408, 5)):
        slip = Image.new("RGBA", (300, 150), (0, 0, 0, 0))
        draw = ImageDraw.Draw(slip)
        draw.rectangle((10, 14, 294, 146), fill=(20, 22, 26, 48))
        draw.rectangle((6, 6, 290, 138), fill=PAPER)
        for line, end in enumerate((262, 240, 176)):
            draw.rectangle((30, 34 + line * 30, end, 48 + line * 30), fill=BAR)
        turned = slip.rotate(angle, Image.Resampling.BICUBIC, expand=True)
        picture.paste(turned, (x, y), turned)
