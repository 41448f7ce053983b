import pytest

from portal.models import Patient
from portal.models.lengths import longest


def test_the_longest_text_is_that_of_the_field():
    assert longest(Patient, "name") == Patient._meta.get_field("name").max_length


def test_a_field_without_a_limit_is_refused():
    with pytest.raises(TypeError, match=r"Patient\.date_of_birth"):
        longest(Patient, "date_of_birth")
