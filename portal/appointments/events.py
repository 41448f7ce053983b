"""The events of appointments, requests and offers (D01, D02)."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from portal.appointments.queries import message_checks as checks
from portal.appointments.queries import message_facts as facts
from portal.appointments.queries import message_links, message_recipients
from portal.appointments.queries.reminder_times import Reminder
from portal.appointments.services import (
    attendance,
    calendar_entries,
    merging,
    message_details,
    offering,
    series_mail,
)
from portal.enums import AppointmentState, Channel
from portal.models import Appointment, User
from portal.notifications.declaration import TO_MANY, Event, Merging, Recipient, Topic
from portal.notifications.queries import links
from portal.notifications.registry import register

EMAIL, SMS, PORTAL = Channel.EMAIL, Channel.SMS, Channel.PORTAL
TO_BOTH = {"patient": (EMAIL, SMS, PORTAL), "doctor": (EMAIL, PORTAL)}

APPOINTMENTS = Topic(
    "appointments",
    _("Your appointments"),
    _(
        "What is confirmed, moved or cancelled always comes by email and into your list here, "
        "so that no change passes you by."
    ),
)


def _row_of(appointment: Appointment, _recipient: Recipient) -> dict:
    return {"appointment": appointment, "patient": appointment.patient}


AppointmentEvent = partial(
    Event,
    topic=APPOINTMENTS,
    recipients=message_recipients.of_appointment,
    facts=facts.AppointmentFacts,
    facts_of=facts.facts_of_change,
    key="appointment:{about.pk}:v{about.version}:{event}:{kind}:{channel}",
    refers=_row_of,
    link=links.to_appointment,
    details=message_details.of_appointment,
)
# Of an appointment, as opposed to a request: patients may switch off the SMS.
ChangeEvent = partial(AppointmentEvent, channels=TO_BOTH, opt_out=frozenset({SMS}))
INVITATION = partial(calendar_entries.attached, method="REQUEST")
CANCELLATION = partial(calendar_entries.attached, method="CANCEL")

register(
    ChangeEvent(
        name="appointment_confirmed",
        label=_("An appointment is confirmed"),
        facts=facts.ConfirmedFacts,
        holds=checks.still_stands,
        attachments=INVITATION,
    ),
    ChangeEvent(
        name="appointment_moved",
        label=_("An appointment is moved"),
        facts=facts.MovedFacts,
        holds=checks.still_stands,
        attachments=INVITATION,
    ),
    ChangeEvent(
        name="appointment_transferred",
        label=_("An appointment is handed to another doctor"),
        facts=facts.MovedFacts,
        holds=checks.still_with,
        attachments=INVITATION,
    ),
    AppointmentEvent(  # `to` names the recipient: the previous doctor
        name="appointment_left",
        label=_("An appointment went to a colleague"),
        channels={"doctor": (EMAIL, PORTAL)},
        facts=facts.FreedFacts,
        holds=checks.still_left,
        attachments=CANCELLATION,
    ),
    ChangeEvent(
        name="appointment_cancelled",
        label=_("An appointment is cancelled"),
        facts=facts.FreedFacts,
        holds=checks.still(AppointmentState.CANCELLED),
        attachments=CANCELLATION,
    ),
    ChangeEvent(
        name="series_booked",
        label=_("A series of appointments is booked"),
        holds=series_mail.any_stands,
        renew=series_mail.renew,
        attachments=calendar_entries.attached_series,
    ),
    ChangeEvent(
        name="series_cancelled",
        label=_("The rest of a series is cancelled"),
        facts=facts.FreedFacts,
        holds=checks.still(AppointmentState.CANCELLED),
        attachments=calendar_entries.attached_series,
    ),
)

register(
    AppointmentEvent(
        name="appointment_requested",
        label=_("A time is requested"),
        channels={"patient": (EMAIL, PORTAL), "doctor": (EMAIL, PORTAL)},
        facts=facts.RequestedFacts,
        holds=checks.still(AppointmentState.REQUESTED),
    ),
    AppointmentEvent(
        name="request_declined",
        label=_("A request is declined"),
        channels={"patient": (EMAIL, SMS, PORTAL)},
        opt_out=frozenset({SMS}),
        facts=facts.RefusedFacts,
        holds=checks.still(AppointmentState.DECLINED),
    ),
    AppointmentEvent(
        name="request_expired",
        label=_("A request has expired"),
        channels={"patient": (EMAIL, SMS, PORTAL), "doctor": (PORTAL,)},
        opt_out=frozenset({SMS}),
        facts=facts.RefusedFacts,
        holds=checks.still(AppointmentState.EXPIRED),
    ),
    AppointmentEvent(
        name="request_withdrawn",
        label=_("A request is taken back"),
        channels={"patient": (EMAIL, PORTAL), "doctor": (PORTAL,)},
        facts=facts.FreedFacts,
        holds=checks.still(AppointmentState.CANCELLED),
    ),
)

OfferEvent = partial(
    Event,
    topic=APPOINTMENTS,
    recipients=message_recipients.of_offer,
    facts=facts.OfferFacts,
    facts_of=lambda offer, _by, _given: offering.facts_of(offer, offer.slot),
    key="offer:{about.pk}:{event}:{kind}:{channel}",
    link=message_links.to_offer,
)

register(
    OfferEvent(
        name="slot_offered",
        label=_("A time you wait for is free"),
        channels={"patient": (EMAIL, SMS, PORTAL)},
        opt_out=frozenset({SMS}),
        expiry="expires_at",
        holds=checks.still_offered,
        answer_url=message_details.offer_url,
    ),
    OfferEvent(
        name="offer_expired",
        label=_("An offered time has gone on"),
        channels={"patient": (PORTAL,)},
    ),
    OfferEvent(
        name="offer_withdrawn",
        label=_("An offered time was withdrawn"),
        channels={"patient": (PORTAL,)},
    ),
)

register(
    Event(
        name="wait_ended",
        label=_("The doctor you wait for has left"),
        topic=APPOINTMENTS,
        channels={"patient": (EMAIL, PORTAL)},
        recipients=message_recipients.of_wait,
        facts=facts.WaitFacts,
        facts_of=facts.facts_of_wait,
        key="wait:{about.pk}:{event}:{kind}:{channel}",
        holds=checks.still_ended,
        link=message_links.to_other_times,
    )
)


def _reminded(reminder: Reminder, _by: User | None) -> list[Recipient]:
    return message_recipients.of_patient(reminder.appointment.patient, reminder.proxies)


def _reminder_facts(reminder: Reminder, _by: User | None, _given: dict) -> dict:
    own = {"appointment": reminder.appointment.pk, "until": reminder.until.isoformat()}
    return facts.facts_of(reminder.appointment) | own


register(
    AppointmentEvent(  # about all reminders of a patient that go out together
        name="reminder",
        label=_("Reminder of an appointment"),
        channels={"patient": (EMAIL, SMS)},
        opt_out=frozenset({EMAIL, SMS}),
        recipients=_reminded,
        chosen=lambda reminder: (reminder.kind.channel,),
        facts=facts.ReminderFacts,
        facts_of=_reminder_facts,
        key="{about.key}{nth}",  # the first one's is what the job looks for
        refers=lambda reminder, recipient: _row_of(reminder.appointment, recipient),
        merging=Merging(parts=lambda reminders: reminders, follow=merging.follow),
        priority=TO_MANY,
        holds=merging.any_stands,
        not_before=merging.not_before,
        renew=merging.renew,
        answer_url=attendance.answer_url,
    )
)
