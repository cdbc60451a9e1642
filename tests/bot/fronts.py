"""Debian's proxies as processes of their own on loopback, with the very files that `lachan deploy` prints.

Changed are only the places: ports below 1024 belong to the machine, and so do its certificates and its logs.
"""

import re
import secrets
import shutil
import socket
import ssl
import subprocess
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPSConnection
from pathlib import Path

from bot.deploy import Kind
from bot.deploy.files import render
from bot.settings import Settings

PATIENCE = 5  # seconds for a start
ATTEMPTS = 3  # Caddy 2.6 sometimes clears its new folder away while it makes the first certificate in it
NGINX = Path("/etc/nginx/nginx.conf")
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")  # where nginx writes what is too long for its memory


def free_port() -> int:
    """A port that nobody has, below those that connections going out take meanwhile."""
    while True:
        port = 10_000 + secrets.randbelow(20_000)
        with socket.socket() as free, suppress(OSError):
            free.bind(("0.0.0.0", port))
            return port


@dataclass
class Front:
    """A proxy in front of a server on `upstream`. All that it writes lies in its folder."""

    kind: Kind
    folder: Path
    upstream: int
    port: int = field(default_factory=free_port)
    plain_port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """What people type."""
        return f"https://localhost:{self.port}"

    @property
    def authority(self) -> Path:
        """The certificate of who vouches for the proxy's."""
        mine = {Kind.CADDY: "data/pki/authorities/local/root.crt", Kind.NGINX: "fullchain.pem"}
        return self.folder / mine[self.kind]

    def context(self) -> ssl.SSLContext:
        """Trusts this proxy and nobody else."""
        return ssl.create_default_context(cafile=str(self.authority))

    def printed(self) -> str:
        """The file that `lachan deploy` prints for this place."""
        return render(self.kind, Settings(public_url=self.url, port=self.upstream))

    def prepare(self) -> None:
        """Write what the proxy reads."""
        (self.folder / "logs").mkdir(parents=True)
        if self.kind is Kind.CADDY:
            self.file.write_text(_caddy(self))
        else:
            _certificate(self.folder)
            (self.folder / "site").write_text(_site(self))
            self.file.write_text(_nginx(self))

    @property
    def file(self) -> Path:
        """The proxy's whole configuration."""
        return self.folder / ("Caddyfile" if self.kind is Kind.CADDY else "nginx.conf")

    def check(self) -> subprocess.CompletedProcess[bytes]:
        """What the proxy itself says of its file."""
        caddy = ["caddy", "validate", "--adapter", "caddyfile", "--config", str(self.file)]
        command = caddy if self.kind is Kind.CADDY else ["nginx", "-t", "-c", str(self.file)]
        return subprocess.run(command, capture_output=True, check=False)

    def start(self) -> None:
        """Start, and wait until somebody can connect and is answered."""
        for _attempt in range(ATTEMPTS):
            self._launch()
            if self._wait():
                break
            self.stop()
        else:
            raise AssertionError((self.folder / "logs/said").read_text())
        for name in TEMPORARY:  # what would be written there breaks now, and so is seen
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def _launch(self) -> None:
        caddy = ["caddy", "run", "--adapter", "caddyfile", "--config", str(self.file)]
        command = caddy if self.kind is Kind.CADDY else ["nginx", "-c", str(self.file), "-g", "daemon off;"]
        with (self.folder / "logs/said").open("ab") as said:
            self._process = subprocess.Popen(command, stdout=said, stderr=said)

    def _wait(self) -> bool:
        assert self._process is not None
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self._process.poll() is None:
            if self._answers():
                return True
            time.sleep(0.05)
        return False

    def stop(self) -> None:
        """End this proxy and its workers."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)

    def written(self) -> bytes:
        """All that the proxy wrote anywhere, logs above all; not what it reads."""
        files = (path for path in sorted(self.folder.rglob("*")) if path.is_file())
        return b"".join(path.read_bytes() for path in files if path not in {self.file, self.folder / "site"})

    def post(self, path: str, body: bytes | list[bytes]) -> int | None:
        """Send to the end or until it is refused; the status, or None where the connection was cut first."""
        with closing(HTTPSConnection("localhost", self.port, context=self.context(), timeout=10)) as connection:
            chunked = isinstance(body, list)
            headers = {"Content-Type": "application/json"} | ({"Transfer-Encoding": "chunked"} if chunked else {})
            with suppress(OSError):
                connection.request("POST", path, body, headers, encode_chunked=chunked)
            with suppress(OSError, HTTPException):
                return connection.getresponse().status
        return None

    def _answers(self) -> bool:
        try:
            context = self.context()
            with socket.create_connection(("127.0.0.1", self.port), 1) as raw:
                context.wrap_socket(raw, server_hostname="localhost").close()
        except OSError:
            return False
        return True


def missing() -> list[str]:
    """Which of the proxies this machine lacks."""
    return [program for program in ("caddy", "nginx") if shutil.which(program) is None]


def _caddy(front: Front) -> str:
    """No authority is put among the machine's own, and no port of it is taken."""
    ours = (
        f"\thttp_port {front.plain_port}\n\tskip_install_trust\n\tadmin off\n\tstorage file_system {front.folder}/data"
    )
    changed, times = re.subn(r"^\{$", f"{{\n{ours}", front.printed(), count=1, flags=re.MULTILINE)
    assert times == 1
    return changed


def _site(front: Front) -> str:
    text = front.printed().replace("/etc/letsencrypt/live/localhost/", f"{front.folder}/")
    return text.replace("listen 80;", f"listen {front.plain_port};").replace("[::]:80;", f"[::]:{front.plain_port};")


def _nginx(front: Front) -> str:
    """Debian's own file, with this one site; its own access log stays on, as it is on a real machine."""
    text = NGINX.read_text()
    text = text.replace("/etc/nginx/sites-enabled/*", str(front.folder / "site"))
    text = text.replace("/var/log/nginx", str(front.folder / "logs")).replace("user www-data;", "")
    text = text.replace("/run/nginx.pid", str(front.folder / "nginx.pid"))
    places = [f"{name}_temp_path {front.folder}/{name};" for name in TEMPORARY]
    return text.replace("http {", "\n".join(["http {", *places]), 1)


def _certificate(folder: Path) -> None:
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "90"]
    files = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    subprocess.run(["openssl", "req", *kind, *names, *files], check=True, capture_output=True)
