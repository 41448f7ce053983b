"""The list of all accounts, and the page of one (requirements A05, A07, F02)."""

import pytest
from django.urls import reverse

from portal.accounts.services import invitations
from portal.models import AuditEvent, Doctor, User
from tests.factories import (
    AdminFactory,
    AssistantFactory,
    DoctorFactory,
    OfficeFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def listed(as_admin, **query) -> str:
    page = as_admin.get(reverse("manage-people"), query)
    assert page.status_code == 200
    return page.content.decode()


@pytest.mark.parametrize("typed", ["nunez", "NÚÑEZ jose", "jose.n@", "núñez, josé"])
def test_F02_people_are_found_by_name_and_address(as_admin, typed):
    UserFactory(name="José Núñez", email="jose.n@example.org")
    UserFactory(name="Ana Sol")

    page = listed(as_admin, q=typed)

    assert "José Núñez" in page
    assert "Ana Sol" not in page


def test_F02_each_line_says_role_offices_and_state(as_admin):
    north, south = OfficeFactory(name="North"), OfficeFactory(name="South")
    AssistantFactory(offices=[south, north], user__name="Two Offices")
    AssistantFactory(all_offices=True, user__name="Everywhere", user__state="blocked")

    page = listed(as_admin, role="assistant")

    assert "North, South" in page
    assert "All offices" in page
    assert 'state-blocked">Blocked' in page


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("approved", "Doctor"),
        ("pending", "Doctor, waiting for approval"),
        ("withdrawn", "Doctor, approval withdrawn"),
    ],
)
def test_A02_the_list_says_which_doctors_are_approved(as_admin, state, said):
    DoctorFactory(state=state)

    assert f">{said}</td>" in listed(as_admin, role="doctor")


def test_F02_filters_by_role_and_state(as_admin, doctor, patient):
    UserFactory(name="Gone Away", state="closed")

    assert doctor.user.name in listed(as_admin, role="doctor")
    assert patient.user.name not in listed(as_admin, role="doctor")
    assert "Gone Away" in listed(as_admin, state="closed")
    assert doctor.user.name not in listed(as_admin, state="closed")


def test_A03_the_invited_are_listed(as_admin):
    values = {"name": "Rosa Vega", "role": "assistant", "all_offices": True}
    invitations.invite("rosa@example.org", by=as_admin.user, **values)

    assert "1 invitation" in listed(as_admin)
    page = listed(as_admin, state="invited", q="vega")
    assert "Rosa Vega" in page
    assert "All offices" in page
    assert "Rosa Vega" not in listed(as_admin, state="invited", role="admin")


@pytest.mark.parametrize("typed", ["nunez", "NÚÑEZ jose", "o'neill", "oneill", "jose@example"])
def test_F02_the_invited_are_found_as_names_are(as_admin, typed):
    values = {"role": "assistant", "all_offices": True}
    name = "José O’Neill Núñez"
    invitations.invite("jose@example.org", by=as_admin.user, name=name, **values)
    invitations.invite("eva@example.org", by=as_admin.user, name="Eva Sol", **values)

    page = listed(as_admin, state="invited", q=typed)

    assert (name in page, "Eva Sol" in page) == (True, False)


@pytest.mark.parametrize("state", ["", "invited"])
def test_F02_queries_do_not_grow_with_the_people(as_admin, django_assert_num_queries, state):
    office = OfficeFactory()
    values = {"name": "Rosa", "role": "assistant", "offices": [office], "by": as_admin.user}
    for number in range(3):
        AssistantFactory(offices=[office])
        invitations.invite(f"one{number}@example.org", **values)
    listed(as_admin, state=state)

    with django_assert_num_queries(8) as before:
        listed(as_admin, state=state)
    for number in range(3, 8):
        AssistantFactory(offices=[office])
        invitations.invite(f"one{number}@example.org", **values)
    with django_assert_num_queries(len(before)):
        listed(as_admin, state=state)


def test_F02_fifty_a_page(as_admin):
    UserFactory.create_batch(52)

    assert listed(as_admin).count("<tr>") == 51
    assert 'rel="prev"' in listed(as_admin, page=2)


@pytest.mark.parametrize("client", ["as_assistant", "as_doctor", "as_patient"])
def test_A07_others_see_no_accounts(request, client, patient):
    client = request.getfixturevalue(client)

    assert client.get(reverse("manage-people")).status_code == 403
    assert client.get(reverse("manage-person", args=[patient.user.pk])).status_code == 403


def test_A05_an_admin_changes_name_and_username(as_admin, doctor):
    form = {"name": "Dr Elena Ruiz-Sol", "username": "elena"}

    answer = as_admin.post(reverse("manage-person", args=[doctor.user.pk]), form)

    assert answer.status_code == 302
    user = User.objects.get(pk=doctor.user.pk)
    assert (user.name, user.username) == ("Dr Elena Ruiz-Sol", "elena")
    assert Doctor.objects.get(pk=doctor.pk).name == "Dr Elena Ruiz-Sol"
    assert AuditEvent.objects.filter(verb="update", actor_id=as_admin.user.pk).count() == 2


@pytest.mark.parametrize("who", [AssistantFactory, AdminFactory, DoctorFactory])
def test_A05_an_admin_changes_every_role(as_admin, who):
    made = who()
    user = getattr(made, "user", made)

    as_admin.post(reverse("manage-person", args=[user.pk]), {"name": "New", "username": ""})

    user.refresh_from_db()
    assert (user.name, user.username) == ("New", None)


def test_A05_a_patients_chart_gets_the_name_too(as_admin, patient):
    as_admin.post(
        reverse("manage-person", args=[patient.user.pk]), {"name": "José Nuñez Sol", "username": ""}
    )

    patient.refresh_from_db()
    assert patient.name == "José Nuñez Sol"


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"name": "", "username": ""}, "name"),
        ({"name": "x" * 200, "username": ""}, "name"),
        ({"name": "Eva", "username": "a@b"}, "username"),
        ({"name": "Eva", "username": "taken"}, "username"),
    ],
)
def test_A05_what_is_wrong_is_said_beside_the_field(as_admin, patient, form, field):
    UserFactory(username="taken")

    page = as_admin.post(reverse("manage-person", args=[patient.user.pk]), form)

    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]


def test_A07_an_admin_chooses_an_assistants_offices(as_admin):
    assistant, office = AssistantFactory(all_offices=True), OfficeFactory()

    as_admin.post(reverse("person-offices", args=[assistant.user.pk]), {"offices": [office.pk]})

    assistant.refresh_from_db()
    assert (assistant.all_offices, list(assistant.offices.all())) == (False, [office])
    event = AuditEvent.objects.get(verb="set_offices")
    assert event.changes == {"offices": [[], [office.pk]], "all_offices": False}


def test_A07_an_assistant_has_an_office(as_admin):
    assistant = AssistantFactory(all_offices=True)

    page = as_admin.post(reverse("person-offices", args=[assistant.user.pk]))

    assert "offices" in page.context["offices_form"].errors


def test_A07_only_assistants_have_offices(as_admin, patient):
    url = reverse("person-offices", args=[patient.user.pk])

    page = as_admin.post(url, {"all_offices": "on"})

    assert page.status_code == 422
    assert "Only assistants have offices" in page.content.decode()
