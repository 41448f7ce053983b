"""Orders of lists that are filtered first."""

from django.db.models import Func


class Afterwards(Func):
    """`order_by(Afterwards("search_name"))`: sorts what was found, without the column's index.

    PostgreSQL takes the names that match to be spread evenly, so to fill a page it reads the index
    of names from its beginning. Everybody called Jörg stands together in it, after half of all
    patients. So the rows are found by the index of parts of names, and then sorted. SQLite, which
    has no such index, reads the names in their order.
    """

    template = "%(expressions)s"
    arity = 1

    def as_postgresql(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, template="(%(expressions)s || '')", **context)
