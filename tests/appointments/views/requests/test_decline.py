"""/requests/<id>/decline/: with a reason that the patient reads (requirement B10)."""

import pytest
from django.urls import reverse

from portal.appointments.services import requests
from portal.enums import AppointmentState as State
from portal.enums import DeclineReason

QUEUE = reverse("requests")


def url_of(asked) -> str:
    return reverse("request-decline", args=[asked.pk])


@pytest.mark.parametrize("who", ["as_doctor", "as_assistant", "as_admin"])
def test_B10_declined_with_a_sentence_and_words_of_ones_own(request, who, ask):
    client, asked = request.getfixturevalue(who), ask()

    page = client.get(f"{url_of(asked)}?back={QUEUE}").content.decode()
    data = {"usual": "call_us", "words": "After nine.", "back": QUEUE}
    response = client.post(url_of(asked), data, follow=True)

    for label in DeclineReason.labels:
        assert str(label) in page
    assert asked.patient.name in page
    assert response.redirect_chain == [(QUEUE, 302)]
    assert "is declined. They hear why." in str(next(iter(response.context["messages"])))
    asked.refresh_from_db()
    assert asked.state == State.DECLINED
    assert asked.cancel_comment == f"{DeclineReason.CALL_US.label} After nine."


@pytest.mark.parametrize(
    ("usual", "words", "comment"),
    [
        ("not_then", "", str(DeclineReason.NOT_THEN.label)),
        ("", "Bring your records.", "Bring your records."),
    ],
)
def test_B10_one_of_the_two_is_enough(as_doctor, ask, usual, words, comment):
    asked = ask()

    as_doctor.post(url_of(asked), {"usual": usual, "words": words})

    asked.refresh_from_db()
    assert asked.cancel_comment == comment


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"usual": "", "words": "  "},
        {"usual": "nonsense"},
        {"words": "x" * 301},
        {"usual": "call_us", "words": "y" * 299},
    ],
)
def test_B10_otherwise_it_asks_again_and_keeps_what_was_typed(as_doctor, ask, data):
    asked = ask()

    response = as_doctor.post(url_of(asked), data)

    page = response.content.decode()
    assert response.status_code == 422
    assert "Please check this" in page
    assert data.get("words", "") in page
    asked.refresh_from_db()
    assert asked.state == State.REQUESTED


def test_B10_what_is_answered_already_leads_to_its_page(as_doctor, ask, doctor):
    asked = ask()
    requests.accept(asked, by=doctor.user)

    for response in (
        as_doctor.get(url_of(asked)),
        as_doctor.post(url_of(asked), {"usual": "call_us"}),
    ):
        assert response["Location"] == asked.get_absolute_url()
    asked.refresh_from_db()
    assert asked.state == State.CONFIRMED
