"""Invitations of staff (requirement A03)."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.enums import InvitationState, Role
from portal.models.names import FoldedField
from portal.models.office import Office, Specialty

STAFF = (Role.DOCTOR, Role.ASSISTANT, Role.ADMIN)


def new_nonce() -> str:
    return secrets.token_urlsafe(24)


def lasts_until() -> datetime:
    return timezone.now() + timedelta(days=settings.INVITATION_DAYS)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, user) -> "InvitationQuerySet":
        return self if user.role == Role.ADMIN else self.none()

    def unanswered(self) -> "InvitationQuerySet":
        """Neither accepted nor revoked; it may have expired."""
        return self.filter(accepted_at=None, revoked_at=None)

    def open(self) -> "InvitationQuerySet":
        return self.unanswered().filter(expires_at__gt=timezone.now())


class Invitation(models.Model):
    """Role, offices, specialty and fee are what the admin chose; the link changes none of them.

    The link is computed from `nonce` and the portal's secret key, so the database alone does not
    reveal it. Sending it again makes a new nonce, which ends the old link.
    """

    email = models.EmailField(_("email address"))
    name = models.CharField(_("full name"), max_length=120)
    search_name = FoldedField("name")
    role = models.CharField(max_length=10, choices=[(role.value, role.label) for role in STAFF])
    all_offices = models.BooleanField(default=False)  # of an assistant
    offices = models.ManyToManyField(Office, related_name="+", blank=True)  # of an assistant
    specialty = models.ForeignKey(Specialty, models.PROTECT, null=True, related_name="+")
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+")  # of a doctor
    fee_cents = models.PositiveIntegerField(null=True)  # of a doctor
    nonce = models.CharField(max_length=32, unique=True, default=new_nonce)
    times_sent = models.PositiveSmallIntegerField(default=1)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(default=lasts_until)
    revoked_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    user = models.OneToOneField(  # the account that it made
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="invitation"
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=Q(accepted_at=None, revoked_at=None),
                name="invitation_one_unanswered",
            ),
            models.CheckConstraint(
                condition=Q(role__in=[role.value for role in STAFF]), name="invitation_role"
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None, user=None)
                | Q(accepted_at__isnull=False, user__isnull=False, revoked_at=None),
                name="invitation_accepted_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.DOCTOR)
                | Q(specialty__isnull=False, office__isnull=False, fee_cents__isnull=False),
                name="invitation_doctor_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk}"

    @property
    def state(self) -> InvitationState:
        if self.accepted_at:
            return InvitationState.ACCEPTED
        if self.revoked_at:
            return InvitationState.REVOKED
        if self.expires_at <= timezone.now():
            return InvitationState.EXPIRED
        return InvitationState.OPEN

    @property
    def is_open(self) -> bool:
        return self.state == InvitationState.OPEN
