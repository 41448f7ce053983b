"""/manage/settings/: how the clinic works (requirement B18)."""

import pytest
from django.urls import reverse

from portal.clinic.forms.clinic import FIELDS
from portal.models import AuditEvent, ClinicSettings

URL = "/manage/settings/"


@pytest.fixture
def settings_row(db):
    return ClinicSettings.objects.create(pk=1, name="Alder Clinic", phone="+34910000100")


def values_of(page) -> dict[str, str]:
    """What the form of the page would send, hidden initial values included."""
    form = page.context["form"]
    sent = {}
    for name in FIELDS:
        shown = form[name].value()
        shown = f"{shown:%H:%M}" if hasattr(shown, "hour") else str(shown)
        sent[name] = sent[f"initial-{name}"] = shown
    return sent


def test_B18_an_admin_changes_what_they_change(as_admin, settings_row):
    sent = values_of(as_admin.get(URL)) | {"cancel_cutoff_hours": "24", "reminders_until": "19:30"}

    response = as_admin.post(URL, sent, follow=True)

    assert "2 settings are changed" in response.content.decode()
    settings_row.refresh_from_db()
    assert settings_row.cancel_cutoff_hours == 24
    assert settings_row.name == "Alder Clinic"
    assert AuditEvent.objects.get(verb="change_settings").changes == {
        "settings": {"cancel_cutoff_hours": [4, 24], "reminders_until": ["20:00", "19:30"]}
    }


def test_B18_what_a_colleague_changed_meanwhile_stays(as_admin, settings_row):
    sent = values_of(as_admin.get(URL)) | {"horizon_days": "30"}
    ClinicSettings.objects.update(cancel_cutoff_hours=12)

    as_admin.post(URL, sent)

    settings_row.refresh_from_db()
    assert (settings_row.horizon_days, settings_row.cancel_cutoff_hours) == (30, 12)


def test_B18_saving_without_a_change_notes_nothing(as_admin, settings_row):
    response = as_admin.post(URL, values_of(as_admin.get(URL)), follow=True)

    assert "Nothing was changed" in response.content.decode()
    assert not AuditEvent.objects.filter(verb="change_settings").exists()


def test_B18_the_first_change_makes_the_row(as_admin):
    as_admin.post(URL, values_of(as_admin.get(URL)) | {"name": "North Clinic"})

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
        ("name", "", "required"),
    ],
)
def test_B18_bounds_are_said_beside_the_field(as_admin, settings_row, field, value, sentence):
    sent = values_of(as_admin.get(URL)) | {field: value}

    response = as_admin.post(URL, sent)

    assert response.status_code == 422
    assert any(sentence in error for error in response.context["form"].errors[field])
    settings_row.refresh_from_db()
    assert str(getattr(settings_row, field)) != value


def test_B18_a_change_is_in_force_at_the_next_request(client, as_admin, settings_row):
    as_admin.post(URL, values_of(as_admin.get(URL)) | {"name": "Harbour Clinic"})

    assert "Harbour Clinic" in client.get(reverse("home")).content.decode()
