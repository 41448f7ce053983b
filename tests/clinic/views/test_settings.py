"""/manage/settings/<section>/: how the clinic works, section by section (requirements B18, F02)."""

import pytest
from django.urls import reverse

from portal.clinic.sections import FIELDS, SECTIONS
from portal.models import AuditEvent, ClinicSettings
from tests.factories import AdminFactory
from tests.plugins.people import signed_in


@pytest.fixture
def settings_row(db):
    return ClinicSettings.objects.create(pk=1, name="Alder Clinic", phone="+34910000100")


def address(slug: str) -> str:
    return reverse("clinic-settings-section", args=[slug])


def section_of(field: str) -> str:
    return next(section.slug for section in SECTIONS if field in section.fields)


def values_of(page) -> dict[str, str]:
    """What the form of the page would send, hidden initial values included."""
    form = page.context["form"]
    sent = {}
    for name in form.fields:
        shown = form[name].value()
        shown = f"{shown:%H:%M}" if hasattr(shown, "hour") else str(shown)
        sent[name] = sent[f"initial-{name}"] = shown
    return sent


def changed(client, slug: str, **values):
    """The answer to a page that is opened, changed and saved."""
    url = address(slug)
    return client.post(url, values_of(client.get(url)) | values, follow=True)


def test_F02_each_setting_is_in_one_section():
    editable = {field.name for field in ClinicSettings._meta.fields if field.editable}

    assert sorted(FIELDS) == sorted(editable - {"id", "time_zone"})


def test_B18_an_admin_changes_what_they_change(as_admin, settings_row):
    response = changed(as_admin, "reminders", reminders_until="19:30", reminder_sms_days="2")

    assert "Not after: 20:00 → 19:30" in response.content.decode()
    assert "SMS, in days ahead: 1 → 2" in response.content.decode()
    settings_row.refresh_from_db()
    assert settings_row.reminder_sms_days == 2
    assert settings_row.name == "Alder Clinic"
    assert AuditEvent.objects.get(verb="change_settings").changes == {
        "settings": {"reminder_sms_days": [1, 2], "reminders_until": ["20:00", "19:30"]}
    }


def test_F02_two_admins_save_two_sections(as_admin, settings_row):
    other = signed_in(AdminFactory())
    url, other_url = address("booking"), address("cancelling")
    sent, others = values_of(as_admin.get(url)), values_of(other.get(other_url))

    other.post(other_url, others | {"cancel_cutoff_hours": "12", "max_moves": "5"})
    as_admin.post(url, sent | {"horizon_days": "30"})

    settings_row.refresh_from_db()
    assert settings_row.horizon_days == 30
    assert (settings_row.cancel_cutoff_hours, settings_row.max_moves) == (12, 5)


def test_F02_a_section_takes_no_settings_of_another(as_admin, settings_row):
    changed(as_admin, "booking", cancel_cutoff_hours="99", name="Taken over")

    settings_row.refresh_from_db()
    assert (settings_row.cancel_cutoff_hours, settings_row.name) == (4, "Alder Clinic")


def test_B18_what_a_colleague_changed_meanwhile_stays(as_admin, settings_row):
    sent = values_of(as_admin.get(address("booking"))) | {"horizon_days": "30"}
    ClinicSettings.objects.update(minimum_notice_minutes=12)

    as_admin.post(address("booking"), sent)

    settings_row.refresh_from_db()
    assert (settings_row.horizon_days, settings_row.minimum_notice_minutes) == (30, 12)


def test_F02_times_that_fit_no_more_are_refused(as_admin, settings_row):
    """A colleague has moved the start, which this form has not changed."""
    sent = values_of(as_admin.get(address("day"))) | {"day_ends_at": "18:00"}
    ClinicSettings.objects.update(day_starts_at="19:00")

    response = as_admin.post(address("day"), sent)

    assert response.status_code == 422
    assert "19:00 to 18:00" in response.context["form"].errors["day_ends_at"][0]
    assert 'value="18:00"' in response.content.decode()
    settings_row.refresh_from_db()
    assert f"{settings_row.day_ends_at:%H:%M}" == "21:00"


def test_F02_a_refused_section_keeps_what_was_typed(as_admin, settings_row):
    response = changed(as_admin, "booking", horizon_days="0", minimum_notice_minutes="45")

    assert response.status_code == 422
    assert response.context["form"]["minimum_notice_minutes"].value() == "45"
    saved = as_admin.post(address("booking"), values_of(response) | {"horizon_days": "60"})
    assert saved.status_code == 302


def test_F02_a_section_says_who_changed_what_last(as_admin, settings_row):
    changed(as_admin, "cancelling", max_moves="5")
    changed(as_admin, "cancelling", max_moves="6")

    body = as_admin.get(address("cancelling")).content.decode()

    assert body.count(f"Changed by {as_admin.user.name} on ") == 1
    assert "before: 5" in body


def test_F02_an_unknown_section_is_not_found(as_admin, settings_row):
    assert as_admin.get(address("weather")).status_code == 404


def test_B18_saving_without_a_change_notes_nothing(as_admin, settings_row):
    response = changed(as_admin, "clinic")

    assert "Nothing was changed" in response.content.decode()
    assert not AuditEvent.objects.filter(verb="change_settings").exists()


def test_B18_the_first_change_makes_the_row(as_admin):
    changed(as_admin, "clinic", name="North Clinic")

    assert ClinicSettings.objects.get().name == "North Clinic"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("horizon_days", "0", "greater than or equal to 1"),
        ("horizon_days", "731", "less than or equal to 730"),
        ("horizon_days", "", "required"),
        ("grid_minutes", "4", "greater than or equal to 5"),
        ("minimum_notice_minutes", "-1", "greater than or equal to 0"),
        ("cancel_cutoff_hours", "9" * 30, "less than or equal to 336"),
        ("reminder_sms_days", "61", "less than or equal to 60"),
        ("currency", "E1R", "three letters"),
        ("colour", "red", "valid"),
        ("day_ends_at", "08:00", "must end after it starts"),
        ("reminders_until", "07:00", "later than the time above"),
        ("day_starts_at", "25:00", "valid time"),
        ("phone", "12", "phone number"),
        ("reply_to", "reception", "valid email address"),
        ("reply_to", "a@b.example, c@d.example", "valid email address"),
        ("name", "", "required"),
    ],
)
def test_B18_bounds_are_said_beside_the_field(as_admin, settings_row, field, value, sentence):
    response = changed(as_admin, section_of(field), **{field: value})

    assert response.status_code == 422
    assert any(sentence in error for error in response.context["form"].errors[field])
    settings_row.refresh_from_db()
    assert str(getattr(settings_row, field)) != value


def test_B18_a_change_is_in_force_at_the_next_request(client, as_admin, settings_row):
    changed(as_admin, "clinic", name="Harbour Clinic")

    assert "Harbour Clinic" in client.get(reverse("home")).content.decode()
