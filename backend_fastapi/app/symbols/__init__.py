"""The pairs the platform knows."""
