"""An appointment at noon in each state, and people of every role."""

from datetime import datetime, timedelta

from django.test import Client

from portal.enums import AppointmentState as State
from portal.models import GONE, Appointment, ClinicSettings, User
from tests.factories import (
    AdminFactory,
    AppointmentFactory,
    AssistantFactory,
    DoctorFactory,
    OfficeFactory,
    PatientFactory,
)
from tests.setups.in_use import stay_signed_in

MORNING = "2026-03-04 09:00 +0100"


class World:
    def __init__(self):
        ClinicSettings.objects.create(pk=1, cancel_cutoff_hours=0)
        self.office = OfficeFactory()
        self.by_state = {state: self._appointment(state).pk for state in State.values}
        self.people = {
            "assistant": AssistantFactory(offices=[self.office]).user,
            "admin": AdminFactory(),
            "another patient": PatientFactory().user,
            "another doctor": DoctorFactory().user,
            "assistant elsewhere": AssistantFactory(offices=[DoctorFactory().office]).user,
        }
        self.clients: dict[int, Client] = {}

    def _appointment(self, state: str) -> Appointment:
        doctor = DoctorFactory(office=self.office)
        starts_at = datetime(2026, 3, 4, 12, tzinfo=self.office.zone)
        values = {}
        if state == State.REQUESTED:
            values["answer_by"] = starts_at - timedelta(hours=1)
        if state in (State.ARRIVED, State.COMPLETED):
            values["arrived_at"] = starts_at - timedelta(minutes=10)
        if state in GONE:
            values["cancelled_at"] = starts_at - timedelta(hours=4)
        return AppointmentFactory(doctor=doctor, starts_at=starts_at, state=state, **values)

    def appointment(self, state: str) -> Appointment:
        people = Appointment.objects.select_related("doctor__user", "patient__user", "office")
        return people.get(pk=self.by_state[state])

    def person(self, role: str, one: Appointment) -> User:
        own = {"its patient": one.patient.user, "its doctor": one.doctor.user}
        return own.get(role) or self.people[role]

    def client_of(self, user: User) -> Client:
        """Signed in once, outside what is taken back."""
        if user.pk not in self.clients:
            self.clients[user.pk] = Client()
            self.clients[user.pk].force_login(user)
            stay_signed_in(self.clients[user.pk])
        return self.clients[user.pk]
