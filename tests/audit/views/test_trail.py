"""/manage/audit/: what people did, for admins (requirement F01)."""

import csv
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from portal.audit.queries import trail as queries
from portal.audit.services import exports, sealing
from portal.models import AuditEvent, AuditSeal
from tests.audit.tampering import sealed
from tests.factories import AppointmentFactory, OfficeFactory, PatientFactory, UserFactory

pytestmark = pytest.mark.django_db
URL = reverse("manage-audit")
EXPORT = reverse("manage-audit-export")


def event(verb="book", **values) -> AuditEvent:
    return AuditEvent.objects.create(
        **{"verb": verb, "object_type": "appointment", "object_id": 17, **values}
    )


def shown(response) -> list[str]:
    return [line.url for line in response.context["lines"]]


def urls(*events) -> list[str]:
    return [reverse("manage-audit-event", args=[one.pk]) for one in events]


def test_F01_an_admin_sees_who_did_what_newest_first(as_admin):
    patient = PatientFactory(name="Ana <b>Sol</b>")
    first = event(
        actor_id=5, actor_name="Dr <i>Ruiz</i>", actor_role="doctor", patient_id=patient.pk
    )
    second = event("sign_in_failed", object_type="user", object_id=0)

    response = as_admin.get(URL)

    assert shown(response) == urls(second, first)
    text = response.content.decode()
    assert "Dr &lt;i&gt;Ruiz&lt;/i&gt;" in text
    assert "Ana &lt;b&gt;Sol" in text
    assert "Booked" in text
    assert "Not signed in" in text


@pytest.mark.parametrize("who", ["as_patient", "as_doctor", "as_assistant"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_F01_nobody_else_does(request, who, method):
    client, made = request.getfixturevalue(who), event()

    if method == "get":
        assert client.get(URL).status_code == 403
        assert client.get(reverse("manage-audit-event", args=[made.pk])).status_code == 403
    else:
        assert client.post(EXPORT).status_code == 403


FILTERS = {
    "who": {"actor_id": 5},
    "role": {"actor_role": "admin"},
    "verb": {"verb": "cancel"},
    "patient": {"patient_id": 9},
    "type": {"object_type": "doctor"},
    "object": {"object_id": 18},
}
ASKED = {
    "who": "5",
    "role": "admin",
    "verb": "cancel",
    "patient": "9",
    "type": "doctor",
    "object": "18",
}


@pytest.mark.parametrize("name", FILTERS)
def test_F01_each_filter_shows_what_matches(as_admin, name):
    event()
    wanted = event(**FILTERS[name])

    assert shown(as_admin.get(URL, {name: ASKED[name]})) == urls(wanted)


def test_F01_people_are_found_by_name_and_address(as_admin):
    user, patient = UserFactory(name="Zoë Quirke"), PatientFactory(name="Íñigo Vale")
    wanted = event(actor_id=user.pk, patient_id=patient.pk)
    event(actor_id=user.pk + 1)

    for asked in ({"who": "quirke zoe"}, {"who": user.email.upper()}, {"patient": "inigo"}):
        assert shown(as_admin.get(URL, asked)) == urls(wanted)
    assert shown(as_admin.get(URL, {"who": "nobody at all"})) == []


def test_F01_the_last_seven_days_come_first_and_any_time_can_be_chosen(as_admin):
    now = timezone.now()
    old, older = (event(at=now - timedelta(days=days)) for days in (8, 40))
    new = event()

    def ago(days):
        return (now - timedelta(days=days)).date().isoformat()

    assert shown(as_admin.get(URL)) == urls(new)
    assert shown(as_admin.get(URL, {"first": ago(60)})) == urls(new, old, older)
    assert shown(as_admin.get(URL, {"first": ago(60), "last": ago(20)})) == urls(older)
    assert shown(as_admin.get(URL, {"last": ago(39)})) == urls(older)


def test_F01_days_are_those_of_the_first_office(as_admin):
    OfficeFactory(time_zone="Pacific/Auckland")
    queries_zone = queries.clock().zone
    late = event(at=timezone.datetime(2026, 3, 4, 23, 30, tzinfo=queries_zone))

    assert shown(as_admin.get(URL, {"first": "2026-03-04", "last": "2026-03-04"})) == urls(late)
    assert shown(as_admin.get(URL, {"first": "2026-03-05", "last": "2026-03-05"})) == []


def test_F01_what_cannot_be_a_day_is_said_beside_its_field(as_admin):
    response = as_admin.get(URL, {"first": "31 February", "object": "x"})

    text = response.content.decode()
    assert "Enter a date such as 2026-03-04." in text
    assert 'value="31 February"' in text
    response = as_admin.get(URL, {"first": "2026-03-04", "last": "2026-03-01"})
    assert "The last day is before the first." in response.content.decode()


def test_F01_what_admins_did_is_a_view_of_its_own(as_admin):
    event(actor_role="doctor")
    wanted = event(actor_role="admin")

    page = as_admin.get(URL)
    [(url, _label, chosen)] = [tab for tab in page.context["tabs"] if "role=admin" in tab[0]]

    assert not chosen
    assert shown(as_admin.get(URL + url)) == urls(wanted)


def test_F01_pages_go_on_below_the_last_row_even_within_one_moment(as_admin):
    at = timezone.now()
    made = [event(at=at) for _number in range(120)][::-1]

    first = as_admin.get(URL)
    second = as_admin.get(URL + first.context["older_url"])
    third = as_admin.get(URL + second.context["older_url"])

    assert shown(first) + shown(second) + shown(third) == urls(*made)
    assert third.context["older_url"] == ""
    assert as_admin.get(URL + third.context["newest_url"]).context["newest_url"] == ""


@pytest.mark.parametrize(
    "below", ["x", "1-", "-1", "٣-٤", "9" * 30 + "-1", "9" * 16 + "-" + "9" * 18]
)
def test_F01_a_place_that_is_none_shows_the_first_page(as_admin, below):
    made = event()

    assert shown(as_admin.get(URL, {"below": below})) == urls(made)


def test_F01_the_page_costs_the_same_for_any_number_of_events(
    as_admin, django_assert_max_num_queries
):
    sealed(1)
    for number in range(60):
        event(patient_id=PatientFactory().pk, actor_id=number)

    with django_assert_max_num_queries(12):
        as_admin.get(URL, {"who": "a", "patient": "a"})
    with django_assert_max_num_queries(12):
        assert len(shown(as_admin.get(URL))) == 50


# --- One event --------------------------------------------------------------------------------


def test_F01_an_event_shows_before_and_after(as_admin):
    patient = PatientFactory(name="Ana Sol")
    made = event(
        "transfer",
        patient_id=patient.pk,
        changes={
            "was_doctor": "Dr Old",
            "doctor_name": "Dr New",
            "was_starts_at": "2026-03-04T09:00:00+00:00",
            "starts_at": "2026-03-05T10:30:00+00:00",
            "fields": ["name", "phone"],
            "settings": {"horizon_days": [30, 60]},
            "reason": "",
        },
    )

    response = as_admin.get(reverse("manage-audit-event", args=[made.pk]))

    assert response.context["changes"] == [
        ("Doctor name", "Dr Old", "Dr New"),
        ("Fields", "", "name, phone"),
        ("Horizon days", "30", "60"),
        ("Reason", "", ""),
        ("Starts at", "4 March 2026, 09:00", "5 March 2026, 10:30"),
    ]
    text = response.content.decode()
    assert reverse("appointment", args=[17]) in text
    assert reverse("patient", args=[patient.pk]) in text
    assert "Ana Sol" in text


def test_F01_an_edit_shows_only_what_is_not_the_same(as_admin):
    before, after = {"minutes": 30, "note": "a"}, {"minutes": 20, "note": "a", "extra": True}
    made = event("edit", changes={"before": before, "after": after, "was": 4})

    response = as_admin.get(reverse("manage-audit-event", args=[made.pk]))

    assert response.context["changes"] == [
        ("Extra", "", "yes"),
        ("Minutes", "30", "20"),
        ("Was", "", "4"),
    ]


def test_F01_an_event_that_is_not_there_is_404(as_admin):
    assert as_admin.get(reverse("manage-audit-event", args=[987654])).status_code == 404


def test_F01_admins_see_the_head_of_the_chain(as_admin):
    assert "Nothing is sealed yet" in as_admin.get(URL).content.decode()
    sealed(2)

    text = as_admin.get(URL).content.decode()

    assert AuditSeal.objects.get().digest in text
    assert "is not sealed yet" not in text
    event(at=timezone.now() - timedelta(hours=2))
    assert "is not sealed yet" in as_admin.get(URL).content.decode()
    sealing.seal(by=None)
    assert "is not sealed yet" not in as_admin.get(URL).content.decode()


@pytest.mark.parametrize("name", ["patient", "appointment"])
def test_F01_admins_are_led_to_who_opened_a_page(as_admin, as_doctor, doctor, name):
    appointment = AppointmentFactory(doctor=doctor)
    pk = appointment.pk if name == "appointment" else appointment.patient_id
    page = reverse(name, args=[pk])

    assert "Who opened this" not in as_doctor.get(page).content.decode()
    assert "Who opened this" in as_admin.get(page).content.decode()

    asked = {"type": "appointment", "object": pk} if name == "appointment" else {"patient": pk}
    assert len(shown(as_admin.get(URL, asked | {"verb": "read"}))) == 2


# --- The file ---------------------------------------------------------------------------------


def rows_of(response) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(text.splitlines()))


def test_F01_the_filtered_events_are_saved_as_csv_and_that_is_recorded(as_admin):
    patient = PatientFactory(name='=HYPERLINK("x")')
    event(actor_id=5, actor_name="@Eve", actor_role="doctor", patient_id=patient.pk)
    event("cancel")

    response = as_admin.post(EXPORT + "?verb=book")

    head, row = rows_of(response)
    found = dict(zip(head, row, strict=True))
    assert (found["verb"], found["object id"]) == ("book", "17")
    assert (found["person"], found["patient"]) == ("'@Eve", '\'=HYPERLINK("x")')
    assert response["Content-Type"].startswith("text/csv")
    trace = AuditEvent.objects.get(verb="export")
    assert (trace.actor_id, trace.changes["verb"]) == (as_admin.user.pk, "book")


def test_F01_a_file_that_is_too_long_says_so(as_admin, monkeypatch):
    monkeypatch.setattr(exports, "MOST", 5)
    monkeypatch.setattr(queries, "TOGETHER", 2)
    for _number in range(8):
        event()

    *rows, last = rows_of(as_admin.post(EXPORT))

    assert len(rows) == 1 + 5
    assert last == ["Only the newest 5 events are in this file: choose a shorter time."]


def test_F01_a_get_saves_nothing(as_admin):
    assert as_admin.get(EXPORT).status_code == 405


# --- How the database finds them --------------------------------------------------------------

PLANS = {
    "who": ({"actors": frozenset([5])}, "audit_by_actor"),
    "patient": ({"patients": frozenset([5])}, "audit_by_patient"),
    "verb": ({"verb": "cancel"}, "audit_by_verb"),
    "object": ({"object_type": "user", "object_id": 5}, "audit_by_object"),
    "admins": ({"role": "admin"}, "audit_of_admins"),
    "time": ({}, "at"),
}


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("name", PLANS)
def test_F01_each_filter_is_read_by_an_index(name):
    values, index = PLANS[name]
    zone = timezone.get_default_timezone()
    first = timezone.now().date() - timedelta(days=7)
    found = queries._matching(queries.TrailFilter(first=first, **values), zone)

    plan = found.explain()

    assert "SCAN" not in plan, plan
    assert index in plan, plan


@pytest.mark.only_on("postgresql")
def test_F01_only_the_months_asked_for_are_read():
    zone, today = timezone.get_default_timezone(), timezone.now().date()
    asked = queries.TrailFilter(first=today.replace(day=1), last=today.replace(day=2))

    plan = queries._matching(asked, zone).explain()

    months = {
        word for word in plan.replace("(", " ").split() if word.startswith("portal_auditevent_2")
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_inherits WHERE inhparent = 'portal_auditevent'::regclass"
        )
        assert cursor.fetchone()[0] >= 4
    assert {name[:25] for name in months} == {f"portal_auditevent_{today:%Y_%m}"}
