from django.urls import path, re_path

from superfast.pages import views

app_name = "pages"

urlpatterns = [
    re_path(r"^(?P<slug>about|privacy|contact)/$", views.page, name="page"),
    path("offline.js", views.offline, name="offline"),
    path("site.webmanifest", views.manifest, name="manifest"),
    path("share.png", views.picture, name="picture"),
    path("follow/", views.follow, name="follow"),
]
