"""Settings: a wrong one stops every command with a sentence that names it, and never tells its value."""

from pathlib import Path
from typing import Any

import pytest

from bot.channels.telegram.client import Client
from bot.settings import Settings, WrongSetting, read
from tests.bot.test_cli import NAMES
from tests.servers import Server

WRONG = [
    ("LACHAN_PORT", "abc", "LACHAN_PORT phải là số nguyên từ 0 đến 65535."),
    ("LACHAN_PORT", "70000", "LACHAN_PORT phải là số nguyên từ 0 đến 65535."),
    ("LACHAN_METRICS_PORT", "-1", "LACHAN_METRICS_PORT phải là số nguyên"),
    ("LACHAN_SESSIONS_A_MINUTE", "0", "LACHAN_SESSIONS_A_MINUTE phải là số nguyên từ 1"),
    ("LACHAN_HOST", "a..b", "LACHAN_HOST phải là địa chỉ của máy này"),
    ("LACHAN_HOST", "[::1]", "LACHAN_HOST phải là địa chỉ của máy này"),
    ("LACHAN_TRUSTED_PROXIES", "xyz", "LACHAN_TRUSTED_PROXIES phải gồm các địa chỉ IP"),
    ("LACHAN_TRUSTED_PROXIES", "10.0.0.1/8", "LACHAN_TRUSTED_PROXIES phải gồm các địa chỉ IP"),
    ("LACHAN_EXIT_URL", "javascript:alert(1)", "LACHAN_EXIT_URL phải là địa chỉ trang web"),
    ("LACHAN_PUBLIC_URL", "lachan.example", "LACHAN_PUBLIC_URL phải là địa chỉ trang web"),
    ("LACHAN_DATABASE", "nonsense", "LACHAN_DATABASE phải viết như"),
    ("LACHAN_DATABASE", "mysql://an:secret@host/x", "LACHAN_DATABASE phải viết như"),
    ("LACHAN_DATABASE", "sqlite:///:memory:", "LACHAN_DATABASE phải viết như"),
    ("LACHAN_DATABASE", "postgresql://an:secret@host:port/x", "LACHAN_DATABASE phải viết như"),
    ("LACHAN_DATABASE", "postgresql://an:secret@host:99999/x", "LACHAN_DATABASE phải viết như"),
    ("LACHAN_DATABASE", "postgresql://an:secret@host/x?sslmode=bogus", "LACHAN_DATABASE phải viết như"),
    ("LACHAN_DATABASE", "postgresql://an:secret@host/x?sslmode=require&ssl=bogus", "LACHAN_DATABASE phải viết như"),
    ("LACHAN_DATABASE", "postgresql://an:secret@host/x?user=b&user=c", "LACHAN_DATABASE phải viết như"),
    ("LACHAN_DATABASE", "postgresql://an:secret@host/x?timeout=5", "LACHAN_DATABASE phải viết như"),
    ("LACHAN_DATABASE", "postgresql://an:secret@host/x?port=abc", "LACHAN_DATABASE phải viết như"),
    ("LACHAN_TELEGRAM_PROXY", "foo", "LACHAN_TELEGRAM_PROXY phải viết như socks5://"),
    ("LACHAN_TELEGRAM_PROXY", "host:1080", "LACHAN_TELEGRAM_PROXY phải viết như"),
    ("LACHAN_TELEGRAM_PROXY", "socks5://host.example", "LACHAN_TELEGRAM_PROXY phải viết như"),
    ("LACHAN_TELEGRAM_PROXY", "socks5://host.example:99999", "LACHAN_TELEGRAM_PROXY phải viết như"),
    ("LACHAN_TELEGRAM_PROXY", "socks5://:1080", "LACHAN_TELEGRAM_PROXY phải viết như"),
    ("LACHAN_TELEGRAM_PROXY", "socks5h://host.example:1080", "LACHAN_TELEGRAM_PROXY phải viết như"),
    ("LACHAN_TELEGRAM_PROXY", "https://an:bimat@host.example:443", "LACHAN_TELEGRAM_PROXY phải viết như"),
    ("LACHAN_TELEGRAM_PROXY", "http://an:12#bimat@host.example:3128", "LACHAN_TELEGRAM_PROXY phải viết như"),
    *(
        ("LACHAN_ZALO_BOT_API", value, "LACHAN_ZALO_BOT_API phải gồm")
        for value in (
            "zalo.example",
            "ftp://zalo.example",
            "http://zalo.example",
            "https://zalo.example/bot",
            "https://zalo.example?",
            "https://zalo.example#",
            "https://zalo.example:abc",
            "https://zalo.example:",
            "https://api example.vn",
            "https://zalo.example\n",
            "https://an:bimat@zalo.example",
        )
    ),
    ("LACHAN_DATA", f"{__file__}/data", "LACHAN_DATA phải là đường dẫn đến một thư mục"),
    ("LACHAN_CONTENT", __file__, "LACHAN_CONTENT phải là đường dẫn đến một thư mục"),
]
RIGHT = [
    ("LACHAN_HOST", "::1"),
    ("LACHAN_HOST", "localhost"),
    ("LACHAN_HOST", "chat.example-1.vn"),
    ("LACHAN_TRUSTED_PROXIES", "10.0.0.1, 192.168.0.0/16,fd00::/8"),
    ("LACHAN_PUBLIC_URL", "https://lachan.example"),
    ("LACHAN_ZALO_BOT_API", "https://zalo.example"),
    ("LACHAN_ZALO_BOT_API", "https://zalo.example:8443"),
    ("LACHAN_ZALO_BOT_API", "https://[2001:db8::1]:8443"),
    ("LACHAN_ZALO_BOT_API", "http://127.0.0.1:8081"),
    ("LACHAN_ZALO_BOT_API", "http://localhost"),
    ("LACHAN_DATABASE", "sqlite:////srv/lachan.db"),
    ("LACHAN_DATABASE", "postgresql://an@host/x?sslmode=verify-full"),
    ("LACHAN_DATABASE", "postgresql:///x?host=/run/postgresql&port=5433"),
    ("LACHAN_DATABASE", "postgresql://an@/x?host=one:5432&host=two:5433"),
]
PROXIES = [
    "socks5://127.0.0.1:1080",
    "socks4://host.example:1080/",
    "http://an:bimat@host.example:3128",
    "SOCKS5://an:bi%23mat@[::1]:1080",
]


@pytest.mark.parametrize(("name", "value", "sentence"), WRONG)
def test_each_wrong_value_gets_its_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    """What it must be is said; the value, which may be a secret, is not."""
    monkeypatch.setenv(name, value)
    with pytest.raises(WrongSetting) as wrong:
        read()
    (told,) = wrong.value.sentences()
    assert told.startswith(sentence)
    assert value not in told + str(wrong.value)
    assert wrong.value.__cause__ is None


@pytest.mark.parametrize(("name", "value"), RIGHT)
def test_what_is_right_is_taken(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """The checks refuse nothing that works."""
    monkeypatch.setenv(name, value)
    assert getattr(read(), name.removeprefix("LACHAN_").lower()) == value


@pytest.mark.parametrize("value", PROXIES)
def test_a_proxy_that_is_taken_works_and_is_told_nowhere(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """The library that goes through it takes it too; its password isn't in what shows the settings."""
    monkeypatch.setenv("LACHAN_TELEGRAM_PROXY", value)
    settings = read()
    Client("1:a", proxy=settings.telegram_proxy.get_secret_value())
    assert value not in repr(settings) + str(settings)


def test_an_empty_setting_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line left empty in a service's file means the default."""
    for name in Settings.model_fields:
        monkeypatch.setenv(f"LACHAN_{name.upper()}", "")
    settings = read()
    assert {name: getattr(settings, name) for name in Settings.model_fields} == {
        name: field.default for name, field in Settings.model_fields.items()
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_command_stops_at_wrong_settings(tmp_path: Path, name: str) -> None:
    """All wrong ones at once, exit code 2, and nothing was begun."""
    wrong: dict[str, Any] = {"LACHAN_PORT": "abc", "LACHAN_DATABASE": "postgresql://an:secret@host/x?sslmode=bogus"}
    server = Server(tmp_path, **wrong)
    ran = server.run(name)
    assert (ran.returncode, ran.stdout) == (2, "")
    told = sorted(ran.stderr.splitlines())
    assert [line.split()[0] for line in told] == ["LACHAN_DATABASE", "LACHAN_PORT"]
    assert "secret" not in ran.stderr
    assert not server.data.exists()


@pytest.mark.parametrize("host", ["nowhere.invalid", "203.0.113.7"])
def test_a_host_that_is_not_this_machine_is_told(tmp_path: Path, host: str) -> None:
    """Only the system knows its addresses: the same sentence and exit code."""
    ran = Server(tmp_path, LACHAN_HOST=host).run("run")
    assert (ran.returncode, ran.stderr) == (2, "LACHAN_HOST phải là địa chỉ của máy này, như 127.0.0.1.\n")


def test_a_certificate_that_is_not_there_is_told(tmp_path: Path) -> None:
    """What only PostgreSQL's driver can tell ends in the same sentence."""
    server = Server(tmp_path, LACHAN_DATABASE="postgresql://an:secret@127.0.0.1:9/x?sslmode=verify-full")
    ran = server.run("status")
    assert ran.returncode == 2
    assert ran.stderr.startswith("LACHAN_DATABASE phải viết như")
    assert ran.stderr.count("\n") == 1
