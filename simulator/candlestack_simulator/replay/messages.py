"""The payloads of recorded streams, decoded as far as the replay needs them."""

from __future__ import annotations

import msgspec

from candlestack_simulator.source import E8

_DECIMALS = 8

Levels = list[tuple[str, str]]


class TradeMessage(msgspec.Struct):
    """`trade`. Only USD-M futures have `X`."""

    E: int
    t: int
    p: str
    q: str
    T: int
    m: bool
    X: str | None = None


class AggTradeMessage(msgspec.Struct):
    """`aggTrade`."""

    E: int
    a: int
    p: str
    q: str
    f: int
    l: int  # noqa: E741 - Binance's name
    T: int
    m: bool


class KlineBody(msgspec.Struct):
    """`k` of a kline event."""

    t: int
    T: int
    f: int
    L: int
    o: str
    h: str
    l: str  # noqa: E741 - Binance's name
    c: str
    v: str
    n: int
    x: bool
    q: str
    V: str
    Q: str


class KlineMessage(msgspec.Struct):
    """`kline`."""

    E: int
    k: KlineBody


class DepthMessage(msgspec.Struct):
    """`depthUpdate` without its levels. Only USD-M futures have `pu`."""

    E: int
    U: int
    u: int
    pu: int | None = None


class DepthLevels(msgspec.Struct):
    """The levels of a `depthUpdate`."""

    b: Levels
    a: Levels


class BookTickerMessage(msgspec.Struct):
    """`bookTicker`. Only USD-M futures say the event time."""

    u: int
    b: str
    B: str
    a: str
    A: str
    E: int | None = None


class SnapshotMessage(msgspec.Struct):
    """The body of a depth request."""

    lastUpdateId: int  # noqa: N815 - Binance's name
    bids: Levels
    asks: Levels


Message = TradeMessage | AggTradeMessage | KlineMessage | DepthMessage | BookTickerMessage

_DECODERS: dict[str, msgspec.json.Decoder[Message]] = {
    "trade": msgspec.json.Decoder(TradeMessage),
    "aggTrade": msgspec.json.Decoder(AggTradeMessage),
    "bookTicker": msgspec.json.Decoder(BookTickerMessage),
    "depth": msgspec.json.Decoder(DepthMessage),
    "depth@100ms": msgspec.json.Decoder(DepthMessage),
    "depth@0ms": msgspec.json.Decoder(DepthMessage),
}
_KLINE: msgspec.json.Decoder[Message] = msgspec.json.Decoder(KlineMessage)


def decode(kind: str, payload: bytes) -> Message | None:
    """Decode a payload of a kind of stream; None for kinds that the simulator does not serve.

    Raises:
        msgspec.MsgspecError: when the payload is not what its stream promises.
    """
    decoder = _KLINE if kind.startswith("kline_") else _DECODERS.get(kind)
    return decoder.decode(payload) if decoder else None


def is_usdm(kind: str, message: Message | None) -> bool:
    """Tell whether a message can only come from the USD-M futures market."""
    match message:
        case DepthMessage(pu=int()) | TradeMessage(X=str()) | BookTickerMessage(E=int()):
            return True
    return kind in ("depth@0ms", "depth@500ms") or kind.startswith("markPrice")


def parse_e8(text: str) -> int:
    """Return a plain decimal as an integer in units of 10^-8.

    Raises:
        ValueError: when it is not a plain decimal, or finer than 10^-8.
    """
    whole, _, fraction = text.partition(".")
    if not f"{whole}{fraction}".isdecimal():
        raise ValueError(f"{text!r} is not a plain decimal")
    if len(fraction) > _DECIMALS:
        if fraction[_DECIMALS:].strip("0"):
            raise ValueError(f"{text} is finer than 10^-8")
        fraction = fraction[:_DECIMALS]
    return int(whole) * E8 + int(fraction.ljust(_DECIMALS, "0"))


def parse_levels(side: Levels) -> list[tuple[int, int]]:
    """Return levels as `(price_e8, quantity_e8)`, in the order given."""
    return [(parse_e8(price), parse_e8(quantity)) for price, quantity in side]
