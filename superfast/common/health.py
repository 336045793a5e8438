"""Whether the site is alive."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """`ok` while the database answers. Raises what the database raises otherwise."""
    connection.ensure_connection()
    return HttpResponse("ok\n", content_type="text/plain")
