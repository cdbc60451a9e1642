"""What a code is and isn't, and what counts when two people become one."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.chat import LONGEST_ACTION, fields
from handlers.link import joining, rules
from handlers.link.rules import Side
from storage.consents import PROGRESS, Entry, latest
from storage.people import AGES
from storage.progress import Learnt

DAY = date(2026, 11, 24)
PURPOSES = (PROGRESS, "contest")
ages = st.sampled_from([None, *AGES])
days = st.integers(0, 60).map(lambda ago: DAY - timedelta(days=ago))
entries = st.builds(
    Entry, purpose=st.sampled_from(PURPOSES), version=st.sampled_from(["1", "2"]), given=st.booleans(), day=days
)


@st.composite
def learned(draw: st.DrawFn) -> Learnt:
    """Something learned: never further than it is long, never more right answers than answers."""
    kind = draw(st.sampled_from(["lesson", "question", "scenario"]))
    most = draw(st.integers(1, 9))
    less = draw(st.integers(0, most))
    at, of = (most, less) if kind == "question" else (less, most)
    return Learnt(kind, draw(st.sampled_from("abc")), at, of, draw(st.booleans()), draw(days))


def no_two(learnt: list[Learnt]) -> tuple[Learnt, ...]:
    """One row a thing, as the table has it."""
    return tuple({(one.kind, one.item): one for one in learnt}.values())


sides = st.builds(
    Side,
    age=ages,
    track=st.sampled_from([None, "hs", "ph"]),
    ledger=st.lists(entries, max_size=5).map(tuple),
    learnt=st.lists(learned(), max_size=6).map(no_two),
)


@pytest.mark.parametrize(
    "text",
    ["K7QD-2MXA", "k7qd-2mxa", " K7QD2MXA\n", "K7QD 2MXA", "k7qd–2mxa", "K7QD\u20112MXA", "K7QD\u00a02MXA"],
)
def test_a_code_is_understood_however_it_is_pasted(text: str) -> None:
    """Small letters, blanks and any dash make no difference."""
    assert rules.link_code(text) == "link:take:K7QD2MXA"


@pytest.mark.parametrize(
    "text",
    [
        "giúp mình", "giup minh", "cuu toii", "ngat-xiu", "0912 3456", "2345 6789", "29AA-3456", "29K3-4567",
        "1234-5678", "2026-2027", "GACH-ANHT", "K7QD-2MX", "K7QD-2MXA ạ", "mã K7QD-2MXA", "K7QD--2MXA", "K7Q_-2MXA",
        "K7QD\n2MXA", "K7QO-2MXA", "", "٣٤QD-2MXA",
    ],
)  # fmt: skip
def test_words_numbers_and_number_plates_are_no_codes(text: str) -> None:
    """What somebody types for help stays private: no word or number is taken for a code."""
    assert rules.link_code(text) is None


@given(st.text(max_size=14))
def test_whatever_is_typed_makes_no_other_action(text: str) -> None:
    """Nothing but a whole code gets through, and it fits into a button."""
    found = rules.link_code(text)
    assert found is None or (rules.is_code(fields(found)[2]) and len(found.encode()) <= LONGEST_ACTION)


def test_codes_are_drawn_from_all_there_are() -> None:
    """A thousand codes: all understood as they are shown, none twice, every sign in every place."""
    drawn = {joining.new_code() for _one in range(2_000)}
    assert len(drawn) == 2_000
    assert {rules.link_code(rules.spelled(code)) for code in drawn} == {f"link:take:{code}" for code in drawn}
    assert [len({code[place] for code in drawn}) for place in range(8)] == [len(rules.ALPHABET)] * 8
    alike = ("0O", "1IL", "5S", "8B", "2Z", "UV")
    assert all(len(set(some) & set(rules.ALPHABET)) <= 1 for some in alike)


@given(ages, ages)
def test_the_stricter_age_wins(one: str | None, other: str | None) -> None:
    """Nobody gets older by linking, and a minor on either side stays one."""
    joined = rules.age(Side(age=one, track="hs"), Side(age=other, track="hs"))
    strict = ["u16", None, "16-17", "18+"]
    assert joined == min(one, other, key=strict.index)
    assert (joined in (None, "u16")) == (one in (None, "u16") or other in (None, "u16"))


@given(sides)
def test_a_side_that_is_known_for_nothing_takes_nothing_away(one: Side) -> None:
    """A new phone's first message may be the code: age and the year of progress stay as they were."""
    assert rules.age(one, Side()) == one.age
    assert PROGRESS not in {entry.purpose for entry in rules.ended(one, Side())}


@given(sides, sides)
def test_nothing_learned_is_lost_and_the_furthest_counts(one: Side, other: Side) -> None:
    """Each thing either side learned is there once; a question as often answered and right as on the better side."""
    joined = {(each.kind, each.item): each for each in rules.learnt(one.learnt, other.learnt)}
    both = (*one.learnt, *other.learnt)
    assert set(joined) == {(each.kind, each.item) for each in both}
    assert len(rules.learnt(one.learnt, other.learnt)) == len(joined)
    for each in both:
        now = joined[each.kind, each.item]
        assert now.day >= each.day
        assert now.done >= each.done
        if each.kind == "question":
            assert (now.at, now.of) >= (each.at, each.of)
            assert now.of <= now.at
        else:
            assert now.at == min(now.of, max(two.at for two in both if (two.kind, two.item) == (each.kind, each.item)))
            assert now.of in {two.of for two in both if two.day == now.day}


@given(sides, sides)
def test_it_does_not_matter_which_side_is_which_nor_how_often(one: Side, other: Side) -> None:
    """Progress, age and consents come out the same from both ends; joined with itself, nothing changes."""
    assert rules.learnt(one.learnt, other.learnt) == rules.learnt(other.learnt, one.learnt)
    assert rules.age(one, other) == rules.age(other, one)
    assert {e.purpose for e in rules.ended(one, other)} == {e.purpose for e in rules.ended(other, one)}
    joined = rules.learnt(one.learnt, other.learnt)
    assert rules.learnt(joined, other.learnt) == rules.learnt(joined, joined) == joined
    assert rules.ended(one, one) == ()


def given_now(side: Side, purpose: str) -> Entry | None:
    """The line by which a consent stands."""
    said = latest(side.ledger, purpose)
    return said if said and said.given else None


@given(sides, sides, st.data())
def test_a_consent_is_never_widened(one: Side, other: Side, data: st.DataObject) -> None:
    """In whatever order the two ledgers are mixed: what stands after it stood on both sides, or on one where the
    other has nothing it would cover and never said no."""
    order = data.draw(st.permutations([0] * len(one.ledger) + [1] * len(other.ledger)))
    left = [list(one.ledger), list(other.ledger)]
    mixed = tuple(left[side].pop(0) for side in order)
    after = Side(ledger=mixed + tuple(Entry(e.purpose, e.version, False, DAY) for e in rules.ended(one, other)))
    for purpose in PURPOSES:
        stands = given_now(after, purpose)
        given = [side for side in (one, other) if given_now(side, purpose)]
        if len(given) == 2:
            same = len({entry.version for side in given if (entry := given_now(side, purpose))}) == 1
            assert bool(stands) == same
        elif len(given) == 1:
            silent = other if given[0] is one else one
            untouched = purpose == PROGRESS and not silent.learnt and latest(silent.ledger, purpose) is None
            assert bool(stands) == untouched
        else:
            assert not stands
