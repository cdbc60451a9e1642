"""What /chat/openapi.json says is what the server does: Schemathesis makes requests up from it, judges the answers."""

from typing import Any

import pytest
import schemathesis
from hypothesis import strategies as st
from schemathesis import Case, CheckFunction, GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.fuzz.calling import Page, clear, hunt
from tests.servers import Got, Server

pytestmark = pytest.mark.fuzz

load_all_checks()
# "text or action, not both" can't be said in a generated description, so what fits it may still be refused.
EXCLUDED: list[CheckFunction] = [positive_data_acceptance]
MODES = {"fits": GenerationMode.POSITIVE, "misses": GenerationMode.NEGATIVE}


@pytest.mark.parametrize("examples", [50, pytest.param(2_000, marks=pytest.mark.long)])
@pytest.mark.parametrize("mode", MODES.values(), ids=MODES)
@pytest.mark.parametrize("address", ["/chat/api/sessions", "/chat/api/sessions/{session}/messages"])
def test_the_description_tells_the_truth(
    page: Page, server: Server, address: str, mode: GenerationMode, examples: int
) -> None:
    """Whatever fits the description, or just misses it, is answered as the description says."""
    schema = schemathesis.openapi.from_url(f"{server.url}/chat/openapi.json")
    (found,) = schema.include(path=address).get_all_operations()
    assert isinstance(found, Ok)

    def check(case: Case[Any], real: bool) -> None:
        if real and "session" in case.path_parameters:
            case.path_parameters["session"] = page.begin()
        answer = case.call(timeout=20)
        case.validate_response(answer, excluded_checks=EXCLUDED)
        if answer.status_code not in (200, 201):
            clear(Got(answer.status_code, answer.content, {"content-type": answer.headers["content-type"][0]}))

    hunt(examples, check, case=found.ok().as_strategy(generation_mode=mode), real=st.booleans())
