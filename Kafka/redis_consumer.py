"""The Redis writer: candles and trades into the realtime store. Run it with `python Kafka/redis_consumer.py`."""

from candlestack_ingest.consumers.redis_writer import main

if __name__ == "__main__":
    main()
