"""Marking one's own notifications (requirement D03)."""

import pytest
from django.utils import timezone

from portal.errors import Forbidden
from portal.models import AuditEvent, Notification
from portal.notifications.services import inbox
from tests.factories import AdminFactory, NotificationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def notification():
    return NotificationFactory()


def is_read(notification) -> bool:
    return Notification.objects.get(pk=notification.pk).read_at is not None


def test_D03_reading_is_noted_once_and_can_be_taken_back(notification):
    user = notification.user
    inbox.mark_read(notification, by=user)
    first = Notification.objects.get().read_at
    inbox.mark_read(notification, by=user)

    assert Notification.objects.get().read_at == first
    inbox.mark_unread(notification, by=user)
    assert not is_read(notification)
    assert not AuditEvent.objects.exists()


def test_D03_all_are_those_that_were_shown(notification):
    later = NotificationFactory(appointment=notification.appointment)
    foreign = NotificationFactory()

    marked = inbox.mark_all_read(notification.user, until=notification.pk, by=notification.user)

    assert marked == 1
    assert [is_read(one) for one in (notification, later, foreign)] == [True, False, False]


def test_mail_is_not_marked(notification):
    mail = NotificationFactory(appointment=notification.appointment, channel="email")

    inbox.mark_all_read(notification.user, until=mail.pk, by=notification.user)
    inbox.mark_read(mail, by=notification.user)

    assert not is_read(mail)


def test_nobody_marks_for_another(notification):
    admin = AdminFactory()
    notification.read_at = timezone.now()

    with pytest.raises(Forbidden):
        inbox.mark_read(notification, by=admin)
    with pytest.raises(Forbidden):
        inbox.mark_unread(notification, by=admin)
    with pytest.raises(Forbidden):
        inbox.mark_all_read(notification.user, until=notification.pk, by=admin)

    assert not is_read(notification)
