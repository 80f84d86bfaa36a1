"""What all tables are made of: the names of keys and indexes, and the column types both databases share."""

from typing import Any

from sqlalchemy import JSON, BigInteger, Integer, MetaData, Numeric, text
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

BigId = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up only an INTEGER PRIMARY KEY
LARGEST_ID = 2**63 - 1  # that both databases hold
Json = JSON().with_variant(JSONB(), "postgresql")
PerhapsJson = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
Money = Numeric(12, 2)


def only_where(condition: str) -> dict[str, Any]:
    """What an index says of the rows it holds, for both databases."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


def one_of(column: str, *words: str) -> str:
    """What `IN` says, which SQLite reads anew for each row it writes if there are more than two words."""
    return "(" + " OR ".join(f"{column} = '{word}'" for word in words) + ")"
