"""The REST producer: candles of SYMBOLS, polled by ccxt. Run it with `python Kafka/rest_producer.py`."""

from candlestack_ingest.market_data.producer import main

if __name__ == "__main__":
    main()
