"""Offices, specialties and the clinic's settings."""

from django.urls import path

from portal.clinic.views import clinic_settings, offices, specialties

OFFICE, SPECIALTY = "manage/offices/<int:pk>/", "manage/specialties/<int:pk>/"

urlpatterns = [
    path("offices/", offices.offices, name="offices"),
    path("offices/<int:pk>/edit/", offices.office_edit, name="office-edit"),
    path("manage/settings/", clinic_settings.clinic_settings, name="clinic-settings"),
    path(
        "manage/settings/<slug:slug>/",
        clinic_settings.clinic_settings_section,
        name="clinic-settings-section",
    ),
    path("manage/offices/", offices.manage_offices, name="manage-offices"),
    path("manage/offices/new/", offices.manage_office_new, name="manage-office-new"),
    path(OFFICE, offices.manage_office, name="manage-office"),
    path(f"{OFFICE}close/", offices.manage_office_close, name="manage-office-close"),
    path(f"{OFFICE}reopen/", offices.manage_office_reopen, name="manage-office-reopen"),
    path("manage/specialties/", specialties.manage_specialties, name="manage-specialties"),
    path("manage/specialties/new/", specialties.manage_specialty_new, name="manage-specialty-new"),
    path(SPECIALTY, specialties.manage_specialty, name="manage-specialty"),
    path(f"{SPECIALTY}close/", specialties.manage_specialty_close, name="manage-specialty-close"),
    path(
        f"{SPECIALTY}reopen/", specialties.manage_specialty_reopen, name="manage-specialty-reopen"
    ),
]
