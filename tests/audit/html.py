"""Every kind of page through the Nu HTML Checker; an error fails: `html.py ADDRESS`."""

import json
import subprocess
import sys
import tempfile
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

from tests.audit.pages import ALL, QUIZ

JAR = Path(__file__).parent / "node_modules/vnu-jar/build/dist/vnu.jar"


def pages(origin: str) -> dict[str, bytes]:
    """Each kind of page, and the reveal that a guess leads to."""
    opener = build_opener(HTTPCookieProcessor(CookieJar()))

    def ask(path: str, form: dict[str, str] | None = None) -> bytes:
        data = urlencode(form).encode() if form else None
        try:
            with opener.open(f"{origin}{path}", data, timeout=60) as answer:
                return bytes(answer.read())
        except HTTPError as error:
            return error.read()

    found = {kind: ask(path) for kind, path in ALL.items()}
    # What a card fetches is a part of a page: it is checked within one.
    card = found["quiz card"].decode()
    if "<html" not in card:
        head = '<!doctype html><html lang="en"><title>Card</title><h1>Card</h1>'
        found["quiz card"] = (head + card).encode()
    found["reveal"] = ask(QUIZ)
    return found


def main(origin: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for number, (kind, body) in enumerate(pages(origin).items()):
            path = Path(folder) / f"{number}.html"
            path.write_bytes(body)
            files[str(path)] = kind
        done = subprocess.run(
            [
                "java",
                "-jar",
                str(JAR),
                "--format",
                "json",
                "--exit-zero-always",
                *files,
            ],
            stderr=subprocess.PIPE,
            text=True,
            check=True,
        )
    messages = json.loads(done.stderr)["messages"]
    errors = 0
    for message in messages:
        kind = files[message["url"].removeprefix("file:")]
        is_error = message["type"] == "error"
        errors += is_error
        word = "ERROR" if is_error else message.get("subType", message["type"])
        print(f"{word}: {kind}, line {message.get('lastLine')}: {message['message']}")
        if is_error:
            print(f"    {message.get('extract', '').strip()!r}")
    print(f"{len(files)} pages, {errors} errors.")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1].rstrip("/")))
