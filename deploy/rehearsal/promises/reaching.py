"""Reaching the site through the proxy: pages, files, and requests that are made up."""

import http.client
import re
import socket
import ssl
import subprocess
import sys
from pathlib import Path

from deploy.rehearsal.machine import FURTHER_HOST, ROOT, free_port, wait_for
from deploy.rehearsal.people import Answer, find_form
from deploy.rehearsal.stage import ISSUE, KEPT, QUIZ, Stage, promise


@promise(
    "Every kind of page is there over HTTPS",
    "nothing; Caddy with an authority of its own",
)
def walk(stage: Stage) -> str:
    paths = (
        *KEPT, QUIZ, "/search/?q=diffusion", "/issues/feed.json", "/sitemap.xml",
        "/about/", "/admin/login/",
    )  # fmt: skip
    stage.wait_until_ready()
    for path in paths:
        wait_for(path, lambda path=path: stage.visitor.get(path).status == 200)  # type: ignore[misc]
    page = stage.visitor.get(ISSUE)
    assert "strict-transport-security" in page.headers
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert "set-cookie" not in page.headers
    assert "server" not in page.headers, page.headers["server"]
    cookie = stage.visitor.get("/admin/login/").headers["set-cookie"].lower()
    wanted = ("__host-", "secure", "httponly", "samesite=lax", "path=/")
    assert all(word in cookie for word in wanted), cookie
    guess = stage.visitor.guess(QUIZ, find_form(stage.visitor.get(QUIZ)))
    assert guess.status == 303, guess.status
    return f"{len(paths)} pages answered 200, with HSTS and the content policy; a guess was taken"


@promise(
    "A container's own health check tells a service that answers from none",
    "asked of the web service, and of a port at which nobody listens",
)
def health_check(stage: Stage) -> str:
    server = stage.server

    def check(port: int) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "deploy/healthcheck.py"], cwd=ROOT,
            env=server.env | {"PORT": str(port)}, capture_output=True, text=True, check=False,
        )  # fmt: skip

    well, away = check(server.web_port), check(free_port())
    assert well.returncode == 0, well.stderr
    assert away.returncode == 1, away
    return f"0, and 1 with “{away.stderr.strip()[:60]}…”"


@promise("Static files and pictures are sent by the proxy", "nothing")
def files(stage: Stage) -> str:
    text = stage.visitor.get(ISSUE).text
    names = sorted(set(re.findall(r'"(/static/[^"]+\.(?:css|js))"', text)))
    for name in names:
        file = stage.visitor.get(name, Accept_Encoding="br")
        assert file.status == 200, f"{name}: {file.status}"
        assert file.headers.get("content-encoding") == "br", f"{name} is not compressed"
        assert "immutable" in file.headers["cache-control"]
        assert file.headers["x-content-type-options"] == "nosniff"
    pictures = sorted(set(re.findall(r'"(/media/[^" ]+)"', text)))
    assert names
    assert pictures
    for name in pictures:
        _look_at(stage, name)
    return f"{len(names)} files came compressed; {len(pictures)} pictures came whole, in part, and not again"


def _look_at(stage: Stage, name: str) -> None:
    """One picture: from the disk, with the site's headers, and only if it may be seen."""
    picture = stage.visitor.get(name)
    assert picture.status == 200, f"{name}: {picture.status}"
    kept = Path(stage.server.data, "media", "pictures", name.rpartition("/")[2])
    assert not kept.exists() or kept.read_bytes() == picture.body, f"{name} differs"
    assert picture.headers["content-type"].startswith("image/"), name
    assert picture.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert picture.headers["x-content-type-options"] == "nosniff"
    assert "x-accel-redirect" not in picture.headers
    again = stage.visitor.get(name, If_None_Match=picture.headers["etag"])
    assert (again.status, again.body) == (304, b""), f"{name} again: {again.status}"
    part = stage.visitor.get(name, Range="bytes=0-9")
    assert (part.status, part.body) == (206, picture.body[:10]), part.status
    other = stage.visitor.get(name.replace(name[-12:-8], "0000"))
    assert other.status == 404, f"a picture of no name: {other.status}"


@promise("Who asks for http is led to https", "a request without TLS")
def redirect(stage: Stage) -> str:
    plain = http.client.HTTPConnection("localhost", stage.server.http_port, timeout=60)
    plain.request("GET", ISSUE)
    answer = plain.getresponse()
    target = answer.getheader("Location", "")
    assert answer.status in {301, 308}, answer.status
    assert target.startswith("https://localhost"), target
    return f"{answer.status} to {target.partition('localhost')[0]}…{ISSUE}"


@promise("Further host names answer, and lead to the one address", "the other name")
def further_host(stage: Stage) -> str:
    page = stage.visitor.get(ISSUE, Host=f"{FURTHER_HOST}:{stage.server.https_port}")
    assert page.status == 200, page.status
    canonical = f'<link rel="canonical" href="{stage.server.site}{ISSUE}">'
    assert canonical in page.text, "the page does not name its address"
    return f"{page.status}, and its canonical address is the site's"


@promise(
    "Headers that a visitor makes up change nothing",
    "X-Forwarded-Host, -For, -Proto, X-Original-URL, X-Rewrite-URL, Host",
)
def forged_headers(stage: Stage) -> str:
    pages: list[Answer] = []

    def ask() -> bool:
        """Whether the honest page is the same before and after: tasks change it, too."""
        forged = {
            "X_Forwarded_Host": "evil.example",
            "X_Forwarded_Proto": "http",
            "X_Forwarded_For": "10.0.0.1",
            "X_Original_URL": "/admin/",
            "X_Rewrite_URL": "/admin/",
        }
        pages[:] = [stage.visitor.get(ISSUE, **sent) for sent in ({}, forged, {})]
        assert all(b"evil.example" not in page.body for page in pages)
        return pages[0].body == pages[2].body

    wait_for("a page that nobody changes", ask)
    honest, forged, _ = pages
    assert forged.status == 200, f"with forged headers: {forged.status}"
    assert forged.body == honest.body, "forged headers changed the page"
    wrong = stage.visitor.get(ISSUE, Host="evil.example")
    assert "evil.example" not in wrong.text
    return f"the same {len(honest.body):,} bytes; another Host: {wrong.status}"


_ENDLESS_MB = 64


@promise(
    "A request without an end is cut off",
    f"a file of {_ENDLESS_MB} MB and more, in chunks that say no length, to the sign-in page",
)
def endless(stage: Stage) -> str:
    before = stage.server.web.memory_mb()
    context = ssl.create_default_context(cafile=str(stage.server.authority))
    host = f"localhost:{stage.server.https_port}"
    head = (
        f"POST /admin/login/ HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\n\r\n"
    )
    start = b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
    block = bytes(1024 * 1024)
    sent, received = 0, b""
    with (
        socket.create_connection(("localhost", stage.server.https_port), 60) as raw,
        context.wrap_socket(raw, server_hostname="localhost") as secure,
    ):
        try:
            secure.sendall(head.encode() + f"{len(start):x}\r\n".encode() + start)
            while sent < _ENDLESS_MB:
                secure.sendall(f"\r\n{len(block):x}\r\n".encode() + block)
                sent += 1
        except OSError:
            pass  # It was cut off while more was being sent.
        secure.settimeout(30)
        try:
            received = secure.recv(65536)
        except OSError:
            pass
    # The site refuses it before it ends, or Caddy does: with 413, before 2.7 with 503.
    status = received.split(b" ", 2)[1].decode() if received else "cut off"
    grown = stage.server.web.memory_mb() - before
    assert status in {"403", "413", "503", "cut off"}, received[:200]
    assert sent < _ENDLESS_MB, "all of it was taken"
    assert grown < 60, f"memory grew by {grown:.0f} MB"
    stage.wait_until_ready()
    return f"{status} after {sent} MB; memory {grown:+.0f} MB; the site was well"


# Each says two things of where its body ends. `hidden` is what one reading makes of it.
_AMBIGUOUS = {
    "CL.TE": "Content-Length: {size}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}",
    "TE.CL": "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n{hex}\r\n{hidden}\r\n0\r\n\r\n",
    "TE twice": "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\nContent-Length: {size}\r\n\r\n0\r\n\r\n{hidden}",
    "TE and a blank": "Transfer-Encoding : chunked\r\nContent-Length: {size}\r\n\r\n0\r\n\r\n{hidden}",
    "TE in disguise": "Transfer-Encoding: xchunked\r\nContent-Length: {size}\r\n\r\n0\r\n\r\n{hidden}",
    "TE after a tab": "Transfer-Encoding:\tchunked\r\nContent-Length: {size}\r\n\r\n0\r\n\r\n{hidden}",
    "TE in a folded line": "X: y\r\n Transfer-Encoding: chunked\r\nContent-Length: {size}\r\n\r\n0\r\n\r\n{hidden}",
    "CL twice": "Content-Length: 0\r\nContent-Length: {size}\r\n\r\n{hidden}",
    "CL with a sign": "Content-Length: +{size}\r\n\r\n{hidden}",
    "a chunk too long": "Transfer-Encoding: chunked\r\n\r\n0{hex};x=\n\r\n{hidden}\r\n0\r\n\r\n",
}


@promise(
    "A request within a request reaches nobody",
    f"{len(_AMBIGUOUS)} requests that say two things of their length",
)
def smuggling(stage: Stage) -> str:
    refused = 0
    for number, (name, ending) in enumerate(_AMBIGUOUS.items()):
        path = f"/smuggled-{number}/"
        host = f"Host: localhost:{stage.server.https_port}\r\n"
        hidden = f"GET {path} HTTP/1.1\r\n{host}\r\n"
        rest = ending.format(
            size=len(hidden) + 5, hex=f"{len(hidden):x}", hidden=hidden
        )
        received = _send(stage, f"POST /quiz/ HTTP/1.1\r\n{host}{rest}".encode())
        answers = re.findall(rb"HTTP/1\.1 (\d{3})", received)
        # A proxy that reads two requests answers both: then nothing was hidden from it.
        seen = _was_asked_for(stage, path)
        assert not seen or len(answers) > 1, f"{name}: the hidden request was answered"
        refused += answers[:1] in ([b"400"], [b"501"])
    return f"{refused} refused, the others read as one request or openly as two"


def _send(stage: Stage, request: bytes) -> bytes:
    """What comes back within two seconds of silence."""
    context = ssl.create_default_context(cafile=str(stage.server.authority))
    received = b""
    with (
        socket.create_connection(("localhost", stage.server.https_port), 60) as raw,
        context.wrap_socket(raw, server_hostname="localhost") as secure,
    ):
        secure.sendall(request)
        secure.settimeout(2)
        try:
            while block := secure.recv(65536):
                received += block
        except OSError:
            pass
    return received


def _was_asked_for(stage: Stage, path: str) -> bool:
    """Whether the web service has heard of an address: it notes what is not there."""
    return f"Not Found: {path}" in stage.server.web.log.read_text(errors="replace")
