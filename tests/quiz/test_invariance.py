"""The answer cannot be found before the guess.

The lie is moved to each of the four headlines in turn, through the editors'
form. Whatever somebody who has not guessed can get out of the site is the same
each time, to the byte. What a leak looks like is seen from planted ones.
"""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
import time_machine
from django.conf import settings
from django.core.cache import caches
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver, path, reverse
from PIL import Image as Picture

from issues.mail import compose_mail, find_for_mail
from issues.models import Image
from issues.pictures import encode, store_picture
from issues.services import publish_issue, rerender
from quiz import tokens
from quiz.models import Guess, Player
from quiz.periods import is_open
from quiz.services import players
from superfast.common.sitemaps import PART
from superfast.pages.models import Page
from tests.factories import make_editor
from tests.papers.factories import make_paper
from tests.quiz.crawl import (
    Request,
    SharedCache,
    addresses,
    crawl,
    differences,
    with_query,
)
from tests.quiz.factories import make_guess, make_issue, make_quiz, make_source
from tests.quiz.leaks import LEAKS, SHARED_LEAKS, a_space_in_the_mail, an_order

pytestmark = pytest.mark.django_db

EDITED = datetime(2023, 5, 1, 9, tzinfo=UTC)
WRITTEN = datetime(2023, 2, 1, 9, tzinfo=UTC)
READ = datetime(2023, 6, 1, 12, tzinfo=UTC)
TEXTS = (
    "Otters learn to paint by numbers",
    "Bakers hire a kneading robot",
    "Toaster sings in provincial opera",
    "Village elects a chatbot mayor",
)
BODY = "## News\n\nA pizza was baked.\n\n![Sky]({src})\n\n::: quiz\n:::\n\n::: papers\n- {paper}: Good.\n:::\n"
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")
CONDITIONS = (
    ("If-Modified-Since", "Mon, 01 May 2023 10:30:00 GMT"),
    ("If-None-Match", '"x"'),
)
BROKEN = ("/x", "/quiz/x/y/", "/%ff", "/?q=%00", "/quiz/played/?c=%ff")
SECRETS = (b"Unmasked", b"Proven", b"story-", b"Outlet 1", b"Outlet 2")


class World:
    """A small site, an editor who moves the lie, and readers who have not guessed."""

    def __init__(self):
        Page.objects.create_missing()
        self.picture = make_picture()
        self.paper = make_paper(authors=["Ada Lovelace"], topics=["vision"])
        self.earlier = make_quiz(slug="earlier", publish_at=False)
        self.quiz = make_quiz(slug="played", texts=TEXTS, publish_at=False)
        self.issues = [
            self.publish(self.earlier, "one"),
            self.publish(self.quiz, "two"),
        ]
        # Somebody has guessed: figures that tell the answer would differ, too.
        self.headlines = list(self.quiz.headlines.all())
        for place in (0, 0, 0, 1, 1, 2):
            make_guess(self.quiz, headline=self.headlines[place])
        self.editor = make_editor()
        self.visitor = Player.objects.create()
        make_guess(self.earlier, player=self.visitor)

    def publish(self, quiz, slug):
        body = BODY.format(src=self.picture.src, paper=self.paper.slug)
        issue = make_issue(
            quiz=quiz, slug=slug, publish_at=None, body=body, cover=self.picture
        )
        publish_issue(issue=issue, by=None)
        return issue

    def move_lie(self, place):
        """Through the form, which allows it before the first guess; each time at another time."""
        guesses = list(Guess.objects.filter(quiz=self.quiz))
        Guess.objects.filter(quiz=self.quiz).delete()
        with time_machine.travel(
            EDITED + timedelta(days=place, hours=place), tick=False
        ):
            client = Client()
            client.force_login(self.editor)
            answer = client.post(
                reverse("admin:quiz_quiz_change", args=[self.quiz.pk]),
                self.typed(place),
            )
            assert answer.status_code == 302
            rerender(self.issues)
        Guess.objects.bulk_create(guesses)
        self.quiz.refresh_from_db()
        assert self.quiz.lie == self.headlines[place]

    def typed(self, lie):
        data = {
            "title": self.quiz.title,
            "slug": self.quiz.slug,
            "intro": self.quiz.intro,
            "headlines-TOTAL_FORMS": 4,
            "headlines-INITIAL_FORMS": 4,
            "searched_on": "2023-01-10",
            "is_harmless": "on",
            "lie_row": lie,
        }
        for index, headline in enumerate(self.headlines):
            values = {
                "id": headline.pk,
                "quiz": self.quiz.pk,
                "text": headline.text,
                "explanation": "Unmasked." if index == lie else "Proven.",
                **({} if index == lie else make_source(index)),
            }
            data.update({f"headlines-{index}-{name}": v for name, v in values.items()})
        return data

    def arguments(self):
        """With what each public pattern of the URL configuration is asked."""
        quizzes = [{"slug": slug} for slug in ("played", "earlier", "unknown")]
        catalogue = {"catalogue": self.paper.catalogue.slug}
        return {
            "issues:issue-detail": [
                {"slug": slug} for slug in ("one", "two", "unknown")
            ],
            "quiz:quiz-detail": quizzes,
            "quiz:quiz-card": quizzes,
            "quiz:quiz-picture": quizzes,
            "quiz:guess": quizzes,
            "papers:paper-list": [catalogue, {"catalogue": "unknown"}],
            "papers:paper-detail": [{**catalogue, "slug": self.paper.slug}],
            "sitemap-part": [
                {"section": name, "number": self.quiz.pk // PART + 1}
                for name in ("quizzes", "unknown")
            ],
            "pages:page": [{"slug": slug} for slug in ("about", "privacy", "contact")],
            "picture": [{"name": self.picture.name}, {"name": "unknown.webp"}],
            "issues:section-atom": [{"section": "news"}, {"section": "unknown"}],
            "issues:section-json": [{"section": "news"}],
            "issues:draft": [{"token": "unknown"}],
            "issues:draft-picture": [{"token": "unknown", "name": "unknown.webp"}],
            "issues:issue-picture": [{"slug": slug} for slug in ("one", "unknown")],
            "papers:topic-atom": [{"topic": "unknown"}],
            "papers:topic-json": [{"topic": "unknown"}],
            "papers:author-detail": [{"slug": "unknown"}],
            "papers:export": [{**catalogue, "suffix": "bib"}],
            "papers:paper-picture": [{**catalogue, "slug": self.paper.slug}],
            "papers:cite-paper": [
                {**catalogue, "slug": self.paper.slug, "suffix": "apa"}
            ],
            "papers:report": [{**catalogue, "slug": self.paper.slug}],
            "papers:year-map": [catalogue],
            "papers:by-arxiv": [{"identifier": "2201.00001"}],
            "papers:by-doi": [{"identifier": "10.1000/1"}],
            "papers:saved-export": [{"suffix": "bib"}],
        }

    def requests(self, methods=METHODS, conditions=CONDITIONS):
        """What a stranger asks: every address by every method, and questions."""
        found = []
        for name, address in addresses(self.arguments()):
            found += [Request(method, address) for method in methods]
            found += [Request("GET", address, headers=(pair,)) for pair in conditions]
            found += [
                Request("GET", with_query(address, q)) for q in self.queries(name)
            ]
        found += [Request("GET", address) for address in BROKEN]
        return [*found, *self.posts()]

    def queries(self, name):
        """Questions about the lie, and about the truths alike."""
        words = [word for text in TEXTS for word in (text, text.split()[0])]
        words += [
            "FAKE",
            "lie",
            "Unmasked",
            "Proven",
            "Outlet",
            "quiz",
            "zzz",
            '"',
            "x" * 3000,
        ]
        page = [{"page": value} for value in ("1", "2", "x")]
        return {
            "search": [{"q": word} for word in words]
            + [{"q": "otters", "kind": kind} for kind in ("quiz", "issue", "x")],
            "quiz:quiz-list": [*page, {"came-true": "1"}],
            "issues:issue-archive": [
                *page,
                *({"before": issue.slug} for issue in self.issues),
                {"before": "x"},
            ],
            "papers:paper-list": [*page, {"q": "otters"}, {"sort": "x"}],
            "quiz:quiz-detail": [
                *({"c": headline.handle} for headline in self.headlines),
                *({"c": str(headline.pk)} for headline in self.headlines),
                {"c": "x"},
                {"r": "x"},
            ],
            "quiz:quiz-card": [{"c": headline.handle} for headline in self.headlines],
        }.get(name, [])

    def posts(self):
        """Guesses, good ones and bad ones: what they are answered before the reveal."""
        address = reverse("quiz:guess", args=[self.quiz.slug])
        token = tokens.make_token(self.quiz.pk, Guess.Channel.PAGE)
        with time_machine.travel(READ - timedelta(days=3), tick=False):
            old = tokens.make_token(self.quiz.pk, Guess.Channel.PAGE)
        handles = [headline.handle for headline in self.headlines]
        for choice in (*handles, "", "x", self.earlier.lie.handle):
            for carried in (token, old, "x"):
                yield Request(
                    "POST", address, (("headline", choice), ("token", carried))
                )
        for choice in handles:
            for header in (("Sec-Fetch-Site", "cross-site"), ("Origin", "null")):
                data = (("headline", choice), ("token", token))
                yield Request("POST", address, data, (header,))

    def put_lie(self, quiz, place):
        """As the form would, for a quiz that the form no longer lets change."""
        for index, headline in enumerate(quiz.headlines.all()):
            is_lie = index == place
            source = {"source_url": "", "outlet": "", "reported_on": None}
            quiz.headlines.filter(pk=headline.pk).update(
                explanation="Unmasked." if is_lie else "Proven.",
                **(source if is_lie else make_source(index)),
            )
            if is_lie:
                quiz.lie = headline
        with time_machine.travel(EDITED + timedelta(days=place), tick=False):
            quiz.save()

    def asked_before_the_guess(self, quiz):
        """The form and the guess at a quiz, by every method and with every choice."""
        address = quiz.get_absolute_url()
        token = tokens.make_token(quiz.pk, Guess.Channel.PAGE)
        handles = sorted(headline.handle for headline in quiz.headlines.all())
        paths = (address, f"{address}card/", f"{address}guess/")
        return [
            *(Request(method, path) for method in METHODS for path in paths),
            *(Request("GET", f"{address}?c={handle}") for handle in handles),
            *(
                Request("POST", paths[2], (("headline", choice), ("token", carried)))
                for choice in (*handles, "", "x")
                for carried in (token, "x")
            ),
        ]

    def read(self, **asked):
        """Everything that a stranger, and a player of another quiz, can get."""
        caches["default"].clear()
        with time_machine.travel(READ, tick=False):
            requests = self.requests(**asked)
            # What is shown to a cookie is asked with it; the rest only once.
            quizzes = [r for r in requests if r.address.startswith("/quiz/")]
            personal = [
                r for r in quizzes if r.method in {"GET", "POST"} and not r.headers
            ]
            personal += [Request("GET", "/"), Request("GET", "/issues/two/")]
            stranger, player = self.clients()
            return [crawl(requests, client=stranger), crawl(personal, client=player)]

    def clients(self):
        stranger, player = (Client(raise_request_exception=False) for _ in range(2))
        for client in (stranger, player):
            client.defaults["SERVER_NAME"] = urlsplit(settings.SITE_URL).hostname
        answer = HttpResponse()
        tokens.remember_player(answer, self.visitor.handle)
        player.cookies = answer.cookies
        return stranger, player

    def compare(self, places, **asked):
        """Where the site differs when the lie stands in these places in turn."""
        self.move_lie(places[0])
        first = self.read(**asked)
        found = []
        for place in places[1:]:
            self.move_lie(place)
            for one, other in zip(first, self.read(**asked), strict=True):
                found += differences(one, other)
        return first, found


def make_picture():
    file = BytesIO()
    Picture.new("RGB", (8, 8), "navy").save(file, "PNG")
    file.seek(0)
    image = Image(alt="Sky")
    store_picture(image=image, picture=encode(file))
    return image


@pytest.fixture
def world(monkeypatch):
    # Chance, and nothing that is made of it: what a form does with it is looked at.
    chance = SimpleNamespace(token_urlsafe=lambda _: "pinned", randbelow=lambda _: 17)
    monkeypatch.setattr(tokens, "secrets", chance)
    # Codes that a player asks for.
    first = SimpleNamespace(choice=lambda letters: letters[0])
    monkeypatch.setattr(players, "secrets", first)
    with time_machine.travel(WRITTEN, tick=False):
        return World()


def told(snapshot):
    """Where a snapshot holds what only a reveal may hold; a search echoes its words."""
    return {
        request.address.partition("?")[0]
        for request, answer in snapshot.items()
        for secret in SECRETS
        if secret in answer.body and secret.decode() not in request.address
    }


def test_every_public_byte_is_the_same_wherever_the_lie_stands(world):
    (stranger, player), found = world.compare([3, 2, 1, 0])

    assert found == []
    assert told(stranger) == set()
    # Who has played the earlier quiz sees that one's reveal, and no other; its card
    # has the lie without the sources of the truths.
    assert told(player) == {"/quiz/earlier/"}
    assert not [a for a in (*stranger.values(), *player.values()) if a.status >= 500]


def test_the_crawl_sees_what_it_should(world):
    world.move_lie(0)
    stranger, player = world.read()
    plain = {
        r.address: a for r, a in stranger.items() if r.method == "GET" and not r.headers
    }
    shown = [
        a
        for a, answer in plain.items()
        if all(t.encode() in answer.body for t in TEXTS)
    ]

    assert {
        "/issues/two/",
        "/quiz/",
        "/quiz/played/",
        "/quiz/played/card/",
        "/issues/feed.xml",
        "/issues/feed.json",
    } <= {*shown}
    statuses = {address: answer.status for address, answer in plain.items()}
    for address in (
        "/",
        "/search/",
        "/sitemap.xml",
        "/robots.txt",
        "/papers/",
        "/about/",
    ):
        assert statuses[address] == 200
    assert statuses["/quiz/unknown/"] == 404
    assert statuses[world.picture.src] == 200
    posted = {answer.status for request, answer in stranger.items() if request.data}
    assert posted == {303, 403, 422}
    assert len(stranger) > 200
    for address in ("/quiz/earlier/", "/quiz/earlier/card/"):
        assert b"data-quiz-reveal" in player[Request("GET", address)].body
    assert b"data-quiz-form" in player[Request("GET", "/quiz/played/")].body
    assert Guess.objects.filter(quiz=world.quiz).count() == 6


@pytest.mark.slow
@pytest.mark.parametrize("plant", LEAKS, ids=lambda plant: plant.__name__)
def test_a_planted_leak_is_found(world, plant, monkeypatch, settings, tmp_path):
    plant(monkeypatch, settings, tmp_path)
    # Some of what is asked above: what differs here differs there.
    _, found = world.compare([3, 0], methods=("GET",), conditions=())

    assert found


def test_a_head_says_what_a_get_says_and_nothing_more(world):
    world.move_lie(0)
    stranger, _ = world.read()
    heads = [r for r in stranger if r.method == "HEAD"]

    assert len(heads) > 20
    for request in heads:
        head, get = stranger[request], stranger[Request("GET", request.address)]
        assert head.body == b""
        if get.status != 405:
            assert (head.status, head.headers) == (get.status, get.headers)


def read_through(cache, world, client):
    """What a client gets whose answers come from a cache that others use, too."""
    caches["default"].clear()
    with time_machine.travel(READ, tick=False):
        questions = [r for r in world.requests() if r.method in {"GET", "HEAD"}]
        return crawl(questions, client=client, ask=cache.ask)


def after_somebodys_reveal(world):
    """A stranger's pages, and where they differ once a player's came the same way."""
    make_guess(world.quiz, player=world.visitor)
    stranger, player = world.clients()
    alone = read_through(SharedCache(), world, stranger)
    cache = SharedCache()
    played = read_through(cache, world, player)
    assert {"/quiz/played/", "/quiz/played/card/"} <= told(played)
    return differences(alone, read_through(cache, world, stranger))


@pytest.mark.slow
def test_a_shared_cache_hands_nobody_somebody_elses_reveal(world):
    world.move_lie(0)

    assert after_somebodys_reveal(world) == []


@pytest.mark.slow
@pytest.mark.parametrize("plant", SHARED_LEAKS, ids=lambda plant: plant.__name__)
def test_a_leak_through_a_shared_cache_is_found(
    world, plant, monkeypatch, settings, tmp_path
):
    world.move_lie(0)
    plant(monkeypatch, settings, tmp_path)

    assert after_somebodys_reveal(world)


def test_a_closed_quiz_tells_nothing_either_before_the_guess(world):
    assert not is_open(world.earlier, READ)
    stranger, _ = world.clients()
    found = []
    for place in range(4):
        world.put_lie(world.earlier, place)
        rerender(world.issues)
        with time_machine.travel(READ, tick=False):
            asked = world.asked_before_the_guess(world.earlier)
            found.append(crawl(asked, client=stranger))
    own = [
        {r: a for r, a in snapshot.items() if r.address.startswith("/quiz/earlier/")}
        for snapshot in found
    ]

    assert len(own[0]) > 15
    for other in own[1:]:
        assert differences(own[0], other) == []


def mails(world):
    """The mail copies of both issues, as they are pasted into a sender, each part."""
    with time_machine.travel(READ, tick=False):
        copies = [
            compose_mail(find_for_mail(i.pk, ahead=False)) for i in world.issues[::-1]
        ]
    latest = copies[0]
    assert all(text in latest.html and text in latest.text for text in TEXTS)
    return [(copy.subject, copy.preheader, copy.html, copy.text) for copy in copies]


def mails_for_each_place(world):
    for place in (3, 2, 1, 0):
        world.move_lie(place)
        yield mails(world)


def test_every_byte_of_the_mail_is_the_same_wherever_the_lie_stands(world):
    first, *others = mails_for_each_place(world)

    assert others == [first] * 3
    for secret in SECRETS:
        assert secret.decode() not in "".join(first[0])


@pytest.mark.slow
@pytest.mark.parametrize(
    "plant", [a_space_in_the_mail, an_order], ids=lambda plant: plant.__name__
)
def test_a_leak_planted_in_the_mail_is_found(
    world, plant, monkeypatch, settings, tmp_path
):
    plant(monkeypatch, settings, tmp_path)
    first, *others = mails_for_each_place(world)

    assert others != [first] * 3


def test_a_new_public_address_must_say_how_it_is_asked(world):
    new = path("new/<int:number>/", lambda request, number: HttpResponse(), name="new")

    with pytest.raises(pytest.fail.Exception, match="Which number has new"):
        addresses(world.arguments(), [*get_resolver().url_patterns, new])


def test_a_new_public_address_without_arguments_is_asked(world):
    new = path("new/", lambda request: HttpResponse(), name="home")

    assert len(addresses(world.arguments(), [new])) == 1
