"""patients.enter: whom the desk enters, and who may be the same person (A09)."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from portal.errors import Forbidden, LikelyDuplicate, PortalError, StaleState
from portal.models import AuditEvent, Patient
from portal.people.queries.duplicates import likely_duplicates
from portal.people.services import patients
from tests.factories import (
    AdminFactory,
    AppointmentFactory,
    AssistantFactory,
    DoctorFactory,
    PatientFactory,
)

pytestmark = pytest.mark.django_db

BORN = date(1980, 3, 4)


@pytest.fixture
def desk():
    return AssistantFactory().user


def create(by, name="Ana García", phone="600 11 12 22", **rest) -> Patient:
    return patients.enter(name, phone=phone, by=by, **rest)


def likely(by, **fields) -> list[int]:
    """The ids that are asked about; nobody was entered."""
    count = Patient.objects.count()
    with pytest.raises(LikelyDuplicate) as caught:
        create(by, **fields)
    assert Patient.objects.count() == count
    assert not AuditEvent.objects.filter(verb="create").exists()
    return [one.pk for one in caught.value.patients]


def test_A09_a_patient_without_a_login(desk):
    made = create(desk, name="  Ana   García ", date_of_birth=BORN)

    made = Patient.objects.get(pk=made.pk)
    assert (made.name, made.phone.as_e164, made.date_of_birth) == (
        "Ana García",
        "+34600111222",
        BORN,
    )
    assert made.search_name == "ana garcia"
    assert made.user is None
    event = AuditEvent.objects.get()
    assert (event.verb, event.patient_id, event.actor_id) == ("create", made.pk, desk.pk)


def test_A09_the_date_of_birth_may_be_unknown(desk):
    assert create(desk).date_of_birth is None


@pytest.mark.parametrize(
    ("typed", "region", "stored"),
    [
        ("0600 111 222", "ES", None),
        ("+44 20 7946 0958", "ES", "+442079460958"),
        ("020 7946 0958", "GB", "+442079460958"),
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("600-111-222", None, "+34600111222"),
    ],
)
def test_A09_a_phone_is_read_as_one_of_the_region(desk, typed, region, stored):
    if stored is None:
        with pytest.raises(PortalError) as caught:
            create(desk, phone=typed, region=region)
        assert caught.value.field == "phone"
    else:
        assert create(desk, phone=typed, region=region).phone.as_e164 == stored


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "   "),
        ("name", "\u0301"),
        ("name", "x" * 121),
        ("phone", ""),
        ("phone", "12"),
        ("phone", "abc"),
        ("date_of_birth", timezone.now().date() + timedelta(days=2)),
    ],
)
def test_A09_what_cannot_be_is_said_of_its_field(desk, field, value):
    with pytest.raises(PortalError) as caught:
        create(desk, **{field: value})

    assert caught.value.field == field
    assert not Patient.objects.exists()


def test_A09_only_the_desk_enters_patients():
    create(AdminFactory(), name="Ana")
    create(AssistantFactory().user, name="Eva", phone="+34655000222")
    for by in (DoctorFactory().user, PatientFactory().user):
        with pytest.raises(Forbidden):
            create(by, phone="+34655000111")


def test_A09_somebody_with_the_same_phone_is_named_first(desk):
    known = PatientFactory(name="Pedro Soto", phone="+34600111222")

    assert likely(desk) == [known.pk]


def test_A09_a_phone_that_a_family_shares_refuses_nobody(desk):
    family = PatientFactory.create_batch(3, phone="+34600111222", user=None)

    made = create(desk, confirmed_not=[one.pk for one in family])

    assert made.pk not in {one.pk for one in family}
    assert Patient.objects.filter(phone="+34600111222").count() == 4
    assert AuditEvent.objects.get().changes["unlike"] == [one.pk for one in family]


def test_A09_the_same_name_and_birthday_however_it_is_written(desk):
    known = PatientFactory(name="ANA  GARCÍA", date_of_birth=BORN)
    PatientFactory(name="Ana García", date_of_birth=date(1990, 1, 1))

    assert likely(desk, name="Ana Garcia", date_of_birth=BORN) == [known.pk]


def test_A09_the_same_name_is_named_where_a_birthday_is_unknown(desk):
    unknown = PatientFactory(name="Ana Garcia", date_of_birth=None)
    dated = PatientFactory(name="Ana García", date_of_birth=BORN)

    assert likely(desk) == [unknown.pk, dated.pk]
    assert likely(desk, date_of_birth=date(1990, 1, 1)) == [unknown.pk]


def test_A09_the_same_name_comes_before_the_same_phone(desk):
    mother = PatientFactory(name="Eva García", phone="+34600111222")
    known = PatientFactory(name="Ana García", date_of_birth=BORN)

    assert likely(desk, date_of_birth=BORN) == [known.pk, mother.pk]


def test_A09_another_name_phone_and_birthday_is_somebody_else(desk):
    PatientFactory(name="Ana García", date_of_birth=BORN)
    PatientFactory(name="Ana García Pérez", date_of_birth=BORN)

    assert create(desk, date_of_birth=date(1990, 1, 1))


def test_A09_who_came_meanwhile_is_asked_about_too(desk):
    first = PatientFactory(phone="+34600111222")
    second = PatientFactory(phone="+34600111222")

    with pytest.raises(LikelyDuplicate):
        create(desk, confirmed_not=[first.pk])
    assert create(desk, confirmed_not=[first.pk, second.pk])


def test_A09_the_last_visit_is_that_of_the_offices_day(desk):
    known = PatientFactory(phone="+34600111222")
    doctor = DoctorFactory(office__time_zone="Pacific/Auckland")
    evening = datetime(2026, 3, 3, 20, tzinfo=UTC)  # the 4th in Auckland
    AppointmentFactory(patient=known, doctor=doctor, starts_at=evening, state="completed")
    AppointmentFactory(patient=known, starts_at=evening + timedelta(days=5), state="cancelled")
    AppointmentFactory(patient=known)

    with pytest.raises(LikelyDuplicate) as caught:
        create(desk)

    assert [one.last_visit for one in caught.value.patients] == [date(2026, 3, 4)]


def test_A09_one_form_makes_one_patient_whoever_sends_it(desk):
    token = uuid4()

    first = create(desk, form_token=token)
    second = create(AdminFactory(), form_token=token)

    assert first.pk == second.pk
    assert Patient.objects.count() == AuditEvent.objects.count() == 1


def test_A09_a_form_that_is_used_up_does_not_stand_for_somebody_else(desk):
    token = uuid4()
    create(desk, form_token=token)

    with pytest.raises(StaleState, match="Ana García"):
        create(desk, name="Pedro Soto", form_token=token)


def test_A09_looking_for_duplicates_costs_one_query(desk, django_assert_num_queries):
    for known in PatientFactory.create_batch(4, phone="+34600111222"):
        AppointmentFactory(patient=known)

    with django_assert_num_queries(1):
        found = likely_duplicates(name="Ana", phone="+34600111222", born=None)
    assert len(found) == 4
