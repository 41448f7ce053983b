"""The clock and the doctor of the tests around a diary."""

from tests.setups.tuesday_noon import doctor, tuesday_noon  # noqa: F401 (fixtures)
