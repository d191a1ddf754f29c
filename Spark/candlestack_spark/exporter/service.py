"""The exporter as a process: `python Spark/batch/job_metrics.py`.

It reads, and writes one thing: that a run whose process is gone was killed. Else the run would seem to go on until
the next one of its job.
"""

from __future__ import annotations

from typing import Final

from pymongo.errors import PyMongoError

from candlestack_core import metrics
from candlestack_core.job_runs import close_killed_runs
from candlestack_core.names import JOBS
from candlestack_core.pauses import Pauses
from candlestack_core.service import Service, run
from candlestack_core.settings import MongoSettings, load
from candlestack_spark.exporter.freshness import publish_freshness
from candlestack_spark.exporter.runs import publish_runs
from candlestack_spark.stores.mongo import CandleStore, connected

MONGODB: Final = "mongodb"
EVERY_S: Final = 15.0


def export(service: Service, store: CandleStore) -> None:
    """Read and publish again and again until the service is told to stop."""
    pauses = Pauses(first=0.5, longest=EVERY_S)
    while not service.stopping.is_set():
        service.health.beat()
        try:
            close_killed_runs(store.database, JOBS)
            publish_runs(store.database)
            publish_freshness(store)
        except PyMongoError as error:
            # The gauges go on to say what was last known; the store's own says that it is away.
            metrics.STORE_UP.labels(store=MONGODB).set(0)
            service.health.not_ready(MONGODB, str(error)[:300])
            service.log.warning("the store is away", store=MONGODB, reason=str(error)[:300])
            service.stopping.wait(pauses.next())
        else:
            metrics.STORE_UP.labels(store=MONGODB).set(1)
            service.health.ready(MONGODB)
            pauses.reset()
            service.stopping.wait(EVERY_S)


def _main(service: Service) -> None:
    with connected(load(MongoSettings)) as store:
        export(service, store)


def main() -> None:
    """Run the exporter; ends the process."""
    run("job-metrics", _main, components=(MONGODB,))
