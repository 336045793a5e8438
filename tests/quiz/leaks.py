"""Leaks of the answer, planted to see whether they are found."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest

from quiz import services, stats, tokens
from quiz.models import Guess, Headline, Quiz
from quiz.services import playing
from quiz.sitemaps import QuizSitemap
from quiz.views import guess as views

TEMPLATES = Path(settings.BASE_DIR) / "templates"
FACE = 'class="clipping-face'


@dataclass(frozen=True)
class MarkedCard:
    """A card that knows too much."""

    handle: str
    text: str
    is_lie: bool


def _marked(quizzes):
    hands = {}
    for quiz in Quiz.objects.filter(pk__in=[quiz.pk for quiz in quizzes]):
        rows = quiz.headlines.order_by("handle")
        hands[quiz.pk] = [
            MarkedCard(h.handle, h.text, h.pk == quiz.lie_id) for h in rows
        ]
    return hands


def _override(name, settings, tmp_path, old, new):
    text = (TEMPLATES / name).read_text()
    assert old in text
    copy = tmp_path / name
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_text(text.replace(old, new, 1))
    engine = {
        **settings.TEMPLATES[0],
        "DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]],
    }
    settings.TEMPLATES = [engine]


def a_class_in_the_form(monkeypatch, settings, tmp_path):
    monkeypatch.setattr(playing, "deal_hands", _marked)
    new = f"{FACE}{{% if headline.is_lie %}} clipping-odd{{% endif %}}"
    _override("quiz/_quiz_form.html", settings, tmp_path, FACE, new)


def a_space_in_the_issue(monkeypatch, settings, tmp_path):
    monkeypatch.setattr(playing, "deal_hands", _marked)
    old, new = (
        "{{ headline.text }}</a>",
        "{{ headline.text }}</a>{% if headline.is_lie %} {% endif %}",
    )
    _override("components/blocks/quiz.html", settings, tmp_path, old, new)


def an_order(monkeypatch, settings, tmp_path):
    def lie_last(quizzes):
        return {
            key: sorted(cards, key=lambda card: card.is_lie)
            for key, cards in _marked(quizzes).items()
        }

    monkeypatch.setattr(playing, "deal_hands", lie_last)


def an_order_of_the_form(monkeypatch, settings, tmp_path):
    plain = services.arranged

    def lie_first(cards, arrangement):
        lies = {*Quiz.objects.values_list("lie__handle", flat=True)}
        return sorted(plain(cards, arrangement), key=lambda c: c.handle not in lies)

    monkeypatch.setattr(services, "arranged", lie_first)


def a_header(monkeypatch, settings, tmp_path):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.quiz.leaks.last_modified"]


def last_modified(get_response):
    def middleware(request: HttpRequest):
        response = get_response(request)
        if request.path.startswith("/quiz/"):
            latest = Quiz.objects.latest("updated_at")
            response.headers["ETag"] = f'"{latest.updated_at.timestamp()}"'
        return response

    return middleware


def a_date_in_the_sitemap(monkeypatch, settings, tmp_path):
    def lastmod(self, item):
        return Quiz.objects.get(pk=item.pk).updated_at

    monkeypatch.setattr(QuizSitemap, "lastmod", lastmod)


def a_length_in_an_error(monkeypatch, settings, tmp_path):
    plain = views._render_form

    def padded(request, quiz, refused, known):
        found = Headline.objects.filter(quiz=quiz, source_url="").get()
        refused.sentence += " " * (found.pk % 7)
        return plain(request, quiz, refused, known)

    monkeypatch.setattr(views, "_render_form", padded)


def a_share_of_the_fooled(monkeypatch, settings, tmp_path):
    plain = services.show_quiz

    def told(quiz):
        key = Quiz.objects.values_list("lie", flat=True).get(pk=quiz.pk)
        share = stats.count_picks(quiz.pk).share(key)
        face = plain(quiz)
        values = {name: getattr(face, name) for name in face.__slots__}
        return services.QuizFace(**{**values, "intro": f"{share:.0%} spotted it."})

    monkeypatch.setattr(services, "show_quiz", told)


def a_pointer_in_the_redirect(monkeypatch, settings, tmp_path):
    plain = views._see_other

    def pointed(address):
        latest = Quiz.objects.latest("updated_at")
        return plain(f"{address}#{latest.lie_id}")

    monkeypatch.setattr(views, "_see_other", pointed)


def a_space_in_the_mail(monkeypatch, settings, tmp_path):
    monkeypatch.setattr(playing, "deal_hands", _marked)
    old, new = (
        "{{ headline.text }}</a>",
        "{{ headline.text }}{% if headline.is_lie %} {% endif %}</a>",
    )
    _override("components/mail/quiz.html", settings, tmp_path, old, new)


LEAKS = [
    a_class_in_the_form,
    a_space_in_the_issue,
    an_order,
    an_order_of_the_form,
    a_header,
    a_date_in_the_sitemap,
    a_length_in_an_error,
    a_share_of_the_fooled,
    a_pointer_in_the_redirect,
]


# Leaks from who has guessed to who has not -----------------------------------


def a_reveal_for_everybody(monkeypatch, settings, tmp_path):
    settings.MIDDLEWARE = ["tests.quiz.leaks.nothing_private", *settings.MIDDLEWARE]


def nothing_private(get_response):
    def middleware(request: HttpRequest):
        response = get_response(request)
        response.headers["Cache-Control"] = "public, max-age=60"
        return response

    return middleware


def a_page_that_knows_the_reader(monkeypatch, settings, tmp_path):
    settings.MIDDLEWARE = ["tests.quiz.leaks.greeting", *settings.MIDDLEWARE]


def greeting(get_response):
    def middleware(request: HttpRequest):
        response = get_response(request)
        has_played = Guess.objects.filter(
            player__handle=tokens.read_player(request) or "", quiz__slug="played"
        ).exists()
        if has_played and not response.streaming and request.path == "/quiz/":
            response.content += b"You have played this one."
        return response

    return middleware


SHARED_LEAKS = [a_reveal_for_everybody, a_page_that_knows_the_reader]
