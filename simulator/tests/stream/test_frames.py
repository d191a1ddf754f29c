"""Frames are what a WebSocket client reads."""

from __future__ import annotations

import pytest
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from candlestack_simulator.stream.frames import text_frame


def read_frame(reader: StreamReader) -> Frame:
    parsing = Frame.parse(reader.read_exact, mask=False)
    try:
        while True:
            next(parsing)
    except StopIteration as done:
        frame: Frame = done.value
        return frame


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536, 300_000])
def test_another_library_reads_frames_of_every_length(size: int) -> None:
    reader = StreamReader()
    payload = b"x" * size
    reader.feed_data(text_frame(payload) + text_frame(b"next"))
    for expected in (payload, b"next"):
        frame = read_frame(reader)
        assert (frame.opcode, frame.fin, bytes(frame.data)) == (Opcode.TEXT, True, expected)
