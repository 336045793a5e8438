"""The rehearsal: everything started from nothing, broken on purpose, and said what was seen.

Names of promises may follow; they alone are looked at then: `deploy/rehearse walk soak`.
"""

import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

from deploy.rehearsal import promises  # noqa: F401  # fills the table
from deploy.rehearsal.machine import Server, SmallServer, WholeServer, missing_programs
from deploy.rehearsal.stage import PROMISES, Promise, Stage

_LOG_LINES = 15
_LINE_LENGTH = 400

Row = tuple[Promise, str, str]


def main(names: list[str]) -> int:
    if missing := missing_programs():
        print(f"Not installed: {', '.join(missing)}.", file=sys.stderr)
        return 2
    if unknown := set(names) - {promise.name for promise in PROMISES}:
        print(f"No such promise: {', '.join(sorted(unknown))}.", file=sys.stderr)
        return 2
    asked = [p for p in PROMISES if not names or p.name in names]
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="superfast-rehearsal-") as name:
        folder = Path(name)
        rows = [*_act(WholeServer(folder), [p for p in asked if not p.alone])]
        if alone := [p for p in asked if p.alone]:
            rows += _act(SmallServer(folder / "small", folder / "data/static"), alone)
    print("\n| promise | how it was broken | | what was seen |\n|---|---|---|---|")
    for promise, verdict, seen in rows:
        print(f"| {promise.sentence} | {promise.broken} | {verdict} | {seen} |")
    kept = sum(verdict == "kept" for _, verdict, _ in rows)
    print(
        f"\nrehearsal: {kept} passed, {len(rows) - kept} failed, "
        f"{time.monotonic() - begin:.0f} s"
    )
    return 0 if kept == len(asked) else 1


def _act(server: Server, asked: list[Promise]) -> Iterator[Row]:
    """Each promise with what became of it, on a server that is there for as long."""
    all_kept = True
    try:
        print(f"Started in {server.start():.0f} s: {server.site}", flush=True)
        stage = Stage(server)
        for promise in asked:
            verdict, seen = _try(promise, stage)
            print(f"{verdict:<6} {promise.name}: {seen}", flush=True)
            all_kept = all_kept and verdict == "kept"
            yield promise, verdict, seen
        if not all_kept:
            _show_logs(server.folder)
    finally:
        server.end()


def _try(promise: Promise, stage: Stage) -> tuple[str, str]:
    begin = time.monotonic()
    try:
        seen = promise.check(stage)
    except (AssertionError, SystemExit) as error:
        return "BROKEN", str(error) or "an expectation failed"
    except Exception as error:  # noqa: BLE001 - the next promise is tried all the same
        traceback.print_exc()
        return "BROKEN", repr(error)
    return "kept", f"{seen} ({time.monotonic() - begin:.0f} s)"


def _show_logs(folder: Path) -> None:
    for path in sorted(folder.glob("*.log")):
        lines = path.read_text(errors="replace").splitlines()[-_LOG_LINES:]
        print(f"--- {path.name}", file=sys.stderr)
        for line in lines:
            print(line[:_LINE_LENGTH], file=sys.stderr)


if __name__ == "__main__":
    # Ended from outside: what was started ends too, and its folder goes.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main(sys.argv[1:]))
