"""How much memory hostile files take, in a process of their own that reads one after the other."""

import subprocess
import sys

import pytest

from tests.security.files import FILES, largest
from tests.test_project import ROOT

MOST_MB = 300
# What a process needs before the first file is read stays what it was: Django, the site, Pillow.
READ = """
import re, sys
from pathlib import Path

import django

django.setup()

from django.core.exceptions import ValidationError

from issues.pictures import encode


def peak():
    # The most that was held since the process began; `resource` would count its parent's.
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", status)[1]) // 1024


print("0", peak())
for name in sys.argv[1:]:
    with open(name, "rb") as file:
        try:
            encode(file)
        except ValidationError:
            pass
    print(Path(name).name, peak(), flush=True)
"""


@pytest.mark.slow
def test_no_file_takes_more_than_300_megabytes(tmp_path):
    names = {}
    for number, (trick, content) in enumerate({**FILES, **largest()}.items(), 1):
        (tmp_path / str(number)).write_bytes(content)
        names[str(number)] = trick
    done = subprocess.run(
        [sys.executable, "-c", READ, *(str(tmp_path / number) for number in names)],
        cwd=ROOT,
        env={"DJANGO_SETTINGS_MODULE": "tests.settings", "PATH": ""},
        capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2_000:]

    peaks = [line.split() for line in done.stdout.splitlines()]
    assert len(peaks) == len(names) + 1
    over = {names[number]: int(mb) for number, mb in peaks[1:] if int(mb) > MOST_MB}
    assert over == {}, f"{peaks[0][1]} MB before the first"
