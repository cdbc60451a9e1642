"""What Telegram makes of a text: HTML into entities, spaces trimmed, links found; counted in UTF-16 units."""

import re
from dataclasses import dataclass, field

from telegram.constants import MessageLimit

from tests.fakes.telegram_wire import Refusal, Wire, bad

TEXT, CAPTION = int(MessageLimit.MAX_TEXT_LENGTH), int(MessageLimit.CAPTION_LENGTH)
_KINDS = {
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("i", "em"), "italic"),
    **dict.fromkeys(("u", "ins"), "underline"),
    **dict.fromkeys(("s", "strike", "del"), "strikethrough"),
    **dict.fromkeys(("span", "tg-spoiler"), "spoiler"),
    **dict.fromkeys(("a", "tg-emoji", "code", "pre", "blockquote"), ""),
}
"""The tags there are, and what they become where that doesn't depend on their attributes."""
_MARK = re.compile(r"&(?:#[xX][0-9a-fA-F]{1,6}|#[0-9]{1,7}|(?:lt|gt|amp|quot)(?![a-zA-Z]));?|<")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_PLAIN = re.compile(r"(b|strong|i|em|u|ins|s|strike|del|code|pre)>")
_NAME, _END_NAME, _SPACE = re.compile(r"[^\s>]*"), re.compile(r"/[^\s>]*"), re.compile(r"\s*")
_ATTRIBUTE = re.compile(r"\s*([^\s=>/\"']*)\s*(=?)\s*(\"[^\"]*\"|'[^']*'|[A-Za-z0-9.\-]*)")
_FOUND = (
    ("url", re.compile(r"https?://[^\s<>\"]+")),
    ("bot_command", re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@\w+)?(?![\w/])")),
    ("mention", re.compile(r"(?<!\w)@\w{4,32}")),
    ("hashtag", re.compile(r"(?<!\w)#\w*[^\W\d]\w*")),
)


def units(text: str) -> int:
    """How long a text is for Telegram."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass(slots=True)
class _Open:
    tag: str
    argument: str
    at: int


@dataclass(slots=True)
class _Html:
    """Reads one text; its errors are worded as the API's."""

    text: str
    place: int = 0
    said: list[str] = field(default_factory=list)
    length: int = 0
    opened: list[_Open] = field(default_factory=list)
    entities: list[Wire] = field(default_factory=list)

    def read(self) -> tuple[str, list[Wire]]:
        while (mark := _MARK.search(self.text, self.place)) is not None:
            self._say(self.text[self.place : mark.start()])
            self.place = mark.end()
            if mark[0] == "<":
                self._tag(mark.start())
            else:
                self._say(_character(mark[0]))
        self._say(self.text[self.place :])
        if self.opened:
            raise _unparsed(f'Can\'t find end tag corresponding to start tag "{self.opened[-1].tag}"')
        return "".join(self.said), sorted(self.entities, key=lambda one: (one["offset"], -one["length"]))

    def _say(self, text: str) -> None:
        self.said.append(text)
        self.length += units(text)

    def _tag(self, begun: int) -> None:
        if (plain := _PLAIN.match(self.text, self.place)) is not None:
            self.place = plain.end()
            self.opened.append(_Open(plain[1], "", self.length))
        elif self.text.startswith("/", self.place):
            self._close(begun)
        else:
            self._begin(begun)

    def _begin(self, begun: int) -> None:
        name = self._until(_NAME)
        tag = name.lower()
        if self.place >= len(self.text):
            raise self._error("Unclosed start tag", begun)
        if tag not in _KINDS:
            raise self._error(f'Unsupported start tag "{tag}"', begun)
        attributes = self._attributes(tag, begun)
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise self._error('Tag "span" must have class "tg-spoiler"', begun)
        self.opened.append(_Open(tag, _argument(tag, attributes), self.length))

    def _attributes(self, tag: str, begun: int) -> dict[str, str]:
        found: dict[str, str] = {}
        while not self.text.startswith(">", self.place):
            match = _ATTRIBUTE.match(self.text, self.place)
            if match is None or self.text[match.end() : match.end() + 1] in ("", '"', "'"):
                raise self._error("Unclosed start tag", begun)
            name, equal, value = match.groups()
            if not name:
                if match.end() == self.place or equal or value:
                    raise self._error(f'Empty attribute name in the tag "{tag}"', begun)
            elif not equal and (tag, name) != ("blockquote", "expandable"):
                raise self._error(f'Expected equal sign in declaration of an attribute of the tag "{tag}"', begun)
            found[name] = _MARK.sub(lambda mark: _character(mark[0]), value.strip("\"'"))
            self.place = match.end()
        self.place += 1
        return found

    def _close(self, begun: int) -> None:
        name = self._until(_END_NAME)[1:].lower()
        if not self.opened:
            raise self._error("Unexpected end tag", begun)
        self._until(_SPACE)
        if not self.text.startswith(">", self.place):
            raise self._error("Unclosed end tag", begun)
        self.place += 1
        last = self.opened.pop()
        if name and name != last.tag:
            raise self._error("Unmatched end tag", begun, f', expected "</{last.tag}>", found "</{name}>"')
        entity = _entity(last, self.length - last.at)
        if entity is not None:
            self.entities.append(entity)

    def _until(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.place)
        found = match[0] if match else ""
        self.place += len(found)
        return found

    def _error(self, what: str, begun: int, more: str = "") -> Refusal:
        place = len(self.text[:begun].encode("utf-8", "surrogatepass"))
        return _unparsed(f"{what} at byte offset {place}{more}")


def _unparsed(what: str) -> Refusal:
    return bad(f"can't parse entities: {what}")


def _character(mark: str) -> str:
    name = mark[1:].rstrip(";")
    if not name.startswith("#"):
        return _NAMED[name]
    digits = name[1:]
    code = int(f"0{digits}", 0) if digits[0] in "xX" else int(digits)
    return chr(code) if 0 < code < 0x10FFFF and not 0xD800 <= code < 0xE000 else mark


def _argument(tag: str, attributes: dict[str, str]) -> str:
    wanted = {"a": "href", "tg-emoji": "emoji-id", "code": "class"}.get(tag, "")
    return "expandable" if tag == "blockquote" and "expandable" in attributes else attributes.get(wanted, "")


def _entity(last: _Open, length: int) -> Wire | None:
    """None for what shows nothing: an empty tag, or a link that leads nowhere."""
    kind, more = _KINDS[last.tag] or last.tag, {}
    if last.tag == "a":
        kind, more = "text_link", {"url": last.argument}
    elif last.tag == "tg-emoji":
        kind, more = "custom_emoji", {"custom_emoji_id": last.argument}
    elif last.argument == "expandable":
        kind = "expandable_blockquote"
    if length <= 0 or (last.tag in ("a", "tg-emoji") and not last.argument):
        return None
    return {"offset": last.at, "length": length, "type": kind, **more}


def understood(text: str, mode: str) -> tuple[str, list[Wire]]:
    """A text as people see it, and its entities; raises Refusal where Telegram can't read it."""
    if mode not in ("", "html"):
        raise bad("unsupported parse_mode")  # the real one has Markdown too; nothing here uses it
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise bad("strings must be encoded in UTF-8") from error
    plain, entities = _Html(text).read() if mode else (text, [])
    return trimmed(plain, entities)


def trimmed(plain: str, entities: list[Wire]) -> tuple[str, list[Wire]]:
    """Without spaces at both ends, with what is found by itself; entities moved along."""
    said = plain.strip()
    if said == plain:
        return said, entities + found(said)
    before, length = units(plain[: len(plain) - len(plain.lstrip())]), units(said)
    kept = []
    for one in entities:
        begin, end = one["offset"] - before, one["offset"] + one["length"] - before
        begin, end = max(0, begin), min(length, end)
        if end > begin:
            kept.append({**one, "offset": begin, "length": end - begin})
    return said, kept + found(said)


def found(text: str) -> list[Wire]:
    """Commands, links, mentions and hashtags that nobody marked."""
    return [
        {"offset": units(text[: match.start()]), "length": units(match[0]), "type": kind}
        for kind, pattern in _FOUND
        if kind == "url" or {"bot_command": "/", "mention": "@", "hashtag": "#"}[kind] in text
        for match in pattern.finditer(text)
    ]
