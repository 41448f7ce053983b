"""The outbox: notifications and their states."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.enums import Audience, Channel, NotificationState, Role
from portal.models.appointment import Appointment
from portal.models.office import Office
from portal.models.patient import Patient
from portal.models.staff import Doctor

State = NotificationState


class Broadcast(models.Model):
    """A message from the clinic to many recipients, each of whom gets notifications of their own
    (D03)."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    audience = models.CharField(max_length=10, choices=Audience)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=10, choices=Role, blank=True)
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+")
    doctor = models.ForeignKey(Doctor, models.PROTECT, null=True, related_name="+")
    day = models.DateField(null=True)
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("message"), max_length=2000)
    channels = models.CharField(max_length=30, default="email portal")  # separated by spaces
    form_token = models.UUIDField(unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    spread_at = models.DateTimeField(null=True)  # when the notifications of all were written
    recipients = models.PositiveIntegerField(null=True)  # counted when they were written

    messages: dict[str, int]  # by state, where the query counts them

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.title


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, user) -> "NotificationQuerySet":
        """The notifications that a user reads in the portal: their own, of that channel only
        (D03)."""
        return self.filter(user=user, channel=Channel.PORTAL)

    def unread(self) -> "NotificationQuerySet":
        return self.filter(channel=Channel.PORTAL, read_at=None)


class Notification(models.Model):
    """One message to one recipient by one channel, written in the transaction of its cause.

    `key` names the event, the recipient and the channel, so that each message is written once:
    `appointment:17:v3:cancelled:patient:email`. `facts` is what was true then, as JSON values with
    times in UTC; they do not follow later changes, except through the event's `renew`. `claimed_by`
    is the id of the task that sends it. A later run of the same task may take over what it had
    claimed; no other task may.
    """

    key = models.CharField(max_length=150, unique=True)
    event = models.CharField(max_length=40)  # declared in some package's events.py
    channel = models.CharField(max_length=10, choices=Channel)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="notifications"
    )
    patient = models.ForeignKey(Patient, models.PROTECT, null=True, related_name="+")
    appointment = models.ForeignKey(
        Appointment, models.PROTECT, null=True, related_name="notifications"
    )
    broadcast = models.ForeignKey(
        Broadcast, models.PROTECT, null=True, related_name="notifications", db_index=False
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="merged", db_index=False
    )
    facts = models.JSONField(default=dict)
    address = models.CharField(max_length=254, blank=True)  # where it goes, once that is known
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_by = models.CharField(max_length=64, blank=True)
    provider_id = models.CharField(max_length=120, blank=True)
    answer = models.CharField(max_length=300, blank=True)  # the provider's, or why it is void
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)  # as the provider reports it
    read_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="notification_state"),
            models.CheckConstraint(
                condition=Q(channel__in=Channel.values), name="notification_channel"
            ),
        ]
        indexes = [
            models.Index(
                fields=["user", "id"], condition=Q(channel="portal"), name="notification_list"
            ),
            models.Index(
                fields=["user"],
                condition=Q(channel="portal", read_at=None),
                name="notification_unread",
            ),
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=["queued", "sending"]),
                name="notification_waiting",
            ),
            models.Index(fields=["state", "id"], name="notification_by_state"),
            models.Index(fields=["event", "id"], name="notification_by_event"),
            models.Index(fields=["created_at"], name="notification_by_time"),
            models.Index(
                fields=["provider_id"], condition=~Q(provider_id=""), name="notification_provider"
            ),
            models.Index(
                fields=["broadcast"],
                condition=Q(broadcast__isnull=False),
                name="notification_broadcast",
            ),
            models.Index(
                fields=["merged_into"],
                condition=Q(merged_into__isnull=False),
                name="notification_merged",
            ),
        ]

    def __str__(self) -> str:
        return self.key

    def get_absolute_url(self) -> str:
        return reverse("notification", args=[self.pk])

    @property
    def is_waiting(self) -> bool:
        return self.state in (State.QUEUED, State.SENDING)

    @property
    def is_erased(self) -> bool:
        """Nothing is left of what it said, because somebody whom it was about was erased (A19)."""
        return "erased" in self.facts
