"""What docker compose is told: three variables are enough, and each service gets its own."""

import re

import yaml

from superfast import variables
from tests.test_project import ROOT

COMPOSE = (ROOT / "docker-compose.yml").read_text()
SERVICES = yaml.safe_load(COMPOSE)["services"]
SITE = ("prepare", "web", "worker", "metrics", "backup")
# What containers have by the way they are made, or have no use for.
OF_THE_IMAGE = {
    *("DATA_DIR", "DEBUG", "ENDING_FILE"),
    *("PGOPTIONS", "SQLITE_LOCK_SECONDS", "TASKS_INLINE"),
}
FOR_PLACES_OF_THEIR_OWN = {"PROMETHEUS_MULTIPROC_DIR", "TASK_LEASE_SECONDS"}
EXAMPLE = re.findall(r"^([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.M)


def test_three_variables_have_to_be_set():
    needed = set(re.findall(r"\$\{([A-Z_]+):\?", COMPOSE))

    assert needed == {"DOMAIN", "SECRET_KEY", "POSTGRES_PASSWORD"}
    assert needed == {name for name, _ in EXAMPLE[:3]}


def test_the_example_names_each_variable_once_with_what_holds_without_it():
    names = [name for name, _ in EXAMPLE]
    defaults = dict(re.findall(r"\$\{([A-Z_]+):-([^}]*)\}", COMPOSE))

    assert len(set(names)) == len(names)
    assert set(names) <= set(re.findall(r"\$\{([A-Z_]+)", COMPOSE))
    assert {n: v for n, v in EXAMPLE if n in defaults} == {
        n: defaults[n] for n in names if n in defaults
    }


def test_the_example_and_the_guide_know_every_variable_that_is_read():
    names = set(re.findall(r"\$\{([A-Z_]+)", COMPOSE))
    scripts = [*(ROOT / "deploy").glob("*-nightly"), ROOT / "deploy" / "entrypoint"]
    read = {
        n for path in scripts for n in re.findall(r"\$\{([A-Z_]+)", path.read_text())
    }
    guide = (ROOT / "docs" / "operations.md").read_text()

    assert names == {name for name, _ in EXAMPLE}
    assert {name for name in names | read if f"`{name}`" not in guide} == set()


def test_every_variable_reaches_every_service_of_the_site():
    wanted = set(variables.ABOUT) - OF_THE_IMAGE - FOR_PLACES_OF_THEIR_OWN

    for name in SITE:
        assert not wanted - set(SERVICES[name]["environment"]), name


def test_the_proxy_is_told_no_secret():
    told = set(SERVICES["proxy"]["environment"])

    assert not told & set(variables.ABOUT)
    assert told == {
        *("DOMAIN", "FURTHER_DOMAINS", "CADDY_OPTIONS"),
        *("UPSTREAM", "STATIC_ROOT", "MEDIA_ROOT"),
    }


def test_visitors_reach_the_proxy_alone():
    published = {
        name: [str(port) for port in service.get("ports", ())]
        for name, service in SERVICES.items()
    }

    assert {n for n, ports in published.items() if ports} == {"proxy", "metrics"}
    assert all(port.startswith("127.0.0.1:") for port in published["metrics"])
    assert "network_mode" not in COMPOSE


def test_figures_are_kept_only_where_they_are_asked_for_and_then_for_both():
    kept = "${PROMETHEUS_MULTIPROC_DIR:-}"

    for name in ("web", "metrics"):
        assert SERVICES[name]["environment"]["PROMETHEUS_MULTIPROC_DIR"] == kept
    assert SERVICES["metrics"]["profiles"] == ["metrics"]


def test_services_of_the_site_can_write_to_their_data_alone():
    for name in SITE:
        service = SERVICES[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]


def test_who_has_no_capability_does_not_begin_as_root():
    """Images that begin as root and become somebody else can't without CAP_SETUID.

    Caddy's stays root; the site's own is told its user by the Dockerfile.
    """
    stays, told = {"proxy"}, {*SITE}
    for name, service in SERVICES.items():
        if service.get("cap_drop") == ["ALL"] and name not in stays | told:
            assert service["user"] not in {"root", "0"}, name
    assert re.search(r"^USER superfast$", (ROOT / "Dockerfile").read_text(), re.M)


def test_a_database_that_is_being_made_is_not_taken_for_well():
    """While its image makes a cluster the server answers at its socket, then ends."""
    command = SERVICES["database"]["healthcheck"]["test"]

    assert command[command.index("--host") + 1] == "127.0.0.1"


def test_images_have_exact_tags():
    images = {s["image"] for s in SERVICES.values()}
    bases = re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(), re.M)

    for image in {*images, *bases}:
        assert re.search(r":\d+\.\d+(\.\d+)?[a-z0-9.-]*(@sha256:|$)", image), image


def test_the_image_holds_all_that_the_site_is_made_of():
    taken = re.findall(r"^!(\S+)", (ROOT / ".dockerignore").read_text(), re.M)
    folders = {p.name for p in ROOT.iterdir() if (p / "__init__.py").is_file()}

    assert {name.rstrip("/") for name in taken} >= folders - {"bench", "tests"}
    assert {"static/", "templates/", "manage.py", "requirements/production.txt"} <= {
        *taken
    }
