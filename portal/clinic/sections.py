"""The sections of the clinic's settings: which settings each has, and by what other words they are
found (requirement F02)."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Section:
    """`slug` is its part of the address; `fields` are names of fields of ClinicSettings."""

    slug: str
    title: StrOrPromise
    lead: StrOrPromise
    fields: tuple[str, ...]


SECTIONS = (
    Section(
        "clinic",
        _("The clinic"),
        _("What the clinic is called, how it is reached, and how its mails look."),
        ("name", "phone", "reply_to", "currency", "colour"),
    ),
    Section(
        "booking",
        _("Booking"),
        _("What patients can book and ask for by themselves."),
        (
            "horizon_days",
            "minimum_notice_minutes",
            "max_upcoming_per_patient",
            "request_answer_hours",
            "same_day_release_at",
        ),
    ),
    Section(
        "cancelling",
        _("Moving and cancelling"),
        _("What patients can still change by themselves after booking."),
        ("cancel_cutoff_hours", "max_moves"),
    ),
    Section(
        "waiting-list",
        _("Waiting list"),
        _("What happens when a time becomes free and somebody waits for it."),
        ("offer_minutes", "waitlist_books_at_once"),
    ),
    Section(
        "day",
        _("The day"),
        _("The grid in which doctors mark their free times."),
        ("grid_minutes", "day_starts_at", "day_ends_at"),
    ),
    Section(
        "reminders",
        _("Reminders"),
        _("When patients are reminded of an appointment, by email and by SMS."),
        (
            "reminder_email_first_days",
            "reminder_email_days",
            "reminder_sms_days",
            "reminders_from",
            "reminders_until",
        ),
    ),
    Section(
        "sign-in",
        _("Sign-in and sessions"),
        _("How long somebody who does nothing stays signed in."),
        ("staff_idle_minutes", "patient_idle_minutes"),
    ),
    Section(
        "household",
        _("Households"),
        _("When access to a child’s chart has to be agreed to again."),
        ("review_first_age", "review_second_age", "review_last_age", "review_days"),
    ),
    Section(
        "erasure",
        _("Erasure"),
        _("What happens when a person asks for their data to be erased."),
        ("erasure_wait_days",),
    ),
)
BY_SLUG = {section.slug: section for section in SECTIONS}
FIELDS = [name for section in SECTIONS for name in section.fields]

# What people may call a setting other than its label: the search finds it by these, too.
OTHER_WORDS: dict[str, StrOrPromise] = {
    "name": _("title, brand, sender"),
    "phone": _("telephone, number, hotline"),
    "reply_to": _("reply, answer, mailbox, inbox, contact"),
    "currency": _("money, fee, price, euro, dollar, pound"),
    "colour": _("color, brand, theme, design, letterhead"),
    "horizon_days": _("horizon, booking window, in advance, how early"),
    "minimum_notice_minutes": _("lead time, short notice, last minute"),
    "max_upcoming_per_patient": _("limit, cap, maximum, quota"),
    "request_answer_hours": _("deadline, approval, accept, expire, response time"),
    "same_day_release_at": _("today, urgent, acute, morning"),
    "cancel_cutoff_hours": _("deadline, cut-off, cancellation policy, late cancellation"),
    "max_moves": _("reschedule, change, postpone, limit"),
    "offer_minutes": _("hold, reservation, offer, expire"),
    "waitlist_books_at_once": _("automatic, auto-book, without asking"),
    "grid_minutes": _("slot, duration, interval, half hour"),
    "day_starts_at": _("opening time, opens, hours, grid, begin"),
    "day_ends_at": _("closing time, closes, hours, grid, end"),
    "reminder_email_first_days": _("notification, message, mail"),
    "reminder_email_days": _("notification, message, mail"),
    "reminder_sms_days": _("notification, text message, mobile"),
    "reminders_from": _("quiet hours, night, morning"),
    "reminders_until": _("quiet hours, night, evening"),
    "staff_idle_minutes": _("session, timeout, log out, logout, automatic sign-out, inactivity"),
    "review_first_age": _("proxy, parent, guardian, family, child, consent"),
    "review_second_age": _("proxy, parent, guardian, family, child, consent"),
    "review_last_age": _("proxy, parent, guardian, family, child, consent, of age, adult"),
    "review_days": _("proxy, parent, deadline, pause"),
    "erasure_wait_days": _("delete, forget, privacy, GDPR, data protection, close account"),
    "patient_idle_minutes": _("session, timeout, log out, logout, automatic sign-out, inactivity"),
}
