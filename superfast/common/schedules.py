"""The commands that the site runs again and again, as `settings.SCHEDULES` names them."""

from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.utils import timezone

PERFORM = "superfast.common.tasks.perform"
RUN_COMMAND = "superfast.common.tasks.run_command"
# The names of what is declared begin so; schedules of another name are left alone.
DECLARED = "site: "


def declare_schedules(sender: AppConfig, *, using: str, **kwargs: Any) -> None:
    """After migrate: the declared commands are scheduled, and those no longer declared are not.

    A schedule that is there keeps its next time. The first time is one period
    from now, so that a site that has just started is left in peace.
    """
    model: Any = sender.get_model("Schedule")
    rows = model.objects.using(using)
    declared = {DECLARED + " ".join(command): command for command in settings.SCHEDULES}
    rows.filter(name__startswith=DECLARED).exclude(name__in=declared).delete()
    for name, command in declared.items():
        period = settings.SCHEDULES[command]
        fields = {
            "func": PERFORM,
            "args": repr((RUN_COMMAND, *command)),
            **_every(model, period),
        }
        if not rows.filter(name=name).update(**fields):
            row = model(name=name, next_run=timezone.now(), **fields)
            row.next_run = row.calculate_next_run()
            row.save(using=using)


def _every(model: Any, period: str | int) -> dict[str, Any]:
    """The fields of a schedule that say when: a period's name, or a number of minutes."""
    if isinstance(period, int):
        return {"schedule_type": model.MINUTES, "minutes": period}
    return {"schedule_type": getattr(model, period.upper()), "minutes": None}
