"""What is said to a language model, and what it says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Message = Mapping[str, Any]  # as OpenAI's chat completions have them: role, content, tool_calls, tool_call_id


@dataclass(frozen=True, slots=True)
class Call:
    """A tool the model wants to use. Nothing in it says whose data: that is never the model's to say."""

    id: str
    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    text: str
    calls: tuple[Call, ...] = ()
    tokens: int = 0  # of question and answer, as the server counts them; 0 where it does not say
    is_cut: bool = False  # more was not allowed: the last sentence may be half


class ModelFailed(Exception):
    """No answer that can be used: why, in one line without a key or anybody's words."""
