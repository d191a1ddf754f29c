"""All settings of the platform: typed, read from the environment and from `.env` in the root.

The environment wins over `.env`. A service loads the groups it needs with `load`; a bad value stops it
with one line that names the variable, and exit code 2. `candlestack_core.env_example` writes
`.env.example` from these groups, so a variable that is not here does not exist.
"""

from __future__ import annotations

from candlestack_core.settings.access import AccessSettings
from candlestack_core.settings.base import (
    ENV_FILE,
    REPOSITORY,
    BadSettingError,
    Group,
    SettingsGroup,
    load,
    variable_name,
    variable_names,
)
from candlestack_core.settings.batch import AirflowSettings, RankingSettings, SparkSettings
from candlestack_core.settings.exchange import (
    DEFAULT_FUTURES_SYMBOLS,
    DEFAULT_SYMBOLS,
    ExchangeSettings,
    MarketDataSettings,
    OrderBookSettings,
)
from candlestack_core.settings.runner import RunnerSettings
from candlestack_core.settings.services import ApiSettings, FrontendSettings, ServiceSettings
from candlestack_core.settings.simulator import SimulatorSettings
from candlestack_core.settings.sockets import SocketSettings
from candlestack_core.settings.stores import KafkaSettings, MongoSettings, RedisSettings

GROUPS: tuple[type[SettingsGroup], ...] = (
    ExchangeSettings,
    OrderBookSettings,
    MarketDataSettings,
    KafkaSettings,
    RedisSettings,
    MongoSettings,
    SimulatorSettings,
    SparkSettings,
    RankingSettings,
    ApiSettings,
    AccessSettings,
    SocketSettings,
    FrontendSettings,
    AirflowSettings,
    ServiceSettings,
    RunnerSettings,
)

__all__ = [
    "DEFAULT_FUTURES_SYMBOLS",
    "DEFAULT_SYMBOLS",
    "ENV_FILE",
    "GROUPS",
    "REPOSITORY",
    "AccessSettings",
    "AirflowSettings",
    "ApiSettings",
    "BadSettingError",
    "ExchangeSettings",
    "FrontendSettings",
    "Group",
    "KafkaSettings",
    "MarketDataSettings",
    "MongoSettings",
    "OrderBookSettings",
    "RankingSettings",
    "RedisSettings",
    "RunnerSettings",
    "ServiceSettings",
    "SettingsGroup",
    "SimulatorSettings",
    "SocketSettings",
    "SparkSettings",
    "load",
    "variable_name",
    "variable_names",
]
