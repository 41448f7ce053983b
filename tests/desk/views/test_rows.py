"""What a row of the day sheet says and offers (requirement B21)."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.desk.rows.desk_lines import identity
from portal.enums import AppointmentState as State
from portal.web.templatetags import rows
from tests.desk.views.conftest import at, free_at
from tests.factories import AdminFactory, AppointmentFactory, OfficeFactory, PatientFactory
from tests.plugins.people import signed_in

URL = reverse("desk")


def page_of(client, **query) -> str:
    return client.get(URL, query).content.decode()


def mark(appointment, verb: str) -> str:
    return f'formaction="{reverse("appointment-mark", args=[appointment.pk, verb])}"'


@pytest.mark.parametrize(
    ("born", "says"),
    [
        (date(1980, 5, 17), "17 May 1980 · 45 years"),
        (date(1980, 3, 4), "4 Mar 1980 · 46 years"),
        (date(1980, 3, 5), "5 Mar 1980 · 45 years"),
        (date(2024, 3, 4), "4 Mar 2024 · 2 years"),
        (date(2024, 3, 5), "5 Mar 2024 · 23 months"),
        (date(2026, 2, 4), "4 Feb 2026 · 1 month"),
        (date(2026, 2, 5), "5 Feb 2026 · 0 months"),
        (date(2026, 3, 5), "5 Mar 2026 · 0 months"),
        (None, ""),
    ],
)
def test_age_is_told_in_years_and_for_babies_in_months(born, says):
    assert identity(born, None, date(2026, 3, 4), "en") == says


def test_B21_a_row_says_who_how_old_and_where_to_call(as_assistant, doctor, noon):
    appointment = at(doctor, 15, reason="Knee <pain>", coming_at=timezone.now())

    page = page_of(as_assistant)

    phone = appointment.patient.phone
    for text in (
        appointment.patient.name,
        "17 May 1980 · 45 years",
        f'<a href="tel:{phone.as_e164}">{phone}</a>',
        "Knee &lt;pain&gt;",
        "Coming</span>",
        doctor.name,
    ):
        assert text in page


def test_coming_is_said_of_those_only_who_are_still_expected(as_assistant, doctor, noon):
    at(doctor, 15)
    at(doctor, 9, coming_at=timezone.now(), state=State.COMPLETED)

    assert "Coming</span>" not in page_of(as_assistant)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({}, []),
        ({"is_not_written_to": True}, ["Do not write"]),
        ({"deceased_on": date(2026, 2, 20)}, ["Deceased"]),
        ({"deceased_on": date(2026, 2, 20), "is_not_written_to": True}, ["Deceased"]),
    ],
)
@pytest.mark.parametrize("view", ["", "columns"])
def test_B21_who_has_died_or_is_not_written_to_is_marked(
    as_assistant, doctor, noon, view, values, told
):
    at(doctor, 15, patient=PatientFactory(**values))

    page = page_of(as_assistant, view=view)

    assert [word for word in ("Deceased", "Do not write") if f"{word}</span>" in page] == told


@pytest.mark.parametrize(("missed", "says"), [(1, False), (2, True)])
def test_B21_repeated_no_shows_are_told(as_assistant, doctor, noon, missed, says):
    patient = PatientFactory()
    at(doctor, 15, patient=patient)
    for ago in range(1, missed + 1):
        starts_at = timezone.now() - timedelta(days=30 * ago)
        AppointmentFactory(doctor=doctor, patient=patient, starts_at=starts_at, state=State.NO_SHOW)

    assert ("Missed 2 in 12 months" in page_of(as_assistant)) is says


@pytest.mark.parametrize(
    ("hour", "minute", "values", "button", "behind_more", "absent"),
    [
        (15, 0, {}, "arrive", ["reschedule", "cancel"], ["no-show", "undo", "complete"]),
        (11, 50, {}, "arrive", [], ["no-show", "reschedule", "cancel"]),
        (11, 45, {}, "arrive", ["no-show"], ["reschedule", "cancel"]),
        (11, 0, {"state": State.ARRIVED}, "call-in", [], ["arrive", "complete", "cancel"]),
        (11, 0, {"state": State.COMPLETED}, "undo", [], ["arrive", "complete", "cancel"]),
        (11, 0, {"state": State.NO_SHOW}, "undo", [], ["arrive", "complete", "cancel"]),
        (15, 0, {"state": State.CANCELLED}, None, [], ["arrive", "undo", "cancel"]),
    ],
)
def test_B21_one_next_action_and_the_rest_behind_more(
    as_assistant, doctor, noon, hour, minute, values, button, behind_more, absent
):
    appointment = at(doctor, hour, minute, **values)

    page = page_of(as_assistant)

    row = page[page.index(f'id="a{appointment.pk}"') :].partition("</tr>")[0]
    front, _more, panel = row.partition("<details")
    verbs = {"reschedule", "cancel"}

    def stands(verb: str, text: str) -> bool:
        if verb in verbs:
            return f'href="{reverse(f"appointment-{verb}", args=[appointment.pk])}"' in text
        return mark(appointment, verb) in text

    assert front.count("btn-secondary") == (button not in (None, "undo"))
    if button:
        assert stands(button, front)
    for verb in behind_more:
        assert stands(verb, panel)
        assert not stands(verb, front)
    for verb in absent:
        assert not stands(verb, row)


def test_what_was_marked_can_be_undone_beside_the_next_mark(as_assistant, doctor, noon):
    at(doctor, 11, state=State.ARRIVED, arrived_at=timezone.now() - timedelta(minutes=12))
    called = at(doctor, 10, state=State.ARRIVED, in_room_at=timezone.now())
    called.arrived_at = timezone.now()
    called.save()

    page = page_of(as_assistant)

    assert page.count('/mark/undo/"') == 2
    assert "Waiting 12 minutes" in page
    assert mark(called, "complete") in page


def test_on_other_days_nothing_is_marked(as_assistant, doctor, noon):
    starts_at = timezone.now() + timedelta(days=1)
    appointment = AppointmentFactory(doctor=doctor, starts_at=starts_at)

    page = page_of(as_assistant, day="2026-03-05")

    assert mark(appointment, "arrive") not in page
    assert reverse("appointment-reschedule", args=[appointment.pk]) in page
    past = page_of(as_assistant, day="2026-03-04")
    assert reverse("appointment-reschedule", args=[appointment.pk]) not in past


def test_B21_requests_stand_apart(as_assistant, doctor, noon):
    request = at(doctor, 15, state=State.REQUESTED, answer_by=timezone.now() + timedelta(hours=2))
    confirmed = at(doctor, 16)

    response = as_assistant.get(URL)

    page = response.content.decode()
    assert [line.reference for line in response.context["requests"]] == [request.reference]
    assert response.context["total"] == 1
    assert page.index(confirmed.patient.name) < page.index("Requests, which hold no time yet")
    assert page.index("Requests, which hold no time yet") < page.index(request.patient.name)
    assert "answer by 04/03 14:00" in page
    assert mark(request, "arrive") not in page
    only = page_of(as_assistant, state="requested")
    assert request.patient.name in only
    assert confirmed.patient.name not in only
    assert request.patient.name not in page_of(as_assistant, state="confirmed")


def test_what_was_declined_shows_only_when_asked_for(as_assistant, doctor, noon):
    declined = at(doctor, 15, state=State.DECLINED)

    assert declined.patient.name not in page_of(as_assistant)
    assert declined.patient.name in page_of(as_assistant, state="declined")


def test_a_walk_ins_slot_is_marked_as_extra(as_assistant, doctor, noon):
    appointment = at(doctor, 15)
    plain = page_of(as_assistant)
    appointment.slot.is_extra = True
    appointment.slot.save()

    assert ">Extra<" not in plain
    assert ">Extra<" in page_of(as_assistant)


@pytest.mark.parametrize("view", ["", "columns"])
@pytest.mark.parametrize("state", [State.CONFIRMED, State.REQUESTED])
def test_who_is_seen_by_video_is_marked(as_assistant, doctor, noon, view, state):
    appointment = at(doctor, 15, state=state)
    plain = page_of(as_assistant, view=view)
    appointment.mode = "video"
    appointment.save()

    assert ">By video<" not in plain
    assert ">By video<" in page_of(as_assistant, view=view)


def test_names_cannot_become_markup(as_assistant, doctor, noon):
    at(doctor, 15, patient__name='Zoë "<b>" O’Neill')

    page = page_of(as_assistant)

    assert '"<b>"' not in page
    assert "Zoë &quot;&lt;b&gt;&quot; O’Neill" in page


@pytest.mark.parametrize("view", ["", "columns"])
def test_a_row_that_is_kept_says_what_it_would_say_if_made_anew(
    as_assistant, doctor, noon, settings, view
):
    """Through a day: appointments begin, are late, are over; patients wait; slots pass."""
    settings.SESSION_COOKIE_AGE = 10**6
    at(doctor, 12, 30)
    at(doctor, 13, state=State.ARRIVED, arrived_at=timezone.now())
    at(doctor, 14, state=State.COMPLETED)
    free_at(doctor, 15)

    pages = []
    for _step in range(40):
        kept, made = page_of(as_assistant, view=view), _made_anew(as_assistant, view)
        assert rows_in(kept) == rows_in(made)
        pages.append(rows_in(kept))
        noon.shift(timedelta(minutes=5))

    noon.move_to(timezone.now() + timedelta(days=1))
    assert page_of(as_assistant, view=view, day="2026-03-04").count("/mark/") == 0
    assert len(set(pages)) > len(pages) / 2


def _made_anew(client, view: str) -> str:
    rows._kept.clear()
    return page_of(client, view=view)


def rows_in(page: str) -> str:
    return page[page.index('id="a') : page.index("</form>", page.index('id="a'))]


def test_a_kept_row_follows_every_change(as_assistant, doctor, noon):
    appointment = at(doctor, 15)
    patient = appointment.patient
    changes = [
        (patient, {"name": "Rosa Blanco"}),
        (patient, {"is_not_written_to": True}),
        (patient, {"deceased_on": date(2026, 2, 20)}),
        (patient, {"phone": "+34600111222"}),
        (patient, {"date_of_birth": date(1999, 1, 2)}),
        (doctor, {"name": "Dr Otra"}),
        (doctor.office, {"name": "Other place"}),
        (appointment, {"reason": "Fever"}),
        (appointment, {"coming_at": timezone.now()}),
        (appointment.slot, {"is_extra": True}),
        (appointment, {"state": State.ARRIVED, "arrived_at": timezone.now()}),
        (appointment, {"in_room_at": timezone.now()}),
        (appointment, {"state": State.COMPLETED}),
    ]
    OfficeFactory(name="Second")  # so that offices are named
    admin = signed_in(AdminFactory())
    before = rows_in(page_of(admin))
    for one, values in changes:
        type(one).objects.filter(pk=one.pk).update(**values)
        after = rows_in(page_of(admin))
        assert after != before, values
        before = after

    since = timezone.now() - timedelta(days=20)
    for days in range(2):
        AppointmentFactory(
            patient=patient, state=State.NO_SHOW, starts_at=since + timedelta(days=days)
        )
    assert "Missed 2 in 12 months" in rows_in(page_of(admin))
