"""The first page, for everyone and after signing in."""

from django.urls import path

from portal.home.views import home

urlpatterns = [
    path("", home.home, name="home"),
    path("dashboard/", home.dashboard, name="dashboard"),
]
