"""What the API publishes is what it does: every operation, asked with what the document allows and with what it forbids."""

import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case, Response
from schemathesis.checks import CheckFunction
from schemathesis.config import (
    ChecksConfig,
    CoveragePhaseConfig,
    GenerationConfig,
    PhasesConfig,
    PositiveDataAcceptanceConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
)
from schemathesis.specs.openapi.checks import ignored_auth, negative_data_rejection, positive_data_acceptance
from schemathesis.specs.openapi.schemas import OpenApiSchema

from bot.clock import FixedClock
from bot.rules.intake import records
from bot.store import schema
from bot.store.database import Database
from bot.store.programs import api_clients
from bot.values.records import Kind
from handlers.api import fields, openapi
from handlers.api.operations import DEFINED, UPSERTS
from handlers.app import create_app, stop
from tests.conftest import NOON
from tests.handlers.api.conftest import Program
from tests.support import servers
from tests.support.build import Build
from tests.support.door import services_of

# 422: well formed, and yet refused: an order for a product nobody has, a rule about fields nobody has
TAKEN = ["2xx", "404", "422"]


def published(*, every_corner: bool) -> OpenApiSchema:
    """`every_corner`: also each limit of each field by itself, which is thousands of requests for long records."""
    project = ProjectConfig(
        generation=GenerationConfig(with_security_parameters=False, deterministic=True),
        phases=PhasesConfig(coverage=CoveragePhaseConfig(enabled=every_corner)),
        checks=ChecksConfig(positive_data_acceptance=PositiveDataAcceptanceConfig(expected_statuses=TAKEN)),
    )
    config = SchemathesisConfig(projects=ProjectsConfig(default=project))
    return schemathesis.openapi.from_dict(openapi.document(), config=config)


reads = published(every_corner=True).exclude(method="POST")
writes = published(every_corner=False).include(method="POST")


@pytest.fixture(scope="module")
def program(postgresql_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """On PostgreSQL, which forgives less; one shop for all, as its emptying would take longer than the questions."""
    database = Database(servers.create_database(postgresql_server, f"weilan_api_{uuid.uuid4().hex[:8]}"))
    schema.upgrade(database)
    services = services_of(database, FixedClock(NOON), tmp_path_factory.mktemp("api") / "spool")
    with database.transaction() as session:
        added = api_clients.add(
            session, name="erp", scopes=api_clients.SCOPES, now=NOON, a_minute=api_clients.MOST_A_MINUTE
        )
        _something_of_everything(Build(session))
    assert added is not None
    app = create_app(services)
    yield Program(app, added.token)
    stop(app)
    database.close()


def _something_of_everything(build: Build) -> None:
    build.segment()
    build.content("water")
    build.campaign("tea", ["water"])
    anna = build.customer(phone="13800138000", name="王芳")
    build.shipment(build.order(anna))
    build.product()
    build.delivery(customer_id=anna, campaign_id="tea", content_id="water")
    build.message(anna, "我的电话是 13800138000")
    build.message(anna, "scene", kind="event:scan")
    build.knowledge("k", "问", "答")


@reads.parametrize()
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_read_or_put_does_what_is_published(case: Case[Any], program: Program) -> None:
    answer = _answer(case, program)
    excluded: list[CheckFunction] = [ignored_auth]
    query = parse_qs(urlsplit(answer.request.url or "").query, keep_blank_values=True)
    if "cursor" in query or "segment" in query:
        excluded.append(positive_data_acceptance)  # nobody can make one up
    if [""] in query.values():
        excluded.append(
            negative_data_rejection
        )  # an empty filter filters nothing, as the contract writes them
    case.validate_response(answer, excluded_checks=excluded)


@writes.parametrize()
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_post_does_what_is_published(case: Case[Any], program: Program) -> None:
    """One bad item of many is not a bad request, and the readers forgive more than is published."""
    answer = _answer(case, program)
    case.validate_response(answer, excluded_checks=[ignored_auth, negative_data_rejection])


def _answer(case: Case[Any], program: Program) -> Response:
    return case.call(headers={"Authorization": f"Bearer {program.token}"}, app=program.app)


def test_the_document_itself_is_public_and_names_every_route(program: Program) -> None:
    document: Any = program.app.test_client().get("/api/v1/openapi.json").json
    assert document["openapi"] == "3.1.0"
    routes = {
        (rule.rule.removeprefix("/api/v1").replace("<path:name>", "{name}"), method.lower())
        for rule in program.app.url_map.iter_rules()
        if rule.rule.startswith("/api/") and rule.endpoint != "api.openapi"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert {(path, method) for path, methods in document["paths"].items() for method in methods} == routes


@pytest.mark.parametrize("kind", UPSERTS)
def test_the_published_fields_are_those_that_are_read(kind: Kind) -> None:
    shape = records.SHAPES[kind]
    lines = {"lines"} if kind == "orders" else set()
    assert set(fields.RECORDS[kind]) == set(shape.fields) | lines
    assert set(fields.of_record(kind).get("required", ())) == shape.required


@pytest.mark.parametrize("resource", DEFINED)
def test_the_published_fields_are_those_of_apply(resource: str) -> None:
    assert list(fields.DEFINITIONS[resource]) == list(fields.READERS[resource])
