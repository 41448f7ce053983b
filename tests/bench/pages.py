"""What is measured: each page with its limits, and the requests that ask for it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import cycle, islice
from urllib.parse import urlencode
from uuid import uuid4

from django.urls import reverse
from django.utils import timezone

from portal.clock.grid import local_day
from portal.enums import PartOfDay, Role
from portal.models import Appointment, Assistant, ClinicSettings, Doctor, Patient, User
from portal.slots.queries.slots import bookable
from tests.bench import desk_day
from tests.bench.asked import Asked
from tests.bench.clinic import post, sign_in

USUAL_DAY = 12  # appointments of the doctor who is measured, or as near to it as there is


@dataclass(frozen=True)
class Page:
    name: str
    ask: Callable[[], Asked] | None  # none for bookings, each of which can be sent only once
    times_bare: float  # takes at most so many times as long as the bare view
    queries: int = 8  # at most
    growth: float | None = None  # at most so many times what it takes with little history
    status: int = 200


def free_slots() -> Asked:
    """Of one office, a week, mornings: some hundred times, of which fifty are shown."""
    patient = Patient.objects.exclude(user=None).order_by("pk").first()
    first = timezone.now().date() + timedelta(days=1)
    filters = {
        "office": Doctor.objects.order_by("pk").first().office_id,
        "from": first,
        "to": first + timedelta(days=7),
        "part": PartOfDay.MORNING.value,
        "sort": "time",
    }
    return Asked(patient.user, [f"{reverse('slots')}?{urlencode(filters)}"])


def schedule_day() -> Asked:
    doctor, day = usual_day()
    return Asked(doctor.user, [reverse("schedule-day", args=[day])])


def appointments_of_day() -> Asked:
    doctor, day = usual_day()
    return Asked(doctor.user, [f"{reverse('appointments')}?day={day.isoformat()}"])


def search() -> Asked:
    """By a patient's name alone, and by a doctor's and a patient's together."""
    desk = Assistant.objects.order_by("pk").first().user
    doctor = Doctor.objects.order_by("pk").first().name.split()[-1]
    first_names = Counter(
        name.split()[0] for name in Patient.objects.values_list("name", flat=True)
    )
    patient = min(first_names, key=lambda name: (-first_names[name], name))
    return Asked(
        desk,
        [
            f"{reverse('search')}?{urlencode({'patient': patient})}",
            f"{reverse('search')}?{urlencode({'doctor': doctor, 'patient': 'a'})}",
        ],
    )


def audit_trail() -> Asked:
    """The last week, what one person did in a month, and who opened a patient's page."""
    admin, url = User.objects.filter(role=Role.ADMIN).earliest("pk"), reverse("manage-audit")
    month = (timezone.now() - timedelta(days=30)).date().isoformat()
    filters = {"first": month, "who": 17}, {"first": month, "patient": 17, "verb": "read"}
    return Asked(admin, [url, *(f"{url}?{urlencode(one)}" for one in filters)])


BOOKING = Page("booking", None, times_bare=4, queries=15)
PAGES = [
    Page("free slots", free_slots, times_bare=5),
    Page("a doctor's day", schedule_day, times_bare=3.5, growth=1.3),
    Page("appointments of a day", appointments_of_day, times_bare=3, growth=1.3),
    Page("search by name", search, times_bare=4.5, growth=1.3),
    Page("day sheet, list", desk_day.today, times_bare=6, queries=12, growth=1.3),
    Page(
        "day sheet, columns",
        partial(desk_day.today, view="columns"),
        times_bare=6,
        queries=12,
        growth=1.3,
    ),
    Page("day sheet, unchanged", desk_day.unchanged, times_bare=1.5, queries=5, status=304),
    Page("audit trail", audit_trail, times_bare=6, queries=10),
    BOOKING,
]


def usual_day() -> tuple[Doctor, date]:
    """A doctor and a coming day with USUAL_DAY live appointments, or about so many."""
    best = None
    for doctor in Doctor.objects.select_related("office", "user").order_by("pk")[:5]:
        for ahead in range(1, 10):
            day = timezone.now().astimezone(doctor.office.zone).date() + timedelta(days=ahead)
            start, end = local_day(day, doctor.office.zone)
            live = Appointment.objects.live().filter(doctor=doctor)
            count = live.filter(starts_at__gte=start, starts_at__lt=end).count()
            if best is None or abs(count - USUAL_DAY) < abs(best[0] - USUAL_DAY):
                best = count, doctor, day
    return best[1:]


def bookings(count: int, *, soonest: bool = False) -> list[str]:
    """So many requests that book, each a free slot for a patient who is free then.

    From the last free slot backwards, or from the soonest on: so that two lists do not meet.
    """
    settings = ClinicSettings.current()
    patients = list(Patient.objects.exclude(user=None).select_related("user").order_by("pk"))
    sessions = sign_in([patient.user for patient in patients])
    busy = set(Appointment.objects.upcoming().values_list("patient", "starts_at"))
    left = Counter({patient.pk: settings.max_upcoming_per_patient for patient in patients})
    left.subtract(patient for patient, _start in busy)
    order = "starts_at" if soonest else "-starts_at"
    slots = bookable(settings).order_by(order, "pk").values_list("pk", "starts_at")
    queue = cycle(patients)
    requests = []
    for slot, starts_at in slots:
        if len(requests) == count:
            break
        for patient in islice(queue, 50):
            if left[patient.pk] > 0 and (patient.pk, starts_at) not in busy:
                left[patient.pk] -= 1
                busy.add((patient.pk, starts_at))
                body = urlencode({"token": uuid4(), "mode": "in_person", "reason": ""})
                path = reverse("slot-book", args=[slot])
                requests.append(post(path, sessions[patient.user_id], body))
                break
    if len(requests) < count:
        raise RuntimeError(f"There are only {len(requests)} free slots to book; seed more.")
    return requests
