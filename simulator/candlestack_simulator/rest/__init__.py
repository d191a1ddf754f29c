"""The REST half of the exchange: `/api/v3` with its weights, validations and error bodies."""
