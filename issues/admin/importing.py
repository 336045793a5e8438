"""Text that was written elsewhere, at the desk: what is pasted, and whole issues."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods, require_POST

from issues.admin.access import require_writing
from issues.forms import ImportForm
from issues.importing.drafts import read_issue, store_import
from issues.importing.html import TooLargeError, convert_html
from issues.importing.reading import DateOrder, Format, Reading, UnreadableError
from superfast.common.admin import signed_in
from superfast.common.http import private_page


def urls(model_admin: admin.ModelAdmin) -> list[URLPattern]:
    """The addresses of this topic at the desk."""
    view = model_admin.admin_site.admin_view

    def markdown(request: HttpRequest) -> HttpResponse:
        require_writing(model_admin, request)
        return _markdown(request)

    def page(request: HttpRequest) -> HttpResponse:
        if not model_admin.has_add_permission(request):
            raise PermissionDenied
        return _import_page(request, model_admin)

    return [
        path("markdown/", view(markdown), name="issues_issue_markdown"),
        path("import/", view(page), name="issues_issue_import"),
    ]


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


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def _import_page(request: HttpRequest, model_admin: admin.ModelAdmin) -> HttpResponse:
    """A text from elsewhere: first what was understood of it, then the draft.

    Nothing is kept between the two: the text goes along with the form.
    """
    if request.method != "POST":
        return _show(request, model_admin, form=ImportForm())
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, model_admin, form=form, status=422)
    data = form.cleaned_data
    try:
        reading = read_issue(
            data["text"],
            written_in=Format(data["written_in"]) if data["written_in"] else None,
            order=DateOrder(data["date_order"]) if data["date_order"] else None,
            name=data["name"],
        )
    except UnreadableError as error:
        form.add_error(None, str(error))
        return _show(request, model_admin, form=form, status=422)
    reading.encoding = data["encoding"]
    if "_create" not in request.POST:
        return _show(request, model_admin, form=form, reading=reading)
    try:
        issue = store_import(reading=reading, by=signed_in(request))
    except ValidationError as error:
        form.add_error(None, " ".join(error.messages))
        return _show(request, model_admin, form=form, reading=reading, status=422)
    model_admin.log_addition(request, issue, "Imported.")
    messages.success(request, f"“{issue}” is a draft. Links to fill are in its tray.")
    return redirect("admin:issues_issue_change", issue.pk)


def _show(
    request: HttpRequest,
    model_admin: admin.ModelAdmin,
    *,
    form: ImportForm,
    reading: Reading | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        **model_admin.admin_site.each_context(request),
        "title": "Import an issue",
        "opts": model_admin.opts,
        "form": form,
        "reading": reading,
        "text": form.cleaned_data.get("text", "") if reading else "",
        "name": form.cleaned_data.get("name", "") if reading else "",
    }
    return render(request, "admin/issues/issue/import.html", context, status=status)
