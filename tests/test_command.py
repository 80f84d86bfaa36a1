"""The command as its users meet it: words in, lines and an exit code out."""

import csv
import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import func, select

from bot.sandbox.offset import Offset
from bot.store.database import Database
from bot.store.keys import SqlKeys
from bot.store.segments import segments
from bot.store.sending import halts
from bot.store.tables import audit, campaigns, contents, customers, deliveries, staff, suppressions
from tests.support.build import Build
from tests.support.terminal import Run
from weilan import main

SHOP = """
[[segment]]
id = "tea"
name = "爱茶的人"
rule = { field = "tags", op = "has", value = "tea" }

[[content]]
id = "water"
title = "水温"
category = "leisure"
purpose = "care"
kind = "text"
text = "{customer.name|您}好，绿茶宜用 80℃ 的水"

[[campaign]]
id = "evening"
name = "晚间茶话"
segment = "everyone"
contents = ["water"]
starts = 2026-01-01
ends = 2099-12-31
status = "running"
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    file = tmp_path / "shop.toml"
    file.write_text(SHOP, encoding="utf-8")
    return file


@pytest.fixture
def anna(run: Run, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("WEILAN_PASSWORD", "correct horse")
    assert run("staff", "add", "anna", "--role", "operator") == (0, "anna may sign in as operator\n", "")
    return "anna"


def one(database: Database, statement: Any) -> Any:
    with database.reading() as session:
        return session.execute(statement).scalar_one()


def build_in(database: Database, **fields: Any) -> int:
    with database.transaction() as session:
        return Build(session).customer(**fields)


# ---- the frame


@pytest.mark.parametrize(
    "words",
    [
        ("juggle",),
        ("db", "downgrade"),
        ("export",),
        ("explain",),
        ("staff", "add", "bo", "--role", "king"),
        ("--loud", "doctor"),
    ],
)
def test_a_wrong_use_ends_with_2(run: Run, words: tuple[str, ...]) -> None:
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert "Usage: weilan" in err


def test_a_fault_of_the_settings_is_one_line_and_1(settings: Path, run: Run) -> None:
    settings.write_text("[server]\nport = 'eighty'\n", encoding="utf-8")
    code, out, err = run("doctor")
    assert (code, out) == (1, "")
    assert err == f"weilan: {settings}: server.port: expected a number, without quotes\n"


def test_quiet_hours_that_leave_a_purpose_no_time_are_refused_before_anything_is_done(
    run: Run, settings: Path
) -> None:
    settings.write_text('[push]\nquiet_from = "10:00"\nquiet_until = "20:00"\n', encoding="utf-8")
    code, _, err = run("plan")
    said = "expected hours that leave time for every purpose; there is none for marketing"
    assert (code, err) == (1, f"weilan: {settings}: push.quiet_from, push.quiet_until: {said}\n")


def test_the_log_is_set_up_before_the_settings_are_read(
    run: Run, settings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Left to itself, structlog prints what fails there with every variable, and so with every secret."""
    settings.write_text("[server]\nport = 'eighty'\n", encoding="utf-8")
    run("doctor")
    structlog.get_logger("weilan").debug("unforeseen")
    assert capsys.readouterr() == ("", "")


def test_a_missing_settings_file_is_named(settings: Path, run: Run) -> None:
    settings.unlink()
    assert run("doctor")[2] == f"weilan: {settings}: No such file or directory\n"


@pytest.mark.usefixtures("process")
def test_the_settings_may_be_named_by_the_environment(
    settings: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WEILAN_CONFIG", str(settings))
    with pytest.raises(SystemExit) as ended:
        main(["db", "upgrade"])
    assert (ended.value.code or 0, capsys.readouterr().out) == (0, "up to date\n")


def test_serving_wants_wechats_secrets(settings: Path, run: Run) -> None:
    for command in ("serve", "web", "scheduler", "worker"):
        code, _, err = run(command)
        assert (code, err) == (
            1,
            f"weilan: {settings}: wechat.app_id: missing; expected what the WeChat developer platform shows\n",
        )


def test_a_worker_without_redis_says_what_to_do(settings: Path, run: Run) -> None:
    settings.write_text(
        settings.read_text() + '[wechat]\napp_id = "wx1"\napp_secret = "s"\ntoken = "t"\n', encoding="utf-8"
    )
    code, _, err = run("worker")
    assert code == 1
    assert err.startswith("weilan: redis.url: expected redis://")


# ---- the database


def test_every_command_on_a_database_that_is_behind_says_so(tmp_path: Path, run: Run, settings: Path) -> None:
    settings.write_text(f'[database]\nurl = "sqlite:///{tmp_path}/new.db"\n', encoding="utf-8")
    for words in (("plan",), ("export", "messages"), ("erase", "o-1"), ("explain", "o-1")):
        assert run(*words) == (1, "", "weilan: the database is behind: run `weilan db upgrade`\n")
    code, out, _ = run("db", "upgrade")
    assert (code, out.startswith("ran 0001")) == (0, True)
    assert run("db", "upgrade")[1] == "up to date\n"
    code, out, _ = run("export", "messages")
    assert code == 0


def test_a_database_that_does_not_answer_is_one_line(run: Run, settings: Path) -> None:
    settings.write_text(
        '[database]\nurl = "postgresql+psycopg://nobody@127.0.0.1:1/none"\n', encoding="utf-8"
    )
    code, out, err = run("plan")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert err.startswith("weilan: the database does not answer (connection failed: ")
    assert err.endswith("Connection refused): start it, or compare database.url\n")


def test_upgrading_brings_the_segment_everyone(database: Database, run: Run) -> None:
    run("db", "upgrade")
    with database.reading() as session:
        assert [segment.id for segment in segments.every(session)] == ["everyone"]


# ---- staff


def test_staff_get_in_with_a_good_password_only(
    run: Run, anna: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert one(database, select(staff.c.password_hash)).startswith("$argon2id$")
    assert run("staff", "add", "anna", "--role", "admin") == (
        1,
        "",
        "weilan: there is somebody called anna already\n",
    )

    monkeypatch.setenv("WEILAN_PASSWORD", "short")
    assert run("staff", "add", "bo", "--role", "admin") == (
        1,
        "",
        "weilan: the password is too short; expected at least 10 characters\n",
    )
    assert one(database, select(func.count()).select_from(staff)) == 1


def test_where_no_terminal_is_the_password_is_piped_in_or_missed_in_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WEILAN_PASSWORD", raising=False)
    monkeypatch.setattr("sys.stdin", StringIO(""))
    code, out, err = run("staff", "add", "bo", "--role", "admin")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert err.startswith("weilan: WEILAN_PASSWORD: expected the password")

    monkeypatch.setattr("sys.stdin", StringIO("correct horse battery\n" * 2))
    assert run("staff", "add", "bo", "--role", "admin")[0] == 0


# ---- campaigns as code


def test_apply_says_what_it_did_and_does_nothing_twice(
    run: Run, anna: str, shop: Path, database: Database
) -> None:
    code, out, _ = run("apply", str(shop), "--as", anna, "--approve")
    assert code == 0
    assert out.splitlines() == [
        "created    segment tea",
        "created    content water",
        "created    campaign evening",
    ]
    assert one(database, select(contents.c.approved_by)) == one(database, select(staff.c.id))

    shop.write_text(SHOP.replace("晚间茶话", "睡前茶话"), encoding="utf-8")
    code, out, _ = run("apply", str(shop), "--as", anna)
    assert out.splitlines() == [
        "unchanged  segment tea",
        "unchanged  content water",
        "updated    campaign evening",
        "           name: '晚间茶话' → '睡前茶话'",
    ]


def test_apply_is_all_or_nothing(run: Run, anna: str, shop: Path, database: Database) -> None:
    assert run("apply", str(shop), "--as", anna)[0] == 1
    shop.write_text(SHOP.replace('contents = ["water"]', 'contents = ["fire"]'), encoding="utf-8")
    assert run("apply", str(shop), "--as", anna, "--approve") == (
        1,
        "",
        f"weilan: {shop}: campaign evening: contents: no content fire\n",
    )
    assert one(database, select(func.count()).select_from(contents)) == 0
    assert one(database, select(func.count()).select_from(campaigns)) == 0


def test_apply_in_nobodys_name_is_refused(run: Run, shop: Path) -> None:
    code, _, err = run("apply", str(shop), "--as", "nobody")
    assert (code, err) == (1, "weilan: --as: nobody called nobody is on the staff; see `weilan staff add`\n")


def test_a_file_that_is_not_toml_is_named(run: Run, anna: str, shop: Path) -> None:
    shop.write_text("[[segment", encoding="utf-8")
    code, _, err = run("apply", str(shop), "--as", anna)
    assert (code, err.startswith(f"weilan: {shop}: not TOML: ")) == (1, True)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param(("apply", "{nowhere}", "--as", "anna"), "No such file or directory", id="apply"),
        pytest.param(("import", "stock", "{nowhere}"), "No such file or directory", id="import"),
        pytest.param(
            ("import", "stock", "{file}", "--map", "{nowhere}"), "No such file or directory", id="a map"
        ),
        pytest.param(
            ("intents", "evaluate", "{nowhere}", "{file}"), "No such file or directory", id="evaluate"
        ),
        pytest.param(("content", "upload", "{nowhere}"), "No such file or directory", id="upload"),
        pytest.param(("export", "customers", "{nowhere}/a.csv"), "No such file or directory", id="export"),
        pytest.param(("apply", "{folder}", "--as", "anna"), "Is a directory", id="a folder"),
    ],
)
def test_a_file_that_is_not_there_is_named_before_what_is_wrong(
    run: Run, anna: str, shop: Path, tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    places = {"nowhere": str(tmp_path / "nowhere"), "file": str(shop), "folder": str(tmp_path)}
    code, _, err = run(*(word.format(**places) for word in words))
    named = next(word for word in words if "nowhere" in word or "folder" in word).format(**places)
    assert (code, err) == (1, f"weilan: {named}: {says}\n")


def test_the_mark_that_editors_on_windows_put_before_a_file_is_read_over(
    run: Run, anna: str, shop: Path
) -> None:
    shop.write_text(SHOP, encoding="utf-8-sig")
    assert run("apply", str(shop), "--as", anna, "--approve")[0] == 0


# ---- planning


def test_a_dry_run_tells_and_changes_nothing(run: Run, anna: str, shop: Path, database: Database) -> None:
    build_in(database, openid="o-lin", spoke_at=datetime(2026, 11, 24, tzinfo=UTC))
    run("apply", str(shop), "--as", anna, "--approve")

    code, out, err = run("plan", "--at", "2026-11-24T19:00", "--dry-run", "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["campaigns"][0]["totals"] != {}
    assert one(database, select(func.count()).select_from(deliveries)) == 0

    code, out, _ = run("explain", "o-lin", "--campaign", "evening", "--at", "2026-11-24T19:00")
    assert code == 0
    assert "活动「晚间茶话」（evening，关怀）：" in out
    _, out, _ = run(
        "explain", "o-lin", "--campaign", "evening", "--at", "2026-11-24T19:00", "--language", "en"
    )
    assert "Campaign 晚间茶话 (evening, care):" in out
    assert run("explain", "o-none")[2] == "weilan: nobody has the openid o-none\n"
    assert run("explain", "o-lin", "--campaign", "none")[2] == "weilan: there is no campaign none\n"
    assert run("plan", "--at", "tomorrow")[0] == 2


# ---- one person, and files


def test_export_writes_rows_as_csv_and_as_json_lines(run: Run, database: Database, tmp_path: Path) -> None:
    customer = build_in(database, openid="o-lin", name="小林")
    with database.transaction() as session:
        Build(session).message(customer, '在吗？"\n，')
    assert run("export", "messages", str(tmp_path / "m.jsonl"))[0] == 0
    (row,) = [json.loads(line) for line in (tmp_path / "m.jsonl").read_text(encoding="utf-8").splitlines()]
    assert (row["openid"], row["text"], row["direction"]) == ("o-lin", '在吗？"\n，', "in")
    assert row["created_at"] == "2026-01-01T00:00:00+00:00"

    code, out, _ = run("export", "customers")
    assert code == 0
    assert out.splitlines()[0].startswith("id,openid,")
    assert "小林" in out.splitlines()[1]
    assert run("export", "dreams")[0] == 2


def test_an_exported_delivery_says_of_which_variant_it_was(run: Run, database: Database) -> None:
    customer = build_in(database, openid="o-lin")
    with database.transaction() as session:
        Build(session).delivery(customer_id=customer, variant="B")
    code, out, _ = run("export", "deliveries")
    (delivery,) = csv.DictReader(out.splitlines())
    assert (code, delivery["openid"], delivery["variant"]) == (0, "o-lin", "B")


def test_everything_about_one_person_and_nothing_about_another(run: Run, database: Database) -> None:
    lin, bo = build_in(database, openid="o-lin"), build_in(database, openid="o-bo")
    with database.transaction() as session:
        build = Build(session)
        build.message(lin, "我的")
        build.message(bo, "别人的")
        build.order(lin)
    code, out, _ = run("export", "customer", "o-lin")
    about = json.loads(out)
    assert code == 0
    assert [message["text"] for message in about["messages"]] == ["我的"]
    assert (about["customer"]["openid"], len(about["orders"])) == ("o-lin", 1)
    assert run("export", "customer", "o-none") == (1, "", "weilan: nobody has the openid o-none\n")


def test_erase_forgets_one_person_and_prints_the_receipt(run: Run, database: Database) -> None:
    lin = build_in(database, openid="o-lin", wants_pushes=False)
    build_in(database, openid="o-bo")
    code, out, _ = run("erase", "o-lin", "--json")
    assert (code, json.loads(out)["keeps_opt_out"]) == (0, True)
    assert one(database, select(customers.c.openid).where(customers.c.id == lin)) is None
    assert one(database, select(func.count()).select_from(suppressions)) == 1
    assert "o-lin" not in str(
        one(database, select(audit.c.detail).where(audit.c.action == "customer.forgotten"))
    )
    assert run("erase", "o-lin") == (1, "", "weilan: nobody has the openid o-lin\n")


# ---- the doctor


def test_the_doctor_names_each_fault_with_what_to_do(run: Run) -> None:
    code, out, err = run("doctor")
    assert code == 1
    assert "fault  settings: missing: wechat.app_id, wechat.app_secret, wechat.token: copy them" in out
    assert "fault  public_url: WeChat cannot reach http://127.0.0.1:8000: set server.public_url" in out
    assert "ok     migrations: up to date" in out
    assert "ok     clock: " in out
    assert err == "weilan: 2 of 14 checks found a fault\n"


MINE = '[wechat]\napp_id = "{app_id}"\napp_secret = "{secret}"\ntoken = "{token}"\napi_base = "{api_base}"\n'
GIVEN = {
    "app_id": "wx0123456789abcdef",
    "secret": "0123456789abcdef" * 2,
    "token": "weilan2026",
    "api_base": "http://wechat.invalid",
}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        pytest.param({}, set(), id="as WeChat hands them out"),
        pytest.param({"app_id": "gh_0123456789ab"}, {"wechat.app_id"}, id="the account's name for its id"),
        pytest.param({"secret": "0123456789abcdef"}, {"wechat.app_secret"}, id="half a secret"),
        pytest.param({"token": "my token!"}, {"wechat.token"}, id="a token the platform refuses"),
        pytest.param(
            {"app_id": "wx1", "token": "t", "api_base": "http://127.0.0.1:9"}, set(), id="a stand-in's own"
        ),
    ],
)
def test_what_wechat_cannot_have_handed_out_is_told_at_the_start_and_by_the_doctor(
    run: Run, settings: Path, wrong: dict[str, str], told: set[str]
) -> None:
    kept_nowhere = '[server]\nspool = "/dev/null/nowhere"\n'
    settings.write_text(settings.read_text() + MINE.format(**GIVEN | wrong) + kept_nowhere, encoding="utf-8")
    code, out, err = run("serve")
    assert (code, out) == (1, "")
    assert {key for key in ("wechat.app_id", "wechat.app_secret", "wechat.token") if key in err} == told
    *_, last = err.splitlines()
    assert last == (
        "weilan: server.spool: nothing can be kept in /dev/null/nowhere (Not a directory): "
        "let this user write there, or name another folder"
    )

    findings = run("doctor")[1]
    assert "fault  spool: nothing can be kept in /dev/null/nowhere: Not a directory: let" in findings
    assert ("fault  settings: " in findings) == bool(told)
    assert all(f"{key}: expected " in findings for key in told)


def test_the_doctor_reads_the_shops_own_rules(run: Run, settings: Path) -> None:
    own = settings.parent / "ours.toml"
    own.write_text("[points]\nper_yuan = -1\n", encoding="utf-8")
    settings.write_text(
        settings.read_text() + f'[membership]\nrules = "{own.as_posix()}"\n', encoding="utf-8"
    )
    assert f"fault  rules: membership.rules: {own}: points.per_yuan: " in run("doctor")[1]


def test_the_doctor_names_a_folder_of_sentences_that_cannot_be_learned(run: Run, settings: Path) -> None:
    own = settings.parent / "sentences"
    own.mkdir()
    (own / "price.txt").write_bytes(b"\xff\xfe")
    settings.write_text(
        settings.read_text() + f'[understanding]\nexamples = "{own.as_posix()}"\n', encoding="utf-8"
    )
    assert f"fault  understanding: {own / 'price.txt'}: expected UTF-8 text: " in run("doctor")[1]


def test_the_doctor_looks_at_pauses_by_the_clock_that_was_moved(
    run: Run, settings: Path, database: Database
) -> None:
    settings.write_text(settings.read_text() + "[sandbox]\nclock = true\n", encoding="utf-8")
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    Offset(SqlKeys(database, lambda: datetime.now(UTC))).set(tomorrow)
    with database.transaction() as session:
        halts.pause(session, "mass", "breaker:wechat busy", tomorrow + timedelta(hours=1), tomorrow)
    assert "fault  pushes: halted: mass since " in run("doctor")[1]


def test_the_doctor_asks_wechat_and_redis(run: Run, settings: Path) -> None:
    dead = 'app_id = "wx1"\napp_secret = "hush-hush"\ntoken = "t"\napi_base = "http://127.0.0.1:9"\n'
    settings.write_text(
        settings.read_text() + f'[wechat]\n{dead}[redis]\nurl = "redis://127.0.0.1:9/0"\n', encoding="utf-8"
    )
    code, out, _ = run("doctor", "--json")
    found = {finding["about"]: finding for finding in json.loads(out)}
    assert code == 1
    assert {about for about, finding in found.items() if not finding["is_fine"]} == {
        "keys",
        "wechat token",
        "wechat quota",
    }
    assert all(finding["todo"] for finding in found.values() if not finding["is_fine"])
    assert "hush-hush" not in out
