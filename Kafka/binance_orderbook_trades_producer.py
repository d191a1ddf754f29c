"""The trade producer: trades of SYMBOLS into Kafka. Run it with `python FILE`."""

from candlestack_ingest.producers.trades import main

if __name__ == "__main__":
    main()
