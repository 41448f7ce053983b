"""Finding patients by name or phone (requirements A08, B11)."""

import re

from django.db.models import QuerySet

from portal.models import Patient, User
from portal.models.names import fold


def find(user: User, text: str) -> QuerySet[Patient]:
    """Patients whom `user` may see, by parts of the name or by digits of the phone number.

    An empty text lists them all by name. The queryset costs one query when it is read.
    """
    patients = Patient.objects.visible_to(user).order_by("name", "pk")
    digits = re.sub(r"\D", "", text)
    if len(digits) >= 3 and not re.search(r"[^\W\d_]", text):
        return patients.filter(phone__contains=digits.lstrip("0"))
    for word in fold(text).split():
        patients = patients.filter(search_name__contains=word)
    return patients
