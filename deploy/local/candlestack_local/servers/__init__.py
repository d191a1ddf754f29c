"""The real servers of the platform as child processes: Kafka, MongoDB and Redis, for the runner and for tests."""

from candlestack_local.servers.errors import MissingDependencyError, PortTakenError, ServerError
from candlestack_local.servers.kafka import SHORT_LIVED_JVM, KafkaBroker
from candlestack_local.servers.mongo import MongoServer
from candlestack_local.servers.ports import LOOPBACK, free_port, holder_of, is_free
from candlestack_local.servers.process import ServerProcess
from candlestack_local.servers.redis import RedisServer

__all__ = [
    "LOOPBACK",
    "SHORT_LIVED_JVM",
    "KafkaBroker",
    "MissingDependencyError",
    "MongoServer",
    "PortTakenError",
    "RedisServer",
    "ServerError",
    "ServerProcess",
    "free_port",
    "holder_of",
    "is_free",
]
