"""Every setting once: name, default, help. Each is an environment variable that begins with LACHAN_."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from storage.wording import CONTENT, LANGUAGE


class Settings(BaseSettings):
    """What an installation decides. Read once at start."""

    model_config = SettingsConfigDict(env_prefix="LACHAN_", frozen=True, extra="ignore")

    data: Path = Field(Path("data"), description="Folder of all that is kept: database, key, lock.")
    database: str = Field("", description="URL of the database; empty: SQLite in the data folder.")
    content: Path = Field(CONTENT / LANGUAGE, description="Folder of the content.")
    host: str = Field("127.0.0.1", description="Address the web chat listens on.")
    port: int = Field(8080, ge=0, le=65535, description="Port the web chat listens on; 0 takes a free one.")
    public_url: str = Field("", description="Address under which people reach the page; empty: as they came.")
    trusted_proxies: str = Field("", description="Proxies whose X-Forwarded-For is believed, separated by commas.")
    metrics_port: int = Field(0, ge=0, le=65535, description="Loopback port of the metrics; 0: off.")
    exit_url: str = Field("https://vi.wikipedia.org/", description="The harmless page that quick exit leads to.")
    sessions_a_minute: int = Field(600, ge=1, description="New web sessions allowed a minute and network address.")

    @property
    def database_url(self) -> str:
        """The database's URL, also where none was set."""
        return self.database or f"sqlite:///{(self.data / 'lachan.db').absolute()}"
