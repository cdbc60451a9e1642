"""The command line: `.venv/bin/lachan`. Thin: each command opens what it needs and calls what does the work."""

import asyncio
import errno
import io
import os
import sys
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from typer.exceptions import TyperException

from bot import frames, logs, needs
from bot.deploy import Kind
from bot.screen import ask, complain, say
from bot.settings import CannotListen, Settings, WrongSetting, read
from bot.trial import Kind as Platform
from bot.trial import Stuck
from storage import library
from storage.database import AlreadyServed, NewerDatabase, OlderDatabase, StorageUnavailable, WrongAddress
from storage.library.problems import BadContent, Problem
from storage.secret import BrokenKey
from storage.wording import catalogue

_ = catalogue("cli")

UNUSABLE, MISUSED, BUSY = 1, 2, 75  # exit codes: mend something; misspelt or set wrongly; another works (EX_TEMPFAIL)

app = typer.Typer(
    cls=frames.Group,
    help=_("La Chan: a bot that keeps people away from drugs."),
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command(cls=frames.Command, help=_("Serve the chat page and everything beside it, until stopped."))
def run() -> None:
    """Serve until SIGTERM or Ctrl-C."""
    from bot.app import build  # the other commands start quicker without the server
    from bot.server import serve

    settings = _settings()
    for remark in filter(None, (*needs.remarks(settings, os.environ), needs.unreached(settings))):
        say(remark)

    async def work() -> None:
        async with build(settings, serving=True) as parts:
            await serve(
                parts, lambda address, _boxes: say(_("Open {address} in a browser. Ctrl-C stops.", address=address))
            )

    logs.set_up()
    _carry_out(work())


@app.command(cls=frames.Command, help=_("Talk with the bot here; lines from a pipe are answered too."))
def talk(
    name: Annotated[str, typer.Option("--as", help=_("Go on as this person; otherwise a new one."))] = "",
) -> None:
    """Talk at the terminal, beside a running server if there is one."""
    from bot.app import build
    from bot.channels import terminal

    settings = _settings()

    async def work() -> None:
        async with build(settings, serving=False) as parts:
            address = name or os.urandom(8).hex()
            if sys.stdin.isatty():
                say(_("Type a number or a sentence, then Enter. Ctrl-D leaves.") + "\n")
            await terminal.talk(parts, address, _lines(), lambda block: say(block + "\n"))

    logs.set_up()
    _carry_out(work())


@app.command(
    cls=frames.Command, help=_("Check the content: every mistake at once, with file, line and how to mend it.")
)
def check(
    folder: Annotated[Path | None, typer.Argument(help=_("Folder of the content."))] = None,
) -> None:
    """Check by the day written in the content; what is stale only today is a matter of `status`."""
    settings = _settings()
    problems = library.check(folder or settings.content)
    for problem in problems:
        _show(problem)
    serious = sum(problem.serious for problem in problems)
    say(_("{errors} errors, {warnings} warnings.", errors=serious, warnings=len(problems) - serious))
    if serious:
        raise typer.Exit(UNUSABLE)


@app.command(cls=frames.Command, help=_("Bring the database up to date."))
def migrate() -> None:
    """Migrate without serving; refused while a server runs."""
    from storage.database import open_database

    settings = _settings()

    async def work() -> None:
        settings.data.mkdir(parents=True, exist_ok=True)
        database = await open_database(settings.database_url, serving=True)
        await database.close()
        say(_("The database is up to date."))

    _carry_out(work())


@app.command(cls=frames.Command, help=_("What needs mending, what is there, what waits, and what is stale today."))
def status() -> None:
    """Counts only: nobody's words, nobody's address."""
    from bot.status import report

    settings = _settings()

    async def work() -> None:
        if not await report(settings, say):
            raise typer.Exit(UNUSABLE)

    _carry_out(work())


@app.command(cls=frames.Command, help=_("Print a file for this machine, filled from the settings: proxy or service."))
def deploy(
    kind: Annotated[Kind | None, typer.Option("--print", help=_("Which file: a proxy's, or the service's."))] = None,
) -> None:
    """Print; whoever typed it puts the file where its first line says."""
    from bot.deploy.files import render
    from bot.deploy.place import NotReady

    settings = _settings()
    if kind is None:
        _leave(_("Say which: --print caddy, --print nginx or --print systemd."), MISUSED)
    try:
        say(render(kind, settings).rstrip())
    except NotReady as reason:
        _leave(str(reason), UNUSABLE)


@app.command(cls=frames.Command, help=_("Try a platform: ten guided minutes with a real token and a phone."))
def trial(
    platform: Annotated[Platform | None, typer.Argument(help=_("Which platform."))] = None,
    save: Annotated[Path | None, typer.Option(help=_("Folder for what was learned."))] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help=_("Port behind LACHAN_PUBLIC_URL."))] = None,
) -> None:
    """Lead through it; nothing of the database is touched, and nobody's words are kept."""
    from bot.trial.begin import begin

    settings = _settings()
    if platform is None:
        _leave(_("Say which: telegram, zalo-bot or zalo-oa."), MISUSED)

    async def work() -> None:
        if not await begin(platform, settings, save, port, say, _lines()):
            raise typer.Exit(UNUSABLE)

    logs.set_up()
    _carry_out(work())


def main() -> None:
    """The entry point of `lachan`."""
    frames.translate()
    try:
        sys.exit(app(sys.argv[1:] or ["--help"], standalone_mode=False) or 0)
    except TyperException as misused:
        code = getattr(misused, "exit_code", MISUSED)
        if code == MISUSED:
            complain(_("There is no such command or option. `lachan --help` lists what there is."))
        sys.exit(code)


def _settings() -> Settings:
    try:
        return read()
    except WrongSetting as wrong:
        _leave("\n".join(wrong.sentences()), MISUSED)


def _carry_out(work: Coroutine[Any, Any, None]) -> None:
    """Run, and turn each expected failure into one sentence and an exit code."""
    try:
        _run(work)
    except BadContent as bad:
        for problem in bad.problems:
            _show(problem)
        _leave(_("The content can't be used. Mend what stands above."), UNUSABLE)
    except WrongSetting as wrong:
        _leave("\n".join(wrong.sentences()), MISUSED)
    except WrongAddress:  # only the driver could tell
        _leave("\n".join(WrongSetting("database").sentences()), MISUSED)
    except (CannotListen, Stuck) as taken:
        _leave(str(taken), UNUSABLE)
    except AlreadyServed:
        _leave(_("Another server works with this database. Stop it first."), BUSY)
    except (NewerDatabase, OlderDatabase, StorageUnavailable, BrokenKey) as refusal:
        _leave(_refusal(refusal), UNUSABLE)
    except OSError as error:
        _leave(_("The system refused {place}: {reason}.", place=error.filename or "", reason=_reason(error)), UNUSABLE)


def _run(work: Coroutine[Any, Any, None]) -> None:
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            with suppress(KeyboardInterrupt):  # Ctrl-C is an orderly end
                runner.run(work)
        except* OSError as group:
            raise group.exceptions[0] from None


def _refusal(refusal: Exception) -> str:
    match refusal:
        case NewerDatabase():
            return _("A newer version wrote this database. Nothing was touched; use that version.")
        case OlderDatabase():
            return _("An older version wrote this database. Run `lachan migrate` first.")
        case BrokenKey():
            return _("The file server.key is broken. Put a copy of it back; docs/running.md tells what hangs on it.")
        case _:
            return _("The database can't be used just now. Look at LACHAN_DATA and its disk, or at LACHAN_DATABASE.")


def _reason(error: OSError) -> str:
    """The system's own words are English."""
    match error.errno:
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return _("not allowed")
        case errno.ENOSPC | errno.EDQUOT:
            return _("the disk is full")
        case number:
            return _("error {number}", number=errno.errorcode.get(number or 0, type(error).__name__))


def _leave(sentence: str, code: int) -> NoReturn:
    complain(sentence)
    raise typer.Exit(code)


def _show(problem: Problem) -> None:
    kind = _("error") if problem.serious else _("warning")
    say(f"{problem.file}:{problem.line}: {kind} [{problem.code}] {problem.message}")


async def _lines() -> AsyncIterator[str]:
    """What is typed, line by line; what is no text of this terminal's encoding becomes a sign for it."""
    prompt = "> " if sys.stdin.isatty() else ""
    typed = io.FileIO(0, closefd=False)  # sys.stdin has a lock, which whoever waits would hold at the end
    while True:
        if prompt:
            ask(prompt)
        line = await _beside(typed.readline)
        if not line:
            ask("\n" if prompt else "")
            return
        yield line.decode(sys.stdin.encoding, "replace").rstrip("\r\n")


async def _beside(wait: Callable[[], bytes]) -> bytes:
    """Wait in a thread that holds up nobody: on Ctrl-C it is left behind, as no read can be called off."""
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[bytes] = asyncio.Queue()

    def work() -> None:
        line = wait()
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(lines.put_nowait, line)

    threading.Thread(target=work, daemon=True).start()
    return await lines.get()
