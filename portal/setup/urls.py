"""The set-up of a new clinic."""

from django.urls import path

from portal.setup.views import steps

urlpatterns = [
    path("set-up/", steps.setup, name="setup"),
    path("set-up/clinic/", steps.setup_clinic, name="setup-clinic"),
    path("set-up/office/", steps.setup_office, name="setup-office"),
    path("set-up/specialty/", steps.setup_specialty, name="setup-specialty"),
    path("set-up/doctor/", steps.setup_doctor, name="setup-doctor"),
    path("set-up/hours/", steps.setup_hours, name="setup-hours"),
    path("set-up/finish/", steps.setup_finish, name="setup-finish"),
]
