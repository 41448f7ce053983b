"""What filters offer: offices, specialties, doctors. One small query each."""

from portal.models import Doctor, Office, Specialty


def offices() -> list[Office]:
    return list(Office.objects.order_by("name"))


def specialties() -> list[tuple[int, str]]:
    """Specialties that have a listed doctor."""
    listed = Doctor.objects.listed().order_by().values("specialty")
    return list(Specialty.objects.filter(pk__in=listed).order_by("name").values_list("pk", "name"))


def doctors() -> list[tuple[int, str]]:
    return list(Doctor.objects.listed().order_by("name").values_list("pk", "name"))
