"""The button for one's own data, pressed many times at the same moment (A13)."""

from portal.models import AuditEvent, OwnDataExport
from tests.reliability.clinic import make_patients, statuses
from tests.servers.client import race


def press(portal, times: int):
    """Without a password there is none to be asked for again."""
    [patient] = make_patients(1)
    client = portal.client(patient.user)
    return race([lambda: client.post("/profile/data/", {"seen": ""}) for _time in range(times)])


def test_A13_pressed_20_times_makes_one_copy(portal):
    answers = press(portal, 20)

    assert statuses(answers) == {302: 20}, portal.log
    assert OwnDataExport.objects.count() == 1
    assert AuditEvent.objects.filter(verb="prepare_own_data").count() == 1


def test_proof_that_without_locks_the_second_press_is_an_error(start_unprotected):
    portal = start_unprotected("locks", constraints=True)

    answers = press(portal, 2)

    assert statuses(answers) == {302: 1, 500: 1}, portal.log
