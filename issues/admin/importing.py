"""Text that was written elsewhere, at the desk: what is pasted, and whole issues."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from issues.admin.access import require_writing
from issues.importing.html import TooLargeError, convert_html
from superfast.common.http import private_page


def urls(model_admin: admin.ModelAdmin) -> list[URLPattern]:
    """The addresses of this topic at the desk."""
    view = model_admin.admin_site.admin_view

    def markdown(request: HttpRequest) -> HttpResponse:
        require_writing(model_admin, request)
        return _markdown(request)

    return [path("markdown/", view(markdown), name="issues_issue_markdown")]


@require_POST
@private_page
def _markdown(request: HttpRequest) -> HttpResponse:
    """Pasted HTML as Markdown: `html` in, `markdown` and `left_out` out."""
    html = request.POST.get("html", "")
    if not html.strip():
        return JsonResponse({"error": "There is nothing to convert."}, status=422)
    try:
        converted = convert_html(html)
    except TooLargeError as error:
        return JsonResponse({"error": str(error)}, status=413)
    return JsonResponse(
        {"markdown": converted.markdown, "left_out": converted.left_out}
    )
