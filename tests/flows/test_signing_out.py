"""Signing out in a browser: nothing is left in it, and the first page says so."""

import pytest
from playwright.sync_api import expect

from tests.factories import PatientFactory
from tests.flows.steps import sign_out


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_A04_signing_out_leaves_nothing_and_says_so(page_of, javascript):
    page = page_of(PatientFactory().user, javascript=javascript)
    page.goto("/dashboard/")
    page.context.add_cookies([{"name": "kept", "value": "1", "url": page.url}])

    if javascript:
        sign_out(page)
    else:
        page.goto("/accounts/logout/")
        page.get_by_role("main").get_by_role("button", name="Sign out").click()

    expect(page.get_by_text("You are signed out.")).to_be_visible()
    assert not {"kept", "sessionid"} & {one["name"] for one in page.context.cookies()}
