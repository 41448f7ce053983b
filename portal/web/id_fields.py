"""Ids in URLs."""

from django import forms

LARGEST = 2**63 - 1  # what the databases can compare with


class IdField(forms.IntegerField):
    """Optional; anything that cannot be the id of a row is refused before it reaches a database."""

    def __init__(self):
        super().__init__(required=False, min_value=1, max_value=LARGEST)
