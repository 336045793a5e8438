"""What systemd is told on a server without containers: as compose's services are, and as is rehearsed."""

import configparser
import re

import pytest

from tests.test_compose import SERVICES
from tests.test_project import ROOT

UNITS = ROOT / "deploy" / "systemd"
GUIDE = (ROOT / "docs" / "operations.md").read_text()


def service(name):
    unit = configparser.ConfigParser(interpolation=None, strict=False)
    unit.optionxform = str
    unit.read(UNITS / f"superfast-{name}.service")
    return unit["Service"]


@pytest.mark.parametrize("name", ["web", "worker"])
def test_a_unit_ends_as_its_container_does(name):
    unit, compose = service(name), SERVICES[name]

    assert unit["ExecStart"].split()[1:] == compose["command"]
    # Else all of its processes are told at once, and what is under way is cut off.
    assert unit["KillMode"] == "mixed"
    assert f"{unit['TimeoutStopSec']}s" == compose["stop_grace_period"]
    assert unit["Restart"] == "always"


@pytest.mark.parametrize("name", ["web", "worker", "backup"])
def test_a_unit_may_write_to_its_data_alone(name):
    unit = service(name)

    assert unit["User"] == "superfast"
    assert unit["ProtectSystem"] == "strict"
    assert unit["NoNewPrivileges"] == unit["PrivateTmp"] == "true"
    wanted = ["/var/lib/superfast"]
    if name == "backup":
        wanted.append(unit["ExecStart"].split()[2])
    assert unit["ReadWritePaths"].split() == wanted


def test_the_guide_names_what_the_units_need():
    said = "".join(path.read_text() for path in UNITS.iterdir())
    paths = {*re.findall(r"/(?:srv|etc|var)/[\w/-]*superfast", said)}

    assert {path for path in paths if path not in GUIDE} == set()
    enabled = re.search(r"systemctl enable --now (.+)", GUIDE)[1].split()
    assert {*enabled} == {"superfast-web", "superfast-worker", "superfast-backup.timer"}


def test_the_proxy_is_told_what_compose_tells_it():
    told = {
        *re.findall(r"^Environment=(\w+)=", (UNITS / "caddy.conf").read_text(), re.M)
    }

    assert told == {*SERVICES["proxy"]["environment"]} - {
        "CADDY_OPTIONS",
        "FURTHER_DOMAINS",
    }
