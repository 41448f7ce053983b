"""States in which one seldom sees a page: a refused form, nothing to show, more than usual.

Each is made in the demo clinic when its test asks for it; who reads it and its address come back.
"""

from collections.abc import Callable
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from portal.accounts.services.invitations import token
from portal.enums import DoctorState, ImportState, Role, RowOutcome
from portal.models import ImportRow, PatientImport, User
from tests.factories import (
    AppointmentFactory,
    AssistantFactory,
    DoctorFactory,
    InvitationFactory,
    PatientFactory,
    PatientImportFactory,
    own_data_of,
)

Opened = tuple[User | None, str]
LONG_NAME = "María del Carmen Fernández-Villaverde y Echegaray de la Torre"


def admin() -> User:
    return User.objects.get(email="admin@example.com")


def _managed(name: str, **query: str) -> Callable[[], Opened]:
    return lambda: (admin(), reverse(name, query=query))


def _invited(role: Role) -> Callable[[], Opened]:
    def opened() -> Opened:
        place = {}
        if role == Role.DOCTOR:
            doctor = DoctorFactory()
            place = {"office": doctor.office, "specialty": doctor.specialty, "fee_cents": 6000}
        return None, reverse("invitation", args=[token(InvitationFactory(role=role, **place))])

    return opened


def _own(name: str) -> Callable[[], Opened]:
    return lambda: (PatientFactory().user, reverse(name))


def _about(name: str, make: Callable[[], int]) -> Callable[[], Opened]:
    return lambda: (admin(), reverse(name, args=[make()]))


def _pair() -> Opened:
    """Two entries that differ in everything."""
    one, other = PatientFactory(name=LONG_NAME), PatientFactory(user=None)
    return admin(), reverse("patient-merge", args=[one.pk], query={"other": other.pk})


# The button that sends the form as it stands, empty or with what is proposed.
REFUSED: dict[str, tuple[Callable[[], Opened], str]] = {
    "a doctor signs up": (lambda: (None, reverse("doctor-sign-up")), "Send the application"),
    "a doctor is invited": (_managed("invitation-new", role="doctor"), "Send the invitation"),
    "an assistant is invited": (_managed("invitation-new"), "Send the invitation"),
    "an assistant accepts": (_invited(Role.ASSISTANT), "Create my account"),
    "a doctor accepts": (_invited(Role.DOCTOR), "Create my account"),
    "a person is blocked": (
        _about("manage-person", lambda: PatientFactory().user_id),
        "Block",
    ),
    "an assistant has no office": (
        _about("manage-person", lambda: AssistantFactory().user_id),
        "Save the offices",
    ),
    "a file is uploaded": (_managed("import-new"), "Upload"),
    "an account is looked for": (
        _about("patient-link", lambda: PatientFactory(user=None).pk),
        "Find the account",
    ),
    "an account is taken away": (
        _about("patient-unlink", lambda: PatientFactory().pk),
        "Take it away",
    ),
    "two are merged": (_pair, "Continue"),
    "a chart is looked for": (_own("link-chart"), "Send a code"),
    "a code is typed": (_own("link-chart-code"), "Join my chart"),
    "an office is added": (_managed("manage-office-new"), "Add the office"),
    "a specialty is added": (_managed("manage-specialty-new"), "Add the specialty"),
}


def _desk_patient() -> Opened:
    """Everything that the page can say about a patient."""
    patient = PatientFactory(
        name=LONG_NAME,
        deceased_on=timezone.now().date() - timedelta(days=3),
        is_not_written_to=True,
        desk_note="Hard of hearing.\nBrings her daughter.",
        address="Paseo de la Castellana 1234, escalera izquierda, 28046 Madrid",
    )
    AppointmentFactory(patient=patient, starts_at=timezone.now() + timedelta(days=400))
    return admin(), patient.get_absolute_url()


def _day_sheet() -> Opened:
    """With somebody who has died, and somebody to whom nobody writes."""
    doctor = DoctorFactory()
    starts_at = timezone.now().replace(minute=0) + timedelta(days=500)
    for hour, values in enumerate(({"deceased_on": "2026-01-05"}, {"is_not_written_to": True})):
        AppointmentFactory(
            doctor=doctor,
            patient=PatientFactory(**values),
            starts_at=starts_at + timedelta(hours=hour),
        )
    day = starts_at.astimezone(doctor.office.zone).date()
    reader = AssistantFactory(offices=[doctor.office]).user
    return reader, reverse("desk", query={"day": day.isoformat()})


def _import(state: ImportState, **values) -> PatientImport:
    values = {"file_name": f"{'patients-of-the-other-system-' * 3}.csv", "row_count": 4} | values
    return PatientImportFactory(state=state, **values)


def _checked_import() -> PatientImport:
    counts = {"new": 1, "same": 1, "possible": 1, "refused": 1}
    upload = _import(ImportState.CHECKED, counts=counts)
    ImportRow.objects.create(
        upload=upload,
        number=3,
        outcome=RowOutcome.POSSIBLE,
        values={"name": LONG_NAME, "phone": "+34600111222", "date_of_birth": "1980-03-04"},
        like=PatientFactory(),
    )
    ImportRow.objects.create(
        upload=upload,
        number=4,
        outcome=RowOutcome.REFUSED,
        reasons=["Phone: no phone number: 12", "The name is missing."],
    )
    return upload


def _duplicates() -> Opened:
    one = PatientFactory(name=LONG_NAME)
    PatientFactory(user=None, name=LONG_NAME, date_of_birth=one.date_of_birth)
    return admin(), reverse("patient-duplicates")


def _no_other() -> Opened:
    return admin(), reverse("patient-same", args=[PatientFactory().pk], query={"q": "zzzzzz"})


def _own_data(**values) -> Callable[[], Opened]:
    def opened() -> Opened:
        user = PatientFactory().user
        export = own_data_of(user)
        for name, value in values.items():
            setattr(export, name, value)
        export.save()
        return user, reverse("own-data")

    return opened


def _declined_application() -> Opened:
    doctor = DoctorFactory(
        state=DoctorState.REJECTED, decision_note="The licence number is another’s."
    )
    return doctor.user, reverse("application")


def _expired_invitation() -> Opened:
    past = timezone.now() - timedelta(days=1)
    InvitationFactory(name=LONG_NAME, email=f"{'long-' * 12}@example.org", expires_at=past)
    return admin(), reverse("manage-people", query={"state": "invited"})


STATES: dict[str, Callable[[], Opened]] = {
    "nobody is found": _managed("manage-people", q="zzzzzz"),
    "an invitation has expired": _expired_invitation,
    "an invitation has ended": lambda: (None, reverse("invitation", args=["no-such"])),
    "an account is blocked": lambda: (None, reverse("account_inactive")),
    "a person has no second factor": _about(
        "manage-person-factor", lambda: PatientFactory().user_id
    ),
    "no doctor is declined": _managed("manage-doctors", state=DoctorState.REJECTED),
    "an application was declined": _declined_application,
    "a patient has died": _desk_patient,
    "the sheet has marks": _day_sheet,
    "two are likely one": _duplicates,
    "no other patient is found": _no_other,
    "an import waits": _about("import", lambda: _import(ImportState.CHECKING, row_count=0).pk),
    "an import is being checked": _about("import", lambda: _import(ImportState.CHECKING).pk),
    "an import is under way": _about("import", lambda: _import(ImportState.IMPORTING).pk),
    "an import has refused rows": _about("import", lambda: _checked_import().pk),
    "an import has duplicates": _about("import-duplicates", lambda: _checked_import().pk),
    "an import has none": _about("import-duplicates", lambda: _import(ImportState.CHECKED).pk),
    "an import is done": _about(
        "import", lambda: _import(ImportState.DONE, counts={"imported": 1200}).pk
    ),
    "an import is dismissed": _about("import", lambda: _import(ImportState.DISMISSED).pk),
    "own data is ready": _own_data(),
    "own data has failed": _own_data(state="failed", as_json=b"", as_pdf=b"", ready_at=None),
    "a doctor has no figures": lambda: (
        admin(),
        reverse("manage-figures", query={"doctor": DoctorFactory().pk}),
    ),
}
