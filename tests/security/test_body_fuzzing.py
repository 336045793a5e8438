"""Every address × bodies that are no form, files that are none, parts that nobody links to."""

import re

import pytest
from django.urls import NoReverseMatch, reverse

from tests.security.forms import path_of, role_for
from tests.security.fuzzing import forms_of, named_addresses, report
from tests.security.naughty import NAUGHTY

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

FILES = [
    b"", b"\x00" * 64, b"GIF89a\xff\xff", b"\xff\xd8\xff\xe1" + b"A" * 100, b"PK\x03\x04broken",
    b"%PDF-1.7", b"\xef\xbb\xbf", b"@article{x,\n title={\x00}", b"TY  - \xff\nER  - ",
    b"old,new\n\x00,\xff\n", b'{"a": "\\ud800"}', b"---\na: [\n---\n# x\n", b"<svg onload=x>",
    b"a,b\r" * 3_000, "title\n\ud800".encode("utf-8", "surrogatepass"),
]  # fmt: skip
MULTIPART = "multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n'
# Content type and body of what is no form, or says that it is another.
BODIES = [
    ("application/json", b'{"a":'), ("application/json", b"[" * 100_000),
    ("application/json", b'"\\ud800"'), ("application/json", b"1" * 5_000),
    ("application/json", b'{"csp-report": {"document-uri": "\\u0000"}}'),
    ("application/csp-report", b'{"csp-report": 1}'), ("application/reports+json", b"[null]"),
    ("text/plain", b"a=b"), ("text/xml", b"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>"),
    ("", b"a=b"), ("\xff", b""), ("multipart/form-data", b"--x"),
    (MULTIPART, b""), (MULTIPART, b"--x"), (MULTIPART, b"\x00" * 500),
    (MULTIPART, PART % (b"a", b"") + b"1"),
    (MULTIPART, PART % (b"text", b'; filename="../../a\x00.png"') + b"\xff\r\n--x--"),
    (MULTIPART, PART % (b"\xff\x00", b"") + b"\xff\r\n--x--"),
    (MULTIPART, PART[:-2] % (b"a", b"") + b"Content-Transfer-Encoding: base64\r\n\r\n!\r\n--x--"),
    (MULTIPART + "\xe9" * 90, b"--x--"), ("multipart/mixed; boundary=x", b"--x--"),
    ("application/x-www-form-urlencoded; charset=utf-16", b"a=b"),
    ("application/x-www-form-urlencoded; charset=nothing", b"a=b"),
    ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % n for n in range(2_500))),
    ("application/x-www-form-urlencoded", b"%" * 5_000),
    ("application/x-www-form-urlencoded", b"a=" + b"x" * 6_000_000),
]  # fmt: skip


def test_every_address_with_a_body_that_is_no_form(asker):
    for place, (name, address) in enumerate(named_addresses().items()):
        path = path_of(asker.world, address)
        for number, (kind, body) in enumerate(BODIES):
            # One that is large, at one address in ten.
            if len(body) < 50_000 or (place + number) % 10 == 0:
                said = f"{kind} {body[:40]!r}"
                asker.ask(name, "POST", path, said, data=body, content_type=kind)

    report(asker, f"{len(BODIES)} bodies")
    assert asker.asked >= 3_000


def test_every_file_that_is_asked_for(asker):
    forms = [sent for sent in forms_of(asker) if sent.files]
    for sent in forms:
        names = [*sent.files, *[n for n in sent.data if n not in sent.files][:2]]
        for name in names:
            for file in FILES:
                asker.upload(sent.name, sent.path, sent.data, name, file)

    report(asker, f"{len(forms)} forms with files, {len(FILES)} files")
    assert len(forms) >= 5


def test_every_part_of_an_address(asker):
    """Also what only a script would put there: what no row can be called."""
    tried = 0
    for name, address in named_addresses().items():
        role = "own" if role_for(name) == "superuser" else "player"
        honest = asker.world.arguments(address, role)
        for argument in honest:
            for naughty in NAUGHTY:
                value = b"".join(naughty.values[:1]).decode(errors="replace")[:2_000]
                as_number = int(value) if re.fullmatch("[0-9]{1,40}", value) else value
                try:
                    path = reverse(name, kwargs=honest | {argument: as_number})
                except (NoReverseMatch, ValueError):
                    continue
                asker.get(name, path, {}, f"{argument}={naughty}")
                tried += 1

    report(asker, f"{tried} parts of addresses")
    assert tried >= 500
