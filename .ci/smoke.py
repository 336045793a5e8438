"""Ask a site that was just started for one page of each kind: .ci/smoke.py ADDRESS PROCESS."""

import http.client
import os
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

START_SECONDS = 300
ISSUE = "/issues/2023-01-11/"


class KeepStatus(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args, **kwargs):
        return None


opener = urllib.request.build_opener(KeepStatus)


def get(
    url: str, form: dict[str, str] | None = None, **headers: str
) -> tuple[int, http.client.HTTPMessage, bytes]:
    body = urllib.parse.urlencode(form).encode() if form is not None else None
    try:
        with opener.open(
            urllib.request.Request(url, body, headers), timeout=20
        ) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def wait_until_well(site: str, process: int) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            sys.exit("make run has ended.")
        try:
            if get(f"{site}/healthz")[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.5)
    sys.exit(f"The site did not answer within {START_SECONDS} s.")


def expect(condition: bool, sentence: str) -> None:
    print(("ok    " if condition else "WRONG ") + sentence)
    if not condition:
        failures.append(sentence)


failures: list[str] = []
site, process = sys.argv[1], int(sys.argv[2])
wait_until_well(site, process)

for path, wanted in {
    "/": 200,
    "/issues/": 200,
    ISSUE: 200,
    "/papers/": 200,
    "/papers/2022/": 200,
    "/quiz/": 200,
    "/search/?q=diffusion": 200,
    "/about/": 200,
    "/issues/feed.xml": 200,
    "/issues/feed.json": 200,
    "/sitemap.xml": 200,
    "/robots.txt": 200,
    "/admin/login/": 200,
    "/admin/": 302,
    "/issues/nothing-of-this-name/": 404,
    "/nothing/": 404,
}.items():
    status, headers, body = get(site + path)
    expect(status == wanted, f"{path} answers {status}, {len(body):,} bytes")
    if path.startswith("/admin") is False:
        expect("Set-Cookie" not in headers, f"{path} sets no cookie")

status, headers, body = get(site + ISSUE)
text = body.decode()
expect("Content-Security-Policy" in headers, "the issue has a content security policy")
expect(headers.get("X-Content-Type-Options") == "nosniff", "the issue has nosniff")
status, _, _ = get(site + ISSUE, **{"If-None-Match": headers.get("ETag", "none")})
expect(status == 304, f"the issue's ETag answers {status}")

static = sorted(set(re.findall(r'"(/static/[^"]+\.(?:css|js))"', text)))
expect(bool(static), "the issue names static files")
for path in static:
    status, headers, _ = get(site + path, **{"Accept-Encoding": "br"})
    expect(status == 200, f"{path} answers {status}")
    expect(headers.get("Content-Encoding") == "br", f"{path} comes compressed")
    expect("immutable" in headers.get("Cache-Control", ""), f"{path} is kept for ever")

pictures = sorted(set(re.findall(r'"(/media/[^" ]+)"', text)))
expect(bool(pictures), "the issue shows a picture")
for path in pictures:
    status, headers, _ = get(site + path)
    expect(status == 200, f"{path} answers {status}, {headers.get('Content-Type')}")
    expect(headers.get("X-Content-Type-Options") == "nosniff", f"{path} has nosniff")
    status, _, body = get(site + path, Range="bytes=0-9")
    expect((status, len(body)) == (206, 10), f"{path} answers a range with {status}")

# One guess as a browser without scripts makes it.
address = re.search(r'"(/quiz/[a-z0-9-]+/)(?:card/|guess/)?["?]', text)
expect(address is not None, "the issue holds its quiz")
if address:
    quiz = site + address[1]
    page = get(quiz)[2].decode()
    token = re.findall(r'name="token" value="([^"]+)"', page)
    handles = re.findall(r'name="headline" value="([^"]+)"', page)
    expect(
        len(token) == 1 and len(set(handles)) == 4,
        "the quiz has a form of four headlines",
    )
    status, headers, _ = get(
        f"{quiz}guess/", {"token": token[0], "headline": handles[0]}, Origin=site
    )
    expect(status == 303, f"the guess answers {status}")
    cookie = headers.get("Set-Cookie", "").partition(";")[0]
    reveal = urllib.parse.urljoin(quiz, headers.get("Location", ""))
    status, headers, body = get(reveal, Cookie=cookie)
    if status == 302:  # A receipt in the address gives way to the cookie.
        reveal = urllib.parse.urljoin(reveal, headers.get("Location", ""))
        status, headers, body = get(reveal, Cookie=cookie)
    expect(status == 200, f"the reveal answers {status}, {len(body):,} bytes")
    expect(
        "no-store" in headers.get("Cache-Control", ""), "the reveal is stored nowhere"
    )
    expect(b'name="token"' not in body, "the reveal asks for no second guess")

if failures:
    sys.exit(f"{len(failures)} of the answers are wrong.")
