"""What one look at the installation found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    about: str
    is_fine: bool
    said: str
    todo: str = ""
