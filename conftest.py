"""What the tests of every folder share."""

import os

# A developer's own .env must not decide whether a test passes.
os.environ["CANDLESTACK_ENV_FILE"] = os.devnull

pytest_plugins = ["candlestack_local.servers.pytest_plugin"]
