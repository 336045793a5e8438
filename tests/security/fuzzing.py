"""What there is to send to the site: its forms, the names its views look for, its actions."""

import re
from dataclasses import dataclass, field

from django.contrib import admin
from django.urls import reverse

from tests.permissions.world import every_address
from tests.security.forms import forms_on, path_of, reading, role_for, target_name

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
