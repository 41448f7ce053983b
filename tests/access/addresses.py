"""The address of a row's page for one of its things."""

from django.urls import reverse

from portal.household.services import asking
from tests.access.world import World
from tests.factories import in_days
from tests.setups.attendance import attendance_token

DAY_PAGES = {
    "schedule-day",
    "schedule-range",
    "schedule-copy",
    "schedule-transfer",
    "hours-exception-drop",
}
WORDS = {
    "account_confirm_email": {"key": "no-such-key"},
    "account_reset_password_from_key": {"uidb36": "1", "key": "no-such-key"},
    "invitation": {"token": "no-such-token"},
    "notification-unsubscribe": {"token": "no-such-token"},
    "first-admin": {"token": "no-such-token"},
    "calendar-feed": {"token": "no-such-token"},
    "clinic-settings-section": {"slug": "clinic"},
    "doctor-photo": {"digest": "no-photo", "side": 96},
}
ABOUT_A_DOCTOR = ("doctor", "doctor-photo", "manage-doctor")  # in the path, not in the query
IN_A_DIARY = {"slot", "hours", "time-off"}  # pages under /schedule/, where the desk says whose


def address(world: World, name: str, kind: str = "-", whose: str = "own") -> str:
    if name in ("attendance", "attendance-cancel"):
        return reverse(name, args=[_token(world, whose)])
    if name in ("household-accept", "household-answer"):
        return reverse(name, args=[_household_token(world, kind, whose)])
    values = dict(WORDS.get(name, {}))
    if name in DAY_PAGES:
        values["day"] = in_days(3).date()
    is_about_doctor = name.startswith(ABOUT_A_DOCTOR)
    if kind != "-" and (kind != "doctor" or is_about_doctor):
        values["pk"] = world.thing(kind, whose)
    if name == "appointment-mark":
        values["verb"] = "arrive"
    url = reverse(name, kwargs=values)
    if name in ("patient-merge", "patient-distinct"):
        return f"{url}?other={world.twin.pk}"
    if not is_about_doctor and (kind == "doctor" or (kind in IN_A_DIARY and name != "slot-book")):
        return f"{url}?doctor={_keeper(world, kind, whose)}"
    return url


def _keeper(world: World, kind: str, whose: str) -> int:
    """Whose diary is opened for it: for what does not exist in one, one's own."""
    if kind == "doctor":
        return world.thing("doctor", whose)
    owner = world.owners["own" if whose == "missing" else whose]
    return owner.things["doctor"].pk if kind == "time-off" else owner.doctor.pk


def _token(world: World, whose: str) -> str:
    """A link is for whoever has it; there is none of what does not exist."""
    owner = world.owners["own" if whose == "missing" else whose]
    return attendance_token(owner.things["appointment"])


def _household_token(world: World, kind: str, whose: str) -> str:
    if whose == "missing":
        return "no-such-token"
    return asking.token(world.owners[whose].things[kind])
