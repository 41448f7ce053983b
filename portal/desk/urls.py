"""The front desk: day sheet, walk-ins, search, patients."""

from django.urls import path

from portal.desk.views import (
    desk,
    desk_paper,
    patient_account,
    patient_deceased,
    patient_edit,
    patient_merge,
    patient_new,
    patients,
    search,
    walk_in,
    walk_in_extra,
)

urlpatterns = [
    path("desk/", desk.desk, name="desk"),
    path("desk/paper/", desk_paper.desk_paper, name="desk-paper"),
    path("desk/walk-in/", walk_in.walk_in, name="walk-in"),
    path("desk/walk-in/extra/", walk_in_extra.walk_in_extra, name="walk-in-extra"),
    path("desk/walk-in/<int:pk>/undo/", walk_in.walk_in_undo, name="walk-in-undo"),
    path("search/", search.search, name="search"),
    path("patients/", patients.patients, name="patients"),
    path("patients/new/", patient_new.patient_new, name="patient-new"),
    path("patients/duplicates/", patient_merge.patient_duplicates, name="patient-duplicates"),
    path("patients/<int:pk>/same/", patient_merge.patient_same, name="patient-same"),
    path("patients/<int:pk>/distinct/", patient_merge.patient_distinct, name="patient-distinct"),
    path("patients/<int:pk>/merge/", patient_merge.patient_merge, name="patient-merge"),
    path(
        "patients/merges/<int:pk>/take-back/",
        patient_merge.merge_take_back,
        name="merge-take-back",
    ),
    path("patients/<int:pk>/edit/", patient_edit.patient_edit, name="patient-edit"),
    path("patients/<int:pk>/deceased/", patient_deceased.patient_deceased, name="patient-deceased"),
    path(
        "patients/<int:pk>/deceased/cancel/",
        patient_deceased.patient_deceased_cancel,
        name="patient-deceased-cancel",
    ),
    path(
        "patients/<int:pk>/deceased/undo/",
        patient_deceased.patient_deceased_undo,
        name="patient-deceased-undo",
    ),
    path("patients/<int:pk>/link/", patient_account.patient_link, name="patient-link"),
    path("patients/<int:pk>/unlink/", patient_account.patient_unlink, name="patient-unlink"),
    path("patients/<int:pk>/", patients.patient, name="patient"),
]
