"""Several at once: the job in two workers, and a change of hours against it (requirement B03)."""

from contextlib import ExitStack
from threading import Barrier, Thread

import pytest
from django.db import connection

from portal.database import guards
from portal.diary.queries.hours_plan import plan_for
from portal.diary.services import hours, hours_slots
from portal.enums import SlotState
from portal.errors import Overlap, StaleState
from portal.models import ClinicSettings, Slot
from tests.factories import DoctorFactory, in_days
from tests.reliability.unprotected import between, without
from tests.setups.weekly import block

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 3
WEEKS = 4
A_DAY = 8  # slots from 09:00 to 13:00


def at_once(*acts) -> list:
    """What each of them returned or raised, in threads of their own."""
    answers, barrier = [], Barrier(len(acts))

    def run(act):
        try:
            barrier.wait()
            answers.append(act())
        except Exception as error:
            answers.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def with_hours(count: int) -> list:
    """Doctors with a block of which nothing is made yet."""
    ClinicSettings.objects.update_or_create(pk=1, defaults={"horizon_days": 7 * WEEKS})
    doctors = DoctorFactory.create_batch(count)
    for doctor in doctors:
        row = block(doctor.office, "09:00–13:00", valid_from=in_days(1).date())
        row.doctor = doctor
        row.save()
    return doctors


def test_B03_jobs_that_run_at_the_same_moment_make_each_slot_once():
    with_hours(4)

    made = at_once(*[hours_slots.keep_made] * AT_ONCE)

    assert sum(made) == Slot.objects.count() == 4 * A_DAY * WEEKS
    assert set(Slot.objects.values_list("state", flat=True)) == {SlotState.OPEN}
    assert at_once(*[hours_slots.keep_made] * AT_ONCE) == [0] * AT_ONCE


def test_B03_the_job_and_a_change_of_hours_make_each_slot_once():
    [doctor] = with_hours(1)
    thursday = [block(doctor.office, "10:00–12:00", weekday=3, valid_from=in_days(1).date())]

    def add():
        seen = hours.add(doctor, blocks=thursday, confirmed=None, by=doctor.user)
        return hours.add(doctor, blocks=thursday, confirmed=seen.digest, by=doctor.user)

    answers = at_once(hours_slots.keep_made, add)

    if any(isinstance(answer, StaleState) for answer in answers):  # the job came in between
        add()
    assert not any(
        isinstance(one, Exception) and not isinstance(one, StaleState) for one in answers
    )
    starts = list(doctor.slots.live().values_list("starts_at", flat=True))
    assert len(starts) == len(set(starts)) == (A_DAY + 4) * WEEKS
    plan = plan_for(doctor, settings=ClinicSettings.current())
    assert [plan.added, plan.removed, plan.kept, plan.changed] == [[], [], [], []]


def jobs_without(*protections: str) -> list:
    """Jobs without the doctor's lock, each of which has its plan before any of them writes."""
    barrier = Barrier(AT_ONCE, timeout=60)
    with ExitStack() as stack:
        stack.enter_context(without(*protections, between=lambda: None))
        stack.enter_context(between(hours_slots, "plan_for", barrier.wait))
        return at_once(*[hours_slots.keep_made] * AT_ONCE)


def test_B03_without_the_lock_the_database_still_refuses_a_second_slot():
    with_hours(1)

    answers = jobs_without("locks")

    assert sorted(map(str, map(type, answers))) == sorted(map(str, [int, Overlap, Overlap]))
    assert Slot.objects.count() == A_DAY * WEEKS


@pytest.fixture
def _without_constraints():
    table, (name, *_rest) = "portal_slot", guards.NO_OVERLAP["portal_slot"]
    [once] = [one for one in Slot._meta.constraints if one.name == "slot_once_per_doctor"]
    with connection.schema_editor() as editor:
        editor.remove_constraint(Slot, once)
        if connection.vendor == "postgresql":
            editor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        else:
            editor.execute(f"DROP TRIGGER {name}_insert")
    yield
    Slot.objects.all().delete()
    with connection.schema_editor() as editor:
        editor.add_constraint(Slot, once)
    guards.install(connection)


@pytest.mark.usefixtures("_without_constraints")
def test_B03_without_lock_and_constraints_each_slot_is_there_once_a_job():
    """The race is real: what the other tests rely on is what prevents it."""
    with_hours(1)

    answers = jobs_without("locks")

    assert answers == [A_DAY * WEEKS] * AT_ONCE
    assert Slot.objects.count() == A_DAY * WEEKS * AT_ONCE


def test_B03_a_job_that_is_cut_off_goes_on_where_it_stopped(monkeypatch):
    doctors, record = with_hours(3), hours_slots.audit.record

    def cut_off(verb, doctor, **said):
        if doctor == doctors[1]:
            raise KeyboardInterrupt
        return record(verb, doctor, **said)

    monkeypatch.setattr(hours_slots.audit, "record", cut_off)
    with pytest.raises(KeyboardInterrupt):
        hours_slots.keep_made()
    assert [doctor.slots.count() for doctor in doctors] == [A_DAY * WEEKS, 0, 0]

    monkeypatch.undo()
    assert hours_slots.keep_made() == 2 * A_DAY * WEEKS
    assert [doctor.slots.count() for doctor in doctors] == [A_DAY * WEEKS] * 3
