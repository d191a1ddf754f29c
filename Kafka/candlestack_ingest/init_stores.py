"""Make MongoDB's collections, validators and indexes: `python -m candlestack_ingest.init_stores`.

Idempotent: run again it changes nothing. Waits for MongoDB with growing pauses, and says so.
"""

from __future__ import annotations

import argparse
import sys
import time

from pymongo.errors import OperationFailure, PyMongoError

from candlestack_core.pauses import Pauses
from candlestack_core.settings import BadSettingError, MongoSettings, load
from candlestack_ingest.completeness.schema import ensure_completeness_collection
from candlestack_ingest.stores.candles import connect
from candlestack_ingest.stores.schema import ensure_candle_collections

EXAMPLE = "example: MONGO_URI=mongodb://localhost:27017 python -m candlestack_ingest.init_stores --wait 60"


def init_stores(settings: MongoSettings, wait_s: float) -> list[str]:
    """Make the stores be as they should, waiting for MongoDB; return what was done, a line each.

    Raises:
        BadSettingError: the connection string cannot be understood.
        pymongo.errors.PyMongoError: MongoDB is not there after `wait_s` seconds, or refuses.
    """
    pauses = Pauses(first=0.2, longest=3.0)
    deadline = time.monotonic() + wait_s
    with connect(settings) as client:
        while True:
            try:
                database = client[settings.mongo_db]
                return [
                    *ensure_candle_collections(database),
                    *ensure_completeness_collection(database, settings.completeness_days),
                ]
            except PyMongoError as error:
                if time.monotonic() > deadline or isinstance(error, OperationFailure):
                    raise
                sys.stderr.write(f"waiting for MongoDB: {str(error)[:200]}\n")
            time.sleep(pauses.next())


def main() -> None:
    """Run the command; exit code 1 when MongoDB stays away or refuses, 2 for a bad setting."""
    parser = argparse.ArgumentParser(
        prog="init_stores", description=__doc__, epilog=EXAMPLE, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "--wait", type=float, default=60.0, metavar="SECONDS", help="wait this long for MongoDB"
    )
    wait_s = parser.parse_args().wait
    try:
        done = init_stores(load(MongoSettings), wait_s)
    except BadSettingError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from None
    except PyMongoError as error:
        sys.stderr.write(f"the stores could not be made: {str(error)[:500]}\n")
        raise SystemExit(1) from None
    for line in done or ["every collection is as it should be"]:
        sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
