"""How rows are looked for where Django's own way has a gap."""

from typing import Any

from django.db.models import IntegerField, lookups


@IntegerField.register_lookup
class InRange(lookups.In):
    """`pk__in` of numbers that the column cannot hold finds none of them.

    Django says so of `=`, `<` and `>`; here SQLite's driver raised OverflowError, for a
    key that somebody made up in a list of boxes to tick.
    """

    def process_rhs(self, compiler: Any, connection: Any) -> Any:
        if self.rhs_is_direct_value():
            kind = self.lhs.output_field.get_internal_type()
            least, most = connection.ops.integer_field_range(kind)
            self.rhs = [each for each in self.rhs if _fits(each, least, most)]
        return super().process_rhs(compiler, connection)


def _fits(value: Any, least: int | None, most: int | None) -> bool:
    if not isinstance(value, int):
        return True
    return (least is None or least <= value) and (most is None or value <= most)
