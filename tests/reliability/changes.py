"""What is done in a busy clinic. Each kind yields so many changes, ready to be made; those without
a page that takes one step call the service."""

from collections.abc import Callable, Iterator
from datetime import time, timedelta
from functools import partial
from uuid import uuid4

from urllib3 import HTTPHeaderDict

from portal.appointments.services import offers, requests, waitlist
from portal.clinic.services import clinic as clinic_settings
from portal.clock.grid import day_grid
from portal.diary.services import availability, time_off
from portal.diary.services.time_off import Choice
from portal.errors import PortalError
from portal.models import ClinicSettings, Doctor, Offer, Wait
from tests.factories import in_days
from tests.reliability.busy_clinic import DOCTORS, Clinic
from tests.servers.client import Answer

AN_HOUR = timedelta(hours=1)
Changes = Iterator[Callable[[], Answer]]


def books(clinic: Clinic, count: int) -> Changes:
    for slot in clinic.some(clinic.slots("open"), count):
        by = clinic.random.choice(clinic.patients).user
        yield clinic.post(by, f"/slots/{slot.pk}/book/", mode="in_person", token=uuid4())


def moves(clinic: Clinic, count: int) -> Changes:
    free = clinic.slots("open")
    for one in clinic.some(clinic.appointments("confirmed"), count):
        by = clinic.random.choice([one.patient.user, clinic.admin])
        path = f"/appointments/{one.pk}/reschedule/"
        yield clinic.post(by, path, slot=clinic.random.choice(free).pk)


def cancellations(clinic: Clinic, count: int) -> Changes:
    for one in clinic.some(clinic.appointments("confirmed"), count):
        yield clinic.post(one.patient.user, f"/appointments/{one.pk}/cancel/", reason="health")


def answers_to_requests(clinic: Clinic, count: int) -> Changes:
    for number, one in enumerate(clinic.some(clinic.appointments("requested"), count)):
        by = clinic.random.choice([one.doctor.user, clinic.admin])
        verb = "decline" if number % 5 == 0 else "accept"
        yield clinic.post(by, f"/requests/{one.pk}/{verb}/", words="Fully booked")


def transfers(clinic: Clinic, count: int) -> Changes:
    for one in clinic.some(clinic.appointments("confirmed"), count):
        to: Doctor = clinic.random.choice(clinic.doctors)
        old = clinic.random.choice(["free", "withdraw"])
        yield clinic.post(clinic.admin, f"/appointments/{one.pk}/transfer/", to=to.pk, old=old)


def answers_to_offers(clinic: Clinic, count: int) -> Changes:
    offers = list(Offer.objects.filter(state="open").select_related("wait__patient__user"))
    for number, offer in enumerate(clinic.some(offers, count)):
        verb = "decline" if number % 5 == 0 else "accept"
        by = clinic.random.choice([offer.wait.patient.user, clinic.admin])
        yield clinic.post(by, f"/offers/{offer.pk}/{verb}/")


def times_off(clinic: Clinic, count: int) -> Changes:
    """By the service, for the page takes two steps; what is in it is cancelled."""
    for number in range(count):
        doctor = clinic.doctors[number % DOCTORS]
        starts_at = in_days(5) + timedelta(hours=number)
        held = doctor.appointments.live().filter(
            starts_at__lt=starts_at + AN_HOUR, ends_at__gt=starts_at
        )
        choices = {
            one.pk: Choice(
                one.version, "decline" if one.state == "requested" else "cancel", message="Away"
            )
            for one in held
        }
        yield answered(
            partial(
                time_off.take_time_off,
                doctor,
                starts_at=starts_at,
                ends_at=starts_at + AN_HOUR,
                choices=choices,
                by=doctor.user,
            )
        )


def joins(clinic: Clinic, count: int) -> Changes:
    """For an earlier time, for a slot that is taken, for any time of a doctor."""
    held = clinic.some(clinic.appointments("confirmed"), count)
    taken = clinic.some(clinic.slots("taken"), count)
    seen = " ".join(str(slot.pk) for slot in clinic.slots("open"))  # none of these suits
    for number, (one, slot) in enumerate(zip(held, taken, strict=True)):
        doctor = clinic.random.choice(clinic.doctors[:-1])
        wish = [{"appointment": one.pk}, {"slot": slot.pk}, {"doctor": doctor.pk}][number % 3]
        wish |= {"seen": seen}
        yield clinic.post(one.patient.user, "/waits/new/", **wish)


def leaves(clinic: Clinic, count: int) -> Changes:
    waits = list(Wait.objects.waiting().select_related("patient__user").order_by("pk"))
    for wait in clinic.some(waits, count):
        yield clinic.post(wait.patient.user, f"/waits/{wait.pk}/leave/")


def patients_profiles(clinic: Clinic, count: int) -> Changes:
    for number, one in enumerate(clinic.some(clinic.appointments("confirmed"), count)):
        patient = one.patient
        values = {"name": f"{patient.name} {number}", "phone": "+34600000000"}
        yield clinic.post(patient.user, "/profile/", username=f"p{patient.pk}.{number}", **values)


def doctors_profiles(clinic: Clinic, count: int) -> Changes:
    for number, doctor in enumerate(clinic.some(clinic.doctors, count)):
        values = {"practising_since": 2010, "statement": f"Number {number}"}
        values |= {"on_request": "on"} if doctor.on_request else {}
        username = f"d{doctor.pk}.{number}"
        yield clinic.post(doctor.user, "/profile/", name=doctor.name, username=username, **values)


def preferences(clinic: Clinic, count: int) -> Changes:
    for number, patient in enumerate(clinic.some(clinic.patients, count)):
        on = ["reminder:email"] if number % 2 else []
        yield clinic.post(patient.user, "/notifications/preferences/", on=on)


def calendar_feeds(clinic: Clinic, count: int) -> Changes:
    for number, patient in enumerate(clinic.some(clinic.patients[:20], count)):
        verb = "end" if number % 3 == 0 else "renew"
        yield clinic.post(patient.user, f"/profile/calendar/{verb}/")


def marks(clinic: Clinic, count: int) -> Changes:
    for one in clinic.some(clinic.today(), count):
        verb = clinic.random.choice(["arrive", "arrive", "call-in", "complete", "undo"])
        by = clinic.random.choice([one.doctor.user, clinic.admin])
        yield clinic.post(by, f"/appointments/{one.pk}/mark/{verb}/")


def transfers_of_today(clinic: Clinic, count: int) -> Changes:
    for one in clinic.some(clinic.today(), count):
        to: Doctor = clinic.random.choice(clinic.doctors)
        yield clinic.post(clinic.admin, f"/appointments/{one.pk}/transfer/", to=to.pk, old="free")


def days(clinic: Clinic, count: int) -> Changes:
    """A doctor's grid of a day, of which half is not to be free any more. It is the date at the
    office on which most of the slots are, whatever hour it is now."""
    for doctor in clinic.some(clinic.doctors, count):
        starts = sorted(slot.starts_at for slot in doctor.slots.all())
        day = starts[len(starts) // 2].astimezone(clinic.office.zone).date()
        kept = [start for start in starts if clinic.random.random() < 0.5]
        free = {"office": clinic.office, "day": day, "starts": _on_grid(kept, clinic, day)}
        yield answered(partial(availability.set_day, doctor, by=doctor.user, **free))


def jobs(clinic: Clinic, count: int) -> Changes:
    """What the workers do meanwhile, and an hour of release that is changed."""
    runs = [offers.pass_on, offers.offer_new, requests.expire_due, waitlist.tidy]
    for number in range(count):
        yield answered(partial(runs[number % len(runs)], by=None))
    yield answered(
        partial(clinic_settings.change, by=clinic.admin, same_day_release_at=time(6, 30))
    )


def _on_grid(starts: list, clinic: Clinic, day) -> list:
    grid = {cell.starts_at for cell in day_grid(day, clinic.office.zone, ClinicSettings.current())}
    return [start for start in starts if start in grid]


def answered(change: Callable[[], object]) -> Callable[[], Answer]:
    """As if a page had been asked for it."""

    def answer() -> Answer:
        try:
            change()
        except PortalError as refusal:
            return Answer(refusal.status, str(refusal), HTTPHeaderDict())
        return Answer(302, "", HTTPHeaderDict())

    return answer
