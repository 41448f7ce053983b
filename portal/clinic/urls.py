"""Offices and the clinic's settings."""

from django.urls import path

from portal.clinic.views import clinic_settings, offices

urlpatterns = [
    path("offices/", offices.offices, name="offices"),
    path("manage/settings/", clinic_settings.clinic_settings, name="clinic-settings"),
]
