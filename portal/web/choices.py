"""The options of filters: offices, specialties, doctors. One small query each."""

from portal.database.written import instances
from portal.enums import Role
from portal.models import Doctor, Office, Specialty, User
from portal.models.names import fold


def offices() -> list[Office]:
    """The open offices by name, as `every_office`: one query."""
    return [office for office in every_office() if office.is_open]


def every_office() -> list[Office]:
    """Closed ones too, for names and zones of what was there; with name and time zone.

    Written as SQL and without the phone, which is slow to parse, because the busiest pages need it.
    """
    return instances(Office, _OFFICES)


def offices_in_full() -> list[Office]:
    return list(Office.objects.open().order_by("search_name"))


def doctors_and_specialties() -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """(id, name) of the listed doctors, and of their specialties, each by name: one query."""
    rows = list(
        Doctor.objects.listed()
        .order_by("search_name", "pk")
        .values_list("pk", "name", "specialty_id", "specialty__name")
    )
    specialties = {pk: name for _doctor, _name, pk, name in rows}
    return (
        [(pk, name) for pk, name, _specialty, _label in rows],
        sorted(specialties.items(), key=lambda item: fold(item[1])),
    )


def specialties() -> list[tuple[int, str]]:
    """Specialties that have a listed doctor."""
    listed = Doctor.objects.listed().order_by().values("specialty")
    found = Specialty.objects.filter(pk__in=listed).order_by("search_name")
    return list(found.values_list("pk", "name"))


# The same offices as in `offices_of`; Django takes longer to build that query than a whole 304.
_OFFICES = "SELECT id, name, time_zone, closed_at FROM portal_office ORDER BY search_name"
_OF_ASSISTANT = """
    SELECT office.id, office.name, office.time_zone, office.closed_at
    FROM portal_assistant assistant
    JOIN portal_office office ON assistant.all_offices OR EXISTS (
        SELECT 1 FROM portal_assistant_offices place
        WHERE place.assistant_id = assistant.id AND place.office_id = office.id
    )
    WHERE assistant.user_id = %s
    ORDER BY office.search_name"""


def offices_run_by(user: User) -> list[Office]:
    """The open offices that an assistant or admin runs, with name and zone: one query."""
    if user.role == Role.ADMIN:
        return offices()
    return [one for one in instances(Office, _OF_ASSISTANT, [user.pk]) if one.is_open]
