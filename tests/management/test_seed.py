from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from portal.models import Appointment, AuditEvent, Doctor, Patient, Review, Slot, User
from tests.management import invariants

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

SMALL = ("--doctors=3", "--days=2", "--patients=50", "--past=500")


def seed(*arguments: str) -> str:
    out = StringIO()
    call_command("seed", *(arguments or SMALL), stdout=out)
    return out.getvalue()


def test_F03_seed_makes_as_much_as_was_asked_for(at_noon):
    seed()

    assert Doctor.objects.listed().count() == 3
    assert Patient.objects.count() == 50
    assert Appointment.objects.filter(starts_at__date__lt=at_noon).count() == 500
    assert Slot.objects.filter(starts_at__date__gte=at_noon).count() == 3 * 3 * 24
    invariants.assert_clinic_is_sound(at_noon)


def test_seed_gives_each_doctor_a_day_to_look_at(at_noon):
    seed()

    for doctor in Doctor.objects.all():
        assert doctor.appointments.filter(starts_at__date=at_noon).count() >= 10
        assert doctor.appointments.filter(starts_at__date__gt=at_noon).count() == 10
        assert doctor.slots.open().filter(starts_at__gt=at_noon).count() >= 38


def test_seed_with_the_same_arguments_gives_the_same_data():
    first, again, other = (
        rows_after(*SMALL),
        rows_after(*SMALL),
        rows_after(*SMALL, "--random-seed=2"),
    )

    assert first == again
    assert first != other


def test_seed_fills_a_clinic_with_barely_enough_patients(at_noon):
    seed("--doctors=4", "--days=1", "--patients=4", "--past=30")

    invariants.assert_clinic_is_sound(at_noon)


def test_seed_stands_beside_the_demo(at_noon, settings):
    settings.DEBUG = True
    call_command("demo", verbosity=0)

    seed()

    invariants.assert_clinic_is_sound(at_noon)


def test_seed_refuses_a_second_time():
    seed()

    with pytest.raises(CommandError, match="seeded before"):
        seed()


@pytest.mark.parametrize(
    "arguments", [("--doctors=5", "--patients=4"), ("--doctors=0",), ("--past=-1",)]
)
def test_seed_refuses_numbers_that_make_no_clinic(arguments):
    with pytest.raises(CommandError):
        seed(*arguments)

    assert not User.objects.exists()


def test_seed_makes_known_passwords_only_with_debug(settings):
    settings.DEBUG = True
    with rolled_back():
        seed()
        known = User.objects.get(email="seed-doctor-0001@example.com").check_password("clinic-demo")
    settings.DEBUG = False
    seed()

    assert known
    assert not any(user.has_usable_password() for user in User.objects.all())


def test_seed_says_what_it_does_a_line_a_stage():
    lines = seed().splitlines()

    assert [line.partition(":")[0] for line in lines] == [
        "Doctors",
        "Patients",
        "Past appointments",
        "Times from today on",
    ]


def test_seed_draws_a_bar_on_a_terminal():
    terminal = StringIO()
    terminal.isatty = lambda: True

    call_command("seed", *SMALL, stdout=terminal, no_color=True)

    assert "█" in terminal.getvalue()
    assert "500 of 500" in terminal.getvalue()


class rolled_back(transaction.Atomic):  # noqa: N801 (used like a function)
    """A block whose writes are undone at its end."""

    def __init__(self):
        super().__init__(using=None, savepoint=True, durable=False)

    def __exit__(self, *error):
        transaction.set_rollback(True)
        super().__exit__(*error)


def rows_after(*arguments: str) -> list:
    with rolled_back():
        seed(*arguments)
        return [
            list(Doctor.objects.order_by("pk").values_list("name", "fee_cents", "office__name")),
            list(Patient.objects.order_by("pk").values_list("name", "phone", "date_of_birth")),
            list(
                Appointment.objects.order_by("reference").values_list(
                    "reference", "patient__name", "doctor__name", "starts_at", "state", "booked_at"
                )
            ),
            list(Slot.objects.order_by("pk").values_list("doctor__name", "starts_at", "state")),
            list(Review.objects.order_by("pk").values_list("rating", "comment")),
            list(AuditEvent.objects.order_by("pk").values_list("verb", "at", "actor_name")),
        ]
