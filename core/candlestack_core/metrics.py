"""The metrics of the platform: every name and label, once. Counters end in `_total`, units stand in the name."""

from __future__ import annotations

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

RECORDS_PRODUCED: Final = Counter(
    "candlestack_records_produced_total", "Records acknowledged by the broker", ["topic"]
)
RECORDS_PENDING: Final = Gauge(
    "candlestack_records_pending", "Records handed to the Kafka client and not acknowledged yet"
)
RECORDS_CONSUMED: Final = Counter("candlestack_records_consumed_total", "Records read from Kafka", ["topic"])
CONSUMER_LAG: Final = Gauge(
    "candlestack_consumer_lag_records", "Records behind the end of a partition", ["topic", "partition"]
)
DEAD_LETTERS: Final = Counter(
    "candlestack_dead_letters_total", "Frames or records that could not be understood", ["origin"]
)
FRAMES_RECEIVED: Final = Counter("candlestack_frames_received_total", "WebSocket frames read", ["kind"])
CONNECTIONS_OPEN: Final = Gauge("candlestack_exchange_connections_open", "Open WebSocket connections")
CONNECTS: Final = Counter(
    "candlestack_exchange_connects_total", "Attempts to connect to the exchange", ["outcome"]
)
CONNECTIONS_REPLACED: Final = Counter(
    "candlestack_exchange_connections_replaced_total",
    "Connections that were replaced before they ended, and frozen ones that were cut",
    ["reason"],
)
STREAMS_STARVED: Final = Gauge(
    "candlestack_streams_starved", "Streams that are subscribed and silent though there is news", ["feed"]
)
STREAMS_MOVED: Final = Counter(
    "candlestack_streams_moved_total", "Starved streams moved to another connection", ["stream"]
)
DOUBLES_DROPPED: Final = Counter(
    "candlestack_doubles_dropped_total", "Events that came again and were left out", ["kind"]
)
HOLES: Final = Counter(
    "candlestack_stream_holes_total",
    "Runs of ids that a stream left out",
    ["market", "kind", "symbol", "outcome"],
)
STREAM_LAST_EVENT: Final = Gauge(
    "candlestack_stream_last_event_timestamp_seconds",
    "Event time of the newest event of a stream",
    ["stream"],
)
READING_PAUSED: Final = Gauge(
    "candlestack_exchange_reading_paused", "1 while the sockets are not read because the broker is behind"
)
CANDLE_HOLES: Final = Gauge(
    "candlestack_candle_holes", "Closed minutes that are not in Kafka yet and can still be filled", ["symbol"]
)
CANDLES_BACKFILLED: Final = Counter(
    "candlestack_candles_backfilled_total", "Closed candles filled by REST", ["symbol"]
)
TRADES_BACKFILLED: Final = Counter("candlestack_trades_backfilled_total", "Trades filled by REST", ["symbol"])
TRADES_MISSED: Final = Counter(
    "candlestack_trades_missed_total", "Trades known by their ids to be missing and given up", ["symbol"]
)
REST_REQUESTS: Final = Counter(
    "candlestack_rest_requests_total", "REST requests to the exchange", ["path", "status"]
)
REST_WEIGHT_USED: Final = Gauge("candlestack_rest_weight_used", "REST weight spent in the current minute")
MARKET_DATA_POLLS: Final = Counter(
    "candlestack_market_data_polls_total", "Requests for candles of a pair by REST", ["outcome"]
)
MARKET_DATA_CLOSED: Final = Gauge(
    "candlestack_market_data_closed_timestamp_seconds",
    "Open time of the newest candle of a pair whose final figures were sent",
    ["symbol"],
)
RECORDED_BYTES: Final = Counter(
    "candlestack_recorded_bytes_total", "Bytes of recordings before compression", ["market"]
)
STORE_WRITES: Final = Counter("candlestack_store_writes_total", "Entries written to a store", ["store"])
STORE_FLUSH_SECONDS: Final = Histogram(
    "candlestack_store_flush_seconds",
    "Time of one flush into a store",
    ["store"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
STORE_FAILURES: Final = Counter(
    "candlestack_store_failures_total", "Flushes that failed and were tried again", ["store"]
)
STORE_UP: Final = Gauge("candlestack_store_up", "1 while a store answers", ["store"])
BOOK_STATE: Final = Gauge(
    "candlestack_book_state", "1 for the trust state a book is in", ["market", "symbol", "state"]
)
BOOK_LEVELS: Final = Gauge(
    "candlestack_book_levels", "Levels of a book known to be true", ["market", "symbol", "side"]
)
BOOK_BUFFERED_DIFFS: Final = Gauge(
    "candlestack_book_buffered_diffs", "Diffs held until a snapshot joins them", ["market", "symbol"]
)
BOOK_MEMORY: Final = Gauge(
    "candlestack_book_memory_bytes", "Memory of a book and of its buffered diffs", ["market", "symbol"]
)
BOOK_RESYNCS: Final = Counter(
    "candlestack_book_resyncs_total", "Times a book lost its sequence", ["market", "symbol", "reason"]
)
BOOK_SNAPSHOTS: Final = Counter(
    "candlestack_book_snapshots_total", "Snapshots fetched for books", ["market", "outcome"]
)
BOOK_APPLY_SECONDS: Final = Histogram(
    "candlestack_book_apply_seconds",
    "Time to apply one diff to its book",
    ["market"],
    buckets=(0.000005, 0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005),
)
BOOK_AUDIT_MATCH: Final = Gauge(
    "candlestack_book_audit_match_ratio",
    "Share of the levels of a book that a fresh snapshot confirmed at the last audit",
    ["market", "symbol"],
)
BOOK_AUDITS: Final = Counter(
    "candlestack_book_audits_total", "Books compared with a fresh snapshot", ["market", "outcome"]
)
COMPLETENESS_EXPECTED: Final = Gauge(
    "candlestack_completeness_expected",
    "Ids of a stream (candles, trades, update ids) that the last 60 minutes should have",
    ["market", "stream", "symbol"],
)
COMPLETENESS_RECEIVED: Final = Gauge(
    "candlestack_completeness_received",
    "Ids that a stream itself brought in the last 60 minutes",
    ["market", "stream", "symbol"],
)
COMPLETENESS_FILLED: Final = Gauge(
    "candlestack_completeness_filled",
    "Ids of the last 60 minutes that came by REST or, of a book, by a snapshot",
    ["market", "stream", "symbol"],
)
COMPLETENESS_MISSING: Final = Gauge(
    "candlestack_completeness_missing",
    "Ids of the last 60 minutes that did not come",
    ["market", "stream", "symbol"],
)
COMPLETENESS_HOLES: Final = Counter(
    "candlestack_completeness_holes_total",
    "Runs of ids found missing from a stream, whether filled later or not",
    ["market", "stream", "symbol"],
)
RANKING_TIME: Final = Gauge(
    "candlestack_ranking_timestamp_seconds", "Open time of the newest closed minute that is ranked"
)
RANKING_PAIRS: Final = Gauge(
    "candlestack_ranking_pairs",
    "Pairs that are ranked, and those whose history is no whole day yet",
    ["state"],
)
RANKING_MINUTES_MISSING: Final = Gauge(
    "candlestack_ranking_minutes_missing", "Minutes that the days of the ranked pairs have no candle of"
)
STREAM_BATCH_SECONDS: Final = Gauge(
    "candlestack_stream_batch_seconds", "Time that the last micro-batch of a Spark stream took"
)
JOB_RUNS: Final = Gauge(
    "candlestack_job_runs", "Runs of a batch job that are on record, of the last 90 days", ["job", "outcome"]
)
JOB_LAST_SECONDS: Final = Gauge(
    "candlestack_job_last_run_seconds", "Time that the last finished run of a job took", ["job"]
)
JOB_LAST_ROWS: Final = Gauge(
    "candlestack_job_last_run_rows", "Rows that the last finished run read and wrote", ["job", "direction"]
)
JOB_LAST_SUCCESS: Final = Gauge(
    "candlestack_job_last_success_timestamp_seconds", "When the last successful run of a job ended", ["job"]
)
KLINE_NEWEST: Final = Gauge(
    "candlestack_kline_newest_timestamp_seconds",
    "Open time of the newest candle of an interval in the store",
    ["interval"],
)
KLINE_BEHIND: Final = Gauge(
    "candlestack_kline_behind_seconds",
    "By event time, how far the roll-ups are behind the last window that the closed 1m candles fill: of the worst pair",
    ["interval"],
)
KLINE_DIRTY: Final = Gauge(
    "candlestack_kline_dirty_parents",
    "Closed windows of an interval with 1m candles that no roll-up has taken yet",
    ["interval"],
)
FEED_LIVE: Final = Gauge(
    "candlestack_feed_live", "1 while the end of the topics is followed and Kafka answers"
)
RECORDS_SKIPPED: Final = Counter(
    "candlestack_records_skipped_total", "Records left out because they could not be understood", ["topic"]
)
API_REQUEST_SECONDS: Final = Histogram(
    "candlestack_api_request_seconds",
    "Time from a request to its answer",
    ["route", "status"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
SOCKETS_OPEN: Final = Gauge("candlestack_sockets_open", "Clients connected by WebSocket", ["channel"])
SOCKET_SUBSCRIPTIONS: Final = Gauge(
    "candlestack_socket_subscriptions", "Subscriptions held on the socket of all channels", ["channel"]
)
SOCKET_MESSAGES_SENT: Final = Counter(
    "candlestack_socket_messages_sent_total", "Messages written to clients", ["channel"]
)
SOCKET_TRADES_DROPPED: Final = Counter(
    "candlestack_socket_trades_dropped_total", "Trades left out for clients that were too slow for them"
)
SOCKETS_CLOSED: Final = Counter(
    "candlestack_sockets_closed_total", "Connections that the server ended", ["code"]
)
