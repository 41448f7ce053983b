"""What the rest of an address or a form says where one id in it is foreign, so that it is refused
for that alone."""

from urllib.parse import urlencode
from uuid import uuid4

from tests.access.addresses import address
from tests.access.ids import BEFORE_ID
from tests.access.world import World
from tests.factories import in_days


def asked_with(world: World, one, pk: int) -> tuple[str, dict]:
    """The address and the data of the form, with the id `pk` where the row `one` of
    ids.py says."""
    path, _mark, query = address(world, one.page, one.path_kind).partition("?")
    asked = dict(part.split("=") for part in query.split("&") if part) | query_of(world, one.page)
    data = data_of(world, one.page, one.field)
    field = one.field.replace("*", str(world.thing("appointment", "own")))
    if one.is_in_address:
        asked[field] = pk
    else:
        data[field] = f"{BEFORE_ID.get(one.field, '')}{pk}"
    if one.method == "GET":
        return path, data | asked if one.page == "wait-new" else asked | _for_whom(data, one)
    return f"{path}?{urlencode(asked)}" if asked else path, data


def _for_whom(data: dict, one) -> dict:
    """Pages of the desk that say for whom in their address."""
    return {"patient": data["patient"]} if one.page.startswith("walk-in") else {}


def query_of(world: World, page: str) -> dict:
    if page == "time-off-new":
        day = world.owners["own"].things["appointment"].starts_at.date().isoformat()
        return {"first": day, "last": day}
    return {}


def data_of(world: World, page: str, field: str) -> dict:
    own = world.owners["own"]
    patient, doctor, office = own.patient.pk, own.doctor.pk, own.office.pk
    slot, times = own.things["slot"].pk, {"starts": "19:00", "ends": "19:30", "minutes": 30}
    day, token = in_days(12).date().isoformat(), str(uuid4())
    appointment = own.things["appointment"]
    forms = {
        "slot-book": {"token": token, "patient": patient},
        "appointment-reschedule": {"slot": slot},
        "wait-new": _wait(field, patient, doctor),
        "series-new": {
            "doctor": doctor,
            "day": day,
            "wall": "10:00",
            "every_weeks": 1,
            "times": 2,
            "token": token,
            "choice-0": slot,
            "choice-1": own.things["second-slot"].pk,
        }
        | ({"book": "1"} if field.startswith("choice") else {}),
        # An assistant of one office books there, whatever office is named.
        "walk-in": {"patient": patient, "token": token}
        | ({} if field == "office" else {"slot": slot}),
        "walk-in-extra": {
            "patient": patient,
            "doctor": doctor,
            "start": "12:00",
            "minutes": 20,
            "reason": "Pain",
            "token": token,
        },
        "schedule-transfer": {"to": doctor},
        "appointment-transfer": {"to": doctor},
        "slot-transfer": {"to": doctor},
        "slot-new": {"office": office, "day": day, "audience": "public", "note": "", **times},
        "slot-edit": {"office": office, "day": day, "audience": "public", "note": "", **times},
        "hours-new": _hours(office, day) | {"weekdays": ["3"]},
        "hours-change": _hours(office, day) | {"weekday": 0, "first_day": day},
        "hours-end": {"last_day": day},
        "hours-exception": {"office": office, "day": day, "kind": "none"},
        "time-off-new": _time_off(appointment, field),
        "manage-doctor-withdraw": _time_off(appointment, field) | {"reason": "Left"},
        "time-off-end": {"what": "back"},
        "office-holidays": {"do": "confirm-all" if field == "proposed" else "confirm"},
        "patient-new": {"name": "New Person", "token": token},
    }
    return forms.get(page, {})


def _wait(field: str, patient: int, doctor: int) -> dict:
    """Staff say for whom; for a slot, an appointment or an office no doctor is named."""
    named = {} if field in ("slot", "appointment", "office") else {"doctor": doctor}
    return {"patient": patient, **named}


def _hours(office: int, day: str) -> dict:
    return {
        "office": office,
        "starts": "17:00",
        "ends": "19:00",
        "minutes": 30,
        "every_weeks": 1,
        "audience": "public",
        "valid_from": day,
    }


def _time_off(appointment, field: str) -> dict:
    pk, verb = appointment.pk, "hand" if field.startswith("to-") else "other"
    data = {"seen": f"{pk}:{appointment.version}", f"do-{pk}": verb}
    return data | ({"all": "hand"} if field == "all_to" else {})
