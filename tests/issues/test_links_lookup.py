"""What a pasted address becomes, and who may ask."""

import pytest
from django.contrib.auth.models import Permission

from issues.links.cleaning import strip_tracking
from issues.models import Link, LinkState
from papers.models import Paper
from papers.services import create_paper
from superfast.common import fetching
from tests.common.pages import fetching_from, page, redirect, serve, status
from tests.factories import make_editor, make_user, make_writer
from tests.issues.factories import make_draft, make_issue
from tests.papers.factories import make_catalogue

ADDRESS = "/admin/issues/issue/link/"
STORY = (
    "<title>Story | Paper</title><meta property='og:title' content='A [story] &amp; more'>"
    "<meta property='og:site_name' content='The Paper'>"
    "<meta property='article:published_time' content='2023-01-10'>"
)


@pytest.fixture
def site(settings, monkeypatch):
    with serve() as running, fetching_from(running, settings, monkeypatch):
        yield running


def ask(client, url):
    return client.post(ADDRESS, {"url": url})


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("https://a.example/x?utm_source=n&id=2&fbclid=3#part", "https://a.example/x?id=2#part"),
        ("https://a.example/?q=a+b&UTM_Medium=x&gclid=1", "https://a.example/?q=a+b"),
        ("https://a.example/?q=%20a;b&empty=", "https://a.example/?q=%20a;b&empty="),
        ("https://a.example/?mc_cid=1&mc_eid=2", "https://a.example/"),
        ("https://a.example/p#utm_source=x", "https://a.example/p"),
        ("https://a.example/p#:~:text=word", "https://a.example/p"),
        ("https://a.example/p#s:~:text=word", "https://a.example/p#s"),
        ("https://x.com/a/status/1?s=20&t=abc", "https://x.com/a/status/1"),
        ("https://mobile.twitter.com/a/status/1?s=20", "https://mobile.twitter.com/a/status/1"),
        ("https://a.example/?s=20&t=abc", "https://a.example/?s=20&t=abc"),
        ("https://www.youtube.com/watch?v=1&si=x&t=30", "https://www.youtube.com/watch?v=1&t=30"),
        ("https://youtu.be/abc?si=x", "https://youtu.be/abc"),
        ("https://notx.com/?s=1", "https://notx.com/?s=1"),
        ("https://arxiv.org/abs/2204.01691?context=cs", "https://arxiv.org/abs/2204.01691?context=cs"),
        (" https://a.example/ ", "https://a.example/"),
        ("mailto:a@b.example?utm_source=x", "mailto:a@b.example?utm_source=x"),
        ("http://[x", "http://[x"),
    ],
)  # fmt: skip
def test_tracking_is_removed_and_nothing_else(given, clean):
    assert strip_tracking(given) == clean
    assert strip_tracking(clean) == clean


@pytest.mark.django_db
def test_a_page_tells_title_site_and_date(client, site):
    site.pages["/story"] = page(STORY)
    client.force_login(make_writer())

    answer = ask(client, f"{site.url}/story?utm_source=x")

    assert answer.status_code == 200
    told = answer.json()
    assert told["url"] == f"{site.url}/story"
    assert (told["title"], told["site"], told["date"]) == (
        "A [story] & more", "The Paper", "2023-01-10",
    )  # fmt: skip
    assert told["state"] == "ok"
    assert site.asked[0].path == "/story"
    assert "no-store" in answer["Cache-Control"]
    link = Link.objects.get()
    assert (link.state, link.status_code, link.title) == ("ok", 200, "A [story] & more")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (status(404), LinkState.BROKEN),
        (status(410), LinkState.BROKEN),
        (status(401), LinkState.REFUSED),
        (status(403), LinkState.REFUSED),
        (status(429), LinkState.REFUSED),
        (status(999), LinkState.REFUSED),
        (status(500), LinkState.UNREACHED),
        (redirect("/there", 301), LinkState.MOVED),
        (redirect("/there", 302), LinkState.OK),
        (redirect("http://10.0.0.1/"), LinkState.UNREACHED),
    ],
)
def test_every_answer_is_a_state_and_none_an_error(client, site, answer, state):
    site.pages |= {"/": answer, "/there": page("<title>There</title>")}
    client.force_login(make_editor())

    told = ask(client, site.url + "/")

    assert told.status_code == 200
    assert told.json()["state"] == state
    assert Link.objects.get().state == state


@pytest.mark.django_db
def test_where_nothing_is_fetched_the_bare_link_stays(client):
    client.force_login(make_writer())

    told = ask(client, "https://news.example/story?fbclid=1").json()

    assert (told["url"], told["title"]) == ("https://news.example/story", "")
    assert told["state"] == LinkState.UNREACHED


@pytest.mark.django_db
def test_a_host_that_does_not_exist_is_broken(client, settings, monkeypatch):
    def resolve(host, port):
        raise fetching.socket.gaierror(fetching.socket.EAI_NONAME, "")

    settings.FETCH_PAGES = True
    monkeypatch.setattr(fetching, "FETCHER", fetching.Fetcher(resolve=resolve))
    client.force_login(make_writer())

    told = ask(client, "https://nowhere.example/").json()

    assert told["state"] == LinkState.BROKEN
    assert told["problem"] == "There is no host nowhere.example."


@pytest.mark.django_db
@pytest.mark.parametrize(
    "url", ["", "nonsense", "ftp://a.example/", "http://u:p@a.example/", "x" * 9000]
)
def test_what_is_no_address_is_refused_with_a_sentence(client, url):
    client.force_login(make_writer())

    answer = ask(client, url)

    assert answer.status_code == 422
    assert answer.json()["error"].endswith(".")
    assert not Link.objects.exists()


@pytest.mark.django_db
def test_issues_that_hold_the_address_are_named_once_readers_see_them(client):
    body = "A [story](http://news.example/story/) here."
    issue = make_issue(title="Number one", body=body)
    make_draft(body=body)
    client.force_login(make_writer())

    told = ask(client, "https://news.example/story?utm_source=x").json()

    assert told["linked_in"] == [
        {"title": "Number one", "url": issue.get_absolute_url()}
    ]


@pytest.mark.django_db
def test_the_address_of_a_paper_finds_it(client):
    paper = create_paper(
        catalogue=make_catalogue(), slug="do-as-i-can", title="Do as I can", year=2022,
        authors=["Ada Lovelace"], arxiv_id="2204.01691",
    )  # fmt: skip
    client.force_login(make_writer())

    for url in (
        "https://arxiv.org/abs/2204.01691v2",
        "https://arxiv.org/pdf/2204.01691.pdf",
    ):
        told = ask(client, url).json()
        assert told["paper"] == {
            "slug": paper.slug,
            "title": paper.title,
            "is_new": False,
        }
        assert told["title"] == "Do as I can"


PAPER = (
    "<title>[2204.01691] Do as I can</title><meta name='citation_title' content='Do as I can'>"
    "<meta name='citation_author' content='Lovelace, Ada'>"
    "<meta name='citation_author' content='Babbage, Charles'>"
    "<meta name='citation_date' content='2022/04/04'>"
)


@pytest.fixture
def arxiv(settings, monkeypatch):
    """A site that answers for arxiv.org, on port 80 as far as the fetcher knows."""
    with serve() as running:
        settings.FETCH_PAGES = True
        target = fetching.Target.of
        here = running.port

        def local(url):
            found = target(url)
            return fetching.Target("http", "127.0.0.1", here, found.path)

        monkeypatch.setattr(fetching, "FETCHER", running.fetcher())
        monkeypatch.setattr(fetching.Target, "of", local)
        running.pages["/abs/2204.01691"] = page(PAPER)
        yield running


@pytest.mark.django_db
@pytest.mark.usefixtures("arxiv")
def test_the_address_of_a_new_paper_makes_a_draft_of_it_once(client):
    make_catalogue(slug="2022", year=2022)
    writer = make_writer()
    client.force_login(writer)

    first = ask(client, "https://arxiv.org/abs/2204.01691").json()["paper"]
    second = ask(client, "https://arxiv.org/abs/2204.01691").json()["paper"]

    assert first == {"slug": "do-as-i-can", "title": "Do as I can", "is_new": True}
    assert second == first | {"is_new": False}
    paper = Paper.objects.get()
    assert paper.publish_at is None
    assert paper.created_by == writer
    assert paper.arxiv_id == "2204.01691"
    assert [a.author.name for a in paper.authorships.order_by("position")] == [
        "Ada Lovelace", "Charles Babbage",
    ]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.usefixtures("arxiv")
def test_who_may_add_no_paper_makes_none_by_an_address(client):
    make_catalogue(slug="2022", year=2022)
    user = make_user()
    user.user_permissions.add(Permission.objects.get(codename="add_issue"))
    client.force_login(user)

    assert ask(client, "https://arxiv.org/abs/2204.01691").json()["paper"] is None
    assert not Paper.objects.exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("arxiv")
def test_no_paper_is_made_where_no_catalogue_is_of_its_year(client):
    make_catalogue(slug="2021", year=2021)
    client.force_login(make_writer())

    told = ask(client, "https://arxiv.org/abs/2204.01691").json()

    assert told["paper"] is None
    assert told["title"] == "Do as I can"


@pytest.mark.django_db
def test_who_may_look_an_address_up(client, django_user_model):
    assert ask(client, "https://a.example/").status_code == 302
    client.force_login(django_user_model.objects.create_user("reader", is_staff=True))
    assert ask(client, "https://a.example/").status_code == 403
    for person in (make_writer(), make_editor()):
        client.force_login(person)
        assert ask(client, "https://a.example/").status_code == 200
        assert client.get(ADDRESS).status_code == 405
