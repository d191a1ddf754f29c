"""The stores: how candles and trades are laid out in MongoDB and Redis, and how a better version replaces a worse."""
