"""What is wrong in the content: where, what, and how to mend it."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to mend. `message` is for the editor, in the editor's language; `code` is for tests and the docs."""

    file: str
    line: int
    code: str
    message: str
    serious: bool = True

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message} [{self.code}]"


class BadContent(Exception):  # noqa: N818 -- named for what it says: the content is bad, the program is not
    """The content can't be used; `problems` has every problem at once, warnings too."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems if problem.serious))


class Report:
    """Collects problems, so that an editor sees all of them at once."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def error(self, file: str, line: int, code: str, message: str) -> None:
        """Note an error, which keeps the content from being used."""
        self.problems.append(Problem(file, line, code, message))

    def warning(self, file: str, line: int, code: str, message: str) -> None:
        """Note a warning."""
        self.problems.append(Problem(file, line, code, message, serious=False))

    def sorted(self) -> tuple[Problem, ...]:
        """All problems by file and line, each once."""
        return tuple(sorted(set(self.problems)))

    @property
    def serious(self) -> bool:
        """Whether one of them is an error."""
        return any(problem.serious for problem in self.problems)
