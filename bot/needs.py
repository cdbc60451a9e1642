"""What settings ask of each other: what lacks, what does nothing, and what is set under a name that nobody reads."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from bot.settings import Settings, WrongSetting, is_here
from storage.wording import catalogue

_ = catalogue("cli")

TELEGRAM, ZALO_BOT, ZALO_OA = "/telegram/webhook", "/zalo/bot/webhook", "/zalo/oa/webhook"
"""Where platforms bring messages to, under LACHAN_PUBLIC_URL."""

_SWITCHES = {"telegram_": "telegram_token", "zalo_bot_": "zalo_bot_token", "zalo_oa_": "zalo_oa_app_id"}
_SECRETS = {"telegram_secret": "telegram_mode", "zalo_bot_secret": "zalo_bot_mode"}  # of webhooks only
_NAME = re.compile(r"LACHAN_\w+", re.IGNORECASE | re.ASCII)  # what a shell or a service's file can set


class Lacking(WrongSetting):
    """A setting that another can't do without isn't there, or can't serve it; `sentence` says which, and why."""

    def __init__(self, sentence: str, *fields: str) -> None:
        super().__init__(*fields)
        self.sentence = sentence

    def sentences(self) -> Iterator[str]:
        """The one."""
        yield self.sentence


def hook(settings: Settings, asking: str, path: str) -> str:
    """The address that a platform calls; `asking`: what wants one. Raises Lacking where none can be called."""
    address = urlsplit(settings.public_url)
    if address.scheme != "https" and not is_here(address.hostname or ""):
        told = _("{asking} needs LACHAN_PUBLIC_URL with https://: messages come to {path}.", asking=asking, path=path)
        raise Lacking(told, "public_url")
    return settings.public_url.rstrip("/") + path


def brought_to(settings: Settings, mode: str, path: str) -> str:
    """The same for a platform with such a mode; empty where it is asked for messages. Raises Lacking."""
    if getattr(settings, mode) == "polling":
        return ""
    return hook(settings, f"{_name(mode)}=webhook", path)


def whole_account(settings: Settings) -> None:
    """See that an OA has what it can't be trusted without. Raises Lacking, which names all at once."""
    lacking = _unset(settings, "zalo_oa_app_secret", "zalo_oa_secret")
    if not lacking:
        return
    told = [_("{switch} needs these too: {names}.", switch=_name("zalo_oa_app_id"), names=_names(lacking))]
    if first := _unset(settings, "zalo_oa_access_token", "zalo_oa_refresh_token"):  # later ones are in the database
        told.append(_("Its first start also needs {names}.", names=_names(first)))
    raise Lacking(" ".join(told), *lacking)


def remarks(settings: Settings, environment: Iterable[str]) -> list[str]:
    """What stops nothing and is hardly meant: names, never values. `environment`: the names that are set."""
    told = []
    known = {_name(field) for field in Settings.model_fields}
    if unknown := [name for name in environment if _NAME.fullmatch(name) and name.upper() not in known]:
        told.append(_("There is no setting {names}. Is it misspelt?", names=", ".join(sorted(unknown))))
    for switch, names in _idle(settings).items():
        told.append(_("{names} does nothing without {switch}.", names=_names(names), switch=switch))
    return told


def unreached(settings: Settings) -> str:
    """Why an OA that is set gets no message; empty where it does, or where none is set."""
    try:
        if settings.zalo_oa_app_id:
            hook(settings, _name("zalo_oa_app_id"), ZALO_OA)
    except Lacking as lacking:
        return lacking.sentence
    return ""


def _idle(settings: Settings) -> dict[str, list[str]]:
    """Settings that differ from their default and change nothing, by what they wait for."""
    found: dict[str, list[str]] = {}
    for field in sorted(_changed(settings)):
        switch = next((one for prefix, one in _SWITCHES.items() if field.startswith(prefix)), "")
        mode = _SECRETS.get(field, "")
        if switch and not getattr(settings, switch):
            found.setdefault(_name(switch), []).append(field)
        elif mode and getattr(settings, mode) == "polling":
            found.setdefault(f"{_name(mode)}=webhook", []).append(field)
    return found


def _changed(settings: Settings) -> set[str]:
    fields = type(settings).model_fields
    return {name for name, field in fields.items() if getattr(settings, name) != field.default}


def _unset(settings: Settings, *fields: str) -> list[str]:
    return [field for field in fields if not getattr(settings, field)]


def _names(fields: Iterable[str]) -> str:
    return ", ".join(map(_name, fields))


def _name(field: str) -> str:
    return f"LACHAN_{field.upper()}"
