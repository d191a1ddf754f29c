"""What the tests of every folder share."""

pytest_plugins = ["candlestack_local.servers.pytest_plugin"]
