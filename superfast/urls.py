"""Every address of the site."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from issues.sitemaps import IssueSitemap
from issues.views import picture
from papers.sitemaps import CatalogueSitemap, PaperSitemap
from quiz.sitemaps import QuizSitemap
from superfast.common.health import healthz, readyz
from superfast.common.policy_reports import policy_report
from superfast.common.sitemaps import sitemap_index, sitemap_part
from superfast.common.task_admin import replace_queue_pages
from superfast.pages.sitemaps import PageSitemap
from superfast.pages.views import home, robots, search, speculation_rules

SITEMAPS = {
    "pages": PageSitemap,
    "issues": IssueSitemap,
    "catalogues": CatalogueSitemap,
    "papers": PaperSitemap,
    "quizzes": QuizSitemap,
}

admin.site.site_header = f"{settings.SITE_NAME}: the editors’ desk"
admin.site.site_title = settings.SITE_NAME
admin.site.index_title = "The desk"
replace_queue_pages(admin.site)

handler500 = "superfast.common.errors.server_error"

urlpatterns = [
    path("", home, name="home"),
    path("issues/", include("issues.urls")),
    path("papers/", include("papers.urls")),
    path("quiz/", include("quiz.urls")),
    path("search/", search, name="search"),
    path("", include("superfast.pages.urls")),
    path("media/pictures/<str:name>", picture, name="picture"),
    path("sitemap.xml", sitemap_index, {"sitemaps": SITEMAPS}, name="sitemap"),
    path(
        "sitemap-<slug:section>-<int:number>.xml",
        sitemap_part,
        {"sitemaps": SITEMAPS},
        name="sitemap-part",
    ),
    path("robots.txt", robots, name="robots"),
    path("speculation-rules.json", speculation_rules, name="speculation-rules"),
    path("policy-report", policy_report, name="policy-report"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("admin/", admin.site.urls),
]

# Django's sign-in page offers a new password where these addresses exist.
if settings.SENDS_MAIL:
    urlpatterns.insert(
        0, path("admin/password_reset/", include("superfast.accounts.urls"))
    )

if settings.SHOW_TOOLBAR:
    urlpatterns.append(path("__debug__/", include("debug_toolbar.urls")))
