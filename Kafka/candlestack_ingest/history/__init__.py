"""The newest history made whole: holes filled by REST, the realtime window refilled, what has expired cleared."""
