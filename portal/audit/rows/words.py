"""The words of the audit trail: verbs, kinds of things, and what changed."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from portal.audit.things import THINGS, WITHOUT_NUMBER

# Every verb that the portal records. A test compares them with the services.
VERBS: dict[str, StrOrPromise] = {
    "sign_in": gettext_lazy("Signed in"),
    "sign_note": gettext_lazy("Signed a note"),
    "sign_out": gettext_lazy("Signed out"),
    "sign_in_failed": gettext_lazy("Sign-in failed"),
    "read": gettext_lazy("Opened the page"),
    "export": gettext_lazy("Exported"),
    "denied": gettext_lazy("Was refused access"),
    "accept": gettext_lazy("Accepted the request"),
    "accept_invitation": gettext_lazy("Accepted an invitation"),
    "add_doctor": gettext_lazy("Entered a doctor"),
    "add_extra": gettext_lazy("Added an extra time"),
    "add_hours": gettext_lazy("Added weekly hours"),
    "apply_again": gettext_lazy("Applied again"),
    "approve": gettext_lazy("Approved the doctor"),
    "ask_erasure": gettext_lazy("Asked for erasure"),
    "arrive": gettext_lazy("Noted the arrival"),
    "amend_note": gettext_lazy("Amended a note"),
    "answer_correction": gettext_lazy("Answered what was said about a note"),
    "ask_access": gettext_lazy("Asked to look after a patient"),
    "block": gettext_lazy("Blocked the account"),
    "book": gettext_lazy("Booked"),
    "book_series": gettext_lazy("Booked a series"),
    "broadcast": gettext_lazy("Sent a message to many"),
    "call_in": gettext_lazy("Noted “in the room”"),
    "cancel": gettext_lazy("Cancelled"),
    "cancel_time_off": gettext_lazy("Cancelled a time off"),
    "ask_correction": gettext_lazy("Asked for a correction of a note"),
    "begin_note": gettext_lazy("Began a note"),
    "change_access": gettext_lazy("Changed what somebody may do for a patient"),
    "change_hours": gettext_lazy("Changed weekly hours"),
    "change_office": gettext_lazy("Moved to another office"),
    "change_photo": gettext_lazy("Changed the photo"),
    "change_settings": gettext_lazy("Changed the settings"),
    "change_time_zone": gettext_lazy("Changed the time zone"),
    "close": gettext_lazy("Closed"),
    "coming": gettext_lazy("Said that they are coming"),
    "complete": gettext_lazy("Noted as completed"),
    "confirm_email": gettext_lazy("Confirmed the address"),
    "correct": gettext_lazy("Corrected the registration"),
    "correct_email": gettext_lazy("Corrected the email address"),
    "create": gettext_lazy("Entered"),
    "declare_day": gettext_lazy("Changed a day"),
    "download_own_data": gettext_lazy("Downloaded their data"),
    "decline": gettext_lazy("Declined the request"),
    "decline_access": gettext_lazy("Declined to look after, or to be looked after"),
    "dismiss_import": gettext_lazy("Dismissed the import"),
    "download_refused": gettext_lazy("Downloaded the refused rows"),
    "edit": gettext_lazy("Edited"),
    "delete_note_template": gettext_lazy("Deleted a template of notes"),
    "end_access": gettext_lazy("Ended that somebody looks after a patient"),
    "end_hours": gettext_lazy("Ended weekly hours"),
    "erase": gettext_lazy("Erased the person"),
    "expire": gettext_lazy("Let the request expire"),
    "export_patients": gettext_lazy("Exported patients"),
    "finish_set_up": gettext_lazy("Finished the set-up"),
    "holiday_confirmed": gettext_lazy("Closed on a holiday"),
    "holiday_ignored": gettext_lazy("Kept open on a holiday"),
    "holiday_proposed": gettext_lazy("Proposed a holiday again"),
    "import": gettext_lazy("Imported"),
    "invite": gettext_lazy("Invited"),
    "link": gettext_lazy("Linked to an account"),
    "make_first_admin": gettext_lazy("Made the first admin"),
    "make_first_admin_link": gettext_lazy("Made a link for the first admin"),
    "make_slots": gettext_lazy("Made times from weekly hours"),
    "mark_distinct": gettext_lazy("Said that two patients are not the same"),
    "merge": gettext_lazy("Merged two patients"),
    "no_show": gettext_lazy("Noted as not attended"),
    "offer": gettext_lazy("Offered a time"),
    "offer_access": gettext_lazy("Asked somebody to look after them"),
    "offer_accepted": gettext_lazy("Took the offered time"),
    "offer_declined": gettext_lazy("Declined the offered time"),
    "offer_expired": gettext_lazy("Let the offer expire"),
    "offer_void": gettext_lazy("Withdrew the offer"),
    "open_access": gettext_lazy("Opened a patient’s chart to somebody"),
    "override_closure": gettext_lazy("Used a closed day"),
    "own_data_ready": gettext_lazy("Prepared a copy of somebody’s data"),
    "pause_access": gettext_lazy("Paused that somebody looks after a patient"),
    "prepare_own_data": gettext_lazy("Asked for a copy of their data"),
    "record_death": gettext_lazy("Recorded the death"),
    "recovery_codes_generated": gettext_lazy("Made recovery codes"),
    "release": gettext_lazy("Released"),
    "remove": gettext_lazy("Removed"),
    "remove_photo": gettext_lazy("Removed the photo"),
    "renew_calendar_feed": gettext_lazy("Renewed the calendar address"),
    "reopen": gettext_lazy("Opened again"),
    "request": gettext_lazy("Requested"),
    "reschedule": gettext_lazy("Moved"),
    "resend_invitation": gettext_lazy("Sent an invitation again"),
    "reset_second_factor": gettext_lazy("Removed the second factor"),
    "restore_approval": gettext_lazy("Gave the approval back"),
    "retry": gettext_lazy("Sent a message again"),
    "revoke_calendar_feed": gettext_lazy("Ended the calendar address"),
    "revoke_invitation": gettext_lazy("Withdrew an invitation"),
    "rotate_factor_key": gettext_lazy("Changed the key of second factors"),
    "release_note": gettext_lazy("Let the patient read a note"),
    "save_note_template": gettext_lazy("Saved a template of notes"),
    "review_access": gettext_lazy("Asked to agree again that somebody looks after a patient"),
    "see": gettext_lazy("Looked at the request"),
    "send_link_code": gettext_lazy("Asked for a code to find a chart"),
    "set_holiday_place": gettext_lazy("Chose the place for holidays"),
    "set_offices": gettext_lazy("Chose the offices"),
    "set_password": gettext_lazy("Set a password"),
    "set_preferences": gettext_lazy("Changed notifications"),
    "shorten_time_off": gettext_lazy("Shortened a time off"),
    "sign_up": gettext_lazy("Signed up"),
    "spread_again": gettext_lazy("Sent a message to the rest"),
    "take_back_death": gettext_lazy("Took the death back"),
    "take_back_distinct": gettext_lazy("Took back that two are not the same"),
    "take_back_merge": gettext_lazy("Took a merge back"),
    "take_time_off": gettext_lazy("Took time off"),
    "totp_activated": gettext_lazy("Set up the app as second factor"),
    "totp_deactivated": gettext_lazy("Removed the app as second factor"),
    "transfer": gettext_lazy("Handed over"),
    "unblock": gettext_lazy("Unblocked the account"),
    "undo": gettext_lazy("Took a change back"),
    "undo_arrive": gettext_lazy("Took “arrived” back"),
    "undo_call_in": gettext_lazy("Took “in the room” back"),
    "undo_complete": gettext_lazy("Took “completed” back"),
    "undo_no_show": gettext_lazy("Took “not attended” back"),
    "unlink": gettext_lazy("Separated from an account"),
    "update": gettext_lazy("Changed"),
    "upload_import": gettext_lazy("Uploaded a file of patients"),
    "wait": gettext_lazy("Joined the waiting list"),
    "wait_ended": gettext_lazy("Ended the entry of the waiting list"),
    "wait_expired": gettext_lazy("Let the entry of the waiting list expire"),
    "wait_left": gettext_lazy("Left the waiting list"),
    "wait_served": gettext_lazy("Got a time from the waiting list"),
    "webauthn_added": gettext_lazy("Added a passkey"),
    "webauthn_removed": gettext_lazy("Removed a passkey"),
    "withdraw_erasure": gettext_lazy("Withdrew the erasure"),
    "withdraw_approval": gettext_lazy("Withdrew the approval"),
}


def verb_words(verb: str) -> str:
    """The verb as a phrase; what is not among VERBS is written out."""
    return str(VERBS.get(verb) or capfirst(verb.replace("_", " ")))


def kinds() -> dict[str, str]:
    """The kinds of things, by the name that the trail stores."""
    return {kind: str(name) for kind, name in THINGS.items()}


def thing_words(kind: str, pk: int, named: dict[str, str]) -> str:
    """“Appointment 17”; the number is left out where there is none."""
    words = named.get(kind) or capfirst(kind)
    return f"{words} {pk}" if pk and kind not in WITHOUT_NUMBER else words


def change_lines(changes: Any, zone: ZoneInfo) -> list[tuple[str, str, str]]:
    """(what, before, after) of each change, in the order of `what`; `before` is empty if unknown.

    `was_x` is the value of `x` before; `before` and `after` have the same names inside; two values
    in a list of `settings` are before and after.
    """
    if not isinstance(changes, dict):
        return [("", "", _value(changes, zone))]
    before, after = changes.get("before"), changes.get("after")
    if isinstance(before, dict) and isinstance(after, dict):
        rest = {name: one for name, one in changes.items() if name not in ("before", "after")}
        return sorted([*_compared(before, after, zone), *_lines(rest, zone)])
    return sorted(_lines(changes, zone))


def _compared(before: dict, after: dict, zone: ZoneInfo) -> Iterator[tuple[str, str, str]]:
    """What is not the same in both."""
    for name in {**before, **after}:
        if before.get(name) != after.get(name):
            yield _label(name), _value(before.get(name), zone), _value(after.get(name), zone)


def _lines(changes: dict, zone: ZoneInfo) -> Iterator[tuple[str, str, str]]:
    for name, value in changes.items():
        is_before = name.startswith("was_")
        if is_before and _after(name, changes):
            continue  # told with the value after
        if isinstance(value, dict) and _are_pairs(value):
            for inner, (before, after) in value.items():
                yield _label(inner), _value(before, zone), _value(after, zone)
        elif is_before:
            yield _label(name.removeprefix("was_")), _value(value, zone), ""
        else:
            before = next((changes[was] for was in _befores(name) if was in changes), None)
            yield _label(name), _value(before, zone), _value(value, zone)


def _befores(name: str) -> tuple[str, ...]:
    """The names under which the value before `name` may stand: `was_doctor` for `doctor_name`."""
    return f"was_{name}", f"was_{name.removesuffix('_name')}"


def _after(was: str, changes: dict) -> bool:
    name = was.removeprefix("was_")
    return name in changes or f"{name}_name" in changes


def _are_pairs(value: dict) -> bool:
    return bool(value) and all(isinstance(one, list) and len(one) == 2 for one in value.values())


def _label(name: str) -> str:
    return capfirst(str(name).replace("_", " "))


def _value(value: Any, zone: ZoneInfo) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(_value(one, zone) for one in value)
    if isinstance(value, dict):
        return "; ".join(f"{_label(name)}: {_value(one, zone)}" for name, one in value.items())
    return _time(value, zone) if isinstance(value, str) else str(value)


def _time(text: str, zone: ZoneInfo) -> str:
    """A time or a date as people write it; any other text as it is."""
    if len(text) < 10 or text[4:5] != "-" or text[7:8] != "-":
        return text
    try:
        if len(text) == 10:
            return date_format(date.fromisoformat(text), "j F Y")
        at = datetime.fromisoformat(text)
        return date_format(at.astimezone(zone), "j F Y, H:i") if at.tzinfo else text
    except (ValueError, OverflowError):
        return text
