"""The folders of content: which files belong there."""

from pathlib import Path

from storage.library.cells import LONGEST_SLUG, SLUG
from storage.library.problems import Report
from storage.wording import catalogue

_ = catalogue("cli")


def files(folder: Path, name: str, ending: str, report: Report) -> list[str]:
    """The files of one folder of content, sorted by name; their names are ids. Others are pointed out."""
    try:
        paths = sorted((folder / name).iterdir())
    except OSError:
        report.error(name, 1, "missing-file", _("The folder {file} is missing.", file=name))
        return []
    found = []
    for path in paths:
        file = f"{name}/{path.name}"
        if path.name.startswith("."):
            continue  # an editor's own files
        if path.suffix != ending or path.is_dir():
            message = _("Only files ending in {ending} are read here. Rename it or move it away.", ending=ending)
            report.warning(file, 1, "unknown-file", message)
        elif not SLUG.fullmatch(path.stem) or len(path.stem) > LONGEST_SLUG:
            message = _("“{text}” can't be an id: only a-z, 0-9 and single hyphens, at most {most}.", text=path.stem,
                        most=LONGEST_SLUG)  # fmt: skip
            report.error(file, 1, "bad-id", message)
        else:
            found.append(file)
    return found
