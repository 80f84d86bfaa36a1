"""When each customer writes, and the half hour of each window in which they are best reached."""

from sqlalchemy import Boolean, CheckConstraint, Column, Date, ForeignKey, Index, Integer, SmallInteger, Table

from bot.store.tables.columns import metadata

counted_days = Table(  # whose messages are counted below: a day is counted once
    "counted_days",
    metadata,
    Column("day", Date, primary_key=True),
    Column("messages", Integer, nullable=False),
)

spoken_hours = Table(
    "spoken_hours",
    metadata,
    Column("customer_id", ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True),
    Column("works", Boolean, primary_key=True),  # on working days, or on free ones
    Column("half", SmallInteger, primary_key=True, autoincrement=False),  # half hour of the day, 0 to 47
    Column("messages", SmallInteger, nullable=False),
    CheckConstraint("half BETWEEN 0 AND 47", name="half"),
)

best_hours = Table(
    "best_hours",
    metadata,
    # the window: by its hours, so that the planner reads those of one window in the order of the customers
    Column("works", Boolean, primary_key=True),
    Column("opens", SmallInteger, primary_key=True, autoincrement=False),  # minutes from midnight
    Column("closes", SmallInteger, primary_key=True, autoincrement=False),
    Column("customer_id", ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True),
    Column("half", SmallInteger, nullable=False),
    Column("messages", SmallInteger, nullable=False),  # their own in this window: what is known
    Column("permille", SmallInteger, nullable=False),  # the share of this half hour: how sure it is
    Index("ix_best_hours_customer_id", "customer_id"),
)
