"""A text as an expression that the indexes of its column do not know."""

from django.db.models import Func


class WithoutIndex(Func):
    """The text of a column; on PostgreSQL no index of the column itself is read for it.

    To sort by: PostgreSQL takes the names that match to be spread evenly, so to fill a page it
    would read the index of names from its beginning. Everybody called Jörg stands together in it,
    after half of all patients. So the rows are found by the index of parts of names, and then
    sorted.

    To search parts of: an index of parts that is made on this expression is not taken for whole
    numbers, for which it is a hundred times slower than the column's.

    SQLite has no index of parts, and reads the column's in order.
    """

    template = "%(expressions)s"
    arity = 1

    def as_postgresql(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, template="(%(expressions)s || '')", **context)
