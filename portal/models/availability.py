"""The slots of doctors."""

from datetime import timedelta

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.database.open_days import OnOpenDay
from portal.enums import DoctorState, Role, SlotAudience, SlotState, UserState
from portal.models.clinic import ClinicSettings
from portal.models.hours import WeeklyHours
from portal.models.office import Office
from portal.models.patient import Patient
from portal.models.staff import KNOWN_TO_DESK, Doctor, offices_of

# Nothing is longer (guards.py): what is on at a moment started at most so long before. Indexes are
# by start, and without that bound a database would read all that ever was.
LONGEST = timedelta(days=1)


class SlotQuerySet(models.QuerySet["Slot"]):
    def visible_to(self, user) -> "SlotQuerySet":
        """Doctors: their own. Assistants: those at their offices, of doctors who are or were
        approved. Admins: all (B17, A02).

        Patients: what the list of free times shows them, or showed them until somebody else booked
        it; and what is theirs: booked, requested or offered to them. Costs a query for the clinic's
        horizon.
        """
        if user.role == Role.ADMIN:
            return self
        if user.role == Role.DOCTOR:
            return self.filter(doctor__user=user)
        if user.role == Role.ASSISTANT:
            known = self.filter(doctor__state__in=KNOWN_TO_DESK)
            return known if user.works_everywhere else known.filter(office__in=offices_of(user))
        return self.filter(_is_public() | _is_theirs(user))

    def public(self) -> "SlotQuerySet":
        """What the list of free times shows visitors, or showed them until somebody else was
        quicker. Costs a query for the clinic's horizon."""
        return self.filter(_is_public())

    def live(self) -> "SlotQuerySet":
        """Slots that are not withdrawn: open, on offer or taken."""
        return self.exclude(state=SlotState.WITHDRAWN)

    def open(self) -> "SlotQuerySet":
        return self.filter(state=SlotState.OPEN)

    def on_open_days(self) -> "SlotQuerySet":
        """Without those that start on a day on which their office is closed, unless they were made
        in spite of that: the one scope for what is listed or booked (B03)."""
        return self.filter(OnOpenDay("despite_closure", "office", "starts_at"))

    def overlapping(self, starts_at, ends_at) -> "SlotQuerySet":
        """Half-open: a slot that ends when another starts does not overlap it."""
        return self.filter(
            starts_at__lt=ends_at, ends_at__gt=starts_at, starts_at__gt=starts_at - LONGEST
        )


def _is_public() -> Q:
    """Checks doctor, audience and horizon; whether the slot is still free is a separate
    question."""
    now = timezone.now()
    return Q(
        doctor__state=DoctorState.APPROVED,
        doctor__user__state=UserState.ACTIVE,
        released_at__lte=now,
        starts_at__gt=now,
        starts_at__lte=now + ClinicSettings.current().horizon,
    )


def _is_theirs(user) -> Q:
    # Deferred: both modules import this one.
    from portal.models.appointment import GONE, Appointment
    from portal.models.waitlist import Offer

    own = Appointment.objects.visible_to(user).filter(slot=OuterRef("pk"))
    own = own.exclude(state__in=GONE)
    theirs = Patient.objects.of(user)
    offered = Offer.objects.open().filter(slot=OuterRef("pk"), wait__patient__in=theirs)
    return Q(Exists(own.order_by())) | Q(Exists(offered.order_by()))


class WallHourField(models.PositiveSmallIntegerField):
    """The hour (0–23) at which the slot starts in its office's zone, stored for filtering.

    Otherwise the database would have to convert every candidate's time to find mornings.
    """

    def __init__(self, **kwargs):
        super().__init__(editable=False, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        del kwargs["editable"]
        return name, path, args, kwargs

    def pre_save(self, model_instance, add):
        value = model_instance.starts_at.astimezone(model_instance.office.zone).hour
        setattr(model_instance, self.attname, value)
        return value


class Slot(models.Model):
    """A stretch of a doctor's time at an office, `starts_at` ≤ t < `ends_at`, in UTC.

    `released_at` (UTC): from then on patients may book it; None is never. It follows from the
    audience. `weekly_hours`: the block that made it, if one did. `is_extra`: outside the doctor's
    times, because it was made for a walk-in or because the hours that made it have changed; it is
    withdrawn when its appointment is cancelled or moved. `has_requests`: it may have unanswered
    requests; read under the slot's lock (B10). `despite_closure`: somebody made it although the
    office is closed that day.
    """

    doctor = models.ForeignKey(Doctor, models.PROTECT, related_name="slots")
    office = models.ForeignKey(Office, models.PROTECT, related_name="slots")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    wall_hour = WallHourField()
    state = models.CharField(max_length=10, choices=SlotState, default=SlotState.OPEN)
    audience = models.CharField(
        _("who may book it"), max_length=10, choices=SlotAudience, default=SlotAudience.PUBLIC
    )
    released_at = models.DateTimeField(null=True, default=timezone.now)
    note = models.CharField(_("note for the clinic’s staff"), max_length=200, blank=True)
    weekly_hours = models.ForeignKey(
        WeeklyHours, models.PROTECT, null=True, related_name="slots", editable=False
    )
    is_extra = models.BooleanField(default=False)
    has_requests = models.BooleanField(default=False)
    despite_closure = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = SlotQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["doctor", "starts_at"],
                condition=~Q(state=SlotState.WITHDRAWN),
                name="slot_once_per_doctor",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="slot_ends_after_start"
            ),
            models.CheckConstraint(condition=Q(state__in=SlotState.values), name="slot_state"),
        ]
        indexes = [
            models.Index(
                fields=["starts_at", "doctor"], condition=Q(state="open"), name="slot_open_by_time"
            ),
            models.Index(
                fields=["office", "starts_at", "doctor"],
                condition=Q(state="open"),
                name="slot_open_by_office",
            ),
            models.Index(
                fields=["doctor", "starts_at"],
                condition=Q(state="open"),
                name="slot_open_by_doctor",
            ),
            models.Index(
                fields=["office", "starts_at"], condition=Q(is_extra=True), name="slot_extra"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.doctor_id} {self.starts_at:%Y-%m-%d %H:%M} UTC"

    def get_absolute_url(self) -> str:
        return reverse("slot-book", args=[self.pk])
