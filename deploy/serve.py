"""Runs the server and the worker of the task queue together: deploy/serve.py SERVER...

Both end together: when this process is told to (SIGTERM, SIGINT, SIGHUP), or when the
server ends by itself. A worker that dies is started again.
"""

import os
import signal
import subprocess
import sys
import time
from types import FrameType

RESTART_AFTER_SECONDS = 2
GRACE_SECONDS = 20


def start_worker() -> subprocess.Popen[bytes]:
    # In a session of its own: Ctrl-C reaches this process alone, which passes it on once.
    return subprocess.Popen(
        [sys.executable, "manage.py", "run_worker"], start_new_session=True
    )


def main(command: list[str]) -> int:
    inline = os.environ.get("TASKS_INLINE", "").lower() in {"1", "true", "yes", "on"}
    told: list[int] = []

    def remember(number: int, frame: FrameType | None) -> None:
        told.append(number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, remember)
    server = subprocess.Popen(command, start_new_session=True)
    worker = None if inline else start_worker()
    ended_at = 0.0
    while not told and server.poll() is None:
        time.sleep(0.2)
        if worker and worker.poll() is not None:
            ended_at = ended_at or time.monotonic()
            if time.monotonic() - ended_at >= RESTART_AFTER_SECONDS:
                worker, ended_at = start_worker(), 0.0
    stop([server, *([worker] if worker else [])])
    return 0 if told else server.returncode


def stop(processes: list[subprocess.Popen[bytes]]) -> None:
    """Each is asked to end, and made to when it does not."""
    for process in processes:
        if process.poll() is None:
            process.terminate()
    end = time.monotonic() + GRACE_SECONDS
    for process in processes:
        try:
            process.wait(max(0.1, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
