"""The start page, for visitors and for signed-in users."""

from django.urls import path

from portal.home.views import home

urlpatterns = [
    path("", home.home, name="home"),
    path("dashboard/", home.dashboard, name="dashboard"),
]
