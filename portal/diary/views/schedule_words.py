"""The messages after a change of a diary."""

from django.contrib import messages
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.diary.services.availability import DayChange


def change_text(change: DayChange) -> str:
    """“5 times added, 1 removed, 1 kept because it is booked.”"""
    return counts_text(**change.counts)


def counts_text(*, added: int, removed: int, kept: int, skipped: int) -> str:
    """The same, of how many there were."""
    parts = [
        (added, ngettext("%(n)s time added", "%(n)s times added", added)),
        (removed, _removed(removed, is_first=not added)),
        (
            kept,
            ngettext("%(n)s kept because it is booked", "%(n)s kept because they are booked", kept),
        ),
        (
            skipped,
            _("%(n)s left out because it has passed or you have another slot then")
            if skipped == 1
            else _("%(n)s left out because they have passed or you have other slots then"),
        ),
    ]
    said = [text % {"n": count} for count, text in parts if count]
    return ", ".join(said) + "." if said else _("Nothing has changed.")


def tell_change(request, change: DayChange) -> None:
    if change.kept_booked or change.skipped:
        messages.warning(request, change_text(change))
    elif change.added or change.removed:
        messages.success(request, change_text(change))
    else:
        messages.info(request, change_text(change))


def _removed(count: int, *, is_first: bool) -> str:
    if not is_first:
        return _("%(n)s removed")
    return ngettext("%(n)s time removed", "%(n)s times removed", count)
