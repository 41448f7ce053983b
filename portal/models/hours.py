"""A doctor's weekly hours, and the days on which they do not apply (requirement B03)."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.enums import HolidayState, SlotAudience
from portal.models.bulk_change import BulkChange
from portal.models.local_days import DayEdgeField
from portal.models.office import Office
from portal.models.staff import Doctor


class Weekday(models.IntegerChoices):
    """Numbered like `date.weekday()`."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class WeeklyHours(models.Model):
    """One block of a usual week: `starts` to `ends` in wall time at the office.

    `ends` of 00:00 is midnight. Valid from `valid_from` to `valid_until` (dates, both included;
    None means without end). Every second week is counted from the week of `valid_from`. A block
    that was replaced or removed keeps its row, with the last day on which it was valid.
    """

    doctor = models.ForeignKey(Doctor, models.PROTECT, related_name="weekly_hours")
    office = models.ForeignKey(Office, models.PROTECT, related_name="weekly_hours")
    weekday = models.PositiveSmallIntegerField(_("day"), choices=Weekday)
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("to"))
    minutes = models.PositiveSmallIntegerField(
        _("length of a slot in minutes"),
        default=30,
        validators=[MinValueValidator(5), MaxValueValidator(240)],
    )
    every_weeks = models.PositiveSmallIntegerField(
        _("how often"), choices=[(1, _("Every week")), (2, _("Every second week"))], default=1
    )
    audience = models.CharField(
        _("who may book"), max_length=10, choices=SlotAudience, default=SlotAudience.PUBLIC
    )
    valid_from = models.DateField(_("first day"))
    valid_until = models.DateField(_("last day"), null=True, blank=True)

    class Meta:
        ordering = ["weekday", "starts", "pk"]
        verbose_name_plural = "weekly hours"
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="weekly_hours_weekday"),
            models.CheckConstraint(
                condition=Q(every_weeks__in=(1, 2)), name="weekly_hours_every_weeks"
            ),
        ]
        indexes = [models.Index(fields=["doctor", "valid_until"], name="weekly_hours_by_doctor")]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts:%H:%M}–{self.ends:%H:%M}"


class HoursException(models.Model):
    """The hours on one date at one office instead of the weekly hours: one row per block.

    A row without times says that there are no hours on that date.
    """

    doctor = models.ForeignKey(Doctor, models.PROTECT, related_name="hours_exceptions")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    day = models.DateField(_("date"))
    starts = models.TimeField(_("from"), null=True, blank=True)
    ends = models.TimeField(_("to"), null=True, blank=True)

    class Meta:
        ordering = ["day", "starts", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["doctor", "office", "day", "starts"], name="hours_exception_once"
            ),
            models.UniqueConstraint(
                fields=["doctor", "office", "day"],
                condition=Q(starts__isnull=True),
                name="hours_exception_no_hours_once",
            ),
            models.CheckConstraint(
                condition=Q(starts__isnull=True, ends__isnull=True)
                | Q(starts__isnull=False, ends__isnull=False),
                name="hours_exception_both_times_or_none",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.starts or '–'}"


class Holiday(models.Model):
    """A public holiday at an office, as its country's calendar proposes it or as somebody added it.
    Once confirmed, no slot is made or booked on that day unless staff override it.

    `begins_at` ≤ t < `ends_at` (UTC) is the day on the office's clock.
    """

    office = models.ForeignKey(Office, models.PROTECT, related_name="holidays")
    day = models.DateField(_("date"))
    begins_at = DayEdgeField()
    ends_at = DayEdgeField(is_end=True)
    name = models.CharField(_("name"), max_length=80)
    state = models.CharField(max_length=10, choices=HolidayState, default=HolidayState.PROPOSED)

    class Meta:
        ordering = ["day", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["office", "day"], name="holiday_once_per_office")
        ]
        indexes = [
            models.Index(
                fields=["office", "begins_at", "ends_at"],
                condition=Q(state=HolidayState.CONFIRMED),
                name="holiday_closed",
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class TimeOff(models.Model):
    """A stretch in which a doctor is away, `starts_at` ≤ t < `ends_at`, in UTC: no slots come to
    be in it (requirement B19). One that was taken back keeps its row."""

    doctor = models.ForeignKey(Doctor, models.PROTECT, related_name="times_off")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    note = models.CharField(_("note for the clinic’s staff"), max_length=200, blank=True)
    cancelled_at = models.DateTimeField(null=True)

    bulk: BulkChange  # which undoes it, on one that has just been made

    class Meta:
        ordering = ["starts_at", "pk"]
        verbose_name_plural = "times off"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="time_off_ends_after_start"
            )
        ]
        indexes = [models.Index(fields=["doctor", "ends_at"], name="time_off_by_doctor")]

    def __str__(self) -> str:
        return f"{self.doctor_id} {self.starts_at:%Y-%m-%d}"
