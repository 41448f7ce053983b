"""Who opens the pages under /schedule/: doctors, each their own diary."""

import pytest

from portal.enums import Role, SlotState
from tests.factories import DoctorFactory, UserFactory
from tests.plugins.people import signed_in
from tests.setups.diary import slot_at

READ = ["/schedule/", "/schedule/2026-03-04/", "/schedule/2026-03-04/copy/", "/schedule/slots/"]
WRITE = ["/schedule/2026-03-04/", "/schedule/2026-03-04/range/", "/schedule/2026-03-04/copy/"]


@pytest.fixture(params=["as_patient", "as_assistant", "as_admin"])
def as_other(request):
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("path", READ)
def test_schedule_opens_for_doctors(as_doctor, path):
    assert as_doctor.get(path).status_code == 200


@pytest.mark.parametrize("path", READ)
def test_schedule_is_closed_to_other_roles(as_other, path):
    assert as_other.get(path).status_code == 403


@pytest.mark.parametrize("path", WRITE)
def test_schedule_takes_nothing_from_other_roles(as_other, path):
    assert as_other.post(path, {"free": "2026-03-04T08:00Z"}).status_code == 403


def test_slot_remove_is_closed_to_other_roles(as_other, doctor):
    slot = slot_at(doctor, "09:00")

    assert as_other.post(f"/schedule/slots/{slot.pk}/remove/").status_code == 403


def test_schedule_of_a_doctor_without_a_profile_is_refused(db):
    client = signed_in(UserFactory(role=Role.DOCTOR))

    assert client.get("/schedule/").status_code == 403


@pytest.mark.parametrize("path", READ)
def test_schedule_sends_visitors_to_sign_in(client, path):
    response = client.get(path)

    assert response.status_code == 302
    assert response.url.startswith("/accounts/login/")


def test_slot_remove_of_another_doctors_slot_is_not_found(as_doctor):
    slot = slot_at(DoctorFactory(), "09:00")

    response = as_doctor.post(f"/schedule/slots/{slot.pk}/remove/")

    slot.refresh_from_db()
    assert response.status_code == 404
    assert slot.state == SlotState.OPEN


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", "/schedule/"),
        ("put", "/schedule/2026-03-04/"),
        ("get", "/schedule/2026-03-04/range/"),
        ("put", "/schedule/2026-03-04/copy/"),
        ("post", "/schedule/slots/"),
        ("get", "/schedule/slots/1/remove/"),
    ],
)
def test_schedule_refuses_other_methods(as_doctor, method, path):
    assert getattr(as_doctor, method)(path).status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "/schedule/2026-02-30/",
        "/schedule/0001-01-01/",
        "/schedule/9999-12-31/",
        "/schedule/2026-03-04/?office=999999",
        "/schedule/2026-03-04/?office=x",
        "/schedule/9999-12-31/copy/",
    ],
)
def test_schedule_of_impossible_days_and_offices_is_not_found(as_doctor, path):
    assert as_doctor.get(path).status_code == 404
