"""Lookups of our own."""

from django.core.exceptions import EmptyResultSet
from django.db.models import ForeignKey, Lookup


@ForeignKey.register_lookup
class Among(Lookup):
    """`patient__among=[1, 2, 3]` is `patient__in`, with the ids in one parameter on PostgreSQL.

    So a query for two hundred of them is the same statement as one for three, and is prepared once;
    and finding two hundred places in it takes no time. For long lists of ids only.
    """

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        if not self.rhs:
            raise EmptyResultSet
        left, parameters = self.process_lhs(compiler, connection)
        if connection.vendor == "postgresql":
            return f"{left} = ANY(%s)", [*parameters, list(self.rhs)]
        places = ", ".join(["%s"] * len(self.rhs))
        return f"{left} IN ({places})", [*parameters, *self.rhs]
