"""/manage/messages/new/ and /manage/broadcasts/: writing to many (requirement D03)."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from portal.models import AuditEvent, Broadcast
from portal.notifications.services import broadcasts
from tests.factories import (
    AppointmentFactory,
    BroadcastFactory,
    DoctorFactory,
    PatientFactory,
    in_days,
)

NEW = reverse("manage-message-new")


@pytest.fixture
def typed():
    """What is sent when all patients are written to."""
    return {
        "audience": "role",
        "role": "patient",
        "title": "Closed on Monday",
        "text": "Dear all,\r\nwe are <b>closed</b>.",
        "channels": ["email"],
        "token": str(uuid.uuid4()),
        "step": "check",
    }


def test_D03_write_check_send(as_admin, typed):
    PatientFactory(name="Ana")
    assert as_admin.get(NEW).status_code == 200

    checked = as_admin.post(NEW, typed)
    kept = dict(checked.context["kept"])
    sent = as_admin.post(NEW, {**kept, "step": "send"}, follow=True)

    assert checked.status_code == 200
    text = checked.content.decode()
    for said in ("All patients with an account", "1 person", "Closed on Monday"):
        assert said in text
    assert "we are &lt;b&gt;closed&lt;/b&gt;." in text
    broadcast = Broadcast.objects.get()
    assert (broadcast.text, broadcast.channels) == (
        "Dear all,\nwe are <b>closed</b>.",
        "portal email",
    )
    assert sent.redirect_chain == [(reverse("manage-broadcast", args=[broadcast.pk]), 302)]
    assert "The message is on its way." in sent.content.decode()


def test_D03_checking_sends_nothing(as_admin, typed):
    PatientFactory()

    as_admin.post(NEW, typed)

    assert not Broadcast.objects.exists()
    assert not DBTaskResult.objects.exists()
    assert not AuditEvent.objects.exists()


def test_D03_sent_twice_it_goes_out_once(as_admin, typed):
    PatientFactory()
    typed["step"] = "send"

    first, second = as_admin.post(NEW, typed), as_admin.post(NEW, typed)

    assert first["Location"] == second["Location"]
    assert Broadcast.objects.count() == DBTaskResult.objects.count() == 1


def test_D03_back_and_changed_after_sending_it_is_checked_again(as_admin, typed):
    PatientFactory()
    typed["step"] = "send"
    as_admin.post(NEW, typed)

    refused = as_admin.post(NEW, {**typed, "text": "Now another text"})

    assert refused.status_code == 409
    assert "Another message was sent with this form." in refused.content.decode()
    kept = dict(refused.context["kept"])
    assert kept["token"] != typed["token"]
    as_admin.post(NEW, {**kept, "step": "send"})
    assert set(Broadcast.objects.values_list("text", flat=True)) == {
        "Dear all,\nwe are <b>closed</b>.",
        "Now another text",
    }


def test_D03_changing_keeps_all_that_was_typed(as_admin, typed):
    typed |= {"step": "edit", "channels": []}

    form = as_admin.post(NEW, typed).context["form"]

    for name in ("audience", "role", "title", "token"):
        assert form[name].value() == typed[name]
    assert form["channels"].value() == []
    assert not form.is_bound


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"audience": ""}, "audience", "Say who gets it."),
        ({"audience": "everybody"}, "audience", "Select a valid choice"),
        ({"audience": "user"}, "user", "Find the person"),
        ({"audience": "user", "user": "987654"}, "user", "Select a valid choice"),
        ({"role": ""}, "role", "Choose a role."),
        ({"role": "king"}, "role", "Select a valid choice"),
        ({"audience": "office"}, "office", "Choose an office."),
        ({"audience": "doctor_day", "day": "2026-12-01"}, "doctor", "Choose a doctor."),
        ({"audience": "doctor_day", "day": ""}, "day", "Enter the day."),
        ({"audience": "doctor_day", "day": "0001-01-01"}, "day", "Enter a date"),
        ({"title": " "}, "title", "Write a title."),
        ({"title": "x" * 121}, "title", "at most 120"),
        ({"text": ""}, "text", "Write the message."),
        ({"text": "x" * 2001}, "text", "at most 2000"),
        ({"text": "a\x00b"}, "text", "Null characters"),
        ({"channels": ["pigeon"]}, "channels", "Select a valid choice"),
        ({"token": "x"}, "token", "valid UUID"),
    ],
)
@pytest.mark.parametrize("step", ["check", "send"])
def test_D03_what_is_wrong_is_said_beside_its_field(
    as_admin, typed, changed, field, sentence, step
):
    response = as_admin.post(NEW, {**typed, **changed, "step": step})

    assert response.status_code == 422
    assert sentence in " ".join(response.context["form"].errors[field])
    assert not Broadcast.objects.exists()


def test_D03_lines_count_as_one_character(as_admin, typed):
    PatientFactory()
    typed["text"] = "\r\n".join(["x" * 99] * 20)  # 1,999 characters, 2,018 as browsers send it

    assert as_admin.post(NEW, typed).status_code == 200


def test_D03_a_title_is_one_line(as_admin, typed):
    PatientFactory()
    typed |= {"title": "Closed\r\nBcc: all@example.org", "step": "send"}

    as_admin.post(NEW, typed)

    assert Broadcast.objects.get().title == "Closed Bcc: all@example.org"


def test_D03_what_other_audiences_ask_for_does_not_matter(as_admin, typed):
    PatientFactory()
    typed |= {"day": "nonsense", "office": "x", "doctor": "987654"}

    assert as_admin.post(NEW, typed).status_code == 200


@pytest.mark.parametrize("text", ["nunez", "ANA n", "ana@"])
@pytest.mark.parametrize("step", ["find", "check"])  # Enter in the field means the search
def test_D03_a_person_is_found_by_name_or_address(as_admin, typed, text, step):
    ana = PatientFactory(name="Ana Núñez", user__email="ana@example.org").user
    PatientFactory(name="Zoe")

    response = as_admin.post(NEW, {**typed, "audience": "user", "q": text, "step": step})

    assert response.status_code == 200
    assert [person for person, _role, _chosen in response.context["people"]] == [ana]
    assert response.context["form"]["title"].value() == "Closed on Monday"


def test_D03_who_is_chosen_stays_chosen_while_one_looks_for_another(as_admin, typed):
    ana, zoe = PatientFactory(name="Ana").user, PatientFactory(name="Zoe").user
    typed |= {"audience": "user", "user": ana.pk, "q": "zoe", "step": "find"}

    people = as_admin.post(NEW, typed).context["people"]

    assert [(person, chosen) for person, _role, chosen in people] == [(ana, True), (zoe, False)]


def test_D03_blocked_people_are_not_offered(as_admin, typed):
    PatientFactory(name="Ana", user__state="blocked")
    typed |= {"audience": "user", "q": "ana", "step": "find"}

    response = as_admin.post(NEW, typed)

    assert response.context["people"] == []
    assert "Nobody with an account matches." in response.content.decode()


def test_D03_numbers_of_a_doctors_day(as_admin, typed):
    doctor = DoctorFactory(name="Dr Roy")
    for n, fields in enumerate([{}, {"user": None}, {"user": None, "phone": ""}]):
        patient = PatientFactory(**fields)
        AppointmentFactory(doctor=doctor, patient=patient, starts_at=in_days(3, 9 + n))
    typed |= {"audience": "doctor_day", "doctor": doctor.pk, "day": in_days(3).date()}

    shown = as_admin.post(NEW, {**typed, "channels": ["email", "sms"]}).context["shown"]

    assert (shown.people, shown.unreached) == (3, 1)
    assert shown.reached == {"email": 1, "sms": 2, "portal": 1}


def test_D03_to_nobody_it_cannot_be_sent(as_admin, typed):
    checked = as_admin.post(NEW, typed)
    sent = as_admin.post(NEW, {**typed, "step": "send"})

    assert "This would reach nobody." in checked.content.decode()
    assert 'value="send"' not in checked.content.decode()
    assert sent.status_code == 422


def test_D03_without_sms_it_is_not_offered(as_admin, typed, settings):
    settings.SMS_URL = ""

    assert 'value="sms"' not in as_admin.get(NEW).content.decode()
    assert as_admin.post(NEW, {**typed, "channels": ["sms"]}).status_code == 422


def test_D03_links_from_elsewhere_fill_the_form_in(as_admin):
    ana = PatientFactory(name="Ana").user

    response = as_admin.get(NEW, {"user": ana.pk})

    assert response.context["people"] == [(ana, "Patient", True)]
    assert response.context["form"]["audience"].value() == "user"
    assert as_admin.get(NEW, {"user": "x", "day": "x", "audience": "x"}).status_code == 200


def test_D03_a_broadcasts_page_says_what_became_of_it(as_admin):
    DoctorFactory()
    broadcast = BroadcastFactory(by=as_admin.user, channels="portal email")
    url = reverse("manage-broadcast", args=[broadcast.pk])
    assert "is being written" in as_admin.get(url).content.decode()

    broadcasts.spread(broadcast.pk)
    page = as_admin.get(url)

    assert [row[1:] for row in page.context["counts"]] == [
        ("queued", "Queued", 1),
        ("sent", "Sent", 1),
    ]
    for said in ("All doctors", "1 person reached", "We are closed."):
        assert said in page.content.decode()


def test_D06_one_that_broke_off_can_be_gone_on_with(as_admin):
    long_ago = timezone.now() - timedelta(minutes=10)
    broadcast = BroadcastFactory(created_at=long_ago)
    page = as_admin.get(reverse("manage-broadcast", args=[broadcast.pk])).content.decode()
    assert "This broke off" in page

    as_admin.post(reverse("manage-broadcast-spread", args=[broadcast.pk]))

    assert DBTaskResult.objects.get().task_path == "portal.worker.tasks.spread"


def test_D03_the_list_of_broadcasts_costs_the_same_for_more(as_admin):
    counts = []
    doctor = DoctorFactory()
    for more in (1, 4):
        for broadcast in BroadcastFactory.create_batch(more, audience="office"):
            broadcast.office = doctor.office
            broadcast.save()
            broadcasts.spread(broadcast.pk)
        with CaptureQueriesContext(connection) as queries:
            page = as_admin.get(reverse("manage-broadcasts"))
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert f"Patients of {doctor.office.name}" in page.content.decode()
