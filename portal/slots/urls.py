"""Free times."""

from django.urls import path

from portal.slots.views import slots

urlpatterns = [
    path("slots/", slots.slots, name="slots"),
]
