"""What stands in the tables as a name is read in words."""

from collections.abc import Iterator

import pytest

from bot.services import Services
from bot.store.operators import audit
from bot.values import incoming
from handlers.chat.order import ORDER
from handlers.console import words
from handlers.console.handler_names import HANDLERS
from handlers.taking import FAILED
from tests.handlers.console.conftest import Make, Visitor


def kinds(of: type[incoming.Incoming] = incoming.Incoming) -> Iterator[str]:
    for one in of.__subclasses__():
        yield one.kind
        yield from kinds(one)


@pytest.mark.parametrize("kind", sorted(set(kinds())))
def test_every_kind_of_message_has_its_word(kind: str) -> None:
    assert kind == "text" or words.KINDS[kind]


@pytest.mark.parametrize("handler", [*(one.__name__.rpartition(".")[2] for one in ORDER), FAILED])
def test_whoever_answers_has_a_name(handler: str) -> None:
    assert HANDLERS[handler]


def test_the_log_names_who_answered(make: Make, operator: Visitor) -> None:
    customer = make("customer")
    make("message", customer, "没有听懂", direction="out", handler="guessing")
    assert "<small>猜测意思</small>" in operator.see("/console/conversations")
    assert "猜测意思" in operator.see(f"/console/customers/{customer}")


def test_the_log_is_filtered_by_an_event_and_names_it(make: Make, operator: Visitor) -> None:
    customer = make("customer")
    make("message", customer, "绿茶", kind="text")
    make("message", customer, "", kind="event:follow")
    page = operator.see("/console/conversations")
    assert '<option value="event:follow">关注</option>' in page
    found = operator.get("/console/conversations", query_string={"kind": "event:follow"}).text
    assert '<span class="badge">关注</span>' in found
    assert "绿茶" not in found


def test_the_audit_tells_a_campaign_in_words(admin: Visitor, services: Services) -> None:
    after = {
        "status": "running", "channels": ["mass", "next_contact"], "hold_out_percent": 0, "in_order": False, "variants": {},
    }  # fmt: skip
    with services.database.transaction() as session:
        audit.record(
            session, "campaign.created", "campaign", "evening", staff_id=None, now=services.now(), detail={"after": after},
        )  # fmt: skip
    page = admin.see("/console/audit")
    for words_of_it in ("进行中", "群发、等客户下次联系", "不推送的比例", "按次序发"):
        assert words_of_it in page
    for raw in ("hold_out_percent", "in_order", "running", "{}"):
        assert f">{raw}<" not in page


@pytest.mark.parametrize(
    "path", ["/console/nothing-here", "/console/campaigns/none/at/all", "/console/pushes/resume"]
)
def test_an_address_of_no_page_keeps_the_menu(operator: Visitor, stranger: Visitor, path: str) -> None:
    assert stranger.get(path).status_code == 303
    answer = operator.get(path)
    assert answer.status_code == 404
    assert "没有这一页" in answer.text
    assert 'href="/console/conversations"' in answer.text
