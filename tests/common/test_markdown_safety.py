"""Hostile texts come out harmless, whichever way they are rendered; no text is an error."""

import re

import lxml.html
import pytest
from django.template.loader import render_to_string
from hypothesis import given, settings
from hypothesis import strategies as st

from superfast.common.blocks import from_json, plain_text, to_json
from superfast.common.markdown import render_blocks, render_inline, render_prose

HOSTILE = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//e.example/x.js></sCrIpT>",
    "<script\n>alert(1)</script\n>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img/src='x'/onerror=alert(1)//",
    "<IMG SRC=JaVaScRiPt:alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<svg><animate attributeName=href values=javascript:alert(1) /></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<math href='javascript:alert(1)'>x</math>",
    "<math><mi xlink:href='data:x,<script>alert(1)</script>'>x</mi></math>",
    "<form><math><mtext></form><form><mglyph><svg><mtext><style><path id='</style>"
    "<img onerror=alert(1) src>'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<p title='<style><img src=x onerror=alert(1)>'>x</p>",
    "<listing>&lt;img onerror=alert(1) src=x&gt;</listing>",
    "<textarea><img title='</textarea><img src=x onerror=alert(1)>'></textarea>",
    "<title><a title='</title><img src=x onerror=alert(1)>'></title>",
    "<xmp><img alt='</xmp><img src=x onerror=alert(1)>'></xmp>",
    "<template><img src=x onerror=alert(1)></template>",
    "<select><iframe></select><img src=x onerror=alert(1)>",
    "<table><td><a href=javascript:alert(1)>x</a></table>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<base href=//e.example/>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<link rel=stylesheet href=//e.example/x.css>",
    "<style>@import '//e.example/x.css';</style>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<div style=position:fixed;inset:0>x</div>",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<input autofocus onfocus=alert(1)>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<form action=//e.example/><input name=password></form>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)></audio>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='java\nscript:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href='&#x6A&#x61&#x76&#x61script:alert(1)'>x</a>",
    "<a href=' javascript:alert(1)'>x</a>",
    "<a href='\x01javascript:alert(1)'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='blob:https://e.example/x'>x</a>",
    "<a href=# onclick=alert(1) target=_blank ping=//e.example>x</a>",
    "<a id=location href=/>x</a>",
    "<a name=documentElement id=__proto__>x</a>",
    "<p id=content class='masthead skip'>x</p>",
    "<a id='s-x onclick=alert(1)'>x</a>",
    "<h2 id=location>x</h2>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](&#x6A;avascript:alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](data:image/svg+xml,<svg onload=alert(1)>)",
    "[x](vbscript:alert(1))",
    "[x](file:///etc/passwd)",
    '[x](https://e.example "\\" onclick=alert(1) x=\\"")',
    '[x](https://e.example/"onclick=alert(1))',
    "[x]\n\n[x]: javascript:alert(1)",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    "![x](data:image/svg+xml,<svg/onload=alert(1)>)",
    '![" onerror=alert(1) x="](/media/pictures/a.webp)',
    '![x](/media/pictures/a.webp "<img src=x onerror=alert(1)>")',
    "![<script>alert(1)</script>](https://e.example/x.png)",
    "## <script>alert(1)</script> <img src=x onerror=alert(1)>",
    "## <a id=location name=body onclick=alert(1)>x</a>",
    "::: callout <img src=x onerror=alert(1)>\n<script>alert(1)</script>\n:::",
    "::: details </summary><script>alert(1)</script>\nx\n:::",
    '::: details " onmouseover=alert(1) x="\nx\n:::',
    "::: card\n[<img src=x onerror=alert(1)>](https://e.example/) x\n:::",
    '::: card\n[x](https://e.example/"><script>alert(1)</script>) x\n:::',
    "::: card\n[x](javascript:alert(1)) x\n:::",
    "::: papers\n- a: <script>alert(1)</script>[x](javascript:alert(1))\n:::",
    "::: compare\n### <script>alert(1)</script>\nx\n### <svg onload=alert(1)>\n:::",
    "a[^x]\n\n[^x]: <script>alert(1)</script><img src=x onerror=alert(1)>",
    'a[^" onclick=alert(1) x="]\n\n[^" onclick=alert(1) x="]: note',
    "`` ` ``<script>alert(1)</script>",
    "```<img src=x onerror=alert(1)>\n</code></pre><script>alert(1)</script>\n```",
    "| <script>alert(1)</script> |\n|:-|\n| <td onclick=alert(1)>x |",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?php <script>alert(1)</script> ?>",
    "<a href=https://e.example title='</a><script>alert(1)</script>'>x</a>",
    "<sup class='footnote-ref evil'><a id='fn-1' role=alert href=#>x</a></sup>",
    "\u2028<script>alert(1)</script>",
    "<\x00script>alert(1)</\x00script>",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    "<div><div><div><b><p><i><table><script>alert(1)</script>" * 20,
]

TAGS = {
    *("a", "abbr", "b", "blockquote", "br", "cite", "code", "dd", "del", "details"),
    *("div", "dl", "dt", "em", "figcaption", "figure", "h2", "h3", "h4", "h5", "h6"),
    *("hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s"),
    *("section", "small", "span", "strong", "sub", "summary", "sup", "table"),
    *("tbody", "td", "th", "thead", "tr", "u", "ul", "var"),
}
ATTRIBUTES = {
    *("href", "title", "id", "role", "tabindex", "aria-label", "aria-hidden"),
    *("start", "colspan", "rowspan", "scope", "class", "src", "alt", "width"),
    *("height", "loading", "decoding"),
}
# A scheme has no `%` in it: `java%09script:x` is a path.
ADDRESS = re.compile(r"(?:https?:|mailto:|[/#?]|[\w.~-]*(?:[/?#%]|$))", re.IGNORECASE)
OUR_CLASSES = re.compile(r"(?:table-scroll|footnote-ref|align-(?:left|center|right))")
OUR_ID = re.compile(r"(?:s|fn|fnref)-[\w-]+")


def dangers(html, *, ours=False):
    """What in the HTML could act, or be taken for a part of the page; `ours`: classes too."""
    found = []
    for element in lxml.html.fragment_fromstring(html, create_parent=True).iter():
        if element.getparent() is None:
            continue
        if element.tag not in TAGS:
            found.append(f"<{element.tag}>")
            continue
        for name, value in element.attrib.items():
            if (
                name not in ATTRIBUTES
                or (name in {"href", "src"} and value and not ADDRESS.match(value))
                or (name == "id" and not OUR_ID.fullmatch(value))
                or (name == "class" and not ours and not OUR_CLASSES.fullmatch(value))
            ):
                found.append(f"{name}={value!r}")
    return found


@pytest.mark.parametrize(
    "html",
    [
        "<script></script>",
        "<p onclick=x>",
        "<p style=x>",
        "<a href=javascript:x>",
        "<a href='JAVASCRIPT:x'>",
        "<a href='data:x'>",
        "<a id=location>",
        "<p class=masthead>",
        "<svg></svg>",
        "<b><iframe></iframe></b>",
        "<img srcset=x>",
    ],
)
def test_the_test_sees_what_is_dangerous(html):
    assert dangers(html)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_harmless_as_it_comes_from_the_renderer(text):
    for html in (render_prose(text), render_inline(text), render_inline(f"a {text} b")):
        assert not dangers(html)
    for source in (text, f"> {text}", f"- {text}", f"a {text}\n\nb"):
        for block in render_blocks(source):
            for part in block.parts():
                if block.type != "card" or part != block.title:
                    assert not dangers(part)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_harmless_where_it_is_shown(text):
    blocks = from_json(to_json(render_blocks(text)))
    context = {"blocks": blocks, "quiz": None, "headlines": []}

    for template in ("components/_blocks.html", "issues/feed_entry.html"):
        assert not dangers(render_to_string(template, context), ours=True)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_leaves_no_control_character(text):
    shown = render_to_string(
        "issues/feed_entry.html", {"blocks": render_blocks(text), "quiz": None}
    )

    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", shown)


@pytest.mark.parametrize("text", ["a&#12;b", "`a`&#xC;[b&#12;](https://e.example)"])
def test_a_form_feed_typed_as_a_number_reaches_nothing(text):
    assert "\x0c" not in plain_text(render_blocks(text))
    assert "\x0c" not in render_inline(text)
    assert "\x0c" not in render_prose(text)


SIZE = 3_000

PATHOLOGICAL = {
    "quotes": ">" * SIZE,
    "brackets": "[" * SIZE,
    "pictures": "![" * SIZE,
    "emphasis": "*a " * SIZE + "**a *b " * SIZE,
    "underscores": "_a_" * SIZE,
    "backticks": "".join("`" * length for length in range(1, 80)),
    "links": "[a](b" * SIZE,
    "deep lists": "".join("  " * depth + "- a\n" for depth in range(120)),
    "references to a note": "[^a]" * SIZE + "\n\n[^a]: x",
    "notes": "".join(f"[^{number}] " for number in range(400))
    + "\n\n"
    + "".join(f"[^{number}]: x\n" for number in range(400)),
    "tags": "<a " * SIZE + "<" * SIZE,
    "open elements": "<div><b>" * SIZE,
    "comments": "<!--" * SIZE,
    "wide table": "|a" * 300 + "\n" + "|-" * 300 + "\n" + ("|a" * 300 + "\n") * 9,
    "the same heading": "## a\n" * SIZE,
    "containers": "::: callout\n" * SIZE,
    "entities": "&" * SIZE + "&#x" * SIZE,
    "definitions": "".join(f"[r{number}]: http://x\n" for number in range(SIZE)),
    "smart quotes": "\"'" * SIZE,
    "strikes": "~~a" * SIZE,
    "emoji": "## " + "🗞\u200d" * SIZE,
    "a long word in papers": "::: papers\n- " + "a" * SIZE + "\n:::",
    "colons": ":" * SIZE,
    "backslashes": "\\" * SIZE,
    "marks of notes": '<sup class="footnote-ref">' * SIZE,
}


@pytest.mark.parametrize("name", PATHOLOGICAL)
def test_a_pathological_text_is_rendered(name):
    assert isinstance(plain_text(render_blocks(PATHOLOGICAL[name])), str)


MARKUP = st.sampled_from(
    [
        *("# ", "## ", "- ", "> ", "1. ", "```\n", "`", "*", "**", "_", "~~", "|"),
        *("[a](", ")", "[^*]", "[^*]: ", "![", "](/media/pictures/a.webp)", "<", ">"),
        *("::: quiz\n", "::: papers\n", "::: card\n", "::: compare\n", ":::\n"),
        *("::: callout x\n", "::: details\n", ":::: callout\n", "::::\n", "\n", "\n\n"),
        *("<script>", "</p>", "&#12;", "&amp;", "\\", "    ", "\t", "|-|-|\n", ": "),
        *("key: take", "http://e.example", "<!--", "🗞 ", "\x00", "\ufffe", "é"),
    ]
)


@settings(max_examples=100)
@given(st.lists(MARKUP | st.text(max_size=8), max_size=30).map("".join))
def test_no_text_is_an_error_and_none_is_dangerous(text):
    blocks = render_blocks(text)
    shown = render_to_string(
        "components/_blocks.html",
        {"blocks": from_json(to_json(blocks)), "quiz": None, "headlines": []},
    )

    assert not dangers(shown, ours=True)
    plain_text(blocks)
    assert not dangers(render_inline(text))
    assert not dangers(render_prose(text))


WORD = st.text(st.characters(categories=["Lu", "Ll", "Lo", "Nd"]), min_size=1)
PARAGRAPH = st.lists(WORD, min_size=1, max_size=6).map(" ".join)
FRAMES = st.sampled_from(
    [
        *("{}", "## {}", "### 🗞 {}", "- {}", "> {}", "*{}*", "```\n{}\n```"),
        *("::: callout\n{}\n:::", "::: callout {}\nx\n:::", "::: quiz\n{}\n:::"),
        *("::: details {}\nx\n:::", "::: details\n{}\n:::", "::: quiz {}\n:::"),
        *("::: papers\n- key: {}\n:::", "::: papers\n{}\n:::", "::: papers {}\n:::"),
        *("::: card\n{}\n:::", "::: card\n[{}](https://e.example)\n:::"),
        *("::: compare\n### {}\na\n### b\n:::", "::: compare\n{}\n:::"),
        *("| {} |\n|-|", "x[^{n}]\n\n[^{n}]: {}", "[{}](https://e.example)"),
    ]
)


def shown_words(block):
    """The words of a block, those included that no search needs."""
    extra = (getattr(block, "title", ""), getattr(block, "summary", ""))
    return " ".join([plain_text([block]), *extra])


@settings(max_examples=60)
@given(st.lists(st.tuples(FRAMES, PARAGRAPH), min_size=1, max_size=5))
def test_every_word_survives_in_every_frame(parts):
    text = "\n\n".join(
        frame.format(words, n=number) for number, (frame, words) in enumerate(parts)
    )
    shown = " ".join(shown_words(block) for block in render_blocks(text)).split()

    for _, words in parts:
        assert {*words.split()} <= {*shown}
