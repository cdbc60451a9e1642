"""The editor's desk: what the readers of content share, and what can be told only when all of it is read."""

from collections.abc import Iterable, Mapping
from datetime import date

from storage.library.editions import Edition
from storage.library.facts import Facts, warn_of_stale_facts
from storage.library.lint import EVERYWHERE, WARNS_ONLY, Hit, Rules, complaint
from storage.library.problems import Report
from storage.library.texts import Passage
from storage.wording import catalogue

_ = catalogue("cli")
_shown = catalogue("content")


class Desk:
    """Facts and rules at hand, problems noted, citations and links remembered."""

    def __init__(self, edition: Edition, today: date, rules: Rules, facts: Facts, report: Report) -> None:
        self.edition = edition
        self.today = today
        self.rules = rules
        self.facts = facts.by_id
        self.report = report
        self.cited: set[str] = set()
        self.numbers: dict[str, bool] = {}  # digits of each help line -> whether people see it today
        self._fact_passages = facts.passages
        self._links: list[tuple[str, str, int]] = []

    def cite(self, fact_id: str, file: str, line: int) -> bool:
        """Note that something rests on this fact; False, and reported, when there is no such fact."""
        fact = self.facts.get(fact_id)
        if not fact:
            message = _("There is no fact {fact} in facts.yaml. Correct the id or add the fact.", fact=fact_id)
            self.report.error(file, line, "no-fact", message)
            return False
        self.cited.add(fact_id)
        if not fact.in_force_on(self.edition.day):
            message = _("The fact {fact} isn't in force on {day}. Cite the one in force now, or rewrite.", fact=fact_id,
                        day=self.edition.day.strftime("%d/%m/%Y"))  # fmt: skip
            self.report.error(file, line, "out-of-force", message)
        return True

    def source(self, fact_ids: Iterable[str]) -> str:
        """The line under a text: sources of its facts, each document once, and whether someone has yet to review it."""
        facts = [self.facts[fact_id] for fact_id in fact_ids]
        documents: dict[str, dict[str, None]] = {}
        for named in (one for fact in facts for one in fact.source.split("; ")):
            document, _comma, article = named.partition(", ")
            documents.setdefault(document, {}).update({article: None} if article else {})
        line = "; ".join(", ".join([document, *articles]) for document, articles in documents.items() if document)
        if any(fact.unreviewed for fact in facts):
            line = " · ".join(filter(None, [line, _shown("not yet reviewed")]))
        return line

    def penalty(self, fact_id: str) -> str:
        """The concrete fine or term, or that it awaits review."""
        fact = self.facts[fact_id]
        return fact.penalty if fact.settled else _shown("(the exact level awaits review)")

    def judge_words(self, passage: Passage, rules: Iterable[str]) -> None:
        """Report the words of a passage which these rules of lint.yaml find."""
        for rule, hit in self.rules.hits(passage.text, rules):
            self._judge_hit(passage, rule, hit)

    def _judge_hit(self, passage: Passage, rule: str, hit: Hit) -> None:
        file, line = passage.file, passage.line_at(hit.offset)
        seen = self.numbers.get("".join(sign for sign in hit.words if sign.isdigit())) if rule == "phone" else None
        if seen:
            return
        if seen is False:
            message = _("“{words}” is a help line hidden today. Verify it, or take it out here.", words=hit.words)
            self.report.warning(file, line, "hidden-line", message)
        elif rule in WARNS_ONLY:
            self.report.warning(file, line, rule, complaint(rule, hit))
        else:
            self.report.error(file, line, rule, complaint(rule, hit))

    def link(self, lesson: str, file: str, line: int) -> None:
        """Remember a link to a lesson, to be followed once all lessons are read."""
        self._links.append((lesson, file, line))

    def follow_links(self, lessons: Mapping[str, object]) -> None:
        """Report links to lessons that are not there."""
        for lesson, file, line in self._links:
            if lesson and lesson not in lessons:
                message = _("There is no lesson {lesson}.md. Correct the link or write the lesson.", lesson=lesson)
                self.report.error(file, line, "broken-link", message)

    def judge_facts(self) -> None:
        """Judge the words of the facts, and warn of stale ones."""
        for fact_id, passage in self._fact_passages.items():
            allowed_to_name_it = self.facts[fact_id].kind == "penalty"
            self.judge_words(passage, EVERYWHERE if allowed_to_name_it else (*EVERYWHERE, "clear-penalty"))
        warn_of_stale_facts(self.facts, self.today, self.report)

    def report_unused(self) -> None:
        """Warn of facts that nothing cites."""
        for fact_id, passage in self._fact_passages.items():
            if fact_id not in self.cited:
                message = _("Nothing cites the fact {fact}. Cite it or remove it.", fact=fact_id)
                self.report.warning(passage.file, passage.line, "unused-fact", message)
