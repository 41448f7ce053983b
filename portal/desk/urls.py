"""The front desk: day sheet, walk-ins, search, patients."""

from django.urls import path

from portal.desk.views import (
    desk,
    desk_paper,
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
    path("patients/<int:pk>/", patients.patient, name="patient"),
]
