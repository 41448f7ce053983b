"""The admins' overview, and the page of the background work."""

from django.urls import path

from portal.worker.views import manage

urlpatterns = [
    path("manage/", manage.manage, name="manage"),
    path("manage/worker/", manage.manage_worker, name="manage-worker"),
]
