"""Users who look after a patient: a child, a parent, a partner (requirement A14)."""

from collections.abc import Collection

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.enums import ProxyState, Relation, Role, Scope
from portal.models.invitation import new_nonce
from portal.models.patient import Patient

# The states of an access that has not ended.
STANDING = (ProxyState.ASKED, ProxyState.OFFERED, ProxyState.OPEN, ProxyState.PAUSED)


class ProxyAccessQuerySet(models.QuerySet["ProxyAccess"]):
    def visible_to(self, user) -> "ProxyAccessQuerySet":
        """The desk and admins: all. Patients: what they have, and what was given to others by
        them. Requests that the patient has not answered are shown to nobody (A14)."""
        if user.role in (Role.ASSISTANT, Role.ADMIN):
            return self
        if user.role == Role.PATIENT:
            answered = ~Q(state=ProxyState.ASKED)
            return self.filter(answered, Q(user=user) | Q(patient__user=user))
        return self.none()

    def open(self) -> "ProxyAccessQuerySet":
        """What gives rights now."""
        return self.filter(state=ProxyState.OPEN)

    def unchecked(self) -> "ProxyAccessQuerySet":
        """Open, to patients whom the users have entered themselves."""
        return self.filter(state=ProxyState.OPEN, is_checked=False)

    def standing(self) -> "ProxyAccessQuerySet":
        """Neither ended nor, where an answer is waited for, expired."""
        lasts = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
        return self.filter(lasts, state__in=STANDING)


class ProxyAccess(models.Model):
    """What `user` may do in the place of `patient`, who keeps a chart of their own.

    `relation` is what the patient is to the user. ASKED waits for the patient's answer by mail,
    OFFERED for the user with the address `email`; both until `expires_at`. Their links are
    computed from `nonce` and the portal's secret key. `reviewed_age`: the patient's age, in years,
    at which somebody last agreed to this access; None while the date of birth is not known.
    `review_by` is set while a review is asked for: a date of the clinic's first office. Without
    `is_checked` the user has entered the patient themself, and nobody has agreed.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="proxy_accesses"
    )
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="proxy_accesses")
    relation = models.CharField(_("is my"), max_length=10, choices=Relation)
    appointments = models.BooleanField(_("appointments"), default=False)
    messages = models.BooleanField(_("messages"), default=False)
    records = models.BooleanField(_("records"), default=False)
    money = models.BooleanField(_("money"), default=False)
    state = models.CharField(max_length=10, choices=ProxyState)
    email = models.EmailField(_("email address"), blank=True)
    nonce = models.CharField(max_length=32, unique=True, default=new_nonce)
    expires_at = models.DateTimeField(null=True)
    reviewed_age = models.PositiveSmallIntegerField(null=True)
    review_by = models.DateField(null=True)
    is_checked = models.BooleanField(default=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    opened_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = ProxyAccessQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "proxy accesses"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "patient"],
                condition=Q(state__in=STANDING),
                name="proxy_access_one_standing",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ProxyState.values), name="proxy_access_state"
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False) | Q(state__in=["offered", "ended"]),
                name="proxy_access_has_user",
            ),
            models.CheckConstraint(
                condition=Q(appointments=True) | Q(messages=True) | Q(records=True) | Q(money=True),
                name="proxy_access_of_something",
            ),
        ]
        indexes = [
            models.Index(
                fields=["review_by"], condition=Q(review_by__isnull=False), name="proxy_review_by"
            ),
        ]

    def __str__(self) -> str:
        return f"access {self.pk}"

    def allow(self, scopes: Collection[Scope]) -> None:
        """It allows these from now on, and nothing else; it is not saved."""
        for scope in Scope:
            setattr(self, scope, scope in scopes)

    @property
    def scopes(self) -> list[Scope]:
        """What it allows, in the order of Scope."""
        return [scope for scope in Scope if getattr(self, scope)]


def may_act_for(user, patient: Patient, scope: Scope = Scope.APPOINTMENTS) -> bool:
    """Whether `user`, signed in as a patient, may act as this patient: no query for themself, one
    for others. The same as `Patient.objects.of(user, scope)`."""
    if user.role != Role.PATIENT:
        return False
    if patient.user_id == user.pk:
        return True
    given = ProxyAccess.objects.open().filter(user=user, patient=patient.pk, **{scope: True})
    return given.exists()
