"""What channels are called on a screen: the one place where handlers know them by name."""

from storage.wording import catalogue

_ = catalogue("bot")


def channel_name(channel: str) -> str:
    """The name, or that it is another one: rows outlive a channel that was taken away."""
    names = {
        "web": _("the web page"),
        "terminal": _("the command line"),
        "telegram": _("Telegram"),
        "zalo_bot": _("Zalo Bot"),
        "zalo_oa": _("the official Zalo page"),
    }
    return names.get(channel) or _("another channel")
