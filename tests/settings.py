"""The site's settings as the tests use them: production's, with what would be slow or outlive a run replaced."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_scratch = Path(tempfile.mkdtemp(prefix="superfast-tests-"))
atexit.register(shutil.rmtree, _scratch, ignore_errors=True)

# Nothing of the machine's own configuration reaches the tests but the database's address.
for _name in ("SECRET_KEY", "SITE_URL", "DATABASE_URL", "SUBSCRIBE_URL"):
    os.environ.pop(f"{_name}_FILE", None)
os.environ.update(
    {
        "DEBUG": "0",
        "SECRET_KEY": "only-the-tests-know-and-use-this-key-" + "x" * 32,
        "SITE_URL": "http://localhost:8000",
        "SUBSCRIBE_URL": "",
        "WEBSUB_HUB_URL": "",
        "ALLOWED_HOSTS": "",
        "PROXY_COUNT": "0",
        "EMAIL_URL": "smtp://127.0.0.1:25",
        "EMAIL_FROM": "desk@newsletter.example",
        "TASKS_INLINE": "1",
        "FETCH_PAGES": "0",
        "DATA_DIR": str(_scratch),
        "DATABASE_URL": os.environ.get("TEST_DATABASE_URL")
        or os.environ.get("DATABASE_URL")
        or f"sqlite:///{_scratch / 'db.sqlite3'}",
    }
)

from superfast.settings import *  # noqa: E402, F403
from superfast.settings import (  # noqa: E402
    DATABASE,
    MEDIA_ROOT,
    STATIC_ROOT,
    STORAGES,
)

if DATABASE["ENGINE"] == "django.db.backends.sqlite3":
    # A file, as in production: in memory, simultaneous writers answer
    # "database table is locked" whatever the timeout. Not synced to the disk.
    DATABASE["TEST"] = {"NAME": str(_scratch / "test.sqlite3")}
    DATABASE["OPTIONS"]["init_command"] = (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON;"
    )
else:
    DATABASE["OPTIONS"]["options"] += " -c synchronous_commit=off"
# A connection kept open by a server's thread would stop the test database from being dropped.
DATABASE["CONN_MAX_AGE"] = 0

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Without a manifest: nothing has been collected. Tests of the hashed names ask for them.
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
STATIC_ROOT.mkdir()
MEDIA_ROOT.mkdir()
