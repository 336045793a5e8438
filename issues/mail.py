"""The mail copy: an issue as HTML and as plain text, to paste into any sender.

One snapshot of what readers see, made of the same blocks as the page. It holds
nothing of a reader, no script and no form. The quiz is four links of one shape.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from issues.derived import fill_pictures, reading_minutes
from issues.last_lie import amends_of, with_amends
from issues.models import Image, Issue
from issues.reading import fill_papers
from quiz.services import deal_cards
from superfast.common.blocks import Block, Figure
from superfast.common.mailing import inline_styles
from superfast.common.markdown import render_blocks, with_origin
from superfast.common.plain import to_plain_text
from superfast.common.publishing import Status

# A large provider cuts longer mails and hides the rest behind a link.
CLIPPED_BYTES = 102 * 1024
WIDTH = 568  # of the sheet without its margins, in pixels
MARKS = {
    Status.DRAFT: "Draft: not published yet. Not to be sent.",
    Status.WITHDRAWN: "Withdrawn. Not to be sent.",
}

Address = Callable[[Image], str]


@dataclass(frozen=True, slots=True)
class MailCopy:
    """What is pasted into a sender; sizes in bytes of UTF-8."""

    subject: str
    preheader: str
    web_url: str
    html: str
    text: str
    mark: str

    @property
    def size_bytes(self) -> int:
        return len(self.html.encode())

    @property
    def is_clipped(self) -> bool:
        return self.size_bytes > CLIPPED_BYTES


@dataclass(frozen=True, slots=True)
class _Cover:
    src: str
    alt: str
    caption: str
    width: int
    height: int


def find_for_mail(key: int, *, ahead: bool) -> Issue:
    """The issue with all that its mail tells.

    Args:
        key: of the issue's row.
        ahead: whether a scheduled issue tells the lie of a quiz that it will close;
            for who decides what readers see.

    Raises: Issue.DoesNotExist. Cost: two queries.
    """
    at = timezone.now()
    if ahead:
        publish_at = Issue.objects.values_list("publish_at", flat=True).get(pk=key)
        at = max(at, publish_at or at)
    rows = with_amends(Issue.objects.filter(pk=key), at).with_errata()
    return (
        rows.select_related("cover", "quiz")
        .defer("blocks", "finished", "quiz__lie")
        .get()
    )


def compose_mail(
    issue: Issue,
    *,
    at: datetime | None = None,
    picture_src: Address | None = None,
    origin: str = "",
) -> MailCopy:
    """The issue as a mail, from its row's text.

    Args:
        issue: from `find_for_mail` if the last lie is to be told; may be unsaved.
        at: the moment that papers are asked for; when the issue comes out, if not given.
        picture_src: where pictures are to be had; their public address if not given.
        origin: what addresses of this site begin with; the site's own if not given.

    Cost: three queries at most: pictures, papers, headlines.
    """
    blocks = render_blocks(issue.body)
    minutes = reading_minutes(blocks)
    _show_pictures(blocks, picture_src)
    fill_papers(blocks, at or max(timezone.now(), issue.publish_at or timezone.now()))
    mark = MARKS.get(issue.status(), "")
    web_url = settings.SITE_URL + (issue.get_absolute_url() if issue.slug else "/")
    context = {
        "site_name": settings.SITE_NAME,
        "issue": issue,
        "blocks": blocks,
        "quiz": issue.quiz,
        "headlines": deal_cards(issue.quiz) if issue.quiz else [],
        "amends": amends_of(issue),
        "notes": issue.notes,
        "cover": _cover(issue.cover, picture_src),
        "reading_minutes": minutes,
        "web_url": web_url,
        "mark": mark,
    }
    origin = origin or settings.SITE_URL
    page = with_origin(render_to_string("issues/mail.html", context), origin)
    plain = with_origin(render_to_string("issues/mail_text.html", context), origin)
    return MailCopy(
        subject=f"{'[Not to be sent] ' if mark else ''}{issue.title}",
        preheader=issue.dek,
        web_url=web_url,
        html=inline_styles(page, css=_style("mail"), media_css=_style("media")),
        text=to_plain_text(plain),
        mark=mark,
    )


def measure_mail(issue: Issue) -> int:
    """The size of the issue's HTML mail in bytes, to be held against `CLIPPED_BYTES`.

    The issue may be unsaved. Cost: as `compose_mail`.
    """
    return compose_mail(issue).size_bytes


@cache
def _style(name: str) -> str:
    return render_to_string(f"components/mail/{name}.css")


def _show_pictures(blocks: Sequence[Block], picture_src: Address | None) -> None:
    """Figures have address and size as a mail shows them."""
    known = {image.name: image for image in fill_pictures(list(blocks))}
    for block in blocks:
        if isinstance(block, Figure) and block.name in known:
            image = known[block.name]
            block.src = _src(image, picture_src)
            block.width, block.height = _fit(image)


def _cover(image: Image | None, picture_src: Address | None) -> _Cover | None:
    if image is None:
        return None
    told = " ".join(filter(None, (image.caption, image.credit)))
    return _Cover(_src(image, picture_src), image.alt, told, *_fit(image))


def _src(image: Image, picture_src: Address | None) -> str:
    return picture_src(image) if picture_src else image.fallback_src


def _fit(image: Image) -> tuple[int, int]:
    """Width and height at which the picture fits into the sheet."""
    width = min(image.width, WIDTH)
    return width, max(1, round(image.height * width / image.width))
