"""Values that nobody means to type, by what they try: bytes as they go over the wire."""

from dataclasses import dataclass

_LONG = 60_000

# Kind → values. Text is sent as UTF-8; bytes are sent as they are.
_KINDS: dict[str, list[str | bytes]] = {
    "nothing": ["", " ", "\t\n", "\u200b", "\ufeff"],
    "NUL": ["\x00", "a\x00b", "1\x00", "\x00" * 50],
    "control": ["\x01\x02\x08\x0b\x1b[31m\x7f", "\x85\x9f", "\u2028\u2029\r\r\n"],
    "no UTF-8": [b"\xff", b"a\xc0\xafb", b"\xed\xa0\x80", b"\xe2\x82", b"\xf5\x80\x80\x80"],
    "direction": ["\u202egnp.exe", "\u2066\u2069\u061c", "שלום\u200fabc"],
    "signs": ["🗞️👩‍👩‍👧‍👦🏳️‍🌈", "Z͑ͫ̓a̴̵l̸g̷o̶" * 20, "\U0010ffff\ufffe\uffff", "ﬀ℀Ⅷ①ß", "i̇İıſ"],
    "number": [
        "0", "-1", "-0", "2147483648", "9223372036854775808", "9" * 5_000, "1e400",
        "NaN", "-Infinity", "0x10", "1_000", "\u0661\u0662\u0663", "²", "1.5", "+1", "1,000",
    ],
    "date": [
        "0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01", "2023-02-30",
        "9999-12-31T23:59", "24:61", "2023-13", "\u0662\u0660\u0662\u0663-\u0660\u0661-\u0660\u0661",
    ],
    "long": ["a" * _LONG, "é " * (_LONG // 2), "-".join("ab" * 9_000)],
    "nested": [
        "[" * 5_000, "(" * 5_000, "> " * 5_000, "*_" * 5_000, "<b>" * 5_000,
        "{" * 5_000, "- " * 2_000, "![" * 3_000, "`" * 5_001,
    ],
    "template": ["{{ 7*7 }}{% debug %}", "${7*7}#{7*7}", "%s%n%d%(x)s", "{0.__class__}"],
    "query": [
        "' OR 1=1 --", '"; DROP TABLE quiz_guess; --', "\\", "%_%", "1) UNION SELECT 1",
        "author__password", "title__regex", "-pk.1.-2", '"', "AND OR NOT NEAR(", "a:*",
    ],
    "path": [
        "../../../etc/passwd", "..\\..\\x", "/etc/passwd\x00.png", "file:///etc/passwd",
        "C:\\CON", "....//", "~root", ".", "..",
    ],
    "escape": ["%00", "%2e%2e%2f", "%25%30%30", "&#0;&#xD800;", "\\u0000\\ud800", "%", "%zz"],
    "markup": [
        "<script>alert(1)</script>", "::: quiz\n:::", "::: papers\n- x: y", "]]>",
        "---\na: !!python/object/apply:os.system [ls]\n---\n", "+++\nx = \n+++",
        "x[^1]\n\n[^1]: [^1]", "<!--", "</textarea>", "|a|\n|-|\n|", "[a]: <", "&lt;&amp;#",
    ],
    "data": ["null", "true", "[]", "{}", '{"a":', "undefined", "@article{", "TY  - \nER"],
    "address": [
        "javascript:alert(1)", "http://[::1", "http://℀.example/", "//evil.example",
        "http://", "https://a:b@c:99999/", "http://a.example/\r\nX: y", "mailto:", "tel:1",
        "http://xn--a.example/", "https://" + "a" * 300 + ".example",
    ],
    "pattern": ["(?P<a", "*", "a{1,99999}", "(a+)+$", "[[:alpha:"],
}  # fmt: skip


@dataclass(frozen=True)
class Naughty:
    """What is sent in place of one value: several, where the parameter is repeated."""

    kind: str
    values: tuple[bytes, ...]

    def __str__(self) -> str:
        first = self.values[0] if self.values else b""
        return f"{self.kind} {first[:30]!r}×{len(self.values)}"


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode()


BY_KIND = {
    kind: [Naughty(kind, (_bytes(value),)) for value in values]
    for kind, values in _KINDS.items()
} | {
    "several": [
        Naughty("several", (b"1", b"2")),
        Naughty("several", (b"x", b"", b"\xff")),
        Naughty("several", (b"1",) * 300),
        Naughty("several", ()),
    ]
}
NAUGHTY = [each for kind in BY_KIND.values() for each in kind]
