"""A disk that is full, for one service: its files may not grow (RLIMIT_FSIZE)."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from PIL import Image

from deploy.rehearsal.machine import Service
from deploy.rehearsal.people import Editor
from deploy.rehearsal.stage import ISSUE, Stage

_PASSWORD = "only-for-the-rehearsal-7"  # noqa: S105
_NO_ROOM = "could not be stored"  # in the form’s answer and on the page


@contextmanager
def full_disk(service: Service) -> Iterator[None]:
    """Until the end every write to a file of the service's workers fails."""
    workers = service.workers()
    assert workers, "no worker was found"
    before = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in workers}
    for pid, (_, hard) in before.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        for pid, limits in before.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


def full_disk_at_the_desk(stage: Stage) -> str:
    """An editor hands in a small and a large picture: refused, and nothing is left of them."""
    server = stage.server
    server.manage(
        "createsuperuser", "--noinput", "--username", "owner", "--email", "",
        changes={"DJANGO_SUPERUSER_PASSWORD": _PASSWORD},
    )  # fmt: skip
    editor = Editor(server.https_port, server.authority)
    editor.sign_in("owner", _PASSWORD)
    count = "SELECT COUNT(*) FROM issues_image"
    rows, files = server.number(count), _media(stage)
    with full_disk(server.web):
        refused = [editor.upload(noise(side)) for side in (100, 1100)]
        page = stage.visitor.get(ISSUE)
    assert [answer.status for answer in refused] == [507, 507], [
        (answer.status, answer.text[-300:]) for answer in refused
    ]
    assert all(_NO_ROOM in answer.text for answer in refused)
    assert page.status == 200, page.status
    assert server.number(count) == rows, "a row was left"
    assert _media(stage) == files, "a file was left"
    taken = editor.upload(noise(100))
    assert taken.status == 201, f"afterwards: {taken.status}"
    return "two pictures refused with a sentence (507), no row, no file; pages 200; taken afterwards"


def noise(side: int) -> bytes:
    """A square picture that can't be compressed: three bytes for each of its points."""
    file = BytesIO()
    Image.effect_noise((side, side), 80).convert("RGB").save(file, "PNG")
    return file.getvalue()


def _media(stage: Stage) -> set[str]:
    return {str(path) for path in (stage.server.data / "media").rglob("*")}
