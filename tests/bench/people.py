"""The lists of people in the benchmark: `./dev bench --people` (requirement F02).

A large group: 2,000 people of staff, of whom two hundred doctors wait for approval, and 100,000
patients. Admins open the overview, the list of accounts and the approvals; the desk, the patients.
"""

from collections import Counter
from datetime import timedelta
from itertools import cycle
from urllib.parse import urlencode

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from portal.demo.large_people import ADMIN, ASSISTANT
from portal.demo.people import make_logins
from portal.enums import DoctorState, Role
from portal.models import Assistant, ClinicSettings, Doctor, Invitation, Office, Patient, User
from tests.bench.asked import Asked
from tests.bench.pages import Page

SIZE = {"doctors": 1_000, "days": 1, "patients": 100_000}
QUICK_SIZE = {"doctors": 50, "days": 1, "patients": 2_000}
WAITING_SHARE = 5  # one in so many of the seeded doctors applies as well
OFFICES_EACH = 2  # of an assistant


def fill(doctors: int) -> None:
    """As many people again as there are seeded doctors: a fifth of them doctors who wait for
    approval, the others assistants, and twenty admins; and a hundred open invitations."""
    since = timezone.now() - timedelta(days=400)
    waiting = doctors // WAITING_SHARE
    ClinicSettings.objects.update(set_up_at=since)
    _doctors(_logins("waiting", Role.DOCTOR, waiting, since=since))
    _assistants(_logins("desk", Role.ASSISTANT, doctors - waiting - 22, since=since))
    _logins("admin", Role.ADMIN, 20, since=since)
    admin = User.objects.get(email=ADMIN)
    Invitation.objects.bulk_create(
        Invitation(
            email=f"invited-{n}@example.com",
            name=f"José Invited {n}",
            role=Role.ASSISTANT,
            all_offices=True,
            invited_by=admin,
        )
        for n in range(100)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def overview() -> Asked:
    return Asked(User.objects.get(email=ADMIN), [reverse("manage")])


def accounts() -> Asked:
    """All, the fifth page, the assistants, and by parts of a name."""
    first = _most_frequent_first_name()
    asked = {"page": 5}, {"role": Role.ASSISTANT.value}, {"q": first}
    url = reverse("manage-people")
    return Asked(
        User.objects.get(email=ADMIN), [url, *(f"{url}?{urlencode(one)}" for one in asked)]
    )


def approvals() -> Asked:
    url = reverse("manage-doctors")
    return Asked(User.objects.get(email=ADMIN), [url, f"{url}?state=approved"])


def patients() -> Asked:
    url = reverse("patients")
    return Asked(User.objects.get(email=ASSISTANT), [url, *_questions(url)])


def search() -> Asked:
    return Asked(User.objects.get(email=ASSISTANT), _questions(reverse("search")))


def _questions(url: str) -> list[str]:
    """What the desk types: a name that many have, a full one, digits of a phone number, a date of
    birth."""
    one = Patient.objects.order_by("pk")[100]
    number, born = str(one.phone).replace(" ", "")[-6:], f"{one.date_of_birth:%d/%m/%Y}"
    typed = _most_frequent_first_name(), one.name, number, born
    return [f"{url}?{urlencode({'q': text})}" for text in typed]


PAGES = [
    Page("overview", overview, times_bare=6, queries=10),
    Page("people", accounts, times_bare=6, queries=10),
    Page("approvals", approvals, times_bare=6, queries=10),
    Page("patients", patients, times_bare=6, queries=10),
    Page("search at the desk", search, times_bare=6, queries=10),
]


def _logins(what: str, role: Role, count: int, *, since) -> list[User]:
    names = cycle(Patient.objects.order_by("-pk").values_list("name", flat=True)[:5000])
    logins = [(f"bench-{what}-{n}@example.com", next(names), role) for n in range(count)]
    return make_logins(logins, since=since, password=None)


def _doctors(users: list[User]) -> None:
    like = Doctor.objects.order_by("pk").first()
    now = timezone.now()
    Doctor.objects.bulk_create(
        Doctor(
            user=user,
            name=user.name,
            specialty_id=like.specialty_id,
            office_id=like.office_id,
            licence_number=f"BENCH-{number:04d}",
            practising_since=2010,
            fee_cents=6_000,
            state=DoctorState.PENDING,
            applied_at=now - timedelta(hours=number),
        )
        for number, user in enumerate(users)
    )


def _assistants(users: list[User]) -> None:
    """Each of two offices, in turn."""
    offices = cycle(Office.objects.order_by("pk"))
    made = Assistant.objects.bulk_create(Assistant(user=user) for user in users)
    link = Assistant.offices.through
    link.objects.bulk_create(
        link(assistant=one, office=next(offices)) for one in made for _turn in range(OFFICES_EACH)
    )


def _most_frequent_first_name() -> str:
    names = Patient.objects.order_by("pk").values_list("name", flat=True)[:10_000]
    counted = Counter(name.split()[0] for name in names)
    return min(counted, key=lambda name: (-counted[name], name))
