"""Custom lookups."""

from django.core.exceptions import EmptyResultSet
from django.db.models import ForeignKey, Lookup

from portal.database.written import ANY, array


@ForeignKey.register_lookup
class Among(Lookup):
    """`patient__among=[1, 2, 3]` is `patient__in`, with all ids in one parameter on PostgreSQL.

    For hundreds of ids: psycopg is slow with hundreds of placeholders. The ids are cast to the type
    of the column, because otherwise PostgreSQL compares each row with each id instead of hashing
    them.
    """

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        if not self.rhs:
            raise EmptyResultSet
        left, parameters = self.process_lhs(compiler, connection)
        if connection.vendor == "postgresql":
            return f"{left} {ANY}", [*parameters, array(self.rhs)]
        places = ", ".join(["%s"] * len(self.rhs))
        return f"{left} IN ({places})", [*parameters, *self.rhs]
