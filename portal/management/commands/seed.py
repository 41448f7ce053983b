"""Fill the database with a large clinic, for performance measurements (requirement F03)."""

import argparse

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from portal.demo import large, large_people, people
from portal.demo.progress import Progress
from portal.models import User


class Command(BaseCommand):
    help = (
        "Fill the database with a large clinic; the same arguments give the same data, counted "
        "from today. Without DEBUG the sign-ins that it makes have no password."
    )

    def add_arguments(self, parser):
        parser.add_argument("--doctors", type=_at_least(1), default=50)
        parser.add_argument("--days", type=_at_least(0), default=14, help="to offer after today")
        parser.add_argument("--patients", type=_at_least(1), default=10_000)
        parser.add_argument("--past", type=_at_least(0), default=100_000, help="appointments")
        parser.add_argument("--random-seed", type=int, default=1)

    def handle(self, *args, doctors, days, patients, past, random_seed, **options):
        if patients < doctors:
            raise CommandError("There must be at least as many patients as doctors.")
        if User.objects.filter(email=large_people.ADMIN).exists():
            raise CommandError("This database has been seeded before; seed works once.")
        with transaction.atomic():
            large.fill(
                large.Size(doctors=doctors, patients=patients, past=past, days=days),
                now=timezone.now(),
                random_seed=random_seed,
                password=people.PASSWORD if settings.DEBUG else None,
                progress=Progress(self.stdout),
            )
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")


def _at_least(least: int):
    def number(text: str) -> int:
        value = int(text)
        if value < least:
            raise argparse.ArgumentTypeError(f"must be at least {least}")
        return value

    return number
