"""The clinic's settings: one typed row."""

from datetime import time, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from portal.database.written import one
from portal.models.office import validate_time_zone

SHORTEST_IDLE_MINUTES = 5


class ClinicSettings(models.Model):
    """The only row has id 1; `ClinicSettings.current()` reads it (requirement B18)."""

    name = models.CharField(_("name of the clinic"), max_length=80, default="Clinic")
    phone = PhoneNumberField(_("phone"), blank=True)
    reply_to = models.EmailField(_("address that answers to mails go to"), blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    horizon_days = models.PositiveSmallIntegerField(
        _("how many days ahead can be booked"),
        default=90,
        validators=[MinValueValidator(1), MaxValueValidator(730)],
    )
    minimum_notice_minutes = models.PositiveSmallIntegerField(
        _("minutes of notice a patient must give when booking"),
        default=30,
        validators=[MaxValueValidator(10080)],
    )
    cancel_cutoff_hours = models.PositiveSmallIntegerField(
        _("hours before the start until which patients cancel online"),
        default=4,
        validators=[MaxValueValidator(336)],
    )
    max_upcoming_per_patient = models.PositiveSmallIntegerField(
        _("upcoming appointments a patient may hold"),
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(500)],
    )
    grid_minutes = models.PositiveSmallIntegerField(
        _("length of a slot in minutes"),
        default=30,
        validators=[MinValueValidator(5), MaxValueValidator(240)],
    )
    day_starts_at = models.TimeField(_("the day starts at"), default=time(9))
    day_ends_at = models.TimeField(_("the day ends at"), default=time(21))

    request_answer_hours = models.PositiveSmallIntegerField(
        _("hours within which a request is answered"),
        default=48,
        validators=[MinValueValidator(1), MaxValueValidator(336)],
    )
    max_moves = models.PositiveSmallIntegerField(
        _("how often patients may move one appointment"),
        default=3,
        validators=[MaxValueValidator(50)],
    )
    same_day_release_at = models.TimeField(
        _("same-day times are released to patients at"), default=time(7)
    )
    offer_minutes = models.PositiveSmallIntegerField(
        _("minutes for which a freed time is kept for one who waits"),
        default=30,
        validators=[MinValueValidator(5), MaxValueValidator(1440)],
    )
    waitlist_books_at_once = models.BooleanField(
        _("book a freed time for the first who waits without asking"), default=False
    )

    colour = models.CharField(
        _("colour of mails, as #rrggbb"),
        max_length=7,
        default="#0c6b62",
        validators=[RegexValidator(r"^#[0-9a-f]{6}\Z")],
    )
    reminder_email_first_days = models.PositiveSmallIntegerField(
        _("days ahead of the first reminder by email, 0 for none"),
        default=7,
        validators=[MaxValueValidator(60)],
    )
    reminder_email_days = models.PositiveSmallIntegerField(
        _("days ahead of the last reminder by email, 0 for none"),
        default=1,
        validators=[MaxValueValidator(60)],
    )
    reminder_sms_days = models.PositiveSmallIntegerField(
        _("days ahead of the reminder by SMS, 0 for none"),
        default=1,
        validators=[MaxValueValidator(60)],
    )
    reminders_from = models.TimeField(_("reminders are sent from"), default=time(8))
    reminders_until = models.TimeField(_("reminders are sent until"), default=time(20))
    staff_idle_minutes = models.PositiveSmallIntegerField(
        _("minutes after which an unused session of staff ends"),
        default=15,
        validators=[MinValueValidator(SHORTEST_IDLE_MINUTES), MaxValueValidator(240)],
    )
    patient_idle_minutes = models.PositiveSmallIntegerField(
        _("minutes after which an unused session of a patient ends"),
        default=30,
        validators=[MinValueValidator(SHORTEST_IDLE_MINUTES), MaxValueValidator(240)],
    )
    # Ages at which access to a child's chart is reviewed (requirement A14).
    review_first_age = models.PositiveSmallIntegerField(
        _("age at which access to a child’s chart is reviewed first, 0 for none"),
        default=11,
        validators=[MaxValueValidator(25)],
    )
    review_second_age = models.PositiveSmallIntegerField(
        _("age at which it is reviewed again, 0 for none"),
        default=16,
        validators=[MaxValueValidator(25)],
    )
    review_last_age = models.PositiveSmallIntegerField(
        _("age at which it is reviewed last, 0 for none"),
        default=18,
        validators=[MaxValueValidator(25)],
    )
    review_days = models.PositiveSmallIntegerField(
        _("days in which a review is answered before the access pauses"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
    )

    erasure_wait_days = models.PositiveSmallIntegerField(
        _("days between a request for erasure and the erasure"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(90)],
    )

    # What a new office starts with; empty until somebody has said it (requirement A15).
    time_zone = models.CharField(
        _("time zone"), max_length=40, blank=True, default="", validators=[validate_time_zone]
    )
    set_up_at = models.DateTimeField(null=True, editable=False)  # when the set-up was finished

    class Meta:
        verbose_name_plural = "clinic settings"
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="clinic_settings_one_row"),
            models.CheckConstraint(
                condition=models.Q(day_ends_at__gt=models.F("day_starts_at")),
                name="clinic_day_ends_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(reminders_until__gt=models.F("reminders_from")),
                name="clinic_reminders_end_after_start",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> "ClinicSettings":
        """The settings as they are now, equal in every process: one query. Defaults if none are
        saved."""
        return one(cls, "id", 1) or cls(pk=1)  # on every page

    @property
    def minimum_notice(self) -> timedelta:
        return timedelta(minutes=self.minimum_notice_minutes)

    @property
    def request_answer(self) -> timedelta:
        return timedelta(hours=self.request_answer_hours)

    @property
    def offer_lasts(self) -> timedelta:
        return timedelta(minutes=self.offer_minutes)

    @property
    def review_ages(self) -> list[int]:
        """The ages at which access to a child's chart is reviewed, ascending (A14)."""
        ages = {self.review_first_age, self.review_second_age, self.review_last_age}
        return sorted(ages - {0})

    @property
    def horizon(self) -> timedelta:
        return timedelta(days=self.horizon_days)

    @property
    def cancel_cutoff(self) -> timedelta:
        return timedelta(hours=self.cancel_cutoff_hours)

    @property
    def grid(self) -> timedelta:
        return timedelta(minutes=self.grid_minutes)
