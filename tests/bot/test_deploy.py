"""`lachan deploy --print`: whole files, filled from the settings, with no secret in them."""

import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.deploy import Kind
from bot.deploy.files import render, word
from bot.deploy.place import NotReady, public
from bot.settings import Settings
from tests.servers import Server

ADDRESS = "https://bot.tinh.vn"
SECRETS = {
    "LACHAN_TELEGRAM_TOKEN": "123:bimat-token",
    "LACHAN_ZALO_OA_APP_SECRET": "bimat-app",
    "LACHAN_DATABASE": "postgresql://lachan:bimat-pass@localhost/lachan",
}


@pytest.mark.parametrize("kind", Kind)
def test_a_file_is_filled_and_holds_no_secret(tmp_path: Path, kind: Kind) -> None:
    """Host and port stand in it, tokens and passwords don't; the first line says where it belongs."""
    server = Server(tmp_path)
    server.settings = {"LACHAN_PUBLIC_URL": ADDRESS, "LACHAN_PORT": "8123", **SECRETS}
    printed = server.run("deploy", "--print", kind)
    assert (printed.returncode, printed.stderr) == (0, "")
    assert printed.stdout.startswith("# /etc/")
    assert {one for one in ("bot.tinh.vn", "8123") if one not in printed.stdout} == set()
    assert "bimat" not in printed.stdout


@pytest.mark.parametrize(
    ("settings", "words", "code", "told"),
    [
        ({}, ["--print", "caddy"], 1, "Chưa có LACHAN_PUBLIC_URL."),
        ({"LACHAN_PUBLIC_URL": "http://a.vn"}, ["--print", "nginx"], 1, "LACHAN_PUBLIC_URL phải"),
        ({"LACHAN_PUBLIC_URL": ADDRESS, "LACHAN_PORT": "0"}, ["--print", "systemd"], 1, "LACHAN_PORT đang là 0"),
        ({"LACHAN_PUBLIC_URL": ADDRESS}, [], 2, "Hãy ghi rõ tệp cần in"),
        ({"LACHAN_PUBLIC_URL": ADDRESS}, ["--print", "apache"], 2, "Không có lệnh"),
    ],
)
def test_what_is_missing_is_told(
    tmp_path: Path, settings: dict[str, str], words: list[str], code: int, told: str
) -> None:
    """One Vietnamese sentence, and nothing on standard output that could land in a file."""
    server = Server(tmp_path)
    server.settings = settings
    printed = server.run("deploy", *words)
    assert (printed.returncode, printed.stdout) == (code, "")
    assert printed.stderr.startswith(told)
    assert printed.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "address",
    [
        "https://a.vn/bot",
        "https://a.vn?x",
        "https://a.vn#x",
        "https://a:b@a.vn",
        "https://a.vn:port",
        "https://a.vn:99999",
        "https://a.vn{respond}",
        "https://a.vn;autoindex",
        "https://a vn",
        "https://..",
        "https://[::1]",
        "https://",
    ],
)
def test_an_address_that_would_break_a_file_is_refused(address: str) -> None:
    """Nothing but a host's name and a port comes into a file."""
    with pytest.raises(NotReady):
        public(Settings.model_construct(public_url=address))


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("https://Bot.Tinh.VN/", "bot.tinh.vn"),
        ("https://bot.tinh.vn:8443", "bot.tinh.vn:8443"),
        ("https://bot.tinh.vn:443", "bot.tinh.vn"),
        ("https://bot.tinh.vn\n", "bot.tinh.vn"),
        ("https://tỉnh.vn", "xn--tnh-dlz.vn"),
    ],
)
def test_an_address_becomes_a_site(address: str, site: str) -> None:
    """In the letters of DNS, and without what goes without saying."""
    assert public(Settings.model_construct(public_url=address)).site == site


def unit(**settings: Any) -> set[str]:
    """The unit's lines."""
    return set(render(Kind.SYSTEMD, Settings(public_url=ADDRESS, **settings)).split("\n"))


def test_the_unit_may_write_where_the_data_lies_only() -> None:
    """In /var/lib systemd makes the folder itself; elsewhere it is named, and so is a database's of its own."""
    assert {"StateDirectory=lachan", "Environment=LACHAN_DATA=/var/lib/lachan", "ProtectHome=yes"} <= unit()
    assert "StateDirectory=bots/one" in unit(data=Path("/var/lib/bots/one"))
    assert {"ReadWritePaths=/srv/data"} <= unit(data=Path("/srv/data"))
    beside = unit(database="sqlite:////srv/base/lachan.db")
    assert {"StateDirectory=lachan", "ReadWritePaths=/srv/base"} <= beside
    assert "ProtectHome=read-only" in unit(data=Path("/home/an/data"))


def test_the_unit_names_the_proxy_and_the_metrics() -> None:
    """A proxy beside the server is believed, whatever address the server has; metrics only where they are wanted."""
    assert "Environment=LACHAN_TRUSTED_PROXIES=127.0.0.1" in unit(host="0.0.0.0")
    assert "Environment=LACHAN_TRUSTED_PROXIES=::1" in unit(host="::")
    assert "Environment=LACHAN_TRUSTED_PROXIES=127.0.0.1,::1" in unit(host="localhost")
    assert "Environment=LACHAN_TRUSTED_PROXIES=10.0.0.5" in unit(trusted_proxies="10.0.0.5")
    assert "Environment=LACHAN_METRICS_PORT=9100" in unit(metrics_port=9100)
    assert not [line for line in unit() if "METRICS" in line]


@pytest.mark.parametrize(("host", "upstream"), [("0.0.0.0", "127.0.0.1:8080"), ("::", "[::1]:8080")])
def test_a_proxy_finds_the_server(host: str, upstream: str) -> None:
    """Who listens everywhere is reached on loopback."""
    assert f"reverse_proxy {upstream} {{" in render(Kind.CADDY, Settings(public_url=ADDRESS, host=host))
    assert f"server {upstream};" in render(Kind.NGINX, Settings(public_url=ADDRESS, host=host))


STRANGE = '/srv/a b/50%/$HOME/"q"/back\\slash'

if shutil.which("systemd-analyze"):  # a machine without systemd can't be asked; it needs no unit either

    def analyse(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, check=False)

    @pytest.mark.parametrize("data", ["/var/lib/lachan", STRANGE])
    def test_systemd_finds_no_fault_in_the_unit(tmp_path: Path, data: str) -> None:
        """Every line is understood, and the program is there; odd letters in a path are no matter."""
        file = tmp_path / "lachan.service"
        file.write_text(render(Kind.SYSTEMD, Settings(public_url=ADDRESS, data=Path(data))))
        verified = analyse("verify", str(file))
        assert (verified.returncode, verified.stderr) == (0, "")

    def test_the_unit_is_closed(tmp_path: Path) -> None:
        """By systemd's own measure: 2.5 of 10 at most, where 10 is wide open."""
        file = tmp_path / "lachan.service"
        file.write_text(render(Kind.SYSTEMD, Settings(public_url=ADDRESS)))
        assert analyse("security", "--offline=yes", "--threshold=25", str(file)).returncode == 0


def test_a_word_of_a_unit_is_quoted() -> None:
    """As systemd.syntax(7) says: percent signs doubled everywhere, dollars where a command stands."""
    assert word("/srv/lachan") == "/srv/lachan"
    assert word("/a b") == '"/a b"'
    assert word('/50%/"q"\n') == '"/50%%/\\"q\\"\\n"'
    assert (word("/$a"), word("/$a", command=True)) == ("/$a", "/$$a")


def test_the_unit_starts_the_very_program_that_printed_it() -> None:
    """Not another one that happens to be on the path."""
    assert f"ExecStart={Path(sys.prefix)}/bin/lachan run" in unit()


@pytest.mark.deploy
def test_a_copy_of_the_data_is_a_way_back(tmp_path: Path) -> None:
    """An older program refuses a newer database; with the copy that was made before, people go on where they were."""
    server = Server(tmp_path)
    server.run("talk", "--as", "an", typed="Nói “không” sao cho nhẹ\n1\n")
    shutil.copytree(server.data, tmp_path / "before")
    with sqlite3.connect(server.data / "lachan.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    refused = server.run("run")
    assert refused.returncode == 1
    assert "bản mới hơn" in refused.stderr
    server.data.rename(tmp_path / "newer")
    shutil.copytree(tmp_path / "before", server.data)
    assert server.run("talk", "--as", "an").stdout.startswith("2/7")
