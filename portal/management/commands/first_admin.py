"""`manage.py first_admin`: prints the one-time link that makes the first admin (A15)."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from portal.accounts.services import first_admin


class Command(BaseCommand):
    help = (
        "Print a link, good once and for 24 hours, that makes the first admin and leads through "
        "the set-up of the clinic. A new link ends the one before. Refused if an admin exists."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--if-none", action="store_true", help="print nothing if an admin exists"
        )

    def handle(self, *, if_none: bool, **_options) -> None:
        try:
            link = first_admin.new_link()
        except first_admin.AdminExists as error:
            if if_none:
                return
            raise CommandError(str(error)) from error
        self.stdout.write("Open this link to set up the clinic. It works once, within 24 hours:")
        self.stdout.write(f"  {link}")
