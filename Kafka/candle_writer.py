"""The candle writer: closed candles into MongoDB. Run it with `python Kafka/candle_writer.py`."""

from candlestack_ingest.consumers.candle_writer import main

if __name__ == "__main__":
    main()
