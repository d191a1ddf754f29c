"""The order-book builder: books from diffs and snapshots. Run it with `python Kafka/orderbook_builder.py`."""

from candlestack_ingest.books.builder import main

if __name__ == "__main__":
    main()
