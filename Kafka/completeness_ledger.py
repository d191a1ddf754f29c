"""The completeness ledger: what came, what is missing. Run it with `python Kafka/completeness_ledger.py`."""

from candlestack_ingest.completeness.ledger import main

if __name__ == "__main__":
    main()
