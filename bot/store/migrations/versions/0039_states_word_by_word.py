"""SQLite compares a delivery's state word by word

For `IN` with more than two words it made a little table of them for each row it wrote, once for the check and once
for each index that holds only some states: a quarter of what writing a delivery takes.

Revision 0039, after 0037.
"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0037"
branch_labels = None
depends_on = None

_SAID = {
    "deliveries": ("planned", "claimed", "accepted", "sent", "failed", "unknown", "skipped"),
    "ix_deliveries_ended": ("accepted", "sent", "failed", "unknown"),
    "ix_deliveries_notices": ("claimed", "accepted", "unknown"),
}


def upgrade() -> None:
    """What a row has to be, and which an index holds, stays the same: so only the words change, as SQLite's own page has it."""
    session = op.get_bind()
    if session.dialect.name != "sqlite":  # PostgreSQL has its list once
        return
    version: int = session.exec_driver_sql("PRAGMA schema_version").scalar_one()
    session.exec_driver_sql("PRAGMA writable_schema = ON")
    for name, states in _SAID.items():
        listed = ", ".join(f"'{state}'" for state in states)
        by_word = " OR ".join(f"state = '{state}'" for state in states)
        session.execute(
            sa.text("UPDATE sqlite_schema SET sql = replace(sql, :before, :after) WHERE name = :name"),
            {"before": f"state IN ({listed})", "after": f"({by_word})", "name": name},
        )
    session.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    session.exec_driver_sql("PRAGMA writable_schema = RESET")
