"""The shape that views share: a valid form calls the service, a refusal is an error of the form."""

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.test import RequestFactory

from portal.errors import PortalError, StaleState
from portal.web.submitting import press, sent, submit


class NameForm(forms.Form):
    name = forms.CharField()


def refuse(error):
    def service():
        raise error

    return service


def test_a_page_that_is_opened_calls_nothing():
    form = NameForm(sent(RequestFactory().get("/?name=Ana")))

    submission = submit(form, refuse(AssertionError))

    assert (submission.is_done, submission.status, form.errors) == (False, 200, {})


def test_an_invalid_form_calls_nothing():
    submission = submit(NameForm(sent(RequestFactory().post("/"))), refuse(AssertionError))

    assert (submission.is_done, submission.status) == (False, 422)


def test_the_service_reads_the_form_and_its_result_is_kept():
    form = NameForm({"name": " Ana "})

    submission = submit(form, lambda: form.cleaned_data["name"] * 2)

    assert (submission.is_done, submission.made) == (True, "AnaAna")


@pytest.mark.parametrize(
    ("field", "at"), [("name", "name"), ("other", "__all__"), (None, "__all__")]
)
def test_a_refusal_stands_beside_its_field_or_above(field, at):
    form, error = NameForm({"name": "Ana"}), PortalError("Taken.", field=field)

    submission = submit(form, refuse(error))

    assert (submission.is_done, submission.status, submission.refusal) == (False, 422, error)
    assert form.errors == {at: ["Taken."]}


def test_a_refusal_has_a_status_of_its_own():
    assert submit(NameForm({"name": "Ana"}), refuse(StaleState())).status == 409


def test_an_error_that_is_no_refusal_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        submit(NameForm({"name": "Ana"}), lambda: 1 / 0)


@pytest.mark.parametrize(
    ("service", "said"),
    [(lambda: None, ("success", "It is done.")), (refuse(PortalError("No.")), ("error", "No."))],
)
def test_a_button_tells_what_came_of_it(service, said):
    request = RequestFactory().post("/")
    request._messages = CookieStorage(request)

    press(request, service, said="It is done.")

    assert [(one.level_tag, one.message) for one in get_messages(request)] == [said]
