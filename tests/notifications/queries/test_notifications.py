"""What is unread, counted with little work (requirement D03)."""

import pytest
from django.db import connection
from django.utils import timezone

from portal.enums import Channel
from portal.notifications.queries import notifications
from tests.factories import AppointmentFactory, NotificationFactory, PatientFactory

pytestmark = pytest.mark.django_db


def test_D03_counts_ones_own_unread_of_the_portal(django_assert_num_queries):
    appointment = AppointmentFactory()
    NotificationFactory(appointment=appointment)
    newest = NotificationFactory(appointment=appointment)
    NotificationFactory(appointment=appointment, read_at=timezone.now())
    NotificationFactory(appointment=appointment, channel=Channel.EMAIL)
    NotificationFactory()

    with django_assert_num_queries(1):
        unread = notifications.unread(appointment.patient.user)

    assert (unread.count, unread.newest_id, unread.shown) == (2, newest.pk, "2")


def test_nobody_told_anything_has_none():
    unread = notifications.unread(PatientFactory().user)

    assert (unread.count, unread.newest_id, unread.is_many) == (0, 0, False)


@pytest.mark.parametrize(("written", "shown"), [(99, "99"), (100, "99+"), (130, "99+")])
def test_D03_above_ninety_nine_it_stops_counting(written, shown):
    appointment = AppointmentFactory()
    NotificationFactory.create_batch(written, appointment=appointment)

    unread = notifications.unread(appointment.patient.user)

    assert unread.shown == shown
    assert unread.count <= 100


def test_the_tag_changes_with_what_is_unread():
    appointment = AppointmentFactory()
    user = appointment.patient.user
    first = NotificationFactory(appointment=appointment)
    tags = [notifications.unread(user).tag]

    NotificationFactory(appointment=appointment)
    tags.append(notifications.unread(user).tag)
    first.read_at = timezone.now()
    first.save()
    tags.append(notifications.unread(user).tag)

    assert len(set(tags)) == 3


def test_the_list_is_ones_own_newest_first(django_assert_num_queries):
    appointment = AppointmentFactory()
    old = NotificationFactory(appointment=appointment, read_at=timezone.now())
    new = NotificationFactory(appointment=appointment)
    NotificationFactory()
    user = appointment.patient.user

    with django_assert_num_queries(2):
        every = notifications.of_user(user, 1)
        unread = notifications.of_user(user, 1, only_unread=True)

    assert [one.pk for one in every] == [new.pk, old.pk]
    assert [one.pk for one in unread] == [new.pk]


def test_the_count_is_answered_from_an_index():
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # it reads so small a table whole
        how = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
        cursor.execute(f"{how} {notifications._UNREAD}", [1, 100])
        plan = str(cursor.fetchall())

    assert "notification_unread" in plan
