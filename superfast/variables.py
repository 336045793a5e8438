"""What the environment says to the site: the words for the table in docs/operations.md.

`superfast.env` knows which variables `superfast.settings` asks for, and of what kind;
a test holds that each stands here, and nothing else, and that the table is this one.
"""

from superfast import env

# Name → what it decides, and what holds while it is not set.
ABOUT: dict[str, tuple[str, str]] = {
    "SITE_URL": (
        "The one address of the site: https, but on this machine alone. Decides the "
        "redirect to HTTPS, HSTS, secure cookies and every absolute address.",
        "the site does not start",
    ),
    "SECRET_KEY": ("At least 50 random characters.", "the site does not start"),
    "DATABASE_URL": (
        "`postgres://user:password@host:5432/name` or `sqlite:///path`. `?options=-c…` "
        "takes the place of what the site asks of PostgreSQL's planner; PgBouncer wants "
        "`options` among its `ignore_startup_parameters`.",
        "SQLite in `DATA_DIR`",
    ),
    "PGOPTIONS": (
        "What PostgreSQL is asked for in each connection beside that, as `-c "
        "statement_timeout=5s`; without it `deploy/entrypoint serve` gives up a query "
        "after 15 s and a lock after 2.",
        "nothing",
    ),
    "SQLITE_LOCK_SECONDS": (
        "How long SQLite's one lock for writing is waited for, before the answer is 503. "
        "Who waits takes a thread from readers: `make run` and `deploy/entrypoint serve` "
        "wait 5 s.",
        "20",
    ),
    "DATA_DIR": ("Database, pictures, collected static files.", "`var`"),
    "ALLOWED_HOSTS": ("Further host names that the site answers to.", "none"),
    "PROXY_COUNT": (
        "How many proxies of yours add to `X-Forwarded-For`; decides from where a "
        "request is taken to come.",
        "0: the header is not believed",
    ),
    "PROXY_SENDS_FILES": (
        "Pictures are sent by the proxy, whom the site tells by `X-Accel-Redirect` which "
        "file of `DATA_DIR/media` may be seen; `deploy/Caddyfile` does that.",
        "0: the site sends them",
    ),
    "ENDING_FILE": (
        "While this file is there `/healthz` answers `ending`, so that the proxy sends "
        "nobody any more; `deploy/entrypoint` makes it before the server ends.",
        "`/healthz` always answers `ok`",
    ),
    "SUBSCRIBE_URL": ("Where readers join the mailing list.", "not named"),
    "WEBSUB_HUB_URL": (
        "The hub that the feeds name for WebSub; the worker tells it within 5 minutes "
        "when one of them has changed.",
        "none is named, none is told",
    ),
    "CACHE_URL": (
        "`redis://host:6379/0` for a cache that several machines share; `locmem://` for "
        "one that each process has to itself.",
        "a file in `DATA_DIR`, for all processes of one machine",
    ),
    "MACHINES": (
        "On how many machines web services or workers of the site run. With more than one "
        "SQLite is refused, and so is a cache that they do not share; `DATA_DIR/media` "
        "must be a folder of all of them.",
        "1",
    ),
    "PAGE_CACHE_BYTES": (
        "How much of its memory each process of the server keeps finished pages in; 0 "
        "keeps none.",
        "64 MiB",
    ),
    "EMAIL_URL": (
        "`smtp://user:password@host:587` (STARTTLS) or `smtps://`: for links to a new "
        "password.",
        "none is offered",
    ),
    "EMAIL_FROM": ("The sender of that mail.", "empty"),
    "REQUIRE_SECOND_FACTOR": (
        "Nobody works at the desk without a second factor.",
        "0: who has set one up is asked for it",
    ),
    "BACKUP_RECIPIENT": (
        "The age public key that `manage.py backup` encrypts for.",
        "backups are not encrypted",
    ),
    "KEEP_FOR_OFFLINE": (
        "Browsers keep public pages that were read for when there is no network; 0 makes "
        "them drop what they kept.",
        "1: they do",
    ),
    "FETCH_PAGES": (
        "The site asks other sites for the titles and the state of links.",
        "1: it does",
    ),
    "TASKS_INLINE": (
        "Tasks run in the request that asks for them; no worker is needed.",
        "0: they wait for a worker",
    ),
    "TASK_WORKERS": ("How many tasks a worker does side by side.", "2"),
    "TASK_LEASE_SECONDS": (
        "After how long the task of a worker that died is taken up again.",
        "60",
    ),
    "SLOW_QUERY_MS": (
        "Queries that take longer are named in the log, without their values.",
        "0: none is",
    ),
    "LOG_FORMAT": ("`line` or `json`.", "`line`"),
    "PROMETHEUS_MULTIPROC_DIR": (
        "A folder for the figures that `manage.py serve_metrics` serves.",
        "nothing is measured",
    ),
    "SENTRY_DSN": ("Where errors are reported, without data of visitors.", "nowhere"),
    "HSTS_PRELOAD": (
        "Asks browsers' makers to know the domain as HTTPS only. Hard to undo.",
        "0",
    ),
    "DEBUG": ("For work on the code, on this machine alone.", "0"),
}


def table() -> str:
    """Each variable with kind, meaning and default, as Markdown; secrets may be files."""
    rows = [
        f"| `{name}` | {env.ASKED[name]} | {about} | {unset} |"
        for name, (about, unset) in ABOUT.items()
    ]
    return "\n".join(
        ["| variable | kind | what it decides | if unset |", "|---|---|---|---|", *rows]
    )
