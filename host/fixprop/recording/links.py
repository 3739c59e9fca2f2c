"""How the line stood, as a LINK item says it."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from fixprop.live.events import Link, LinkState
from fixprop.recording.items import Item, json_bytes
from fixprop.wire.records import Hello

GAPS = (LinkState.LOST, LinkState.CONNECTING)


@dataclass(frozen=True)
class RecordedLink:
    """See fixprop.live.events.Link."""

    state: LinkState
    text: str
    hello: Hello | None

    @property
    def is_gap(self) -> bool:
        """Whether what comes next is another conversation."""
        return self.state in GAPS


def pack_link(link: Link) -> bytes:
    """The data of the LINK item."""
    hello = None
    if link.hello is not None:
        hello = asdict(link.hello) | {"layer_sizes": link.hello.layer_sizes.hex()}
    return json_bytes({"state": link.state, "text": link.text, "hello": hello})


def unpack_link(item: Item) -> RecordedLink:
    """What a LINK item says."""
    said = item.json()
    hello = said["hello"]
    if hello is not None:
        hello = Hello(**hello | {"layer_sizes": bytes.fromhex(hello["layer_sizes"])})
    return RecordedLink(LinkState(said["state"]), said["text"], hello)
