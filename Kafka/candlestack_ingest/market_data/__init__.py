"""The REST producer: candles polled from an exchange by ccxt, the forming ones too, into Kafka."""
