"""Notes of encounters: what a doctor has found and decided at an appointment (requirement C06)."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.enums import NoteState, Role, Scope
from portal.models.appointment import HOLDING, Appointment
from portal.models.patient import Patient
from portal.models.staff import Doctor

TEXTS = ("complaint", "findings", "diagnosis", "plan")  # in the order of the page
LONGEST = 5000  # characters of one of them


class EncounterNoteQuerySet(models.QuerySet["EncounterNote"]):
    def visible_to(self, user) -> "EncounterNoteQuerySet":
        """Doctors: their own, also drafts, and the signed ones of patients whom they treat.
        Patients: signed ones that are not held back, their own and those of whom they look after
        with the scope of records. Nobody else (C06, A14)."""
        if user.role == Role.DOCTOR:
            signed = Q(state=NoteState.SIGNED) & treated_by(user)
            return self.filter(Q(author__user=user) | signed)
        if user.role == Role.PATIENT:
            return self.of_patient(user).released()
        return self.none()

    def of_patient(self, user) -> "EncounterNoteQuerySet":
        """Signed notes about the patients whose records `user` reads as a patient, held back or
        not."""
        patients = Patient.objects.of(user, Scope.RECORDS)
        return self.filter(state=NoteState.SIGNED, patient__in=patients)

    def released(self) -> "EncounterNoteQuerySet":
        return self.filter(Q(held_until=None) | Q(held_until__lte=timezone.now()))


def treated_by(user, patient: str = "patient") -> Q:
    """Rows whose patient has, or had, an appointment that stood with this doctor. `patient` is the
    path from the row to the patient's id."""
    theirs = Appointment.objects.filter(
        patient=OuterRef(patient), doctor__user=user, state__in=HOLDING
    )
    return Q(Exists(theirs.order_by()))


class EncounterNote(models.Model):
    """The note of one doctor about one appointment.

    Its four texts are the draft. Signing copies them into a SignedNote, which nothing changes; an
    amendment is a further SignedNote. `version` grows with each saving, so that two windows do not
    overwrite each other. Until `held_until` (UTC) the patient does not read it; `held_reason` is
    for the doctors.
    """

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="encounter_notes")
    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="encounter_notes")
    author = models.ForeignKey(Doctor, models.PROTECT, related_name="encounter_notes")
    state = models.CharField(max_length=10, choices=NoteState, default=NoteState.DRAFT)
    complaint = models.TextField(_("complaint"), max_length=LONGEST, blank=True)
    findings = models.TextField(_("findings"), max_length=LONGEST, blank=True)
    diagnosis = models.TextField(_("diagnosis"), max_length=LONGEST, blank=True)
    plan = models.TextField(_("plan"), max_length=LONGEST, blank=True)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)
    signed_at = models.DateTimeField(null=True)  # the first time
    held_until = models.DateTimeField(null=True)
    held_reason = models.CharField(max_length=200, blank=True)

    objects = EncounterNoteQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["appointment", "author"], name="encounter_note_one_of_a_doctor"
            ),
            models.CheckConstraint(
                condition=Q(state__in=NoteState.values), name="encounter_note_state"
            ),
            models.CheckConstraint(
                condition=Q(held_until=None) | ~Q(held_reason=""), name="encounter_note_why_held"
            ),
        ]
        indexes = [models.Index(fields=["patient", "-signed_at"], name="encounter_note_of_patient")]

    def __str__(self) -> str:
        return f"note {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("note", args=[self.pk])

    @property
    def is_signed(self) -> bool:
        return self.state == NoteState.SIGNED

    @property
    def is_held(self) -> bool:
        return self.held_until is not None and self.held_until > timezone.now()

    @property
    def texts(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in TEXTS}

    def differs_from(self, signed: "SignedNote") -> bool:
        """Something was typed since that is not signed."""
        return any(getattr(signed, name) != text for name, text in self.texts.items())


class SignedNote(models.Model):
    """A note as it was signed: `number` 1, and one more for each amendment, which has a `reason`.
    Nothing changes or deletes a row; the database refuses it (guards.py)."""

    note = models.ForeignKey(EncounterNote, models.PROTECT, related_name="signed")
    number = models.PositiveSmallIntegerField()
    complaint = models.TextField(blank=True)
    findings = models.TextField(blank=True)
    diagnosis = models.TextField(blank=True)
    plan = models.TextField(blank=True)
    reason = models.CharField(max_length=200, blank=True)
    signed_at = models.DateTimeField(default=timezone.now, editable=False)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["note", "number"], name="signed_note_number"),
            models.CheckConstraint(
                condition=Q(number=1) | ~Q(reason=""), name="signed_note_amended_with_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"note {self.note_id}, {self.number}"


class Correction(models.Model):
    """A patient, or who looks after them, says that a signed note is wrong; its author answers.
    Both stay with the note (requirement C11)."""

    note = models.ForeignKey(EncounterNote, models.PROTECT, related_name="corrections")
    text = models.TextField(_("what is wrong"), max_length=1000)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    answer = models.TextField(_("answer"), max_length=1000, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["note"], condition=Q(answered_at=None), name="correction_one_open"
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, answer="")
                | Q(answered_at__isnull=False) & ~Q(answer=""),
                name="correction_answer_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"correction {self.pk}"


class NoteTemplate(models.Model):
    """Texts with which a doctor begins notes of one kind; the doctor's own (requirement C06)."""

    doctor = models.ForeignKey(Doctor, models.CASCADE, related_name="note_templates")
    name = models.CharField(_("name"), max_length=60)
    complaint = models.TextField(_("complaint"), max_length=LONGEST, blank=True)
    findings = models.TextField(_("findings"), max_length=LONGEST, blank=True)
    diagnosis = models.TextField(_("diagnosis"), max_length=LONGEST, blank=True)
    plan = models.TextField(_("plan"), max_length=LONGEST, blank=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["doctor", "name"], name="note_template_name")
        ]

    def __str__(self) -> str:
        return self.name
