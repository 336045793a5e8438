"""The desk's first page, for the template of Django's index."""

from typing import Any

from django import template

from issues.desk import ROWS, front_page

register = template.Library()


@register.inclusion_tag("admin/_desk.html", takes_context=True)
def desk_front(context: dict[str, Any]) -> dict[str, Any]:
    """What is to be done this week, as far as this person may see it."""
    request = context["request"]
    return {"desk": front_page(request), "request": request, "rows": ROWS}
