"""A machine that is set up wrongly does not start, and says in a sentence why."""

import pytest

from superfast import env, variables
from tests.test_project import ROOT, manage, production

SECRET = "k" * 50


@pytest.fixture
def variable(monkeypatch):
    """Sets NAME, or NAME_FILE to a file of that content; both are unset before."""
    for name in ("NAME", "NAME_FILE"):
        monkeypatch.delenv(name, raising=False)

    def give(value, name="NAME"):
        monkeypatch.setenv(name, value)

    return give


@pytest.fixture
def file(variable, tmp_path):
    def give(content):
        path = tmp_path / "value"
        path.write_bytes(content)
        variable(str(path), "NAME_FILE")

    return give


def complaint(read, *arguments, **options):
    """The one sentence that a reader refuses with; it names the variable."""
    with pytest.raises(ValueError, match="NAME") as caught:
        read("NAME", *arguments, **options)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def test_a_text_is_read_without_the_space_around_it(variable):
    variable("  a b \n")

    assert env.read_text("NAME") == "a b"


def test_a_text_is_read_from_a_file(file):
    file(b"from a file\n")

    assert env.read_text("NAME") == "from a file"


def test_a_text_that_is_not_set_has_its_default(variable):
    assert env.read_text("NAME", "x") == "x"
    assert env.read_text("NAME", "") == ""


def test_a_text_that_is_not_set_and_has_no_default_is_missing(variable):
    assert "is not set" in complaint(env.read_text)


def test_a_variable_and_its_file_are_not_set_together(variable, file):
    file(b"x")
    variable("x")

    assert "not both" in complaint(env.read_text, "x")


@pytest.mark.parametrize("content", [None, b"\xff"])
def test_a_file_that_can_not_be_read_is_named(variable, file, tmp_path, content):
    if content is None:
        variable(str(tmp_path / "none"), "NAME_FILE")
    else:
        file(content)

    assert "NAME_FILE" in complaint(env.read_text, "x")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((text, True) for text in ("1", "true", "YES", " On ")),
        *((text, False) for text in ("0", "false", "NO", "off")),
    ],
)
def test_yes_and_no_have_several_spellings(variable, text, value):
    variable(text)

    assert env.read_bool("NAME", default=not value) is value


@pytest.mark.parametrize("default", [True, False])
def test_neither_yes_nor_no_is_the_default(variable, default):
    assert env.read_bool("NAME", default=default) is default
    variable("")
    assert env.read_bool("NAME", default=default) is default


@pytest.mark.parametrize("text", ["2", "perhaps", "truely", "1 0", "-1"])
def test_what_is_neither_yes_nor_no_is_refused(variable, text):
    variable(text)

    assert repr(text) in complaint(env.read_bool, default=False)


@pytest.mark.parametrize(("text", "value"), [("", 7), (" 0 ", 0), ("12", 12)])
def test_a_count_is_read(variable, text, value):
    assert env.read_count("NAME", default=7) == 7
    variable(text)

    assert env.read_count("NAME", default=7) == value


@pytest.mark.parametrize("text", ["-1", "1.5", "one", "٣", "1 0", "9" * 5000])
def test_what_is_no_count_is_refused(variable, text):
    variable(text)

    assert repr(text) in complaint(env.read_count)


@pytest.mark.parametrize(
    ("text", "items"),
    [("", []), (" , ", []), ("a", ["a"]), (" a, b ,,c ", ["a", "b", "c"])],
)
def test_a_list_is_read(variable, text, items):
    assert env.read_list("NAME") == []
    variable(text)

    assert env.read_list("NAME") == items


def test_a_secret_is_read(variable):
    variable(SECRET)

    assert env.read_secret("NAME") == SECRET


@pytest.mark.parametrize(
    "text", ["sesame", "k" * 49, "django-insecure" + SECRET, "Change-Me" + SECRET]
)
def test_a_secret_that_is_none_is_refused_and_not_repeated(variable, text):
    variable(text)

    assert text not in complaint(env.read_secret)


def test_a_secret_that_is_missing_or_empty_is_refused(variable, file):
    assert "is not set" in complaint(env.read_secret)
    file(b"")
    assert "too short" in complaint(env.read_secret)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("https://a.example/", "https://a.example"),
        ("http://a.example:8080/list/x?y=1", "http://a.example:8080/list/x?y=1"),
        ("https://[::1]:8000", "https://[::1]:8000"),
    ],
)
def test_an_address_is_read_without_its_final_slash(variable, text, value):
    variable(text)

    assert env.read_url("NAME") == value


def test_an_address_may_be_left_out_where_it_may_be_empty(variable):
    assert env.read_url("NAME", default="") == ""
    assert "is not set" in complaint(env.read_url)


NO_ADDRESS = [
    *("", "example.org", "//example.org", "ftp://a.example", "javascript:alert(1)"),
    *("https://", "https:///x", "https://a.example:x", "https://a.example:99999"),
    *("https://[::1", "https://a b.example", "https://a.example/a b", "nonsense"),
    *("https://a.exa\tmple", "https://<b>.example", 'https://a"b.example'),
]


@pytest.mark.parametrize("text", NO_ADDRESS)
def test_what_is_no_address_is_refused(variable, text):
    variable(text)

    complaint(env.read_url)
    complaint(env.read_site_url)


@pytest.mark.parametrize(
    "text",
    [
        *("https://a.example", "https://a.example:8443", "http://localhost:8000"),
        *("http://127.0.0.1:8000", "http://127.8.8.8", "http://[::1]:8000"),
    ],
)
def test_the_site_has_an_origin(variable, text):
    variable(text)

    assert env.read_site_url("NAME") == text


@pytest.mark.parametrize(
    "text",
    [
        *("https://a.example/x", "https://a.example?x", "https://a.example#x"),
        *("https://u@a.example", "https://u:p@a.example", "https://:p@a.example"),
    ],
)
def test_an_origin_is_no_longer_address(variable, text):
    variable(text)

    assert "must be an origin" in complaint(env.read_site_url)


@pytest.mark.parametrize(
    "host", ["a.example", "192.168.0.1", "localhost.example", "127.example"]
)
def test_a_public_host_is_asked_for_by_https(variable, host):
    variable(f"http://{host}")

    assert "https://" in complaint(env.read_site_url)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        *(("localhost", True), ("127.0.0.1", True), ("127.1.2.3", True), ("::1", True)),
        *(("", False), ("10.0.0.1", False), ("::2", False), ("localhost.x", False)),
    ],
)
def test_a_loopback_is_this_machine(host, loopback):
    assert env.is_loopback(host) is loopback


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("SECRET_KEY_FILE", {"SECRET_KEY": None, "SECRET_KEY_FILE": "/nowhere/key"}),
        ("SITE_URL", {"SITE_URL": "https://a b.example"}),
        ("DATABASE_URL", {"DATABASE_URL": "postgres://u:p@host:port/name"}),
        ("HSTS_PRELOAD", {"HSTS_PRELOAD": "maybe"}),
    ],
)
def test_a_bad_environment_stops_the_start_with_one_sentence(tmp_path, name, changes):
    result = manage("check", env=production(tmp_path, **changes))

    assert result.returncode != 0
    last = result.stderr.strip().splitlines()[-1]
    assert name in last
    assert last.endswith(".")


POSTGRES, REDIS = "postgres://u:p@database/x", "redis://cache/0"


@pytest.mark.parametrize(
    ("machines", "database", "cache", "missing"),
    [
        ("2", None, REDIS, "DATABASE_URL"),
        ("2", "sqlite:////srv/shared/db.sqlite3", REDIS, "DATABASE_URL"),
        ("3", POSTGRES, None, "CACHE_URL"),
        ("3", POSTGRES, "locmem://", "CACHE_URL"),
    ],
)
def test_several_machines_share_database_and_cache(
    tmp_path, machines, database, cache, missing
):
    changes = {"DATABASE_URL": database, "CACHE_URL": cache, "MACHINES": machines}
    result = manage("check", env=production(tmp_path, **changes))

    assert result.returncode != 0
    last = result.stderr.strip().splitlines()[-1]
    assert "MACHINES" in last
    assert missing in last
    assert last.endswith(".")


@pytest.mark.parametrize(
    ("machines", "database", "cache"),
    [("1", None, None), (None, None, None), ("2", POSTGRES, REDIS)],
)
def test_one_machine_needs_nothing_to_share(tmp_path, machines, database, cache):
    changes = {"DATABASE_URL": database, "CACHE_URL": cache, "MACHINES": machines}

    assert manage("check", env=production(tmp_path, **changes)).returncode == 0


@pytest.mark.parametrize(
    "value", ["", "locmem://", "redis://127.0.0.1:6379/0", "rediss://u:p@cache/1"]
)
def test_a_caches_address_is_taken(variable, value):
    variable(value)

    assert env.read_cache("NAME") == value


@pytest.mark.parametrize("value", ["memcached://x", "redis://", "redis", "http://x"])
def test_no_other_cache_is(variable, value):
    variable(value)

    assert "redis://host" in complaint(env.read_cache)


def test_a_refusal_repeats_no_password(variable):
    variable("http://user:sesame@host")

    for read in (env.read_cache, env.read_mail, env.read_database):
        arguments = ["x"] if read is env.read_database else []
        assert "sesame" not in complaint(read, *arguments)


def test_every_variable_is_described_and_the_table_is_in_the_guide():
    asked = {name for name in env.ASKED if name != "NAME"}

    assert asked == set(variables.ABOUT)
    guide = (ROOT / "docs" / "operations.md").read_text()
    assert variables.table() in guide, "make manage ARGS=list_variables prints it"
