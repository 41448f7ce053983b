"""What a user reaches of a child whom they look after (A14): with an open access to appointments
what the child would reach, with any other what strangers would."""

import re
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from portal.enums import ProxyState
from tests.access.addresses import address
from tests.access.audiences import AUDIENCES
from tests.access.filled_in import asked_with
from tests.access.ids import CARRIED
from tests.access.table import ROWS
from tests.access.world import CANARY, PROXIES, WHOSE

pytestmark = pytest.mark.django_db

KINDS = {"appointment", "request", "wait", "offer", "patient"}
ABOUT_PATIENTS = [row for row in ROWS if row.kind in KINDS and row.audience != "everyone"]
RECORDS = {"records", "records-opened"}  # reached with another scope, see below
CARRIED_BY_PATIENTS = [
    one
    for one in CARRIED
    if one.kind in ("patient", "appointment") and "patient" in one.roles and one.page not in RECORDS
]
CHILD = f"{CANARY} Child"
SECRETS = re.compile(rf"{CANARY} [\w-]+")
LISTS = ["dashboard", "appointments", "waits"]
STANDING = (ProxyState.OPEN, ProxyState.PAUSED)
READER = "proxy-in-records"
NOT_OPEN = [role for role in PROXIES if role != "proxy"]


def cells():
    """(role, whose thing, whose letter of the patient counts)."""
    yield from (("proxy", whose, whose) for whose in ("person", "missing"))
    yield from (("proxy", whose, "own") for whose in ("child", "proxy"))
    yield from ((role, "child", "person") for role in NOT_OPEN)


@pytest.mark.parametrize("row", ABOUT_PATIENTS, ids=lambda row: f"{row.method} {row.name}")
def test_A14_only_an_open_access_to_appointments_reaches_them(world, ask, row):
    wrong = []
    for role, whose, as_of in cells():
        letter = AUDIENCES[row.audience]["patient"][WHOSE.index(as_of)]
        path = address(world, row.name, row.kind, whose)
        answer = ask(role, row.method, path, may_write=row.may_write(letter))
        if answer.status != (expected := row.expected("patient", letter)):
            wrong.append(f"{role}, {whose}: {answer.status} instead of {expected}")
        if answer.wrote:
            wrong.append(f"{role}, {whose}: it wrote something")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "one", CARRIED_BY_PATIENTS, ids=lambda one: f"{one.method} {one.page} {one.field}"
)
def test_A14_the_childs_id_is_as_good_as_none_without_such_an_access(world, ask, one):
    wrong = []
    for role in NOT_OPEN:
        missing = ask(role, one.method, *asked_with(world, one, world.thing(one.kind, "missing")))
        found = ask(role, one.method, *asked_with(world, one, world.thing(one.kind, "child")))
        if found.status != missing.status:
            wrong.append(f"{role}: {found.status} instead of {missing.status}")
        if read := set(SECRETS.findall(found.body)) - set(SECRETS.findall(missing.body)):
            wrong.append(f"{role}: reads {sorted(read)}")
        if found.wrote:
            wrong.append(f"{role}: it wrote something")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("listed", LISTS)
def test_A14_lists_name_the_child_with_such_an_access_only(world, ask, listed):
    naming = {role for role in PROXIES if CHILD in ask(role, "GET", reverse(listed)).body}

    assert naming == {"proxy"}


@pytest.mark.parametrize("name", ["slots", "doctor", "slot-book", "wait-new"])
def test_A14_pages_that_book_name_the_child_with_such_an_access_only(world, ask, name):
    kind = {"doctor": "doctor", "slot-book": "slot"}.get(name, "-")
    path = f"{address(world, name, kind)}?{urlencode({'patient': world.thing('patient', 'child')})}"
    naming = {role for role in PROXIES if CHILD in ask(role, "GET", path).body}

    assert naming == {"proxy"}


@pytest.mark.parametrize("name", ["slot-book", "wait-new"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_A14_who_looks_after_somebody_is_asked_for_whom(world, ask, method, name):
    path = address(world, name, "slot" if name == "slot-book" else "-")
    for role in PROXIES:
        answer = ask(role, method, path)
        assert (CHILD in answer.body) == (role == "proxy"), role
        assert not answer.wrote


def test_A14_the_household_names_whom_one_looks_after(world, ask):
    naming = {role for role in PROXIES if CHILD in ask(role, "GET", reverse("household")).body}

    assert naming == {role for role, (_scope, state) in PROXIES.items() if state in STANDING}


def test_A14_who_looks_after_the_child_can_end_that_and_not_change_it(world, ask):
    for role, (_scope, state) in PROXIES.items():
        access = world.accesses[role].pk
        changed = ask(role, "POST", reverse("household-access", args=[access]))
        ended = ask(role, "POST", reverse("household-end", args=[access]), may_write=True)
        expected = (403, 302) if state in STANDING else (404, 404)
        assert (changed.status, ended.status, changed.wrote) == (*expected, False), role


def test_A14_nobody_ends_the_access_of_another(world, ask):
    foreign = reverse("household-end", args=[world.accesses["proxy-in-money"].pk])

    assert {ask(role, "POST", foreign).status for role in PROXIES if role != "proxy-in-money"} == {
        404
    }


@pytest.mark.parametrize("page", sorted(RECORDS))
def test_A14_C06_records_of_the_child_are_open_with_the_scope_of_records_only(world, ask, page):
    path = f"{reverse(page)}?{urlencode({'patient': world.thing('patient', 'child')})}"
    answers = {role: ask(role, "GET", path) for role in PROXIES}

    assert {role for role, one in answers.items() if one.status == 200} == {READER}
    assert {role for role, one in answers.items() if CHILD in one.body} == {READER}
    assert {one.status for role, one in answers.items() if role != READER} == {404}


def test_A14_C06_a_note_about_the_child_is_read_with_the_scope_of_records_only(world, ask):
    texts = {}
    for kind in ("note", "held-note", "draft-note"):
        path = reverse("note", args=[world.thing(kind, "child")])
        answers = {role: ask(role, "GET", path) for role in PROXIES}
        texts[kind] = {role for role, one in answers.items() if one.status == 200}
        assert {one.status for role, one in answers.items() if role not in texts[kind]} == {404}

    assert texts == {"note": {READER}, "held-note": set(), "draft-note": set()}


def test_A14_C06_without_a_patient_in_the_address_proxies_read_their_own(world, ask):
    for role in PROXIES:
        answer = ask(role, "GET", reverse("records"))
        own = f"Own of {role}" if role == READER else "My records"
        assert answer.status == 200, role
        assert own in answer.body, role
