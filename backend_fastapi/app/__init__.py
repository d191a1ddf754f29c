"""The API: one folder per domain, each with its routes, service and schemas."""
