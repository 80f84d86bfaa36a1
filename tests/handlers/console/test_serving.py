"""Staff and customers who wait: presence, taking, passing on, account managers, and what a customer sent."""

from datetime import timedelta

from sqlalchemy import select

from bot.services import Services
from bot.store.operators import staff
from bot.store.tables import deliveries
from bot.store.talk import account_managers, handover_turns, handovers
from tests.conftest import NOON
from tests.handlers.console.conftest import Make, Visitor


def waits(services: Services, customer: int, *, complaint: bool = False) -> None:
    with services.database.transaction() as session:
        handovers.open_handover(
            session, customer, complaint=complaint, now=NOON, until=NOON + timedelta(minutes=30)
        )


def id_of(services: Services, name: str) -> int:
    with services.database.reading() as session:
        found = staff.find_by_name(session, name)
    assert found
    return found.id


def test_the_list_tells_mood_need_and_reasons(make: Make, operator: Visitor, services: Services) -> None:
    customer = make("customer", name="王芳")
    waits(services, customer, complaint=True)
    make("message", customer, "太差了！！赔钱", created_at=NOON)
    page = operator.see("/console/hand-overs")
    assert "马上" in page
    assert "用词激烈" in page
    assert "公共队列" in page


def test_of_two_who_take_the_second_is_told_who_was_first(
    make: Make, operator: Visitor, admin: Visitor, services: Services
) -> None:
    customer = make("customer", name="王芳")
    waits(services, customer)
    assert operator.post(f"/console/hand-overs/{customer}/take").location == f"/console/hand-overs/{customer}"
    assert admin.post(f"/console/hand-overs/{customer}/take").location == "/console/hand-overs"
    assert "小林 已经接待了这位客户" in admin.see("/console/hand-overs")
    refused = admin.post(f"/console/hand-overs/{customer}", {"text": "我也来说一句"})
    assert refused.status_code == 422
    assert "小林 正在接待这位客户" in refused.text
    assert "我也来说一句" in refused.text, "what was written is not lost"
    with services.database.reading() as session:
        assert session.execute(select(deliveries.c.id)).first() is None


def test_it_is_passed_on_and_given_back(
    make: Make, operator: Visitor, admin: Visitor, services: Services
) -> None:
    customer = make("customer", name="王芳")
    waits(services, customer)
    operator.post(f"/console/hand-overs/{customer}/take")
    chief = make("staff", name="老陈")
    assert "老陈" in operator.see(f"/console/hand-overs/{customer}")
    operator.post(f"/console/hand-overs/{customer}/pass", {"staff_id": str(chief)})
    assert "等 老陈" in operator.see("/console/hand-overs")
    operator.post(f"/console/hand-overs/{customer}/take")
    operator.post(f"/console/hand-overs/{customer}/give-back")
    with services.database.reading() as session:
        assert handover_turns.holder(session, customer) is None
    assert operator.post(f"/console/hand-overs/{customer}/pass", {"staff_id": "x"}).status_code == 400


def test_who_leaves_gives_back_what_was_not_begun(make: Make, operator: Visitor, services: Services) -> None:
    customer, me = make("customer"), id_of(services, "小林")
    with services.database.transaction() as session:
        account_managers.put_in_charge(session, customer, me, NOON)
    waits(services, customer)
    assert "等 小林" in operator.see("/console/hand-overs")
    operator.post("/console/hand-overs/away")
    page = operator.see("/console/hand-overs")
    assert "1 位客户回到公共队列" in page
    assert "我已离开" in page
    operator.post("/console/hand-overs/present")
    assert "我在岗" in operator.see("/console/hand-overs")


def test_an_account_manager_is_set_on_the_customers_page(
    make: Make, operator: Visitor, services: Services
) -> None:
    customer, me = make("customer"), id_of(services, "小林")
    path = f"/console/customers/{customer}"
    assert operator.post(f"{path}/manager", {"staff_id": str(me)}).status_code == 303
    assert f'<option value="{me}" selected>' in operator.see(path)
    assert operator.post(f"{path}/manager", {"staff_id": ""}).status_code == 303
    assert "selected" not in operator.see(path)
    assert operator.post(f"{path}/manager", {"staff_id": "999999"}).status_code == 404
    assert operator.post("/console/customers/999999/manager", {"staff_id": str(me)}).status_code == 404


def test_what_a_customer_sent_is_shown_as_a_reference_and_harmless(make: Make, operator: Visitor) -> None:
    customer = make("customer")
    picture = {"media_id": "m-1<script>", "url": "https://mmbiz.qpic.cn/a?b=1&c=\"'"}
    make("message", customer, "", kind="image", payload=picture, created_at=NOON)
    make("message", customer, "", kind="voice", payload={"media_id": "v-1"}, created_at=NOON)
    for path in (f"/console/hand-overs/{customer}", f"/console/customers/{customer}"):
        page = operator.see(path)
        assert "m-1&lt;script&gt;" in page
        assert 'href="https://mmbiz.qpic.cn/a?b=1&amp;c=&#34;&#39;"' in page
        assert "v-1" in page
        assert 'rel="noopener noreferrer"' in page
