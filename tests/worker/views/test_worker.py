"""/manage/ and /manage/worker/: how the background work stands (requirements F02, D06)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from portal.models import PeriodicJob, Worker
from portal.notifications.rows.manage_lines import ago
from portal.notifications.services.queue import later
from tests.factories import NotificationFactory

WORKER = reverse("manage-worker")


def worker(name: str, *, silent_for: int = 0) -> Worker:
    beat = timezone.now() - timedelta(seconds=silent_for)
    return Worker.objects.create(id=name, host=name, pid=7, beat_at=beat, started_at=beat)


def test_D06_workers_are_at_work_or_silent(as_admin):
    worker("node-1")
    worker("node-2", silent_for=600)

    page = as_admin.get(WORKER)

    assert [(one.host, one.is_silent) for one in page.context["workers"]] == [
        ("node-2", True),
        ("node-1", False),
    ]
    for said in ("Silent", "At work", "10 minutes ago"):
        assert said in page.content.decode()


@pytest.mark.parametrize("name", ["manage", "manage-worker"])
def test_D06_without_a_worker_it_says_so_loudly(as_admin, name):
    worker("node-2", silent_for=600)

    assert "No worker is at work" in as_admin.get(reverse(name)).content.decode()

    worker("node-1")
    assert "No worker is at work" not in as_admin.get(reverse(name)).content.decode()


def test_D06_jobs_with_last_run_and_error(as_admin):
    now = timezone.now()
    PeriodicJob.objects.create(
        name="remind",
        due_at=now + timedelta(seconds=90),
        started_at=now - timedelta(hours=3),
        finished_at=now - timedelta(hours=3),
        error="ValueError: <no>",
    )

    text = as_admin.get(WORKER).content.decode()

    for said in ("remind", "3 hours ago", "in 1 minute", "ValueError: &lt;no&gt;", "Failed"):
        assert said in text


def test_D06_waiting_tasks_and_the_oldest(as_admin):
    later("deliver", ids=[1])

    page = as_admin.get(WORKER)

    assert page.context["work"].waiting == 1
    assert "the oldest due" in page.content.decode()


def test_F02_the_overview_counts_and_leads_on(as_admin):
    NotificationFactory.create_batch(2, state="failed")
    NotificationFactory(state="queued")

    page = as_admin.get(reverse("manage"))

    assert page.context["messages_by_state"] == {"queued": 1, "sending": 0, "failed": 2}
    for name in ("manage-messages", "manage-broadcasts", "manage-worker", "clinic-settings"):
        assert f'href="{reverse(name)}"' in page.content.decode()


def test_F02_the_dashboard_and_the_header_lead_there(as_admin, as_assistant):
    link = f'href="{reverse("manage")}"'

    assert as_admin.get(reverse("dashboard")).content.decode().count(link) == 2
    assert link not in as_assistant.get(reverse("desk")).content.decode()


def test_D06_queries_do_not_grow_with_the_workers(as_admin):
    counts = []
    for more in (1, 5):
        for n in range(more):
            worker(f"node-{more}-{n}")
        with CaptureQueriesContext(connection) as queries:
            as_admin.get(WORKER)
        counts.append(len(queries))

    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0 seconds ago"),
        (1, "1 second ago"),
        (12, "12 seconds ago"),
        (60, "1 minute ago"),
        (3599, "59 minutes ago"),
        (7200, "2 hours ago"),
        (86400 * 3, "3 days ago"),
    ],
)
def test_ago(seconds, words):
    now = timezone.now()

    assert ago(now - timedelta(seconds=seconds), now=now) == words


PAGES = (
    "manage-people manage-doctors imports hours manage-offices manage-specialties clinic-settings "
    "manage-figures manage-messages manage-broadcasts manage-audit manage-worker"
)


@pytest.mark.parametrize("name", PAGES.split())
def test_manage_leads_to_every_page_of_the_admins(as_admin, name):
    said = as_admin.get(reverse("manage")).content.decode()

    assert f'<a href="{reverse(name)}">' in said
