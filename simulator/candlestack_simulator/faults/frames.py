"""What a fault makes of a frame."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import msgspec

from candlestack_simulator import wire
from candlestack_simulator.faults.kinds import (
    Absurd,
    Doubled,
    Dropped,
    FrameFault,
    NotJson,
    Truncated,
    UnknownSymbol,
)

UNKNOWN_PAIR = "NOSUCHUSDT"
NO_JSON = b"<html><body>502 Bad Gateway</body></html>"
ABSURD_PRICES = ("-1", "NaN", "1e400", "0.12345678901234567890", "", "9" * 40)


@dataclass(frozen=True, slots=True)
class Frame:
    """A message on its way to the subscribers of its stream; `named` is the stream that the envelope names."""

    stream: str
    payload: bytes
    named: str
    damage: Literal["none", "truncated", "not_json"] = "none"

    def text(self, *, combined: bool) -> bytes:
        """Return what is sent."""
        whole = wire.combined(self.named, self.payload) if combined else self.payload
        match self.damage:
            case "truncated":
                return whole[: len(whole) // 2]
            case "not_json":
                return NO_JSON
        return whole


def spoil(fault: FrameFault, frame: Frame, number: int) -> list[Frame]:
    """Return what is sent in place of the `number`-th frame that a fault befalls; 1 is the first."""
    match fault:
        case Doubled():
            return [frame, frame]
        case Dropped():
            return []
        case Truncated():
            return [replace(frame, damage="truncated")]
        case NotJson():
            return [replace(frame, damage="not_json")]
        case UnknownSymbol():
            return [_misnamed(frame), frame]
        case Absurd():
            return [_absurd(frame, ABSURD_PRICES[(number - 1) % len(ABSURD_PRICES)])]
    raise TypeError(f"{fault} does nothing to a frame by itself")


def _misnamed(frame: Frame) -> Frame:
    message = msgspec.json.decode(frame.payload)
    message["s"] = UNKNOWN_PAIR
    if "k" in message:
        message["k"]["s"] = UNKNOWN_PAIR
    named = f"{UNKNOWN_PAIR.lower()}@{frame.stream.partition('@')[2]}"
    return replace(frame, payload=wire.encode(message), named=named)


def _absurd(frame: Frame, price: str) -> Frame:
    message: dict[str, Any] = msgspec.json.decode(frame.payload)
    if "k" in message:
        message["k"]["c"] = price
    elif "p" in message:
        message["p"] = price
    elif isinstance(message.get("b"), list):
        message["b"] = [[price, "1"], *message["b"]]
    else:
        message["b"] = price
    return replace(frame, payload=wire.encode(message))
