"""The login. The person's data is in `patient.py` and `staff.py`."""

from allauth.account.models import EmailAddress
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from rules import has_perm

from portal.database.written import one
from portal.enums import Role, UserState
from portal.models.names import FoldedField


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields) -> "User":
        """A user whose email address counts as confirmed: for invited staff, demo data and
        tests."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        EmailAddress.objects.using(self._db).create(
            user=user, email=user.email, primary=True, verified=True
        )
        return user

    def listed(self) -> models.QuerySet["User"]:
        """Without those who were erased: no page shows them (A19)."""
        return self.exclude(state=UserState.ERASED)

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email__iexact=email)


class User(AbstractBaseUser):
    """There is no superuser and there are no groups; only the role decides what a user may do."""

    email = models.EmailField(_("email address"), unique=True)
    username = models.CharField(
        _("username"),
        max_length=40,
        null=True,
        blank=True,
        validators=[
            RegexValidator(
                r"^[\w.-]+\Z", _("Use letters, digits, dots, hyphens and underscores only.")
            )
        ],
    )
    name = models.CharField(_("full name"), max_length=120)
    search_name = FoldedField("name")
    role = models.CharField(max_length=10, choices=Role, default=Role.PATIENT)
    state = models.CharField(max_length=10, choices=UserState, default=UserState.ACTIVE)
    # What this person has switched off: `event:channel`, separated by spaces.
    switched_off = models.CharField(max_length=1000, blank=True)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique"),
            models.UniqueConstraint(Lower("username"), name="user_username_unique"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="user_role"),
            models.CheckConstraint(
                condition=models.Q(state__in=UserState.values), name="user_state"
            ),
            models.CheckConstraint(
                condition=models.Q(username__isnull=True) | ~models.Q(username__contains="@"),
                name="user_username_without_at",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("profile")

    def wants(self, event: str, channel: str) -> bool:
        return f"{event}:{channel}" not in self.switched_off.split()

    @property
    def is_active(self) -> bool:  # type: ignore[override]  # no field of its own: the state decides
        return self.state == UserState.ACTIVE

    @property
    def is_patient(self) -> bool:
        return self.role == Role.PATIENT

    @property
    def is_doctor(self) -> bool:
        return self.role == Role.DOCTOR

    @property
    def is_assistant(self) -> bool:
        return self.role == Role.ASSISTANT

    @property
    def is_admin(self) -> bool:
        return self.role == Role.ADMIN

    @property
    def is_staff(self) -> bool:
        """Works for the clinic. (Django's admin site, from which the name comes, is not
        installed.)"""
        return self.role != Role.PATIENT

    @property
    def is_desk(self) -> bool:
        """Works at the front desk: assistants, and admins at every office."""
        return self.role in (Role.ASSISTANT, Role.ADMIN)

    @cached_property
    def works_everywhere(self) -> bool:
        """Runs the diaries of all offices. One query for assistants; the result is cached."""
        if not self.is_assistant:
            return self.is_admin
        from portal.models.staff import Assistant  # deferred: it imports this module's user

        found = one(Assistant, "user_id", self.pk)
        return found is not None and found.all_offices

    @cached_property
    def acts_for_others(self) -> bool:
        """Staff, and patients who look after somebody's appointments (A14): pages name the patient.
        One query for patients; the result is cached."""
        if self.is_staff:
            return True
        from portal.models.household import ProxyAccess  # deferred: it imports this module's user

        return ProxyAccess.objects.open().filter(user=self, appointments=True).exists()

    def has_perm(self, perm: str, obj=None) -> bool:
        return self.is_active and has_perm(perm, self, obj)
