"""The debug consumer: looks into topics, lag and books. Run it with `python Kafka/debug_consumer.py --help`."""

from candlestack_ingest.inspection.cli import main

if __name__ == "__main__":
    main()
