"""DuckDB's RFM and ABC over the same orders, for comparison only: it holds nothing that is up to date meanwhile."""

import sqlite3
import tempfile
import time
from pathlib import Path

import duckdb

RFM = """
CREATE OR REPLACE TABLE scored AS
WITH figures AS (
    SELECT customer_id, count(*) AS orders, sum(fen) AS spent, max(ordered_at) AS last
    FROM orders WHERE status IN ('paid', 'shipped', 'delivered') GROUP BY customer_id
)
SELECT customer_id, ntile(5) OVER (ORDER BY last) AS r, ntile(5) OVER (ORDER BY orders) AS f,
    ntile(5) OVER (ORDER BY spent) AS m,
    CASE WHEN sum(spent) OVER (ORDER BY spent DESC) <= 0.8 * sum(spent) OVER () THEN 'A' ELSE 'C' END AS abc
FROM figures
"""


def measure(path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        csv = Path(folder) / "orders.csv"
        with sqlite3.connect(path) as source, csv.open("w") as out:
            for row in source.execute(
                "SELECT customer_id, status, CAST(amount * 100 AS INTEGER), ordered_at FROM orders"
            ):
                out.write(",".join(map(str, row)) + "\n")
        duck = duckdb.connect()
        duck.execute(
            f"CREATE TABLE orders AS SELECT * FROM read_csv('{csv}', header=false,"
            " columns={'customer_id':'BIGINT','status':'VARCHAR','fen':'BIGINT','ordered_at':'TIMESTAMP'})"
        )
        began = time.perf_counter()
        duck.execute(RFM)
        print(
            f"  {'DuckDB, RFM + ABC':<18} {time.perf_counter() - began:6.2f} s from scratch, both cores, in memory"
        )
        duck.close()
