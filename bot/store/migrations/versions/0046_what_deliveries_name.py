"""PostgreSQL looks for what a statement's deliveries name at once, not row by row

Of each of a million deliveries it looked up three keys, and locked the customer, the campaign and the content: two
fifths of writing one. Triggers refuse the same: what is written is looked for once a statement, and whoever takes away a
customer, campaign or content waits for those who write.

Revision 0046, after 0045.
"""

from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

_NAMED = {"customer_id": "customers", "campaign_id": "campaigns", "content_id": "contents"}


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    _refuse_who_names_nothing()
    _refuse_to_take_away_what_is_named()
    for column in _NAMED:
        op.drop_constraint(f"fk_deliveries_{column}", "deliveries", type_="foreignkey")


def _refuse_who_names_nothing() -> None:
    """A statement's rows go by keys, however many they are: a plan made for many would read all customers for one."""
    beside = " ".join(f"LEFT JOIN {table} ON {table}.id = came.{column}" for column, table in _NAMED.items())
    unknown = " OR ".join(f"came.{column} IS NOT NULL AND {table}.id IS NULL" for column, table in _NAMED.items())  # fmt: skip
    _function(
        "what_came_names",
        f"IF EXISTS (SELECT FROM came {beside} WHERE {unknown}) THEN {_REFUSED} END IF;",
        "SET enable_hashjoin = off SET enable_mergejoin = off",
    )
    unknown = " OR ".join(
        f"NEW.{column} IS NOT NULL AND NOT EXISTS (SELECT FROM {table} WHERE id = NEW.{column})"
        for column, table in _NAMED.items()
    )
    _function("what_it_names", f"IF {unknown} THEN {_REFUSED} END IF;")
    op.execute(
        "CREATE TRIGGER named_is_there AFTER INSERT ON deliveries REFERENCING NEW TABLE AS came"
        " FOR EACH STATEMENT EXECUTE FUNCTION what_came_names()"
    )
    op.execute(
        f"CREATE TRIGGER renamed_is_there AFTER UPDATE OF {', '.join(_NAMED)} ON deliveries"
        " FOR EACH ROW EXECUTE FUNCTION what_it_names()"
    )


def _refuse_to_take_away_what_is_named() -> None:
    """The lock waits for who has written a delivery, and lets nobody write one till the row is gone."""
    for column, table in _NAMED.items():
        _function(
            f"{table}_are_named",
            f"LOCK TABLE deliveries IN SHARE ROW EXCLUSIVE MODE;"
            f" IF EXISTS (SELECT FROM deliveries WHERE {column} = OLD.id) THEN {_REFUSED} END IF;",
        )
        op.execute(
            f"CREATE TRIGGER is_named AFTER DELETE OR UPDATE OF id ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {table}_are_named()"
        )


_REFUSED = (
    "RAISE foreign_key_violation USING"
    " MESSAGE = TG_OP || ' on ' || TG_TABLE_NAME || ': a delivery would name what is not there', TABLE = TG_TABLE_NAME;"
)


def _function(name: str, does: str, settings: str = "") -> None:
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql {settings}"
        f" AS $$ BEGIN {does} RETURN NULL; END $$"
    )
