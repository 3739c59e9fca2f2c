"""Who may open the page: this computer's own browser, or whoever knows the token."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass

LOOPBACK = ("127.0.0.1", "localhost", "::1")
TOKEN_BYTES = 18
HTTP_PORT = 80  # browsers leave it out of the Host and Origin that they send


@dataclass(frozen=True)
class Access:
    """The rules for a server that listens on `host`:`port`.

    On this computer only: the browser must have asked for one of this computer's own names, or a
    foreign name that resolves to 127.0.0.1 (DNS rebinding) would let any web page in. Open to the
    network: names cannot be known, so every request but the static files needs the token.
    """

    host: str
    port: int
    token: str = ""

    @classmethod
    def to(cls, host: str, port: int) -> Access:
        """Rules for this address; a network address gets a random token."""
        token = "" if host in LOOPBACK else secrets.token_urlsafe(TOKEN_BYTES)
        return cls(host, port, token)

    @property
    def url(self) -> str:
        """What people open."""
        name = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host
        name = f"[{name}]" if ":" in name else name
        return f"http://{name}:{self.port}/" + (f"?token={self.token}" if self.token else "")

    def host_allowed(self, host: str | None) -> bool:
        """Whether a request's Host header is one under which we may be reached."""
        if self.token:
            return bool(host)
        ends = (f":{self.port}", "") if self.port == HTTP_PORT else (f":{self.port}",)
        return host in {name + end for name in ("127.0.0.1", "localhost", "[::1]") for end in ends}

    def origin_allowed(self, origin: str | None, host: str | None) -> bool:
        """Whether a WebSocket was opened by a page of ours: browsers say whose it was."""
        return self.host_allowed(host) and origin == f"http://{host}"

    def token_allowed(self, token: str | None) -> bool:
        """Whether a request carries the token, if one is needed; takes the same time either way."""
        if not self.token:
            return True
        return hmac.compare_digest((token or "").encode(), self.token.encode())
