"""Every form and every query of the site × values that nobody means to type.

What there is to send is found by asking: the forms in the pages, the names that views look
for, and what the actions of lists ask before they act. Nothing is answered with an error
of ours, and what is refused is refused with a sentence.
"""

import logging
import os
import re
from dataclasses import dataclass, field

import pytest
from django.contrib import admin
from django.urls import reverse

from tests.permissions.world import World, every_address
from tests.security.forms import (
    Asker,
    filter_names,
    forms_on,
    path_of,
    reading,
    role_for,
    target_name,
    with_errors,
)
from tests.security.naughty import BY_KIND, NAUGHTY

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# What says how much is sent: wrong, it hides the rest, so that it is tried by itself.
STRUCTURE = re.compile(r"-(TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS$|^action$|^_|-id$")
# Ends the session that the next value is sent in; says that no worker runs.
LEFT_OUT = {"admin:logout", "readyz"}


@dataclass
class Sent:
    """Something that is sent to a view: what it holds when a person fills it in."""

    name: str
    path: str
    data: dict = field(default_factory=dict)
    files: list = field(default_factory=list)

    def groups(self):
        """Names whose values are made up together."""
        structure = [name for name in self.data if STRUCTURE.search(name)]
        rest = [name for name in self.data if not STRUCTURE.search(name)]
        return [sorted(names) for names in (rest, structure) if names]

    def __str__(self):
        action = b"".join(self.data.get("action", ()))[:30].decode(errors="replace")
        return f"{self.name} {action}".strip()


@pytest.fixture
def asker(settings):
    # One that each process has to itself, as it is emptied with every request.
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    }
    logging.disable(logging.CRITICAL)
    yield Asker(World())
    logging.disable(logging.NOTSET)


def named_addresses():
    return {n: a for n, a in every_address().items() if n not in LEFT_OUT}


def actions_of(asker):
    """What each action of each list is sent, and what it asks then."""
    for model, model_admin in admin.site._registry.items():
        opts = model._meta
        name = f"admin:{opts.app_label}_{opts.model_name}_changelist"
        keys = [str(pk).encode() for pk in model._base_manager.values_list("pk")[:2]]
        keys = [key.strip(b"(),'") for key in keys]
        for action in {*(a[0] for a in model_admin._get_base_actions())}:
            chosen = str(getattr(action, "__name__", action))
            first = {"action": (chosen.encode(),), "_selected_action": tuple(keys)}
            yield name, reverse(name), first, []
            page = asker.post(name, reverse(name), first)
            for path, data, files in forms_on(page.body, page.request["PATH_INFO"]):
                if "action" in data and len(data) > 2:
                    yield name, path, first | data, files


def forms_of(asker):
    """Everything that is posted, once: by where it goes and what it holds."""
    found = {}

    def keep(name, path, data, files):
        key = (name, data.get("action"), frozenset(data))
        if name and name not in LEFT_OUT and key not in found:
            found[key] = Sent(name, path, data, files)

    for name, address in named_addresses().items():
        path = path_of(asker.world, address)
        page = asker.get(name, path, {})
        if page.headers.get("Content-Type", "").startswith("text/html"):
            for target, data, files in forms_on(page.body, path):
                # The rows of the list are sent by its actions.
                if role_for(name) == role_for(target_name(target)):
                    keep(target_name(target), target, data, files)
        with reading() as names:
            answer = asker.post(name, path, {})
        known = {n for sent in found.values() if sent.name == name for n in sent.data}
        if answer.status_code != 405 and names - known:
            keep(name, path, dict.fromkeys(sorted(names), (b"1",)), [])
    for each in actions_of(asker):
        keep(*each)
    return list(found.values())


def report(asker, what):
    print(f"{asker.asked:,} requests, {what}; {dict(sorted(asker.statuses.items()))}")  # noqa: T201
    assert asker.errors == []
    assert asker.speechless == []


# Of so many kinds each field gets a value; the next form begins with other kinds and values.
# All of them in every field take half an hour: FUZZ_ROUNDS=999.
ROUNDS = min(int(os.environ.get("FUZZ_ROUNDS", "6")), len(NAUGHTY))
KINDS = [*BY_KIND.values()]


def packed(names, form, number):
    """For each name another value, so that one request tries as many as there are names."""
    chosen = {}
    for place, name in enumerate(names):
        if len(NAUGHTY) == ROUNDS:
            chosen[name] = NAUGHTY[(number + 7 * place) % ROUNDS]
        else:
            step = form * ROUNDS + number + place
            kind = KINDS[step % len(KINDS)]
            chosen[name] = kind[(step // len(KINDS)) % len(kind)]
    return chosen


def send(asker, sent, chosen):
    """Made-up values in these fields; then honest ones where they were refused."""
    said = ", ".join(f"{name}={each}" for name, each in chosen.items())
    values = {name: each.values for name, each in chosen.items()}
    answer = asker.post(sent.name, sent.path, sent.data | values, said)
    wrong, sentences = (
        with_errors(answer.body) if answer.status_code == 200 else (set(), [])
    )
    for sentence in sentences:
        if not sentence.endswith((".", "?", "!")):
            asker.speechless.append(f"{sent}: {sentence!r}")
    if wrong & values.keys() and values.keys() - wrong:
        values = {name: values[name] for name in values.keys() - wrong}
        asker.post(sent.name, sent.path, sent.data | values, said)


def test_every_field_of_every_form(asker):
    forms, tried = forms_of(asker), set()
    for form, sent in enumerate(forms):
        for names in sent.groups():
            for number in range(ROUNDS):
                chosen = packed(names, form, number)
                send(asker, sent, chosen)
                tried |= {(form, name, each) for name, each in chosen.items()}

    fields = sum(len(sent.data) for sent in forms)
    report(
        asker, f"{len(forms)} forms of {fields} fields, {len(tried):,} values in fields"
    )
    assert len(forms) >= 100
    assert len(tried) == fields * ROUNDS
    assert {each.kind for _, _, each in tried} == {*BY_KIND}


def test_every_parameter_of_every_query(asker):
    tried, fields = set(), 0
    for place, (name, address) in enumerate(named_addresses().items()):
        path = path_of(asker.world, address)
        with reading() as read:
            asker.get(name, path, {})
        names = sorted(read | {*filter_names(name)})
        fields += len(names)
        for number in range(ROUNDS if names else 0):
            chosen = packed(names, place, number)
            said = ", ".join(f"{n}={each}" for n, each in chosen.items())
            asker.get(name, path, {n: e.values for n, e in chosen.items()}, said)
            tried |= {(name, n, each) for n, each in chosen.items()}
            # A filter that makes no sense hides those behind it.
            alone = names[number % len(names)]
            asker.get(
                name, path, {alone: chosen[alone].values}, f"{alone}={chosen[alone]}"
            )

    report(asker, f"{fields} parameters, {len(tried):,} values in them")
    assert fields >= 300
    assert len(tried) == fields * ROUNDS
