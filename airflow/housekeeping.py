"""Forget old runs and their logs, so that neither grows without end: `python airflow/housekeeping.py [--days N]`.

Run by Airflow's own interpreter with `AIRFLOW_HOME` set. The newest scheduled run of each DAG is always kept: from it
the scheduler goes on.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

DAYS = 14


def remove_old(folder: Path, days: int) -> int:
    """Remove the files below a folder that were not written to for so many days; return how many."""
    oldest = time.time() - days * 86_400
    removed = 0
    for path in sorted(folder.rglob("*"), reverse=True):  # what is in a folder comes before it
        if path.is_dir() and not path.is_symlink():
            if not any(path.iterdir()):
                path.rmdir()
        elif path.lstat().st_mtime < oldest:
            path.unlink()
            removed += 1
    return removed


def main() -> None:
    """Remove old logs, then old runs."""
    parser = argparse.ArgumentParser(prog="housekeeping", description=__doc__)
    parser.add_argument("--days", type=int, default=DAYS, metavar="N", help=f"what is kept; {DAYS} without")
    days = parser.parse_args().days
    if days < 1:
        parser.error("--days must be at least 1")
    # Airflow takes seconds to import.
    import pendulum  # noqa: PLC0415
    from airflow.configuration import conf  # noqa: PLC0415
    from airflow.utils.db_cleanup import run_cleanup  # noqa: PLC0415

    removed = remove_old(Path(conf.get_mandatory_value("logging", "base_log_folder")), days)
    sys.stdout.write(f"removed {removed} logs that are older than {days} days\n")
    run_cleanup(
        clean_before_timestamp=pendulum.now("UTC").subtract(days=days), confirm=False, skip_archive=True
    )


if __name__ == "__main__":
    main()
