"""Issues and pictures to test with."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import count

import PIL.Image
from django.core.files.uploadedfile import SimpleUploadedFile

from issues.models import Image, Issue
from issues.pictures import encode, store_picture
from issues.services import save_issue

OUT = datetime(2023, 1, 11, 13, tzinfo=UTC)
LATER = datetime(2199, 1, 1, tzinfo=UTC)

BODY = """\
Something first.

## 🗞 News

Words about [a story](https://news.example/story).

## Concepts

More words.
"""
QUIZ_PLACE = "\n::: quiz\n:::\n"

_serial = count(1)


def new_issue(**overrides):
    """An issue that is fit to be published, not stored yet; out since January 2023."""
    number = next(_serial)
    values = {
        "slug": f"number-{number}",
        "title": f"Number {number}",
        "dek": "What is in it.",
        "body": BODY + (QUIZ_PLACE if overrides.get("quiz") else ""),
        "publish_at": OUT,
        **overrides,
    }
    return Issue(**values)


def make_issue(*, by=None, **overrides):
    """A stored issue with all that follows from its text."""
    issue = new_issue(**overrides)
    issue.full_clean()
    save_issue(issue=issue, by=by)
    return issue


def make_draft(**overrides):
    return make_issue(publish_at=None, **overrides)


def make_scheduled(**overrides):
    return make_issue(publish_at=LATER, **overrides)


def make_withdrawn(**overrides):
    return make_issue(withdrawn_at=OUT + timedelta(days=1), **overrides)


HIDDEN = {
    "draft": make_draft,
    "scheduled": make_scheduled,
    "withdrawn": make_withdrawn,
}


def make_series(length, **overrides):
    """Published issues, one a week, oldest first."""
    return [
        make_issue(publish_at=OUT + timedelta(weeks=week), **overrides)
        for week in range(length)
    ]


def picture_bytes(kind="PNG", *, size=(8, 6), mode="RGB", color=None, **options):
    """A picture file of a single colour."""
    out = BytesIO()
    picture = PIL.Image.new(mode, size, color if color is not None else 0)
    picture.save(out, kind, **options)
    return out.getvalue()


def gif_bytes(frames=3, *, size=(8, 6)):
    """A moving picture."""
    colours = [
        PIL.Image.new("RGB", size, (40 * number, 0, 0)) for number in range(frames)
    ]
    out = BytesIO()
    colours[0].save(
        out, "GIF", save_all=True, append_images=colours[1:], duration=80, loop=0
    )
    return out.getvalue()


def upload(content=None, name="holiday.png"):
    return SimpleUploadedFile(name, picture_bytes() if content is None else content)


def make_image(*, content=None, **overrides):
    """A stored picture with its file."""
    image = Image(**{"alt": f"Picture {next(_serial)}", **overrides})
    store_picture(
        image=image, picture=encode(BytesIO(content or picture_bytes(color=(1, 2, 3))))
    )
    return image


def typed(issue=None, **overrides):
    """What the screen of an issue posts."""
    number = next(_serial)
    data = {
        "title": f"Typed {number}",
        "slug": f"typed-{number}",
        "dek": "A typed dek.",
        "body": "## News\n\nTyped words.\n",
        "cover": "",
        "quiz": "",
        "publish_at_0": "",
        "publish_at_1": "",
        "withdrawn_at_0": "",
        "withdrawn_at_1": "",
    }
    if issue is not None:
        data |= {
            name: getattr(issue, name) for name in ("title", "slug", "dek", "body")
        }
        data |= {"cover": issue.cover_id or "", "quiz": issue.quiz_id or ""}
        data |= split("publish_at", issue.publish_at)
        data |= split("withdrawn_at", issue.withdrawn_at)
    return {**data, **overrides}


def split(name, moment):
    """A moment as the two fields that the admin's widget posts."""
    return {
        f"{name}_0": f"{moment:%Y-%m-%d}" if moment else "",
        f"{name}_1": f"{moment:%H:%M:%S}" if moment else "",
    }
