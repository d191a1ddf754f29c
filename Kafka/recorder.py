"""The recorder: what the exchange sends, as it came. Run it with `python Kafka/recorder.py --help`."""

from candlestack_ingest.recorder.cli import main

if __name__ == "__main__":
    main()
