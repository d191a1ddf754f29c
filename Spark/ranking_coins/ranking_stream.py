"""Rank all pairs by their last 1,440 minutes as candles close: `python Spark/ranking_coins/ranking_stream.py`."""

from candlestack_spark.ranking.service import main

if __name__ == "__main__":
    main()
