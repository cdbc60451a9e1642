"""The command line: Vietnamese help, sensible exit codes, one clear sentence for what goes wrong."""

import os
import shutil
import signal
import socket
import sqlite3
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from bot.cli import app as commands
from storage.wording import CONTENT, LANGUAGE
from tests.bot.trials import free_port
from tests.servers import PATIENCE, Server

NAMES = sorted(command.callback.__name__ for command in commands.registered_commands if command.callback)


@pytest.fixture
def server(tmp_path: Path) -> Server:
    """Not started: only its folder and its commands."""
    return Server(tmp_path)


@pytest.mark.parametrize("name", ["", *NAMES])
def test_help_is_vietnamese(server: Server, name: str) -> None:
    """Each command explains itself in Vietnamese."""
    shown = server.run(*filter(None, [name]), "--help")
    assert shown.returncode == 0
    assert "Tùy chọn" in shown.stdout
    assert not any(english in shown.stdout for english in ("Show", "Usage", "Options", "COMMAND"))


def test_a_misspelt_command_is_told(server: Server) -> None:
    """One Vietnamese sentence and the exit code for misuse."""
    misspelt = server.run("rnu")
    assert misspelt.returncode == 2
    assert misspelt.stderr.startswith("Không có lệnh")


def test_a_script_talks_through_a_pipe(server: Server) -> None:
    """Lines in, answers out, exit 0."""
    talked = server.run("talk", typed="/menu\n1\n")
    assert talked.returncode == 0
    assert "Bạn muốn xem bài nào?" in talked.stdout


def test_a_person_goes_on_under_the_same_name(server: Server) -> None:
    """`--as` finds the lesson where it stood."""
    server.run("talk", "--as", "an", typed="Nói “không” sao cho nhẹ\n1\n")
    assert server.run("talk", "--as", "an").stdout.startswith("2/7")


def test_check_is_content_with_the_content(server: Server) -> None:
    """The content that is shipped has no error."""
    checked = server.run("check")
    assert checked.returncode == 0, checked.stdout
    assert "0 lỗi" in checked.stdout


def test_check_names_file_and_line(server: Server, tmp_path: Path) -> None:
    """A planted mistake is told where it stands, and the exit code says that something is wrong."""
    folder = tmp_path / "vi"
    shutil.copytree(CONTENT / LANGUAGE, folder)
    lesson = folder / "lessons/ky-nang-tu-choi.md"
    lesson.write_text(lesson.read_text().replace("tracks: [hs, sv]", "tracks: [hs, xx]"))
    checked = server.run("check", str(folder))
    assert checked.returncode == 1
    assert "lessons/ky-nang-tu-choi.md:4:" in checked.stdout


@pytest.mark.parametrize("setting", ["LACHAN_PORT", "LACHAN_METRICS_PORT"])
def test_a_taken_port_is_told(tmp_path: Path, setting: str) -> None:
    """Another program has the port: one Vietnamese sentence says which, and what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        chosen: dict[str, Any] = {setting: str(port)}
        ran = Server(tmp_path, **chosen).run("run")
    assert ran.returncode == 1
    assert ran.stderr == (
        f"127.0.0.1:{port} đang có chương trình khác dùng. "
        f"Hãy dừng chương trình đó, hoặc đặt {setting} là một cổng khác.\n"
    )


def test_a_newer_database_is_left_alone(server: Server) -> None:
    """A clear sentence, and not one byte is touched."""
    server.run("migrate")
    file = server.data / "lachan.db"
    with sqlite3.connect(file) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()  # the last connection empties the log into the file
    before = file.read_bytes()
    ran = server.run("run")
    assert ran.returncode == 1
    assert "bản mới hơn" in ran.stderr
    assert file.read_bytes() == before


def test_a_data_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    """Where nobody may make a folder: said with the place, in Vietnamese."""
    ran = Server(tmp_path, LACHAN_DATA="/sys/lachan").run("run")
    assert ran.returncode == 1
    assert ran.stderr == "Hệ thống từ chối /sys/lachan: không có quyền.\n"


def test_a_person_at_a_terminal_learns_how_to_leave(server: Server) -> None:
    """The first line names Ctrl-D, and Ctrl-D leaves in order."""
    ours, theirs = os.openpty()
    with server.beside("talk", stdin=theirs) as talk:
        assert talk.stdout is not None
        hint = talk.stdout.readline().decode()
        os.write(ours, b"\x04")
        said, complaint = talk.communicate(timeout=30)
    os.close(ours)
    os.close(theirs)
    assert "Muốn thoát, bấm Ctrl-D." in hint
    assert (talk.returncode, complaint) == (0, b"")
    assert said.endswith(b"> \n")  # the shell goes on in a line of its own


@pytest.mark.parametrize("mode", [0o600, 0o644])
def test_a_reader_that_goes_away_changes_nothing_but_what_is_said(server: Server, mode: int) -> None:
    """`lachan status | head -1`: not a word about it, and the exit code still tells whether something is to mend."""
    server.run("status")
    (server.data / "server.key").chmod(mode)
    with server.beside("status", stdin=os.open(os.devnull, os.O_RDONLY)) as status:
        assert status.stdout is not None
        assert status.stderr is not None
        status.stdout.close()
        complaint = status.stderr.read()
    assert (status.returncode, complaint) == (int(mode != 0o600), b"")


def test_a_refusal_that_nobody_reads_keeps_its_exit_code(tmp_path: Path) -> None:
    """Nor does a closed standard error end in a traceback that nobody reads either."""
    server = Server(tmp_path, LACHAN_PORT="abc")
    with server.beside("status", stdin=os.open(os.devnull, os.O_RDONLY)) as status:
        assert status.stderr is not None
        status.stderr.close()
    assert status.returncode == 2


def test_a_server_serves_though_nobody_reads_what_it_says(tmp_path: Path) -> None:
    """The first line is for somebody who may be gone."""
    port = free_port()
    server = Server(tmp_path, LACHAN_PORT=str(port))
    with server.beside("run", stdin=os.open(os.devnull, os.O_RDONLY)) as run:
        assert run.stdout is not None
        run.stdout.close()
        try:
            assert _answers(port)
            time.sleep(0.3)  # the line is said once messages are answered
            assert run.poll() is None
        finally:
            run.terminate()
    assert run.returncode == 0


def _answers(port: int) -> bool:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1) as answer:
            return bool(answer.status == 200)
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("command", ["run", "talk"])
def test_a_broken_key_is_told(server: Server, command: str) -> None:
    """What is broken is named: nobody looks for a wrong setting."""
    server.run("talk")
    (server.data / "server.key").write_bytes(b"short")
    ran = server.run(command)
    assert ran.returncode == 1
    assert ran.stderr.startswith("Tệp server.key bị hỏng")


def test_what_is_no_text_is_answered(server: Server) -> None:
    """A line with bytes that are no UTF-8 gets an answer, and so do the lines after it."""
    talked = server.run("talk", typed="\udcff\udcfe xin chào\n/hoc\n", errors="surrogateescape")
    assert (talked.returncode, talked.stderr) == (0, "")
    assert "Bạn muốn xem bài nào?" in talked.stdout


@pytest.mark.parametrize("at_a_terminal", [True, False])
def test_ctrl_c_ends_a_talk(server: Server, *, at_a_terminal: bool) -> None:
    """At once and in order, though somebody could still type."""
    ours, theirs = os.openpty() if at_a_terminal else os.pipe()[::-1]
    with server.beside("talk", stdin=theirs) as talk:
        assert talk.stdout is not None
        assert talk.stdout.readline()
        time.sleep(0.3)  # the first answer is whole, and the talk waits for a line
        talk.send_signal(signal.SIGINT)
        try:
            _said, complaint = talk.communicate(timeout=5)
        finally:
            talk.kill()
        assert (talk.returncode, complaint) == (0, b"")
    os.close(ours)
    os.close(theirs)


def test_status_counts_and_names_nobody(server: Server) -> None:
    """Numbers of people and waiting messages, and what of the content is stale."""
    server.run("talk", "--as", "an-cua-toi", typed="Nói “không” sao cho nhẹ\n")
    shown = server.run("status")
    assert shown.returncode == 0
    assert "Số người đang có dữ liệu: 1" in shown.stdout
    assert "an-cua-toi" not in shown.stdout
    assert not any(b"an-cua-toi" in path.read_bytes() for path in server.data.rglob("*") if path.is_file())
