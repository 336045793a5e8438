"""Texts that would run a script where they are written into a page unescaped.

Each calls `fired(number)`; a browser that has such a function tells which one ran.
They are made by combining what carries a script with how it is hidden, and a list of
single ones: mutations, breakouts of attributes, our own Markdown.
"""

from itertools import product

# Elements that act by themselves once they are in a page, whatever the reader does.
_ACTING = [
    "<script>FIRE</script>",
    "<ScRiPt>FIRE</sCrIpT>",
    "<script\n>FIRE</script\n>",
    "<script/x>FIRE</script/x>",
    "<scr<script>ipt>FIRE</scr</script>ipt>",
    "<script src='data:text/javascript,FIRE'></script>",
    "<script type=module>FIRE</script>",
    "<img src=x onerror=FIRE>",
    "<img/src='x'/onerror=FIRE//",
    '<img src="x" onerror="FIRE">',
    "<IMG SRC=x OnErRoR=FIRE>",
    "<img src=x\nonerror\n=\nFIRE>",
    "<img src=x\x0conerror=FIRE>",
    "<img srcset=x onerror=FIRE>",
    "<image src=x onerror=FIRE>",
    "<svg onload=FIRE>",
    "<svg/onload=FIRE>",
    "<svg><script>FIRE</script></svg>",
    "<svg><script href='data:text/javascript,FIRE'/></svg>",
    "<svg><animate onbegin=FIRE attributeName=x dur=1s>",
    "<svg><set onbegin=FIRE attributeName=x dur=1s>",
    "<svg><image href=x onerror=FIRE></svg>",
    "<svg><foreignObject><img src=x onerror=FIRE></foreignObject></svg>",
    "<iframe onload=FIRE></iframe>",
    "<iframe srcdoc='<script>parent.FIRE</script>'></iframe>",
    "<iframe src='javascript:parent.FIRE'></iframe>",
    "<object data=x onerror=FIRE></object>",
    "<object data='javascript:FIRE'></object>",
    "<embed src='javascript:FIRE'>",
    "<video><source onerror=FIRE></video>",
    "<video src=x onerror=FIRE></video>",
    "<audio src=x onerror=FIRE></audio>",
    "<details open ontoggle=FIRE>x</details>",
    "<input autofocus onfocus=FIRE>",
    "<textarea autofocus onfocus=FIRE></textarea>",
    "<select autofocus onfocus=FIRE></select>",
    "<a href=# autofocus onfocus=FIRE tabindex=1>x</a>",
    "<p contenteditable autofocus onfocus=FIRE>x</p>",
    "<body onload=FIRE>",
    "<body onpageshow=FIRE>",
    "<link rel=stylesheet href=x onerror=FIRE>",
    "<style onload=FIRE></style>",
    "<marquee onstart=FIRE>x</marquee>",
    "<style>@keyframes k{}</style><b style='animation:k 1s' onanimationstart=FIRE>x</b>",
    "<dialog open onclose=FIRE><form method=dialog><button autofocus>x",
    "<meta http-equiv=refresh content='0;url=javascript:FIRE'>",
]

# What stands before them, to end what the text may be written into.
_BREAKOUTS = [
    '">',
    "'>",
    "</title>",
    "</textarea>",
    "</script>",
    "-->",
]

_SCRIPT_ADDRESSES = [
    "javascript:FIRE",
    "JaVaScRiPt:FIRE",
    "java\tscript:FIRE",
    "java\nscript:FIRE",
    "\x01javascript:FIRE",
    " javascript:FIRE",
    "&#106;avascript:FIRE",
    "&#x6A&#x61&#x76&#x61script:FIRE",
    "javascript&colon;FIRE",
    "javascript&#58;FIRE",
    "java&Tab;script:FIRE",
    "javascript://%0aFIRE",
    "javascript:/*--></title></style>*/FIRE",
    "data:text/html,<script>parent.FIRE</script>",
    "view-source:javascript:FIRE",
    "feed:javascript:FIRE",
]

_CARRIERS = [
    "<a href='ADDRESS'>x</a>",
    "<area href='ADDRESS'>",
    "<form action='ADDRESS'><button>x</button></form>",
    "<button formaction='ADDRESS'>x</button>",
    "<svg><a xlink:href='ADDRESS'><text>x</text></a></svg>",
    "<math href='ADDRESS'>x</math>",
    "[x](ADDRESS)",
    "[x](<ADDRESS>)",
    "[x]\n\n[x]: ADDRESS",
    "![x](ADDRESS)",
    "<ADDRESS>",
    "::: card\n[x](ADDRESS) x\n:::",
]

_SINGLE = [
    # The browser's own repairs make something else of these than a parser sees.
    "<svg></p><style><a id='</style><img src=1 onerror=FIRE>'>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=FIRE>",
    "<form><math><mtext></form><form><mglyph><svg><mtext><style><path id='</style>"
    "<img onerror=FIRE src>'>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=FIRE&gt;'>",
    "<math><annotation-xml encoding='text/html'><img src=x onerror=FIRE></annotation-xml></math>",
    "<svg><desc><noscript><style></noscript><img src=x onerror=FIRE></style></desc></svg>",
    "<svg><title><style><img src=x onerror=FIRE></style></title></svg>",
    "<noscript><p title='</noscript><img src=x onerror=FIRE>'>",
    "<p title='<style><img src=x onerror=FIRE>'>x</p>",
    "<listing>&lt;img onerror=FIRE src=x&gt;</listing>",
    "<xmp><img alt='</xmp><img src=x onerror=FIRE>'></xmp>",
    "<textarea><img title='</textarea><img src=x onerror=FIRE>'></textarea>",
    "<title><a title='</title><img src=x onerror=FIRE>'></title>",
    "<noembed><img title='</noembed><img src=x onerror=FIRE>'></noembed>",
    "<noframes><img title='</noframes><img src=x onerror=FIRE>'></noframes>",
    "<plaintext><img src=x onerror=FIRE>",
    "<template><img src=x onerror=FIRE></template>",
    "<template shadowrootmode=open><img src=x onerror=FIRE></template>",
    "<select><iframe></select><img src=x onerror=FIRE>",
    "<select><template><style><!--</style><a rel='--></style></template></select><img src=x onerror=FIRE>'>",
    "<table><td><img src=x onerror=FIRE></table>",
    "<!--><img src=x onerror=FIRE>-->",
    "<!--!><img src=x onerror=FIRE>-->",
    "<!-- --!><img src=x onerror=FIRE>-->",
    "<![CDATA[<img src=x onerror=FIRE>]]>",
    "<?xml ><img src=x onerror=FIRE>?>",
    "<!DOCTYPE x [<!ENTITY y '<img src=x onerror=FIRE>'>]>&y;",
    "<img src=x onerror=FIRE <b>",
    "<img title='`><img src=x onerror=FIRE>'>",
    "<<img src=x onerror=FIRE>",
    "<b <img src=x onerror=FIRE>>",
    "<x\x00y><img src=x onerror=FIRE>",
    "<\x00script>FIRE</\x00script>",
    "&lt;img src=x onerror=FIRE&gt;",
    "&amp;lt;script&amp;gt;FIRE&amp;lt;/script&amp;gt;",
    "\\u003cimg src=x onerror=FIRE\\u003e",
    "\\x3cimg src=x onerror=FIRE\\x3e",
    "%3Cimg src=x onerror=FIRE%3E",
    "\uff1cscript\uff1eFIRE\uff1c/script\uff1e",
    "\u2028<script>FIRE</script>\u2029",
    "\u202e<script>FIRE</script>",
    "+ADw-script+AD4-FIRE+ADw-/script+AD4-",
    # Out of an attribute, a script's string, a template, a piece of JSON.
    '" onmouseover="FIRE" autofocus onfocus="FIRE" x="',
    "' onmouseover='FIRE' autofocus onfocus='FIRE' x='",
    "x onfocus=FIRE autofocus tabindex=1",
    '";FIRE//',
    "';FIRE//",
    "`${FIRE}`",
    "${FIRE}",
    "{{constructor.constructor('FIRE')()}}",
    "{% if 1 %}<script>FIRE</script>{% endif %}",
    '"}</script><script>FIRE</script>',
    '\\"}];FIRE;//',
    "</script><svg onload=FIRE>",
    "<!--<script>FIRE</script>",
    "]]><script xmlns='http://www.w3.org/1999/xhtml'>FIRE</script>",
    # Names that stand for something of the page's own.
    "<form id=document><input name=cookie><img src=x onerror=FIRE>",
    "<a id=fired href='javascript:FIRE'>x</a>",
    "<base href='javascript:FIRE//'><a href=x>x</a>",
    # Our Markdown.
    "## <img src=x onerror=FIRE>",
    '## {" onclick=FIRE}',
    "::: callout <img src=x onerror=FIRE>\n<script>FIRE</script>\n:::",
    "::: details </summary><script>FIRE</script>\nx\n:::",
    '::: details " autofocus onfocus=FIRE x="\nx\n:::',
    "::: card\n[<img src=x onerror=FIRE>](https://e.example/) x\n:::",
    '::: card\n[x](https://e.example/"><script>FIRE</script>) x\n:::',
    "::: papers\n- a: <script>FIRE</script>\n:::",
    "::: compare\n### <script>FIRE</script>\nx\n### <svg onload=FIRE>\n:::",
    "a[^x]\n\n[^x]: <script>FIRE</script><img src=x onerror=FIRE>",
    'a[^" onfocus=FIRE x="]\n\n[^" onfocus=FIRE x="]: note',
    "a[^*]\n\n[^*]: <svg onload=FIRE>",
    "`` ` ``<script>FIRE</script>",
    "```<img src=x onerror=FIRE>\n</code></pre><script>FIRE</script>\n```",
    '```" onfocus=FIRE tabindex=1 autofocus x="\nx\n```',
    "    </code></pre><script>FIRE</script>",
    "| <script>FIRE</script> |\n|:-|\n| <td onclick=FIRE>x |",
    '[x](https://e.example "\\" autofocus onfocus=FIRE x=\\"")',
    '[x](https://e.example/"onfocus=FIRE autofocus)',
    '![" onerror=FIRE x="](/media/pictures/a.webp)',
    '![x](/media/pictures/a.webp "\\" onerror=FIRE x=\\"")',
    "![<script>FIRE</script>](/media/pictures/a.webp)",
    "~~<img src=x onerror=FIRE>~~ **<svg onload=FIRE>**",
    "[<img src=x onerror=FIRE>](https://e.example/)",
    "<https://e.example/<img/src=x/onerror=FIRE>>",
    "https://e.example/<img/src=x/onerror=FIRE>",
    "x@e.example\"onfocus='FIRE'autofocus",
    "\\<img src=x onerror=FIRE\\>",
]


def _patterns() -> list[str]:
    """Every text with `FIRE` where the call stands."""
    turned = [
        _BREAKOUTS[place % len(_BREAKOUTS)] + acting
        for place, acting in enumerate(_ACTING)
    ]
    carried = [
        carrier.replace("ADDRESS", address)
        for carrier, address in product(_CARRIERS, _SCRIPT_ADDRESSES)
    ]
    return [*_ACTING, *turned, *carried, *_SINGLE]


PAYLOADS = [
    pattern.replace("FIRE", f"fired({number})")
    for number, pattern in enumerate(dict.fromkeys(_patterns()))
]
