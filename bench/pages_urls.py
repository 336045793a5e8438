"""A bare view of 30 KB, and every address of the site."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

BODY = b"<!doctype html><title>Bare</title>" + b"<p>Thirty thousand bytes.</p>" * 1_034


def bare(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(BODY)


urlpatterns = [path("bare/", bare), path("", include("superfast.urls"))]
"""The bare view comes first: it is found as fast as any can be."""
