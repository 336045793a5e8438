"""The rehearsal: everything started from nothing, broken on purpose, and said what was seen."""

import sys
import tempfile
import time
import traceback
from pathlib import Path

from deploy.rehearsal.machine import Server, missing_programs
from deploy.rehearsal.promises import PROMISES, Stage

_LOG_LINES = 25


def main() -> int:
    if missing := missing_programs():
        print(f"Not installed: {', '.join(missing)}.", file=sys.stderr)
        return 2
    rows: list[tuple[str, str, str, str]] = []
    with tempfile.TemporaryDirectory(prefix="superfast-rehearsal-") as folder:
        server = Server(Path(folder))
        try:
            print(f"Started in {server.start():.0f} s: {server.site}")
            stage = Stage(server)
            for sentence, broken, check in PROMISES:
                rows.append((sentence, broken, *_try(check, stage)))
                print(f"{rows[-1][2]:<6} {sentence}: {rows[-1][3]}", flush=True)
            if any(verdict != "kept" for _, _, verdict, _ in rows):
                _show_logs(Path(folder))
        finally:
            server.end()
    print("\n| promise | how it was broken | | what was seen |\n|---|---|---|---|")
    for sentence, broken, verdict, seen in rows:
        print(f"| {sentence} | {broken} | {verdict} | {seen} |")
    kept = sum(verdict == "kept" for _, _, verdict, _ in rows)
    print(f"\nrehearsal: {kept} passed, {len(rows) - kept} failed")
    return 0 if kept == len(rows) else 1


def _try(check: object, stage: Stage) -> tuple[str, str]:
    begin = time.monotonic()
    try:
        seen = check(stage)  # type: ignore[operator]
    except (AssertionError, SystemExit) as error:
        return "BROKEN", str(error) or "an expectation failed"
    except Exception as error:  # noqa: BLE001 - the next promise is tried all the same
        traceback.print_exc()
        return "BROKEN", repr(error)
    return "kept", f"{seen} ({time.monotonic() - begin:.0f} s)"


def _show_logs(folder: Path) -> None:
    for path in sorted(folder.glob("*.log")):
        lines = path.read_text(errors="replace").splitlines()[-_LOG_LINES:]
        print(f"--- {path.name}", *lines, sep="\n", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
