"""What the background worker does. Services enqueue these by name; see services/queue.py."""

from django_tasks import task

from portal.services import broadcasts, delivery, offers


@task(takes_context=True)
def deliver(context, ids: list[int]) -> None:
    """Send these notifications; see services/delivery.py."""
    delivery.deliver(ids, claim=str(context.task_result.id), run=context.attempt)


@task()
def spread(broadcast_id: int) -> None:
    """Write everybody's copy of a message from the clinic; see services/broadcasts.py."""
    broadcasts.spread(broadcast_id)


@task()
def book_offered(offer_id: int) -> None:
    """Book what is kept for one who waits, without asking; see services/offers.py."""
    offers.book_at_once(offer_id, by=None)
