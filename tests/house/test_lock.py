"""The lock pins everything by hash and names no registry."""

import re
import tomllib

from tests.house.sources import ROOT

LOCK = ROOT / "requirements.lock"


def addresses(lock: str) -> list[str]:
    return [
        line
        for line in lock.splitlines()
        if re.search(r"https?:|file:|--(extra-)?index|--find-links|--trusted", line)
    ]


def unhashed(lock: str) -> list[str]:
    blocks = re.split(r"\n(?=\S)", "\n" + re.sub(r"^\s*#.*\n", "", lock, flags=re.MULTILINE))
    return [
        block.split("==")[0].strip() for block in blocks if "==" in block and "--hash=sha256:" not in block
    ]


def direct_dependencies() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = [name for names in project["project"]["optional-dependencies"].values() for name in names]
    named = project["project"]["dependencies"] + project["dependency-groups"]["dev"] + extras
    return {re.split(r"[\[<>=!~ ;]", name)[0].lower() for name in named}


def test_the_lock_names_no_address_and_hashes_everything() -> None:
    lock = LOCK.read_text(encoding="utf-8")
    assert addresses(lock) == []
    assert unhashed(lock) == []


def test_the_lock_holds_every_direct_dependency() -> None:
    pinned = set(
        re.findall(
            r"^([a-z0-9._-]+)==", LOCK.read_text(encoding="utf-8").replace("[binary]", ""), flags=re.MULTILINE
        )
    )
    assert direct_dependencies() - pinned == set()


def test_a_planted_address_and_a_bare_pin_are_found() -> None:
    assert addresses("--index-url https://example.org/simple\nflask==3.1.3") == [
        "--index-url https://example.org/simple"
    ]
    assert unhashed("flask==3.1.3\nredis==8.1 \\\n    --hash=sha256:00") == ["flask"]
