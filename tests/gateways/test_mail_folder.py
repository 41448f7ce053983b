"""Mails of a machine without a mail server."""

import logging

import pytest
from django.core.mail import EmailMessage

from portal.gateways import mail_folder


@pytest.fixture
def folder(settings, tmp_path):
    settings.MAIL_DIR = tmp_path / "mail"
    mail_folder.report()  # of earlier tests
    return settings.MAIL_DIR


def test_many_mails_are_one_line_of_the_log(folder, caplog):
    caplog.set_level(logging.INFO, logger="portal.mail")
    mails = [EmailMessage(f"No {number}", "…", to=["a@b.example"]) for number in range(300)]

    for mail in mails:
        mail_folder.EmailBackend().send_messages([mail])
    mail_folder.report()
    mail_folder.report()

    assert len(list(folder.glob("*.eml"))) == 300
    assert caplog.messages == [f"Mails written to {folder}: 300"]
