"""The command: puts the pieces together."""


def main() -> None:
    raise SystemExit("not built yet")
