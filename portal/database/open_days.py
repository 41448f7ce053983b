"""SQL that checks whether a slot starts on a day on which its office is open (requirement B03)."""

from django.db.models import BooleanField, Func


def on_open_day(despite: str, office: str, starts_at: str) -> str:
    """The condition for these columns; a slot that was made despite a closure counts as open."""
    return (
        f"({despite} OR NOT EXISTS (SELECT 1 FROM portal_holiday closed"  # noqa: S608 (names of our own columns)
        f" WHERE closed.office_id = {office} AND closed.state = 'confirmed'"
        f" AND closed.begins_at <= {starts_at} AND closed.ends_at > {starts_at}))"
    )


class OnOpenDay(Func):
    """The same as a Django condition: `OnOpenDay("despite_closure", "office", "starts_at")`.

    Written as SQL, because Django takes longer to build the subquery than a database to run it, and
    the busiest lists use it.
    """

    arity = 3
    output_field = BooleanField()

    def as_sql(self, compiler, connection, *_arguments, **_options):
        columns = [compiler.compile(source)[0] for source in self.get_source_expressions()]
        return on_open_day(*columns), []
