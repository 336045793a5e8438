"""Every form and every query of the site × values that nobody means to type.

What there is to send is found by asking: the forms in the pages, the names that views look
for, and what the actions of lists ask before they act. Nothing is answered with an error
of ours, and what is refused is refused with a sentence.
"""

import os

import pytest

from tests.security.forms import filter_names, path_of, reading, with_errors
from tests.security.fuzzing import forms_of, named_addresses, report
from tests.security.naughty import BY_KIND, NAUGHTY

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

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
