"""`among` finds what `in` finds."""

import pytest

from portal.models import Appointment
from tests.factories import AppointmentFactory

pytestmark = pytest.mark.django_db


def test_among_finds_what_in_finds(django_assert_num_queries):
    one, other, _third = AppointmentFactory.create_batch(3)
    ids = [one.patient_id, other.patient_id]

    for wanted in (ids, ids[:1], [0]):
        among = Appointment.objects.filter(patient__among=wanted)
        assert set(among) == set(Appointment.objects.filter(patient__in=wanted))
        assert set(Appointment.objects.exclude(patient__among=wanted)) == set(
            Appointment.objects.exclude(patient__in=wanted)
        )
    with django_assert_num_queries(0):
        assert list(Appointment.objects.filter(patient__among=[])) == []
    assert Appointment.objects.exclude(patient__among=[]).count() == 3
