"""What a trial learned: told line by line, summed up, and kept as rows for the tests, without anybody in them."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.trial.redact import Redactor
from bot.trial.step import Claim, Heard, Screen, Seen, Step, meaning
from storage.wording import catalogue

_ = catalogue("cli")


@dataclass(frozen=True, slots=True)
class Learned:
    """One claim of a step, and whether it held; `instead`: what there was, where it didn't."""

    number: int
    step: Step
    claim: Claim
    held: bool | None
    instead: str = ""


@dataclass(slots=True)
class Record:
    """All that was learned so far. `folder`: where it goes, made at once, since an OSError should come before ten
    minutes of work; `ours`: words of our own, which may stay in the file."""

    kind: str
    folder: Path
    say: Screen
    ours: Collection[str] = ()
    learned: list[Learned] = field(default_factory=list)
    _steps: int = 0
    _rows: list[dict[str, Any]] = field(default_factory=list)
    _redactor: Redactor = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._redactor = Redactor(self.ours)

    def note(self, step: Step, seen: Seen) -> None:
        """Judge a step by what was seen, say it, and keep it."""
        self._steps += 1
        for claim in step.claims:
            held = claim.holds(seen)
            one = Learned(self._steps, step, claim, held, claim.instead(seen) if held is False else "")
            self.learned.append(one)
            self.say(f"   {_line(one)}")
        if seen.heard is not None:
            self._rows.append({"says": step.label} | self._payload(seen.heard))
        for answer in seen.answers:
            outcome = {"result": answer.outcome.result.value, "code": answer.outcome.code}
            body = self._redactor.clean(answer.body)
            self._rows.append({"says": step.label, "call": answer.call, **outcome, "answer": body})

    @property
    def is_well(self) -> bool:
        """Whether nothing turned out otherwise."""
        return all(one.held is not False for one in self.learned)

    def end(self) -> None:
        """Say how it ended, and save it, if there was anything. Raises OSError."""
        if not self.learned:
            return
        path = self._save()
        counts = {held: sum(one.held is held for one in self.learned) for held in (True, False, None)}
        told = _(
            "{held} held, {wrong} didn't, {open} weren't tried.",
            held=counts[True],
            wrong=counts[False],
            open=counts[None],
        )
        self.say(f"\n{told}")
        for one in self.learned:
            if one.held is False:
                self.say(f"   {one.number}. {_line(one)}")
        self.say(_("Kept, without anybody's words: {path}", path=path))

    def _save(self) -> Path:
        """Write the file; an earlier one stays."""
        path = next(path for number in range(1, 10_000) if not (path := self._path(number)).exists())
        claims = [
            {"says": one.step.label, "claim": one.claim.name, "held": one.held, "instead": one.instead}
            for one in self.learned
        ]
        whole = {"platform": self.kind, "claims": claims, "rows": self._rows}
        path.write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        return path

    def _path(self, number: int) -> Path:
        return self.folder / f"{self.kind}-{number}.json"

    def _payload(self, heard: Heard) -> dict[str, Any]:
        return {
            "payload": self._redactor.clean(heard.payload),
            "headers": dict(heard.headers),  # a line hands in their shapes only
            "means": meaning(heard.decoded),
        }


def _line(one: Learned) -> str:
    match one.held:
        case True:
            return f"{_('[held]')} {one.claim.says()}"
        case None:
            return f"{_('[not tried]')} {one.claim.says()}"
    instead = f" ({one.instead})" if one.instead else ""
    return f"{_('[otherwise]')} {one.claim.says()}{instead}"
