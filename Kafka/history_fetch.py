"""Fill holes of the newest 1m history, and clear Redis: `python Kafka/history_fetch.py [--symbols A,B] [--hours N]`."""

from candlestack_ingest.history.command import main

if __name__ == "__main__":
    main()
