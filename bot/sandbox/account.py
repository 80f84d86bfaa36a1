"""Whose account the sandbox pretends to be, and what its kind may do.

The table is §0 of the platform's rules: what an account lacks answers 48001, always.
"""

from dataclasses import dataclass
from typing import Literal

from bot.config import AccountKind, WeChat

Capability = Literal["anybody", "verified", "service"]
PushMode = Literal["plain", "compatible", "safe"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """`allowed_ips` empty: no allow-list is kept, every caller may fetch a token."""

    app_id: str
    app_secret: str
    token: str
    aes_key: str = ""
    kind: AccountKind = "service"
    verified: bool = True
    id: str = "gh_5a6d62780001"
    name: str = "微澜"
    is_compatible: bool = False
    allowed_ips: frozenset[str] = frozenset()

    @property
    def mode(self) -> PushMode:
        if not self.aes_key:
            return "plain"
        return "compatible" if self.is_compatible else "safe"

    def may(self, capability: Capability) -> bool:
        match capability:
            case "anybody":
                return True
            case "verified":
                return self.verified
            case "service":
                return self.verified and self.kind == "service"


def account_of(settings: WeChat, name: str = "微澜") -> Account:
    """The account the product is configured for: both sides then agree on secrets and mode."""
    return Account(
        app_id=settings.app_id,
        app_secret=settings.app_secret.get_secret_value(),
        token=settings.token.get_secret_value(),
        aes_key=settings.encoding_aes_key.get_secret_value(),
        kind=settings.account_kind,
        verified=settings.verified,
        name=name,
    )
