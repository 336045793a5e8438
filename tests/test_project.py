"""The machine is set up right: what no single app can test."""

import hashlib
import json
import os
import re
import subprocess
import sys
import warnings
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).parent.parent
SECRET = "a-secret-that-only-this-file-knows-" + "y" * 32


def production(data_dir: Path, **changes: str | None) -> dict[str, str]:
    """The environment of a site in production; None removes a variable."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in {"PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV"}
    }
    wanted: dict[str, str | None] = {
        "DJANGO_SETTINGS_MODULE": "superfast.settings",
        "SECRET_KEY": SECRET,
        "SITE_URL": "https://superfast.example",
        "DATA_DIR": str(data_dir),
        **changes,
    }
    return kept | {name: value for name, value in wanted.items() if value is not None}


def python(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def manage(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return python("-W", "error", "manage.py", *arguments, env=env)


def in_production(code: str, env: dict[str, str]) -> Any:
    """What code prints as JSON once Django is set up for production."""
    result = python("-c", f"import django, json; django.setup()\n{code}", env=env)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_djangos_deployment_check_finds_nothing(tmp_path):
    result = manage(
        "check", "--deploy", "--fail-level", "WARNING", env=production(tmp_path)
    )

    assert result.returncode == 0, result.stdout + result.stderr
    assert "no issues" in result.stdout


@pytest.mark.slow
def test_static_files_are_hashed_and_compressed_in_production(tmp_path):
    result = manage("collectstatic", "--noinput", env=production(tmp_path))
    assert result.returncode == 0, result.stderr

    collected = tmp_path / "static"
    paths = json.loads((collected / "staticfiles.json").read_text())["paths"]
    hashed = collected / paths["admin/css/base.css"]
    assert hashed.is_file()
    assert hashed.name != "base.css"
    assert hashed.with_name(hashed.name + ".br").is_file()
    assert hashed.with_name(hashed.name + ".gz").is_file()

    module = (collected / paths["desk/pictures.js"]).read_text()
    assert Path(paths["desk/text.js"]).name in module

    found = in_production(
        "from superfast.common.templatetags.scripts import module\n"
        "print(json.dumps(module('js/keys.js')))",
        production(tmp_path),
    )
    digest = hashlib.sha384((collected / paths["js/keys.js"]).read_bytes()).digest()
    assert found == (
        f'<script type="module" src="/static/{paths["js/keys.js"]}" '
        f'integrity="sha384-{b64encode(digest).decode()}"></script>'
    )


@pytest.mark.parametrize("address", ["https://superfast.example", "http://127.0.0.1:1"])
def test_debug_is_off_and_the_storages_are_what_we_meant(tmp_path, address):
    found = in_production(
        "from django.conf import settings\n"
        "from django.core.files.storage import storages\n"
        "names = [type(storages[n]).__name__ for n in ('staticfiles', 'default')]\n"
        "print(json.dumps([settings.DEBUG, names, storages['default'].location]))",
        production(tmp_path, SITE_URL=address),
    )

    assert found == [
        False,
        ["HashedStorage", "FileSystemStorage"],
        str(tmp_path / "media"),
    ]


@pytest.mark.parametrize("mail", [None, "smtp://127.0.0.1"])
def test_a_new_password_is_offered_where_mail_can_be_sent(tmp_path, mail):
    found = in_production(
        "from django.urls import is_valid_path\n"
        "print(json.dumps(is_valid_path('/admin/password_reset/', 'superfast.urls')"
        ".url_name))",
        production(tmp_path, EMAIL_URL=mail),
    )

    assert (found == "admin_password_reset") is (mail is not None)


def test_tests_keep_their_files_to_themselves():
    assert ROOT not in Path(settings.MEDIA_ROOT).parents
    assert ROOT not in Path(settings.STATIC_ROOT).parents
    if connection.vendor == "sqlite":
        assert ROOT not in Path(connection.settings_dict["NAME"]).parents


def test_a_warning_is_an_error():
    with pytest.raises(DeprecationWarning):
        warnings.warn("old", DeprecationWarning, stacklevel=1)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", None),
        ("SECRET_KEY", "short"),
        ("SITE_URL", None),
        ("SITE_URL", "http://superfast.example"),
        ("SITE_URL", "superfast.example"),
        ("DEBUG", "perhaps"),
        ("DEBUG", "1"),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", "www.example.org, .example.org"),
        ("DATABASE_URL", "nonsense"),
        ("SUBSCRIBE_URL", "nonsense"),
        ("EMAIL_URL", "nonsense"),
        ("EMAIL_URL", "smtp://user:password@:25"),
        ("REQUIRE_SECOND_FACTOR", "sometimes"),
    ],
)
def test_a_bad_variable_stops_the_start_with_a_sentence_that_names_it(
    tmp_path, name, value
):
    result = manage("check", env=production(tmp_path, **{name: value}))

    assert result.returncode != 0
    last = result.stderr.strip().splitlines()[-1]
    assert name in last
    assert last.endswith(".")


@pytest.mark.parametrize(
    ("query", "wins"),
    [
        (
            "",
            "-c random_page_cost=1.1 -c max_parallel_workers_per_gather=0 -c lock_timeout=2s",
        ),
        ("?options=-c%20work_mem%3D8MB", "-c work_mem=8MB"),
    ],
)
def test_an_address_decides_how_postgresql_plans(tmp_path, query, wins):
    url = f"postgres://superfast:secret@127.0.0.1:5432/superfast{query}"
    code = (
        "from django.conf import settings\n"
        "print(json.dumps(settings.DATABASES['default']['OPTIONS']['options']))"
    )
    asked = {"DATABASE_URL": url, "PGOPTIONS": "-c lock_timeout=2s"}
    assert in_production(code, production(tmp_path, **asked)) == wins


@pytest.mark.parametrize(
    ("site", "hosts"),
    [
        (
            "http://127.0.0.1:8000",
            {"127.0.0.1", "localhost", "[::1]", "www.example.org"},
        ),
        ("https://superfast.example", {"superfast.example", "www.example.org"}),
    ],
)
def test_a_site_on_ones_own_machine_answers_to_every_name_of_it(tmp_path, site, hosts):
    code = "from django.conf import settings\nprint(json.dumps(settings.ALLOWED_HOSTS))"
    env = production(tmp_path, SITE_URL=site, ALLOWED_HOSTS="www.example.org")
    assert {*in_production(code, env)} == hosts


def test_what_every_page_needs_is_not_looked_through_for_garbage(tmp_path):
    code = (
        "import gc, sys, superfast.wsgi\n"
        "print(json.dumps({'views': 'papers.views' in sys.modules,"
        " 'left': len(gc.get_objects()), 'frozen': gc.get_freeze_count()}))"
    )
    found = in_production(code, production(tmp_path))
    assert found["views"]
    assert found["frozen"] > 50_000
    assert found["left"] < found["frozen"] / 20


@pytest.mark.slow
def test_imports_point_downward():
    result = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 0, result.stdout + result.stderr


def tracked(*suffixes: str) -> Iterator[tuple[str, str]]:
    """Path and text of each of the project's own files of some kinds."""
    for folder in ("superfast", "issues", "quiz", "papers", "templates", "static"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and path.suffix in suffixes:
                yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def test_text_becomes_html_in_common_only():
    trust = re.compile(r"mark_safe|\|\s*safe\b|safeseq|autoescape off|SafeString\(")

    trusting = [
        path
        for path, text in tracked(".py", ".html", ".txt", ".xml")
        if trust.search(text) and not path.startswith("superfast/common/")
    ]

    assert not trusting


def test_templates_hold_nothing_that_the_security_policy_refuses():
    refused = re.compile(
        r"""<script(?![^>]*\ssrc=)[^>]*>|<style|\sstyle=["']|\son[a-z]+=["']|javascript:"""
    )

    offending = [path for path, text in tracked(".html") if refused.search(text)]

    assert not offending


def test_every_static_file_that_a_template_names_exists():
    """With hashed names a missing one is an error 500, in production only."""
    name = re.compile(r"""{%\s*static\s+["']([^"']+)["']""")

    missing = [
        f"{path}: {file}"
        for path, text in tracked(".html", ".xml")
        for file in name.findall(text)
        if finders.find(file) is None
    ]

    assert not missing


def routes(patterns: list, prefix: str = "") -> list[str]:
    """Every address of the URL configuration that takes no argument."""
    found = []
    for pattern in patterns:
        route = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            found += routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and not set(route) & set("<>()[]^\\"):
            found.append(f"/{route}")
    return found


@pytest.mark.django_db
def test_every_route_answers(client):
    addresses = routes(get_resolver().url_patterns)

    assert "/" in addresses
    assert "/healthz" in addresses
    answers = {address: client.get(address).status_code for address in addresses}
    assert not [address for address, status in answers.items() if status >= 500]
