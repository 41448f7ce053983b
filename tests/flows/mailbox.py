"""The folder into which the portal's mail goes, read as a person reads a mailbox."""

import email
import email.policy
import re
import time
from email.message import EmailMessage
from pathlib import Path

from tests.servers.portal import Portal


class Mailbox:
    def __init__(self, portal: Portal):
        self.portal = portal
        self.folder = Path(portal.environment["VAR_DIR"]) / "mail"

    def newest(self, *, to: str, about: str = "", seconds: float = 20) -> EmailMessage:
        """The last mail to that address with `about` in its subject; waits for the first."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            mails = map(read, sorted(self.folder.glob("*.eml"), reverse=True))
            meant = (mail for mail in mails if to in mail["To"] and about in mail["Subject"])
            if mail := next(meant, None):
                return mail
            time.sleep(0.05)
        raise AssertionError(f"No mail to {to} has come.\n{self.portal.log}")


def read(path: Path) -> EmailMessage:
    return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)


def link_in(mail: EmailMessage) -> str:
    """The first link of its plain text."""
    return re.search(r"https?://\S+", mail.get_body(("plain",)).get_content())[0]
