"""Every page in the pseudo-language: all that the portal itself says is translated."""

import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.management import NOON_ON_WEDNESDAY
from tests.pseudo.texts import untranslated, words_of_the_database
from tests.setups.every_page import arguments, coming_appointment, pages, users_of

# Only there while the portal is developed.
FOR_DEVELOPERS = {"styleguide", "demo-messages"}
# What they show is not the portal's own text.
OF_STORED_DATA = {
    "import-columns",  # the file
    "manage-audit",  # names of tables
    "manage-audit-event",  # what was recorded
}


@time_machine.travel(NOON_ON_WEDNESDAY, tick=False)
def test_every_text_of_every_page_is_translated(demo_clinic, in_pseudo, db):
    appointment = coming_appointment()
    seen, left = 0, set()
    shown = {
        name: path for name, path in pages().items() if name not in FOR_DEVELOPERS | OF_STORED_DATA
    }
    for name, path in shown.items():
        place = transaction.savepoint()
        url = reverse(name, kwargs=arguments(path, appointment))
        data = words_of_the_database()
        for user in users_of(appointment).values():
            html = page(url, user)
            seen += bool(html)
            left |= {f"{name}: {text}" for text in untranslated(html, data)}
        transaction.savepoint_rollback(place)

    assert seen > 200
    assert not left, "\n".join(sorted(left))


def page(url: str, user) -> str:
    """The page as that user sees it, or nothing."""
    client = Client()
    if user:
        client.force_login(user)
    response = client.get(url)
    is_page = response.status_code == 200 and "html" in response["Content-Type"]
    return response.content.decode() if is_page else ""
