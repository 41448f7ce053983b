"""Form fields for ids in URLs."""

from django import forms

LARGEST = 2**63 - 1  # what the databases can compare with


class IdField(forms.IntegerField):
    """Optional; a value that cannot be an id is refused before a query."""

    def __init__(self):
        super().__init__(required=False, min_value=1, max_value=LARGEST)
