"""Every URL × role × own or foreign object. A URL that is not in the table fails."""

import uuid
from datetime import time

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from portal.models import Appointment, AuditEvent, Notification, Slot, TimeOff, WeeklyHours
from tests.factories import (
    AdminFactory,
    AppointmentFactory,
    AssistantFactory,
    BroadcastFactory,
    DoctorFactory,
    NotificationFactory,
    OfferFactory,
    PatientFactory,
    SlotFactory,
    WaitFactory,
    in_days,
)
from tests.setups.attendance import attendance_token

# A cell is the status for one's own object and, after a slash, for a foreign one.
# "in" means: sent to sign in. A POST carries no data, so 422 and 409 are those who may.
TABLE = """
                                  visitor  patient   doctor    assistant  admin
GET   home                        200      200       200       200        200
GET   dashboard                   in       200       200       302        200
GET   doctors                     200      200       200       200        200
GET   doctor                      200/200  200/200   200/200   200/200    200/200
GET   offices                     200      200       200       200        200
GET   slots                       200      200       200       200        200
GET   profile                     in       200       200       200        200
POST  profile                     in       422       422       422        422
POST  calendar-feed-renew         in       302       302       403        403
POST  calendar-feed-end           in       302       302       403        403
GET   calendar-feed               404      404       404       404        404
GET   attendance                  200/200  200/200   200/200   200/200    200/200
POST  attendance                  302/302  302/302   302/302   302/302    302/302
GET   slot-book                   in/in    200/200   200/403   200/403    200/200
POST  slot-book                   in/in    422/422   403/403   403/403    403/403
GET   appointments                in       200       200       200        200
GET   appointment                 in/in    200/404   200/404   200/404    200/200
GET   appointment-booked          in/in    200/404   200/404   200/404    200/200
GET   appointment-cancel          in/in    200/404   200/404   200/404    200/200
POST  appointment-cancel          in/in    422/404   422/404   422/404    422/422
GET   appointment-reschedule      in/in    302/404   302/404   302/404    302/302
POST  appointment-reschedule      in/in    302/404   302/404   302/404    302/302
GET   waits                       in       200       200       200        200
GET   wait-new                    in       200       200       200        200
POST  wait-new                    in       422       403       403        403
POST  wait-leave                  in/in    302/404   302/404   302/404    302/302
GET   offer                       in/in    200/404   200/404   200/404    200/200
POST  offer-accept                in/in    302/404   302/404   302/404    302/302
POST  offer-decline               in/in    302/404   302/404   302/404    302/302
GET   notifications               in       200       200       200        200
GET   notifications-bell          200      200       200       200        200
POST  notifications-read          in       302       302       302        302
GET   notification                in/in    200/404   404/404   404/404    404/404
POST  notification-read           in/in    302/404   404/404   404/404    404/404
POST  notification-unread         in/in    302/404   404/404   404/404    404/404
GET   appointment-calendar        in/in    200/404   200/404   200/404    200/200
POST  appointment-mark            in/in    403/404   302/404   302/404    302/302
GET   requests                    in       403       200       200        200
POST  requests-seen               in       403       302       302        302
POST  request-accept              in/in    403/404   302/404   302/404    302/302
GET   request-decline             in/in    403/404   200/404   200/404    200/200
POST  request-decline             in/in    403/404   422/404   422/404    422/422
GET   schedule                    in       403       200       403        403
GET   schedule-day                in       403       200       403        403
POST  schedule-day                in       403       302       403        403
POST  schedule-range              in       403       422       403        403
POST  schedule-copy               in       403       422       403        403
GET   schedule-slots              in       403       200       403        403
POST  slot-remove                 in/in    403/403   302/404   403/403    403/403
GET   slot-new                    in       403       200       403        403
POST  slot-new                    in       403       422       403        403
GET   slot-edit                   in/in    403/403   200/404   403/403    403/403
POST  slot-edit                   in/in    403/403   422/404   403/403    403/403
GET   slot-transfer               in/in    403/403   200/404   403/403    403/403
POST  slot-transfer               in/in    403/403   422/404   403/403    403/403
GET   times-off                   in       403       200       200        200
GET   time-off-new                in       403       200       403        403
POST  time-off-new                in       403       422       403        403
GET   time-off-end                in/in    403/403   200/404   403/403    403/403
POST  time-off-end                in/in    403/403   422/404   403/403    403/403
GET   schedule-transfer           in       403       200       403        403
POST  schedule-transfer           in       403       422       403        403
GET   appointment-transfer        in/in    403/404   200/404   200/404    200/200
POST  appointment-transfer        in/in    403/404   422/404   422/404    422/422
GET   hours                       in       403       200       200        200
GET   hours-new                   in       403       200       403        403
POST  hours-new                   in       403       422       403        403
GET   hours-change                in/in    403/403   200/404   403/403    403/403
POST  hours-change                in/in    403/403   422/404   403/403    403/403
GET   hours-end                   in/in    403/403   200/404   403/403    403/403
POST  hours-end                   in/in    403/403   422/404   403/403    403/403
GET   hours-exception             in       403       200       403        403
POST  hours-exception             in       403       422       403        403
POST  hours-exception-drop        in       403       302       403        403
GET   office-holidays             in/in    403/403   403/403   200/403    200/200
POST  office-holidays             in/in    403/403   403/403   422/403    422/422
GET   series-new                  in/in    403/404   200/404   200/200    200/200
POST  series-new                  in/in    403/404   422/404   422/422    422/422
GET   series-cancel               in/in    403/404   302/404   302/404    302/302
POST  series-cancel               in/in    403/404   302/404   302/404    302/302
GET   clinic-settings             in       403       403       403        200
POST  clinic-settings             in       403       403       403        422
GET   manage                      in       403       403       403        200
GET   manage-worker               in       403       403       403        200
GET   manage-messages             in       403       403       403        200
POST  manage-messages-retry       in       403       403       403        302
GET   manage-message-new          in       403       403       403        200
POST  manage-message-new          in       403       403       403        422
GET   manage-message              in/in    403/403   403/403   403/403    200/200
POST  manage-message-retry        in/in    403/403   403/403   403/403    409/409
GET   manage-broadcasts           in       403       403       403        200
GET   manage-broadcast            in/in    403/403   403/403   403/403    200/200
POST  manage-broadcast-spread     in/in    403/403   403/403   403/403    302/302
GET   desk                        in       403       403       200        200
GET   desk-paper                  in       403       403       200        200
GET   walk-in                     in       403       403       200        200
POST  walk-in                     in       403       403       302        302
GET   walk-in-extra               in       403       403       302        302
POST  walk-in-extra               in       403       403       302        302
POST  walk-in-undo                in/in    403/404   302/404   302/404    302/302
GET   search                      in       200       200       200        200
GET   patients                    in       403       200       200        200
GET   patient                     in/in    200/404   200/404   200/200    200/200
GET   patient-new                 in       403       403       200        200
POST  patient-new                 in       403       403       422        422
POST  sms-report                  403      403       403       403        403
POST  mail-report                 403      403       403       403        403
GET   notification-preferences  in       200       200       200        200
POST  notification-preferences  in       302       302       302        302
GET   notification-unsubscribe  404      404       404       404        404
POST  notification-unsubscribe  404      404       404       404        404
GET   account_login               200      302       302       302        302
POST  account_login               200      302       302       302        302
GET   account_signup              200      302       302       302        302
POST  account_signup              200      302       302       302        302
GET   account_logout              302      200       200       200        200
POST  account_logout              302      302       302       302        302
GET   account_inactive            200      200       200       200        200
GET   account_reauthenticate      in       200       200       200        200
GET   account_email               in       200       200       200        200
GET   account_email_verification_sent 200  200       200       200        200
GET   account_change_password     in       200       200       200        200
POST  account_change_password     in       200       200       200        200
GET   account_set_password        in       302       302       302        302
GET   account_reset_password      200      200       200       200        200
GET   account_reset_password_done 200      200       200       200        200
GET   account_reset_password_from_key 200  200       200       200        200
GET   account_reset_password_from_key_done 200 200   200       200        200
GET   account_confirm_email       200      200       200       200        200
GET   account_confirm_login_code  302      302       302       302        302
GET   usersessions_list           in       200       200       200        200
POST  usersessions_list           in       302       302       302        302
"""

HEAD, *LINES = [line.split() for line in TABLE.strip().splitlines()]
CELLS = [
    (method, name, role, whose, expected)
    for method, name, *cells in LINES
    for role, cell in zip(HEAD, cells, strict=True)
    for whose, expected in zip(("own", "foreign"), cell.split("/"), strict=False)
]
ONLY_WHEN_DEBUGGING = {"styleguide", "demo-messages"}


class World:
    """A doctor, their office, a patient, a slot, an appointment, its notification, a broadcast."""

    def __init__(self):
        self.doctor = DoctorFactory()
        self.patient = PatientFactory()
        self.slot = SlotFactory(doctor=self.doctor, starts_at=in_days(2))
        self.appointment = AppointmentFactory(doctor=self.doctor, patient=self.patient)
        self.request = AppointmentFactory(
            doctor=self.doctor, patient=self.patient, starts_at=in_days(4), state="requested"
        )
        self.notification = NotificationFactory(appointment=self.appointment)
        self.broadcast = BroadcastFactory()
        self.office = self.doctor.office
        self.hours = WeeklyHours.objects.create(
            doctor=self.doctor,
            office=self.office,
            weekday=0,
            starts=time(9),
            ends=time(13),
            valid_from=in_days(0).date(),
        )
        offered = SlotFactory(doctor=self.doctor, starts_at=in_days(5), state="offered")
        self.wait = WaitFactory(patient=self.patient, doctor=self.doctor)
        self.offer = OfferFactory(slot=offered, wait=self.wait)
        self.time_off = TimeOff.objects.create(
            doctor=self.doctor, starts_at=in_days(40), ends_at=in_days(41)
        )

    def url(self, name: str) -> str:
        return reverse(name, kwargs=self.arguments(name))

    def arguments(self, name: str) -> dict:
        if name in ("schedule-day", "schedule-range", "schedule-copy", "schedule-transfer"):
            return {"day": in_days(3).date()}
        special = {
            "account_confirm_email": {"key": "no-such-key"},
            "account_reset_password_from_key": {"uidb36": "1", "key": "no-such-key"},
            "appointment-mark": {"pk": self.appointment.pk, "verb": "arrive"},
            "attendance": {"token": attendance_token(self.appointment)},
            "hours": {},
            "hours-new": {},
            "hours-exception": {},
            "hours-exception-drop": {"day": in_days(3).date()},
            "manage-broadcast": {"pk": self.broadcast.pk},
            "manage-broadcast-spread": {"pk": self.broadcast.pk},
            "manage-message": {"pk": self.notification.pk},
            "manage-message-retry": {"pk": self.notification.pk},
            "notification-preferences": {},
            "slot-new": {},
            "time-off-new": {},
            "time-off-end": {"pk": self.time_off.pk},
            "patient-new": {},
            "series-new": {"pk": self.patient.pk},
            "series-cancel": {"pk": self.appointment.pk},
            "notification-unsubscribe": {"token": "no-such-token"},
            "calendar-feed": {"token": "no-such-token"},
            "wait-new": {},
            "walk-in-undo": {"pk": self.appointment.pk},
        }
        if name in special:
            return special[name]
        noun = {"slot-book": "slot", "slot-remove": "slot"}.get(name, name.split("-")[0])
        thing = getattr(self, noun, None)
        return {"pk": thing.pk} if thing else {}


@pytest.fixture
def own(db):
    return World()


@pytest.fixture
def foreign(db):
    return World()


def client_of(role: str, own: World) -> Client:
    client = Client()
    users = {
        "patient": lambda: own.patient.user,
        "doctor": lambda: own.doctor.user,
        "assistant": lambda: AssistantFactory(offices=[own.doctor.office]).user,
        "admin": AdminFactory,
    }
    if role in users:
        client.force_login(users[role]())
    return client


def state_of_the_clinic() -> tuple:
    return (
        list(Slot.objects.order_by("pk").values_list("pk", "state")),
        list(Appointment.objects.order_by("pk").values_list("pk", "state", "version")),
        list(Notification.objects.order_by("pk").values_list("pk", "read_at")),
        AuditEvent.objects.count(),
    )


@pytest.mark.parametrize(("method", "name", "role", "whose", "expected"), CELLS)
def test_access(own, foreign, method, name, role, whose, expected):
    client = client_of(role, own)
    world = {"own": own, "foreign": foreign}[whose]
    before = state_of_the_clinic()

    response = getattr(client, method.lower())(world.url(name))

    if expected == "in":
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("account_login"))
    else:
        assert response.status_code == int(expected)
    if method == "GET" or expected in ("in", "403", "404"):
        assert state_of_the_clinic() == before


def test_every_url_is_in_the_table():
    named = {name for _method, name, *_cells in LINES} | ONLY_WHEN_DEBUGGING

    assert set(_names(get_resolver().url_patterns)) <= named


def _names(patterns):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from _names(pattern.url_patterns)
        else:
            yield pattern.name


def test_a_form_without_its_csrf_token_changes_nothing(own):
    client = Client(enforce_csrf_checks=True)
    client.force_login(own.patient.user)
    before = state_of_the_clinic()

    for name in ("slot-book", "appointment-cancel"):
        data = {"token": uuid.uuid4(), "reason": "health"}
        assert client.post(own.url(name), data).status_code == 403

    assert state_of_the_clinic() == before
