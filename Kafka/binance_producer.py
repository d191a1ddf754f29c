"""The candle producer: 1m klines of SYMBOLS into Kafka. Run it with `python Kafka/binance_producer.py`."""

from candlestack_ingest.producers.candles import main

if __name__ == "__main__":
    main()
