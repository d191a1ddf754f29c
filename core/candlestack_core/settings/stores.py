"""The broker and the stores."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import AliasChoices, Field, field_validator

from candlestack_core.settings.base import Port, SettingsGroup


class KafkaSettings(SettingsGroup):
    """The broker."""

    kafka_bootstrap: str = Field(
        "localhost:9092",
        validation_alias=AliasChoices("KAFKA_BOOTSTRAP", "KAFKA_BROKER", "KAFKA_BOOTSTRAP_SERVERS"),
        description="Brokers as host:port, separated by commas (also read as KAFKA_BROKER and KAFKA_BOOTSTRAP_SERVERS)",
    )
    kafka_client: Literal["confluent", "kafka-python"] = Field(
        "confluent", description="Client library behind the Kafka interface"
    )
    kafka_topic: str = Field(
        "crypto_kline_1m", pattern=r"^[A-Za-z0-9._-]{1,249}$", description="Topic of the 1m candles"
    )
    kafka_replication_factor: int = Field(
        1, ge=1, le=5, description="Replicas of the topics that are created"
    )

    @field_validator("kafka_bootstrap")
    @classmethod
    def _host_and_port(cls, text: str) -> str:
        brokers = [broker.strip() for broker in text.split(",")]
        for broker in brokers:
            match = re.fullmatch(r"[^\s:]+:([0-9]{1,5})", broker)
            if match is None or not 1 <= int(match[1]) <= 65535:
                raise ValueError("must be host:port, or several separated by commas")
        return ",".join(brokers)


class MongoSettings(SettingsGroup):
    """The candle store."""

    mongo_uri: str = Field(
        "mongodb://localhost:27017",
        pattern=r"^mongodb(\+srv)?://",
        repr=False,  # it may hold a password
        description="MongoDB connection string",
    )
    mongo_db: str = Field("CRYPTO", pattern=r"^[A-Za-z0-9_-]{1,63}$", description="MongoDB database")
    completeness_days: int = Field(
        30, ge=1, le=3650, description="Days that the completeness of each minute is kept"
    )


class RedisSettings(SettingsGroup):
    """The realtime store."""

    redis_host: str = Field("localhost", description="Redis host")
    redis_port: Port = Field(6379, description="Redis port")
    redis_password: str = Field("", repr=False, description="Redis password, where the server asks for one")
    realtime_window_hours: int = Field(
        24, ge=1, le=168, description="Hours of 1m candles kept in the realtime window"
    )
    trades_list_length: int = Field(1000, ge=10, le=100_000, description="Newest trades kept per pair")
