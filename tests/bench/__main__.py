"""`make bench`: every measurement of this folder, one after the other, each printed as a table."""

import runpy
import sys
from pathlib import Path

OWN = {"__main__", "__init__"}


def main() -> None:
    wanted = set(sys.argv[1:])
    for path in sorted(Path(__file__).parent.glob("*.py")):
        if path.stem not in OWN and not path.stem.startswith("_") and (not wanted or path.stem in wanted):
            print(f"\n## {path.stem}\n", flush=True)
            sys.argv = [path.stem]
            runpy.run_module(f"tests.bench.{path.stem}", run_name="__main__")


if __name__ == "__main__":
    main()
