"""Exchange connectors: one folder per venue."""
