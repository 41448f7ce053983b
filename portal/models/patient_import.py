"""Patients of another system: the uploaded file, its rows, and the numbers that they had there."""

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.enums import ImportState, RowChoice, RowOutcome
from portal.models.account import User
from portal.models.patient import Patient


class PatientImportQuerySet(models.QuerySet["PatientImport"]):
    def visible_to(self, user) -> "PatientImportQuerySet":
        """Admins: all. Everybody else: none."""
        return self if user.is_admin else self.none()


class PatientImport(models.Model):
    """One uploaded file. `content` is the file as it came, until the import is over."""

    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    file_name = models.CharField(max_length=200)
    source = models.CharField(_("name of the other system"), max_length=60, blank=True)
    digest = models.CharField(max_length=64)  # SHA-256 of the file, in hexadecimal
    content = models.BinaryField()
    header = models.JSONField(default=list)  # the names of the columns
    # The field of each column ("" for none), `date_order`, `region`; see portal/imports/fields.py.
    mapping = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.UPLOADED)
    # Of the task that checks or imports it: one that was started again stops the one before.
    run = models.UUIDField(null=True)
    row_count = models.PositiveIntegerField(default=0)
    checked_rows = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)  # rows by outcome; once it is over, what was written
    error = models.CharField(max_length=300, blank=True)
    finished_at = models.DateTimeField(null=True)

    objects = PatientImportQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["digest"], name="import_by_digest")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=ImportState.values), name="import_state"
            )
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("import", args=[self.pk])

    @property
    def is_over(self) -> bool:
        return self.state in (ImportState.DONE, ImportState.DISMISSED)

    @property
    def is_working(self) -> bool:
        return self.state in (ImportState.CHECKING, ImportState.IMPORTING)


class ImportRow(models.Model):
    """A row of the file, as it was checked. Rows that were imported are removed with `content`."""

    upload = models.ForeignKey(PatientImport, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()  # in the file; the header is row 1
    cells = models.JSONField(default=list)
    digest = models.CharField(max_length=64)  # of the values
    values = models.JSONField(default=dict)  # what would be stored, by field
    outcome = models.CharField(max_length=10, choices=RowOutcome)
    choice = models.CharField(max_length=10, choices=RowChoice, default=RowChoice.SKIP)
    reasons = models.JSONField(default=list)  # sentences
    like = models.ForeignKey(Patient, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["upload", "number"], name="import_row_once"),
        ]
        indexes = [
            models.Index(fields=["upload", "outcome", "number"], name="import_row_by_outcome")
        ]

    def __str__(self) -> str:
        return f"{self.upload_id}:{self.number}"


class PatientOrigin(models.Model):
    """Where a patient was imported from, so that the same file adds nothing when it comes again."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="origins")
    upload = models.ForeignKey(PatientImport, models.PROTECT, related_name="+")
    source = models.CharField(max_length=60, blank=True)
    number = models.CharField(max_length=60, blank=True)  # of the patient in that system
    digest = models.CharField(max_length=64)  # of the row's values

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "number"],
                condition=~models.Q(number=""),
                name="origin_number_once",
            )
        ]
        indexes = [models.Index(fields=["digest"], name="origin_by_digest")]

    def __str__(self) -> str:
        return f"{self.source} {self.number}"
