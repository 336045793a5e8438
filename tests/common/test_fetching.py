"""Whom the site asks, and whom it does not, whatever it is told."""

import socket
import time

import pytest
from urllib3.connection import HTTPConnection

from superfast.common import fetching
from superfast.common.fetching import (
    Fetcher,
    NoSuchHostError,
    RefusedAddressError,
    UnreachedError,
    fetch,
)
from tests.common.pages import bomb, drip, page, redirect, serve, status

REFUSED = [
    # Not of the web.
    "ftp://example.org/",
    "file:///etc/passwd",
    "gopher://example.org/",
    "javascript:alert(1)",
    "//example.org/",
    "http:///nothing",
    "http://user:secret@example.org/",
    "http://example.org@127.0.0.1/",
    "http://example.org\\@127.0.0.1/",
    "http://example.org/a b",
    "http://example.org/\r\nHost: other",
    "http://example.org:22/",
    "http://example.org:99999/",
    "http://intranet/",
    "http://localhost/",
    # This machine, in every spelling.
    "http://127.0.0.1/",
    "http://127.0.0.1./",
    "http://127.8.9.10/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0177.0.0.1/",
    "http://017700000001/",
    "http://127.1/",
    "http://0/",
    "http://0.0.0.0/",
    "http://①②⑦.0.0.1/",
    "http://127。0。0。1/",
    "http://[::1]/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::127.0.0.1]/",
    # Private, of one's carrier, of the link, of the data centre.
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "http://169.254.1.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://168.63.129.16/",
    "http://100.100.100.200/",
    "http://192.0.0.192/",
    "http://198.18.0.1/",
    "http://[fd00:ec2::254]/",
    "http://[fc00::1]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fec0::1]/",
    # IPv4 addresses in disguise.
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b:1::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[2001::1]/",
    # Many, nobody, and examples.
    "http://224.0.0.1/",
    "http://[ff02::1]/",
    "http://255.255.255.255/",
    "http://240.0.0.1/",
    "http://192.0.2.1/",
    "http://[2001:db8::1]/",
    "http://192.88.99.1/",
]


@pytest.fixture
def site():
    with serve() as running:
        yield running


@pytest.fixture(autouse=True)
def _no_connection_but_to_this_machine(monkeypatch):
    connect = HTTPConnection.connect

    def checked(self):
        assert self.host == "127.0.0.1", f"a connection to {self.host}"
        return connect(self)

    monkeypatch.setattr(HTTPConnection, "connect", checked)


def get(fetcher, url, **options):
    return fetcher.fetch(url, headers={}, **options)


@pytest.mark.parametrize("url", REFUSED)
def test_an_address_that_is_not_of_the_public_web_is_refused(url):
    def resolve(host, port):
        # As the machine's own resolver would, which knows `127.1` and the like.
        return sorted({entry[4][0] for entry in socket.getaddrinfo("127.0.0.1", port)})

    with pytest.raises(RefusedAddressError) as refused:
        get(Fetcher(resolve=resolve), url)

    assert str(refused.value).endswith(".")


def test_enough_addresses_are_tried():
    assert len(set(REFUSED)) >= 25


@pytest.mark.parametrize(
    "url",
    # A header holds ASCII; without a host an address is one of the same site.
    [
        url
        for url in REFUSED
        if url.isascii()
        and "\r" not in url
        and url[:2] != "//"
        and "///nothing" not in url
    ],
)
def test_a_redirect_to_such_an_address_is_refused(site, url):
    site.pages["/"] = redirect(url)

    with pytest.raises(RefusedAddressError):
        get(site.fetcher(resolve=lambda host, port: ["127.0.0.1"]), site.url)


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        ["93.184.215.14", "10.0.0.1"],
        ["::ffff:127.0.0.1"],
        ["fe80::1%eth0"],
    ],
)
def test_a_name_is_refused_where_any_of_its_addresses_is_not_public(answers):
    with pytest.raises(RefusedAddressError, match="public internet"):
        get(Fetcher(resolve=lambda host, port: answers), "https://rebind.example/")


def test_an_answer_that_changes_after_the_check_changes_nothing(monkeypatch):
    asked, connected = [], []

    def resolve(host, port):
        asked.append(host)
        return ["93.184.215.14"] if len(asked) == 1 else ["127.0.0.1"]

    def connect(self):
        connected.append((self.host, self.port))
        raise ConnectionRefusedError

    monkeypatch.setattr(HTTPConnection, "connect", connect)

    with pytest.raises(UnreachedError):
        get(Fetcher(resolve=resolve), "http://rebind.example/")

    assert asked == ["rebind.example"]
    assert connected == [("93.184.215.14", 80)]


def test_an_answer_that_changes_between_redirects_is_checked_again(site):
    answers = iter([["127.0.0.1"], ["169.254.169.254"]])
    site.pages["/"] = redirect(f"http://rebind.example:{site.port}/next")
    # Allowed by name and port for the first; the second is a port of the public web.
    fetcher = site.fetcher("rebind.example", resolve=lambda host, port: next(answers))
    site.pages["/next"] = redirect("http://rebind.example/last")

    with pytest.raises(RefusedAddressError, match="public internet"):
        get(fetcher, f"http://127.0.0.1:{site.port}/")

    assert len(site.asked) == 2


def test_over_https_the_checked_address_is_asked_for_the_name(monkeypatch):
    made = []

    class Recorded(fetching.HTTPSConnection):
        def __init__(self, host, port, **options):
            made.append(
                (host, port, options["server_hostname"], options["assert_hostname"])
            )
            super().__init__(host, port, **options)

        def connect(self):
            raise ConnectionRefusedError

    monkeypatch.setattr(fetching, "HTTPSConnection", Recorded)

    with pytest.raises(UnreachedError):
        get(Fetcher(resolve=lambda h, p: ["93.184.215.14"]), "https://story.example/")

    assert made == [("93.184.215.14", 443, "story.example", "story.example")]


def test_a_page_is_fetched_by_name_with_host_and_without_cookies_or_proxy(
    site, monkeypatch
):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://10.0.0.1:3128")
    site.pages["/a"] = status(302, Location="/b?x=%C3%A4", Set_Cookie="spy=1")
    site.pages["/b"] = page("<title>Here</title>", ETag='"one"')

    found = get(site.fetcher("page.example"), f"http://page.example:{site.port}/a#part")

    assert (found.status, found.body) == (200, b"<title>Here</title>")
    assert found.final_url == f"http://page.example:{site.port}/b?x=%C3%A4"
    assert found.headers["etag"] == '"one"'
    assert found.content_type == "text/html"
    assert not found.moved_for_good
    first, second = site.asked
    assert first.headers["Host"] == f"page.example:{site.port}"
    assert "#" not in first.path
    assert second.path == "/b?x=%C3%A4"
    assert second.headers["Cookie"] is None


@pytest.mark.parametrize(
    ("codes", "for_good"), [([301, 308], True), ([301, 302], False), ([307], False)]
)
def test_a_page_has_moved_for_good_where_every_redirect_says_so(site, codes, for_good):
    for number, code in enumerate(codes):
        site.pages[f"/{number}"] = redirect(f"/{number + 1}", code)
    site.pages[f"/{len(codes)}"] = page("here")

    assert get(site.fetcher(), f"{site.url}/0").moved_for_good is for_good


def test_five_redirects_are_followed_and_not_six(site):
    for number in range(6):
        site.pages[f"/{number}"] = redirect(f"/{number + 1}")
    site.pages["/6"] = page("here")

    assert get(site.fetcher(), f"{site.url}/1").status == 200
    with pytest.raises(UnreachedError, match="more than 5"):
        get(site.fetcher(), f"{site.url}/0")


def test_a_page_is_cut_after_a_megabyte_packed_or_not(site):
    site.pages["/plain"] = page(b"x" * 3_000_000)
    site.pages["/packed"] = bomb(300_000_000)

    for path in ("/plain", "/packed"):
        found = get(site.fetcher(), site.url + path)
        assert len(found.body) == fetching.MAX_BYTES
        assert found.is_cut


@pytest.mark.parametrize(
    "pieces",
    [
        b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + b"x" * 500,
        b"HTTP/1.0 200 OK\r\nX-Slow: " + b"x" * 500,
        b"H" * 500,
    ],
    ids=["body", "headers", "status line"],
)
def test_a_byte_now_and_then_holds_nobody(site, pieces):
    site.pages["/"] = drip(pieces, 0.05)
    began = time.monotonic()

    with pytest.raises(UnreachedError, match="in time"):
        get(site.fetcher(seconds=0.5), site.url)

    # Dripping alone would take 25 s.
    assert time.monotonic() - began < 15


def test_a_resolver_that_hangs_holds_nobody():
    def hang(host, port):
        time.sleep(3)
        return ["93.184.215.14"]

    with pytest.raises(UnreachedError, match="in time"):
        get(Fetcher(resolve=hang, seconds=0.1), "http://slow.example/")


@pytest.mark.parametrize(
    ("number", "error"),
    [(socket.EAI_NONAME, NoSuchHostError), (socket.EAI_AGAIN, UnreachedError)],
)
def test_no_such_host_is_told_apart_from_no_resolver(number, error):
    def resolve(host, port):
        raise socket.gaierror(number, "")

    with pytest.raises(error):
        get(Fetcher(resolve=resolve), "http://nowhere.example/")


def test_nonsense_for_an_answer_is_not_reached(site):
    site.pages["/"] = drip(b"nonsense\r\n\r\n", 0)
    site.pages["/bad-gzip"] = page(b"not packed", Content_Encoding="gzip")
    site.pages["/bad-redirect"] = redirect("http://[x")

    for path in ("/", "/bad-gzip", "/bad-redirect"):
        with pytest.raises((UnreachedError, RefusedAddressError)):
            get(site.fetcher(), site.url + path)


def test_nothing_is_fetched_where_fetching_is_off(settings):
    assert settings.FETCH_PAGES is False

    with pytest.raises(UnreachedError, match="FETCH_PAGES"):
        fetch("https://example.org/")


def test_a_page_that_is_known_is_not_sent_again(site, settings, monkeypatch):
    settings.FETCH_PAGES = True
    monkeypatch.setattr(fetching, "FETCHER", site.fetcher())
    site.pages["/"] = status(304)

    found = fetch(site.url, etag='"one"', last_modified="Wed, 11 Jan 2023 12:00:00 GMT")

    assert (found.status, found.body) == (304, b"")
    headers = site.asked[0].headers
    assert headers["If-None-Match"] == '"one"'
    assert headers["If-Modified-Since"] == "Wed, 11 Jan 2023 12:00:00 GMT"
    assert settings.SITE_URL in headers["User-Agent"]
