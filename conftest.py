"""What the tests of every folder share."""

import os

from hypothesis import HealthCheck, settings

# How long an example takes says something about the machine, nothing about the rule.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

# A developer's own .env must not decide whether a test passes.
os.environ["CANDLESTACK_ENV_FILE"] = os.devnull

pytest_plugins = ["candlestack_local.servers.pytest_plugin"]
