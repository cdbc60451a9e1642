"""The one contract of all channels: what is offered can be tapped, what is said arrives whole, what is foreign is not
believed."""

import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.app import App
from bot.channels import webchat
from bot.channels.channel import Ignored
from bot.channels.hooks import HOOKS
from bot.channels.menus import stepped
from bot.channels.telegram import wire as telegram
from bot.channels.zalo_bot import wire as zalo_bot
from bot.channels.zalo_oa import wire as zalo_oa
from bot.platforms import PLATFORMS
from handlers.chat import Button, Call, Document, Incoming, Kind, Say, plain, source_line, untold
from handlers.choices import resolved
from handlers.taking import menu_of
from storage.library.lexicon import fold
from tests.channels import test_telegram_wire, test_zalo_bot, test_zalo_oa
from tests.channels.subjects import SUBJECTS, Seen, Subject
from tests.channels.walks import Step, walk

NAMES = (*(platform.name for platform in PLATFORMS), "web", "terminal")
every_channel = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def walks() -> dict[str, list[Step]]:
    """Walks that were made, by channel."""
    return {}


@pytest.fixture
async def walked(app: App, name: str, walks: dict[str, list[Step]]) -> list[Step]:
    """All that the conversation offers and says on this channel."""
    if name not in walks:
        able = SUBJECTS[name].able
        walks[name] = await walk(app, name, watched=able is not None and able.watched)
    return walks[name]


def test_every_channel_is_here_and_every_platform_can_call() -> None:
    """A platform that is added to the table must stand in this contract, and have its address."""
    assert set(NAMES) == set(SUBJECTS)
    assert {hook.name for hook in HOOKS} == {platform.name for platform in PLATFORMS}


# What is offered can be tapped


@every_channel
async def test_whatever_is_offered_comes_back_as_the_very_same_tap(app: App, name: str, walked: list[Step]) -> None:
    """Every button of every screen, by the channel's own button or by its number in the list."""
    offered = [(step, button) for step in walked for say in step.says for button in say.buttons]
    assert len({button.action for _step, button in offered}) > 150
    for step in walked:
        *above, last = step.says
        assert not any(say.buttons for say in above), f"a menu above another message: {step.sent}"
        _comes_back(app, SUBJECTS[name], last)


def _comes_back(app: App, subject: Subject, say: Say) -> None:
    seen = subject.seen(say)
    pressed = [button for one in seen for button in one.buttons]
    if pressed:
        assert [label for label, _payload in pressed] == [button.label for button in say.buttons]
    for place, button in enumerate(say.buttons):
        if pressed:
            back = subject.tapped(app, pressed[place][1])
        else:
            assert _squeezed(f"{place + 1}. {button.label}") in _squeezed(_read(seen))
            back = _chosen(app, subject.typed(app, str(place + 1)), say)
        assert isinstance(back, Incoming), back
        assert (back.kind, back.action, back.text) == (Kind.TAP, button.action, "")
        for spelt in (button.label, fold(button.label), f"{button.label.upper()}."):
            assert _chosen(app, subject.typed(app, spelt), say).action == button.action, spelt


def _chosen(app: App, typed: object, say: Say) -> Incoming:
    assert isinstance(typed, Incoming)
    return resolved(typed, menu_of((say,)), app.labels)


# What is said arrives whole


@every_channel
async def test_whatever_is_said_arrives_whole_and_within_the_limits(app: App, name: str, walked: list[Step]) -> None:
    """Title, text, source, numbers to call, labels and files: all of it is in what the platform takes."""
    says = dict.fromkeys(say for step in walked for say in step.says)
    assert len(says) > 100
    assert any(say.calls for say in says)
    assert any(say.document for say in says)
    for say in says:
        assert _lost(say, _sent(SUBJECTS[name], say)) == []


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"web"}))
async def test_the_help_lines_are_listed_once(name: str, walked: list[Step]) -> None:
    """With what each is for, and not once more as bare numbers under that; the page puts its links there."""
    (lines,) = {step.says[-1] for step in walked if step.sent.action == "lines"}
    assert len(lines.calls) > 3
    text = _read(SUBJECTS[name].seen(lines))
    assert "☎" not in text
    assert text.count("0769.04.04.04") == 1


def _sent(subject: Subject, say: Say) -> tuple[Seen, ...]:
    """As it is taken: the platform's rules were asked on the way, and here what the channel says of itself."""
    seen, able = subject.seen(say), subject.able
    if able is not None:
        assert all(able.measure(one.text) <= able.text for one in seen)
        assert all(len(one.buttons) <= able.buttons for one in seen)
    return seen


def _lost(say: Say, seen: tuple[Seen, ...]) -> list[str]:
    told = _squeezed(_read(seen))
    labels = [*(one.label for one in say.buttons), *(one.label for one in untold(say))]
    parts = [say.title, say.text, source_line(say), plain(Say("", step=say.step)), *labels]
    parts.append(say.document.content if say.document else "")
    return [part for part in parts if not any(_squeezed(spelt) in told for spelt in (part, stepped(part)))]


def _read(seen: tuple[Seen, ...]) -> str:
    return "\n".join("\n".join((one.text, one.beside, *(label for label, _payload in one.buttons))) for one in seen)


def _squeezed(text: str) -> str:
    """Without blanks, at which texts are cut, and without the marks of what is bold."""
    return "".join(text.split()).replace("*", "")


MARKS = ["**", "**a**", "*", "<b>", "</b>", "<", "&lt;", "&", "&#60;", "{red}", "{/red}", "_x_", "`", "#menu", "1."]
SIGNS = [
    "👩‍👩‍👧‍👦",
    "👍🏽",
    "🇻🇳",
    "e\u0301\u0302",
    "ế",
    "한",
    "\u202e",
    "\u2067",
    "\u2069",
    "\u200d",
    "\n\n",
    "\n",
    " ",
    ". ",
]
SCRAPS = st.sampled_from([*MARKS, *SIGNS])
CHARACTERS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])
WORDS = st.lists(SCRAPS | st.text(CHARACTERS, max_size=20), max_size=12).map("".join)
TEXTS = st.builds(lambda text, times: text * times, WORDS, st.sampled_from((1, 1, 3, 200)))
LABELS = st.builds(
    lambda text, times: (text * times)[:130], st.text(CHARACTERS, min_size=1, max_size=9), st.integers(1, 40)
).filter(str.strip)
ACTIONS = st.from_regex(r"[a-z]{1,9}:[!-~]{0,50}", fullmatch=True)
SAYS = st.builds(
    Say,
    TEXTS,
    st.lists(st.builds(Button, LABELS, ACTIONS), max_size=40).map(tuple),
    title=WORDS,
    source=WORDS,
    step=st.none() | st.tuples(st.integers(1, 99), st.integers(1, 99)),
    calls=st.lists(st.builds(Call, LABELS, st.sampled_from(("111", "0912345678"))), max_size=8).map(tuple),
    document=st.none() | st.builds(Document, st.just("my-data.json"), TEXTS.map(lambda text: f"{{{text}}}")),
)


@every_channel
@settings(suppress_health_check=[HealthCheck.too_slow])  # a machine that is busy with other things is no failure
@given(say=SAYS)
def test_anything_at_all_can_be_said(name: str, say: Say) -> None:
    """Emoji, marks of direction, other people's markup, forty buttons: nothing raises, is refused or gets lost."""
    seen = _sent(SUBJECTS[name], say)
    lost = _lost(say, seen)
    if name == "telegram" and say.document is not None:  # what stands under a file has little room
        lost = [part for part in lost if part in (say.document.content, *(one.label for one in say.buttons))]
    assert lost == []


# What is foreign is no message

CAPTURED: Mapping[str, Mapping[str, Any]] = {
    "telegram": {label: raw for label, raw, _meant in test_telegram_wire.ROWS if "update_id" in raw},
    "zalo_bot": {label: update for label, (update, _meant) in test_zalo_bot.ROWS.items()},
    "zalo_oa": {label: event for label, (event, _meant) in test_zalo_oa.CAPTURED.items()},
    "web": {"typed": {"id": str(uuid.UUID(int=1)), "text": "chào"}, "tapped": {"id": "6f1c", "action": "menu"}},
}
"""What each channel is sent, as its own tests have it; an update that lost its number is nobody's any more."""
DECODERS: Mapping[str, Callable[[bytes], object]] = {
    "telegram": telegram.decode,
    "zalo_bot": zalo_bot.decode,
    "zalo_oa": lambda body: zalo_oa.decode(test_zalo_oa.US, body),
    "web": lambda body: msgspec.json.decode(body, type=webchat.Sent),
}


WRONG = [(sender, name) for sender in CAPTURED for name in DECODERS if sender != name]


@pytest.mark.parametrize(("sender", "name"), WRONG)
def test_what_was_meant_for_another_channel_is_no_message(sender: str, name: str) -> None:
    """Each captured payload at each wrong address: ignored or refused, and never an error. A terminal has none."""
    assert set(CAPTURED) == set(DECODERS) == set(NAMES) - {"terminal"}
    for label, payload in CAPTURED[sender].items():
        for envelope in (payload, {"ok": True, "result": payload}):
            assert _is_ignored(DECODERS[name], json.dumps(envelope).encode()), label


def _is_ignored(decode: Callable[[bytes], object], body: bytes) -> bool:
    try:
        return isinstance(decode(body), Ignored)
    except msgspec.ValidationError:  # how the page refuses
        return decode is DECODERS["web"]
