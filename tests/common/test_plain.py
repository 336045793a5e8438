"""Sanitised HTML as plain text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from superfast.common.markdown import render_prose
from superfast.common.plain import to_plain_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("<p>One</p><p>Two<br>three</p>", "One\n\nTwo\nthree\n"),
        ("<h1>Head</h1><h2>Part</h2>", "Head\n====\n\nPart\n----\n"),
        ("<p>a &lt;b&gt; &amp;\n c</p>", "a <b> & c\n"),
        ('<a href="https://x.example/?a&amp;b">w</a>', "w <https://x.example/?a&b>\n"),
        ('<a href="https://x.example/">https://x.example/</a>', "https://x.example/\n"),
        ('<a href="mailto:a@x.example">a@x.example</a>', "a@x.example\n"),
        ('<a href="#fn-1">up</a>', "up\n"),
        ('w<sup class="footnote-ref"><a href="#fn-1">1</a></sup>', "w[1]\n"),
        ("m<sup>2</sup>", "m2\n"),
        ("<p>x</p><ul><li>a</li><li>b</li></ul><p>y</p>", "x\n\n- a\n- b\n\ny\n"),
        ('<ol start="3"><li>c</li><li>d</li></ol>', "3. c\n4. d\n"),
        ('<ol start="x"><li>c</li></ol>', "1. c\n"),
        ("<ul><li>a<ul><li>b</li></ul></li></ul>", "- a\n  - b\n"),
        ("<ul><li><p>a</p><p>b</p></li></ul>", "- a\n\n  b\n"),
        ('<ul><li data-mark="[*] "><p>n</p></li></ul>', "[*] n\n"),
        ("<blockquote><p>q</p><p>r</p></blockquote>", "> q\n>\n> r\n"),
        ("<p>x</p><blockquote><p>q</p></blockquote>", "x\n\n> q\n"),
        ("<pre><code>a\n  b\n</code></pre>", "    a\n      b\n"),
        (
            "<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>",
            "A | B\n1 | 2\n",
        ),
        ("a<hr>b", "a\n\n* * *\n\nb\n"),
        ('<img src="/x" alt="A cat">', "[Picture: A cat]\n"),
        ("</p></ul></li></a></sup></blockquote></pre>x", "x\n"),
    ],
)
def test_markup_becomes_marks_that_a_reader_knows(html, text):
    assert to_plain_text(html) == text


@given(st.text(alphabet="ab*_#>`-|[]()\n 1.:&<", max_size=200))
def test_any_text_has_a_plain_form_without_blank_ends(text):
    lines = to_plain_text(render_prose(text)).split("\n")

    assert all(line == line.rstrip() for line in lines)
    assert "\n\n\n" not in "\n".join(lines) or "`" in text or "    " in text
