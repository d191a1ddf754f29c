"""Text frames as a server sends them (RFC 6455, section 5.2): whole messages, unmasked.

A message goes to many clients alike, so its frame is made once and written to each of them as it stands.
"""

from __future__ import annotations

import struct

_FIN_TEXT = 0x81


def text_frame(text: bytes) -> bytes:
    """Return the one frame of a message; `text` is UTF-8."""
    size = len(text)
    if size < 126:
        return bytes((_FIN_TEXT, size)) + text
    if size < 65_536:
        return struct.pack("!BBH", _FIN_TEXT, 126, size) + text
    return struct.pack("!BBQ", _FIN_TEXT, 127, size) + text
