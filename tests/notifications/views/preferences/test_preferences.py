"""What one is told of (requirement D01)."""

import pytest

from portal.enums import Channel
from portal.models import AuditEvent, User
from portal.notifications.registry import EVENTS

URL = "/notifications/preferences/"


def boxes(page) -> dict[str, bool]:
    """Those that can be changed, and whether they are ticked."""
    shown = [
        box for group in page.context["form"].groups for row in group.rows for box in row.boxes
    ]
    return {box.value: box.is_on for box in shown if not box.is_fixed}


def test_D01_everything_is_on_at_first(as_patient):
    page = as_patient.get(URL)

    assert set(boxes(page).values()) == {True}
    assert set(boxes(page)) == {
        f"{event.name}:{channel}" for event in EVENTS.values() for channel in event.opt_out
    }


def test_D01_what_is_unticked_is_off(as_patient):
    ticked = [value for value in boxes(as_patient.get(URL)) if value != "reminder:sms"]

    answer = as_patient.post(URL, {"on": ticked}, follow=True)

    assert answer.redirect_chain == [(URL, 302)]
    assert "Your choice is saved" in answer.content.decode()
    assert [value for value, is_on in boxes(answer).items() if not is_on] == ["reminder:sms"]
    user = User.objects.get(pk=as_patient.user.pk)
    assert user.switched_off == "reminder:sms"
    assert not user.wants("reminder", Channel.SMS)
    event = AuditEvent.objects.get(verb="set_preferences")
    assert (event.actor_id, event.changes) == (user.pk, {"off": ["reminder:sms"]})


def test_D01_saving_again_changes_nothing(as_patient):
    as_patient.post(URL, {"on": list(boxes(as_patient.get(URL)))})

    assert not AuditEvent.objects.filter(verb="set_preferences").exists()


@pytest.mark.parametrize("value", ["appointment_confirmed:email", "account:email", "nonsense"])
def test_D01_only_what_may_be_changed_is_taken(as_patient, value):
    answer = as_patient.post(URL, {"on": [value]})

    assert answer.status_code == 422
    assert User.objects.get(pk=as_patient.user.pk).switched_off == ""


def test_D01_what_is_not_shown_stays_as_it_was(as_doctor):
    user = as_doctor.user
    user.switched_off = "clinic_message:sms"
    user.save()

    as_doctor.post(URL, {"on": []})

    user.refresh_from_db()
    assert user.switched_off == "clinic_message:email clinic_message:sms"


def test_D01_what_cannot_be_switched_off_says_why(as_patient):
    html = as_patient.get(URL).content.decode()

    assert 'id="id_on_appointment_moved_email" checked disabled' in html
    assert "so that no change passes you by" in html


def test_D01_the_number_is_shown_or_asked_for(as_patient, patient):
    assert str(patient.phone) in as_patient.get(URL).content.decode()

    patient.phone = ""
    patient.save()
    page = as_patient.get(URL)

    assert "have no phone number of yours" in page.content.decode()
    assert not [value for value in boxes(page) if value.endswith(":sms")]


def test_D01_without_sms_there_is_no_talk_of_it(as_patient, settings):
    settings.SMS_URL = ""

    assert "SMS" not in as_patient.get(URL).content.decode()


def test_D01_each_role_sees_what_concerns_it(as_doctor, as_assistant):
    events = {
        role: {row.name for group in page.context["form"].groups for row in group.rows}
        for role, page in (("doctor", as_doctor.get(URL)), ("assistant", as_assistant.get(URL)))
    }

    assert "reminder" not in events["doctor"]
    assert "appointment_confirmed" in events["doctor"]
    assert events["assistant"] == {
        "account",
        "account_confirmed",
        "clinic_message",
        "email_corrected",
        "second_factor_reset",
    }


def test_D01_the_profile_leads_there(as_patient):
    assert f'href="{URL}"' in as_patient.get("/profile/").content.decode()


def test_D01_the_page_costs_a_fixed_number_of_queries(as_patient, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        as_patient.get(URL)
