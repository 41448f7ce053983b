"""Records: notes of encounters, and who has opened them."""

from django.urls import path

from portal.records.views import corrections, notes, records, templates

urlpatterns = [
    path("records/", records.records, name="records"),
    path("records/opened/", records.records_opened, name="records-opened"),
    path("patients/<int:pk>/records/", records.patient_records, name="patient-records"),
    path("appointments/<int:pk>/note/", notes.note_write, name="note-write"),
    path("appointments/<int:pk>/note/draft/", notes.note_draft, name="note-draft"),
    path("notes/templates/", templates.note_templates, name="note-templates"),
    path("notes/templates/new/", templates.note_template_new, name="note-template-new"),
    path("notes/templates/<int:pk>/", templates.note_template, name="note-template"),
    path(
        "notes/templates/<int:pk>/delete/",
        templates.note_template_delete,
        name="note-template-delete",
    ),
    path("notes/<int:pk>/", notes.note, name="note"),
    path("notes/<int:pk>/release/", notes.note_release, name="note-release"),
    path("notes/<int:pk>/correction/", corrections.correction_ask, name="correction-ask"),
    path("notes/<int:pk>/answer/", corrections.correction_answer, name="correction-answer"),
]
