"""What a player does, for tests: opens the form and sends it."""

import re
from datetime import timedelta

import time_machine
from django.test import Client
from django.utils import timezone

READING_SECONDS = 12
CHECKED = "required checked"
RADIO = re.compile(r'type="radio" name="headline" value="([^"]+)"')


def token_of(response):
    (token,) = re.findall(r'name="token" value="([^"]+)"', response.text)
    return token


def order_of(response):
    """The handles of a form, as they stand there."""
    return RADIO.findall(response.text)


def open_form(client, quiz, **query):
    response = client.get(quiz.get_absolute_url(), query)
    assert response.status_code == 200
    return token_of(response)


def press(
    client, quiz, headline, token, *, after=READING_SECONDS, headers=None, **fields
):
    """Sends the form, once somebody can have read it; `headline` may be None."""
    data = {"token": token, **fields}
    if headline is not None:
        data["headline"] = getattr(headline, "handle", headline)
    with time_machine.travel(timezone.now() + timedelta(seconds=after), tick=False):
        return client.post(f"{quiz.get_absolute_url()}guess/", data, headers=headers)


def play(client, quiz, headline=None, **fields):
    """Opens the form and sends it, with the lie unless another headline is named."""
    return press(client, quiz, headline or quiz.lie, open_form(client, quiz), **fields)


def truth_of(quiz):
    return quiz.headlines.exclude(pk=quiz.lie_id).first()


class Cookieless(Client):
    """A browser that keeps no cookie."""

    def request(self, **request):
        self.cookies.clear()
        return super().request(**request)
