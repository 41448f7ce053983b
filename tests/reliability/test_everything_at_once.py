"""Five hundred changes of all kinds at the same moment, on the same few diaries."""

from collections import Counter

from portal.models import AuditEvent
from tests.reliability import changes, life, people_changes
from tests.reliability.busy_clinic import Clinic
from tests.reliability.pairs import counted, on_postgresql
from tests.servers.client import race

REFUSALS = {403, 404, 409, 422}
MIX = (
    (changes.books, 90),
    (changes.moves, 60),
    (changes.cancellations, 50),
    (changes.answers_to_requests, 50),
    (changes.transfers, 35),
    (changes.answers_to_offers, 35),
    (changes.times_off, 8),
    (changes.joins, 45),
    (changes.leaves, 25),
    (changes.patients_profiles, 30),
    (changes.doctors_profiles, 20),
    (changes.preferences, 15),
    (changes.calendar_feeds, 15),
    (changes.marks, 30),
    (changes.transfers_of_today, 10),
    (changes.days, 12),
    (changes.jobs, 8),
    (people_changes.edits_of_patients, 25),
    (people_changes.blocks, 12),
    (people_changes.approvals_withdrawn, 2),
    (people_changes.erasures, 10),
    (people_changes.accesses, 24),
    (people_changes.notes, 24),
)
# Each leaves its trace: a page may answer a refusal with a redirect too.
TRACES = {"arrive", "book", "cancel", "reschedule", "transfer", "accept", "wait", "wait_left"}
TRACES |= {"offer_accepted", "take_time_off", "declare_day", "update", "set_preferences"}
TRACES |= {"renew_calendar_feed", "revoke_calendar_feed", "change_settings"}
TRACES |= {"block", "unblock", "withdraw_approval", "restore_approval"}
TRACES |= {"change_access", "end_access", "begin_note", "sign_note"}
TRACES |= {"ask_erasure", "erase"}


def test_500_changes_of_all_kinds_at_once(portal):
    clinic = Clinic(portal)
    actions = [(kind.__name__, act) for kind, count in MIX for act in kind(clinic, count)]
    clinic.random.shuffle(actions)
    before = AuditEvent.objects.latest("pk").pk

    with counted() as deadlocks:
        answers = race([act for _kind, act in actions])

    odd = [
        (kind, answer.status)
        for (kind, _act), answer in zip(actions, answers, strict=True)
        if answer.status not in {302} | REFUSALS
    ]
    # Whoever joins the waiting list is shown first what has become free meanwhile.
    assert set(odd) <= {("joins", 200)}, portal.log
    assert deadlocks == [0], portal.log
    assert "deadlock" not in portal.log
    assert life.broken() == []
    done = Counter(
        kind for (kind, _act), answer in zip(actions, answers, strict=True) if answer.status == 302
    )
    assert set(done) == {kind.__name__ for kind, _count in MIX}, done
    made = AuditEvent.objects.filter(pk__gt=before)
    assert set(made.values_list("verb", flat=True)) >= TRACES
    assert len(answers) >= 490


@on_postgresql
def test_proof_that_the_server_counts_what_locks_of_keys_lead_to(start_unprotected):
    """A patient waits for an earlier time while the appointment is cancelled, again and again until
    the portal has noticed one."""
    portal = start_unprotected("keys", constraints=True)
    clinic = Clinic(portal)

    with counted() as deadlocks:
        for one in clinic.appointments("confirmed"):
            join = clinic.post(one.patient.user, "/waits/new/", appointment=one.pk)
            path = f"/appointments/{one.pk}/cancel/"
            race([join, clinic.post(clinic.admin, path, reason="health")])
            if "deadlock" in portal.log:
                break

    assert deadlocks[0] > 0
