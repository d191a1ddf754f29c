"""Spark's jobs, the lake of candles, the ranking, and what schedules the batch work."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, field_validator

from candlestack_core.settings.base import REPOSITORY, HttpUrl, Port, SettingsGroup


class SparkSettings(SettingsGroup):
    """Spark's batch jobs and the lake of candles."""

    spark_master: str = Field(
        "local[2]",
        pattern=r"^(local(\[(\*|[1-9][0-9]*)\])?|spark://.+|k8s://.+)$",
        description="Where the batch jobs run; left to spark-submit where that starts them",
    )
    spark_driver_memory: str = Field(
        "512m", pattern=r"^[1-9][0-9]*[mg]$", description="Memory of the Java machine of one batch job"
    )
    spark_jars: str = Field(
        "",
        description="Folder of the jars of Spark's Kafka connector, which make up fetches; empty: Spark has them",
    )
    lake_uri: str = Field(
        ".candlestack/lake",
        description="Where the candles are kept as Parquet: a folder (relative ones from the root), or s3a://bucket/path",
    )
    archive_url: HttpUrl = Field(
        "", description="Address of the exchange's monthly archives; empty: that of EXCHANGE"
    )
    history_months: int = Field(
        3,
        ge=1,
        le=240,
        description="Whole months before the present one that are fetched where no start is given",
    )
    kline_1m_days: int = Field(
        30, ge=1, le=36_500, description="Days of 1m candles that MongoDB keeps; the lake keeps all"
    )

    @field_validator("lake_uri")
    @classmethod
    def _folder_or_bucket(cls, text: str) -> str:
        scheme, separator, rest = text.rpartition("://")
        if separator and (scheme not in ("s3", "s3a") or not rest.strip("/")):
            raise ValueError("must be a folder or s3a://bucket/path")
        return text.rstrip("/") or "/"

    @property
    def lake(self) -> str:
        """`lake_uri` with a folder as an absolute path."""
        uri = self.lake_uri
        return uri if "://" in uri else str(_from_root(Path(uri)))


class RankingSettings(SettingsGroup):
    """The live ranking, by Spark Structured Streaming; relative paths are taken from the root."""

    ranking_checkpoint: Path = Field(
        Path(".candlestack/ranking"),
        description="Folder of the offsets and the days that the ranking has come to; it survives restarts",
    )
    ranking_trigger_s: int = Field(
        10, ge=1, le=60, description="Seconds between two looks for closed candles; each is one small batch"
    )
    ranking_batch_records: int = Field(
        20_000, ge=100, le=1_000_000, description="Most records of the candle topic that one batch reads"
    )
    ranking_driver_memory: str = Field(
        "768m", pattern=r"^[1-9][0-9]*[mg]$", description="Memory of the ranking's Java machine"
    )
    circulating_supply: Path = Field(
        Path("Spark/ranking_coins/circulating_supply.json"),
        description="Table of circulating supplies with its date, by which market caps are computed",
    )

    @property
    def checkpoint(self) -> Path:
        """`ranking_checkpoint` as an absolute path."""
        return _from_root(self.ranking_checkpoint)

    @property
    def supply(self) -> Path:
        """`circulating_supply` as an absolute path."""
        return _from_root(self.circulating_supply)


class AirflowSettings(SettingsGroup):
    """Airflow, which schedules the batch work."""

    airflow_port: Port = Field(8080, description="Port of Airflow's page and of its API")


def _from_root(path: Path) -> Path:
    return (REPOSITORY / path.expanduser()).resolve()
