"""A phone number is taken whole, or not at all."""

import pytest
from django.core.exceptions import ValidationError

from portal.web.phone_fields import PhoneField


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("910 000 110", "+34910000110"),
        ("(91) 000-0110", "+34910000110"),
        ("0034 910.000.110", "+34910000110"),
        ("+34 910–000–110", "+34910000110"),
        ("+44 (0)20 7946 0958", "+442079460958"),
        ("+39 06 698 12345", "+390669812345"),
        ("９１００００１１０", "+34910000110"),
    ],
)
def test_a_number_however_it_is_written(typed, stored):
    assert PhoneField().clean(typed).as_e164 == stored


@pytest.mark.parametrize(
    "typed",
    """910000110 ext 12|910000110x12|910000110#12|910000110;ext=12|910000110,,12
910000110, 600111222
910000110 / 600111222|910000110/600111222|910000110 600111222|910000110 o 600111222|600111222 Ana
Ana 600111222|910000110 - 3|910000110 (work)""".replace("\n", "|").split("|"),
)
def test_nothing_of_what_was_typed_is_lost_in_silence(typed):
    with pytest.raises(ValidationError, match=r"Enter (one|a) phone number"):
        PhoneField().clean(typed)
