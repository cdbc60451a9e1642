"""What Typer says around our own words, said in Vietnamese too: usage line, panels, the help option."""

from typing import Any

from typer import rich_utils
from typer.core import TyperCommand, TyperGroup

from storage.wording import catalogue

_ = catalogue("cli")


class _Frame:
    """The parts that both kinds of commands share."""

    options_metavar: str | None

    def get_help_option(self, ctx: Any) -> Any:
        """The help option, in our words."""
        option = super().get_help_option(ctx)  # type: ignore[misc] # stands in front of a Typer command
        if option is not None:
            option.help = _("Show this and leave.")
        return option

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """The usage line, in our words."""
        pieces = self.collect_usage_pieces(ctx)  # type: ignore[attr-defined] # as above
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix=_("Usage: "))


class Command(_Frame, TyperCommand):
    """One command."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.options_metavar = _("[OPTIONS]")


class Group(_Frame, TyperGroup):
    """All commands."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.options_metavar = ""
        self.subcommand_metavar = _("COMMAND ...")


def translate() -> None:
    """Name the panels in Vietnamese."""
    rich_utils.ARGUMENTS_PANEL_TITLE = _("Arguments")
    rich_utils.OPTIONS_PANEL_TITLE = _("Options")
    rich_utils.COMMANDS_PANEL_TITLE = _("Commands")
    rich_utils.ERRORS_PANEL_TITLE = _("Error")
