"""Rankings into Redis, by the script that lets none go back in time."""

from __future__ import annotations

from importlib.resources import files
from typing import Final

import redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError
from redis.retry import Retry

from candlestack_core import metrics
from candlestack_core.logging import get_logger
from candlestack_core.messages import encode
from candlestack_core.names import RANKING_TOP_GAINERS, RANKING_TOP_LOSERS
from candlestack_core.settings import RedisSettings
from candlestack_spark.ranking.rule import Rankings

NEWER_RANKING: Final = files(__package__).joinpath("newer_ranking.lua").read_text(encoding="utf-8")
KEYS: Final = (RANKING_TOP_GAINERS, RANKING_TOP_LOSERS)
TIMEOUT_S: Final = 3.0
STORE: Final = "redis"
_WRONG_TYPE: Final = "WRONGTYPE"
_LOG = get_logger(__name__)


class RedisAwayError(Exception):
    """Redis did not take a ranking, and may do so later."""


def connect(settings: RedisSettings) -> redis.Redis:
    """Return a client that answers within seconds or fails; whoever asks tries again."""
    return redis.Redis(
        host=settings.redis_host,
        port=settings.redis_port,
        password=settings.redis_password or None,
        socket_timeout=TIMEOUT_S,
        socket_connect_timeout=TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),
    )


class RankingOutlet:
    """Where rankings go; safe to use from several threads."""

    def __init__(self, store: redis.Redis) -> None:
        self._store = store
        self._script = store.register_script(NEWER_RANKING)

    def write(self, rankings: Rankings) -> bool:
        """Write both orders; tell whether they were, which they are not where later ones are there.

        Raises:
            RedisAwayError: Redis does not answer, or refuses for a reason that may pass.
        """
        values = (encode(rankings.gainers), encode(rankings.losers))
        try:
            with metrics.STORE_FLUSH_SECONDS.labels(store=STORE).time():
                # The client loads the script where a Redis that was started again has forgotten it.
                written = self._script(keys=KEYS, args=[rankings.gainers.time, *values])
        except ResponseError as error:
            if _WRONG_TYPE not in str(error):
                raise RedisAwayError(str(error)) from error
            # Somebody else's key by our name: trying again would not help.
            metrics.STORE_FAILURES.labels(store=STORE).inc()
            _LOG.error("a key of another type is left alone", reason=str(error))
            return False
        except RedisError as error:
            raise RedisAwayError(str(error) or type(error).__name__) from error
        if written:
            metrics.STORE_WRITES.labels(store=STORE).inc(len(KEYS))
        return bool(written)

    def has_lost(self) -> bool:
        """Tell whether a ranking is missing, as in a Redis that was started again without its data.

        Raises:
            RedisAwayError: Redis does not answer.
        """
        try:
            return bool(self._store.exists(*KEYS) != len(KEYS))
        except RedisError as error:
            raise RedisAwayError(str(error) or type(error).__name__) from error
