import pytest
from django import forms

from portal.web.own_fields import own_field


class Choosing(forms.Form):
    doctor = forms.ChoiceField()


def test_a_field_is_given_as_what_it_is():
    form = Choosing()

    own_field(form, "doctor", forms.ChoiceField).choices = [("1", "Dr Ruiz")]

    assert "Dr Ruiz" in str(form["doctor"])


def test_a_field_of_another_class_is_refused():
    with pytest.raises(TypeError, match="doctor is a ChoiceField, not a DateField"):
        own_field(Choosing(), "doctor", forms.DateField)
