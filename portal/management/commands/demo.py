"""Fill the database with realistic data of a demo clinic (requirement F03)."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from portal.demo import clinic
from portal.models import User


class Command(BaseCommand):
    help = (
        "Fill the database with a believable clinic. Run again, it only adds free times and "
        "appointments until the next two weeks are filled."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing when there are users already"
        )

    def handle(self, *args, if_empty: bool, verbosity: int, **options):
        if not settings.DEBUG:
            raise CommandError(
                "The demo makes sign-ins with a known password, so it needs DEBUG to be on."
            )
        if if_empty and User.objects.exists():
            return
        if taken := clinic.taken_addresses():
            raise CommandError(
                f"The demo needs {taken[0]}, which already belongs to somebody here."
            )
        with transaction.atomic():
            made = clinic.make_or_top_up(timezone.now())
        if verbosity:
            self.stdout.write(
                f"Demo data: {made.doctors} doctors, {made.slots} times and "
                f"{made.appointments} appointments added."
            )
