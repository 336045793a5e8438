"""The least that Django can do to store a guess: no middleware, no question asked.

It has the site's database with the site's own settings for it, and inserts a
player and a guess for every form that it is sent.
"""

import os

import django
from django.conf import settings

from superfast import settings as site

settings.configure(
    SECRET_KEY=site.SECRET_KEY,
    ALLOWED_HOSTS=site.ALLOWED_HOSTS,
    DATABASES=site.DATABASES,
    INSTALLED_APPS=[
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "superfast.accounts.apps.AccountsConfig",
        "superfast.redirects",
        "quiz",
    ],
    AUTH_USER_MODEL="accounts.User",
    DEFAULT_AUTO_FIELD=site.DEFAULT_AUTO_FIELD,
    USE_TZ=True,
    USE_I18N=False,
    MIDDLEWARE=[],
    ROOT_URLCONF="bench.bare",
)
django.setup()

from django.core.handlers.wsgi import WSGIHandler  # noqa: E402  # needs the settings above
from django.db import transaction  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402

from quiz.models import Guess, Player  # noqa: E402

QUIZ = int(os.environ["BENCH_QUIZ"])


def guess(request: HttpRequest) -> HttpResponse:
    with transaction.atomic():
        Guess.objects.create(
            quiz_id=QUIZ,
            player=Player.objects.create(),
            headline_id=int(request.POST["headline"]),
            position=1,
            channel=Guess.Channel.PAGE,
        )
    return HttpResponse(status=303, headers={"Location": "/", "Content-Length": "0"})


urlpatterns = [
    path("guess/", guess),
    path("healthz", lambda _request: HttpResponse(b"ok")),
]
application = WSGIHandler()
