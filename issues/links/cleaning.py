"""Addresses without what was added to them to follow readers around.

The names are those that the makers of each document, or that browsers remove: Brave's and
Firefox's lists, and the help pages of Google Analytics, Mailchimp, HubSpot and Marketo.
"""

import re
from urllib.parse import unquote, urlsplit, urlunsplit

# Wherever they stand.
_ANYWHERE = re.compile(
    r"utm_\w+|mtm_\w+|pk_(campaign|cid|keyword|kwd|medium|source)|hsa_\w+|"
    r"gclid|gclsrc|dclid|gbraid|wbraid|srsltid|_ga|_gl|"
    r"fbclid|fb_(action_ids|action_types|ref|source)|igshid|igsh|"
    r"msclkid|twclid|ttclid|li_fat_id|yclid|ysclid|_openstat|epik|rdt_cid|"
    r"mc_(cid|eid|tc)|mkt_tok|ml_subscriber(_hash)?|ck_subscriber_id|"
    r"_hsenc|_hsmi|__hs(tc|sc|fp)|hsctatracking|__s|_ke|_kx|"
    r"oly_(anon|enc)_id|vero_(id|conv)|rb_clickid|s_cid|wickedid|bsft_\w+|"
    r"ns_(campaign|mchannel|source|linkname|fee)|guccounter|guce_referrer(_sig)?|"
    r"cmpid|ref_src|ref_url|trk(campaign|email|info)?",
    re.IGNORECASE,
)
# On these sites alone: elsewhere the same name may choose the page.
_AT = {
    "twitter.com": {"s", "t", "cxt"},
    "x.com": {"s", "t", "cxt"},
    "youtube.com": {"si", "feature", "pp", "ab_channel"},
    "youtu.be": {"si", "feature"},
    "open.spotify.com": {"si", "nd", "context"},
    "nytimes.com": {"smid", "smtyp", "unlocked_article_code", "referringsource"},
    "linkedin.com": {"trackingid", "lipi", "licu", "refid"},
    "medium.com": {"source", "sk"},
    "substack.com": {
        "r",
        "s",
        "isfreemail",
        "publication_id",
        "post_id",
        "triedredirect",
    },
    "bloomberg.com": {"sref", "accesstoken"},
    "wsj.com": {"mod", "st", "reflink"},
    "theverge.com": {"showcomments"},
    "amazon.com": {"tag", "ref", "ref_", "psc", "qid", "sr", "dib", "dib_tag"},
    "reddit.com": {"share_id", "rdt", "context", "correlation_id"},
    "tiktok.com": {"is_from_webapp", "sender_device", "_r", "_t"},
}
_TEXT_FRAGMENT = ":~:text="


def strip_tracking(url: str) -> str:
    """The address without tracking parameters; whatever else it holds stays as it is.

    What is no web address comes back untouched.
    """
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return url.strip()
    if parts.scheme not in {"http", "https"}:
        return url.strip()
    names = _names_at((parts.hostname or "").removeprefix("www."))
    kept = [piece for piece in parts.query.split("&") if not _tracks(piece, names)]
    fragment = parts.fragment
    if _TEXT_FRAGMENT in fragment or _tracks(fragment, names):
        fragment = fragment.partition(_TEXT_FRAGMENT)[0]
        fragment = "" if _tracks(fragment, names) else fragment
    return urlunsplit(parts._replace(query="&".join(kept), fragment=fragment))


def variants(url: str) -> set[str]:
    """Spellings under which the same page is likely to have been linked before."""
    clean = strip_tracking(url)
    bare = clean.partition("#")[0]
    with_slash = {bare.rstrip("/"), bare.rstrip("/") + "/", bare, clean, url.strip()}
    return {
        f"{scheme}://{address.partition('://')[2]}"
        for address in with_slash
        for scheme in ("http", "https")
        if "://" in address
    }


def _names_at(host: str) -> set[str]:
    return {
        name
        for site, names in _AT.items()
        if host == site or host.endswith("." + site)
        for name in names
    }


def _tracks(piece: str, names: set[str]) -> bool:
    name = unquote(piece.partition("=")[0])
    return bool(_ANYWHERE.fullmatch(name)) or name.lower() in names
