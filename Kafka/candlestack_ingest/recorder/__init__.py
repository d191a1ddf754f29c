"""The recorder: what the exchange sends, as it came, into files that the simulator replays.

A file holds one market. Its lines are `<local time in ns> <json>`, where the json is

- a frame of a combined stream, byte for byte as it was received;
- `{"request": "/api/v3/depth?symbol=...", "body": ...}`, a depth snapshot with the answer's own bytes: one of each
  pair after the first diff of every file and of every connection, so that each file gives books by itself;
- `{"recording": {"market": ...}}`, the first line;
- `{"connection": {"event": "opened" | "lost", "streams": [...]}}`;
- `{"unreadable": "<base64>"}`, a frame that is no JSON on one line.
"""
