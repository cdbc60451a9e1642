"""Random conversations, and many messages at once."""

import json
import sqlite3
import uuid
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.fuzz.calling import Page, Watch, answered, hunting
from tests.fuzz.talker import Ledger, Talker
from tests.servers import Got, Server

pytestmark = pytest.mark.fuzz

STEPS = 25  # as many messages as a session may send without waiting


@pytest.mark.parametrize("examples", [60, pytest.param(1_500, marks=pytest.mark.long)])
def test_a_random_conversation_finds_all_promises_kept(page: Page, server: Server, examples: int) -> None:
    """Answers are usable, repeated ones equal, private turns unwritten, erased sessions gone: also after a kill."""
    ledger, watch = Ledger(), Watch(server)
    how = settings(hunting(examples), stateful_step_count=STEPS)
    machine: Any = partial(Talker, page, watch, ledger)  # a factory does, whatever the annotation says
    run_state_machine_as_test(machine, settings=how)
    watch.close()
    page.close()
    server.kill()
    server.start()
    assert ledger.durable, "nothing durable was ever said"
    assert ledger.erased, "nothing was ever erased"
    ledger.check(page)


@pytest.mark.parametrize(
    "message",
    [{"text": "em lỡ dùng rồi"}, {"text": "1"}, {"action": "resume"}, {"action": "quiz"}, {"action": "help"}],
    ids=json.dumps,
)
def test_the_same_message_many_times_at_once_is_one_message(
    page: Page, server: Server, message: dict[str, str]
) -> None:
    """Impatient taps: every copy gets the very same answer, whoever comes first."""
    for _round in range(8):
        token, same = page.begin(), {"id": str(uuid.uuid4()), **message}
        page.say(token, action="learn")
        answers = _at_once(server, token, [same] * 8)
        assert {(got.status, got.body) for got in answers} == {(200, answers[0].body)}


def test_the_first_words_many_times_at_once_with_a_tap_between_get_one_answer(page: Page, server: Server) -> None:
    """Who is introduced to the bot is introduced in every copy, even if they called for help meanwhile."""
    for _round in range(40):
        token = page.begin()
        same, help_ = ({"id": str(uuid.uuid4()), **what} for what in ({"text": "em lỡ dùng rồi"}, {"action": "help"}))
        answers = _at_once(server, token, [same, same, help_, same, same, same])
        assert len({got.body for at, got in enumerate(answers) if at != 2}) == 1


def test_a_button_of_an_older_practice_answers_nothing(page: Page) -> None:
    """It stands further up in the chat, and looks like an answer to the question that stands now."""
    token = page.begin()
    page.say(token, action="age:18+")
    old = answered(page.say(token, action="quiz"))["messages"][-1]["buttons"]
    asked = answered(page.say(token, action="quiz:start:luat-pcmt"))["messages"][-1]
    for button in old[:-1]:
        assert answered(page.say(token, action=button["action"]))["messages"][-1] == asked
    exported = answered(page.say(token, action="me:export"))["messages"][-1]["document"]["content"]
    assert json.loads(exported)["progress"] == []


def test_what_comes_at_the_moment_of_erasing_is_not_kept(page: Page, server: Server) -> None:
    """Whoever erases everything while other taps are on their way has nothing kept afterwards."""
    looking = sqlite3.connect(f"file:{server.data / 'lachan.db'}?mode=ro", uri=True)
    for _round in range(20):
        people = looking.execute("SELECT count(*) FROM person").fetchone()
        token = page.begin()
        page.say(token, action="age:18+")
        actions = ["card:luat-pcmt:1", "quiz", "me:erase:yes", "scene:pod-truoc-cong-truong", "track:hs", "quiz:now"]
        answers = _at_once(server, token, [{"id": str(uuid.uuid4()), "action": action} for action in actions])
        assert {got.status for got in answers} <= {200, 410}
        assert page.say(token, action="menu").status == 410
        assert looking.execute("SELECT count(*) FROM person").fetchone() == people
    looking.close()


def _at_once(server: Server, token: str, messages: list[dict[str, str]]) -> list[Got]:
    """Send messages at the same time, each on a connection of its own."""
    pages = [Page(server) for _message in messages]
    with ThreadPoolExecutor(len(messages)) as crowd:
        answers = list(crowd.map(lambda page, message: page.send(token, message), pages, messages))
    for page in pages:
        page.close()
    return answers
