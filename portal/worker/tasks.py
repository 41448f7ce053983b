"""The tasks of the background worker. Services enqueue them by name
(notifications/services/queue.py)."""

from django_tasks import task

from portal.appointments.services import offers
from portal.household.services import asking
from portal.imports.services import checking, importing
from portal.notifications.services import broadcasts, delivery
from portal.own_data.services import preparing


@task(takes_context=True)
def deliver(context, ids: list[int]) -> None:
    """Send these notifications; see notifications/services/delivery.py."""
    delivery.deliver(ids, claim=str(context.task_result.id), run=context.attempt)


@task()
def spread(broadcast_id: int) -> None:
    """Write the notifications of a message from the clinic; see
    notifications/services/broadcasts.py."""
    broadcasts.spread(broadcast_id)


@task()
def book_offered(offer_id: int) -> None:
    """Book an offered slot without asking the patient; see appointments/services/offers.py."""
    offers.book_at_once(offer_id, by=None)


@task()
def check_import(upload_id: int, run: str) -> None:
    """Check each row of an uploaded file; see imports/services/checking.py."""
    checking.check(upload_id, run=run, by=None)


@task()
def run_import(upload_id: int, run: str) -> None:
    """Import the patients of a checked file; see imports/services/importing.py."""
    importing.run_all(upload_id, run=run, by=None)


@task()
def prepare_own_data(export_id: int, run: str) -> None:
    """Make the files of a patient's own data; see own_data/services/preparing.py."""
    preparing.make(export_id, run=run, by=None)


@task()
def ask_for_access(user_id: int, **asked) -> None:
    """Write to the patient whom a user asks for access; see household/services/asking.py."""
    asking.write_to_patient(user_id, by=None, **asked)
