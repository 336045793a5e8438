"""HTML as mail programs show it: every style on its element, none asked of them."""

import css_inline


def inline_styles(html: str, *, css: str, media_css: str) -> str:
    """A whole document with its styles inlined; plain text to our own templates.

    Args:
        html: made by a template from sanitised pieces.
        css: rules that become `style` attributes.
        media_css: rules for dark mode and small screens, which can't; they stand in the
            head, and programs that know no `<style>` do without.
    """
    # Nothing is fetched, whatever the HTML names.
    inliner = css_inline.CSSInliner(
        extra_css=css, load_remote_stylesheets=False, minify_css=True
    )
    inlined = inliner.inline(html)
    style = f"<style>{media_css.replace('</', '')}</style></head>"
    return inlined.replace("</head>", style, 1)
