"""What the DAG files make, as JSON on stdout: run by Airflow's own interpreter, `inventory.py FOLDER`.

Also what they did besides on being read: a scheduler reads them every minute, and has no time for it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from airflow.dag_processing.dagbag import BundleDagBag
from airflow.serialization.serialized_objects import DagSerialization

WATCHED = ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.exec", "os.mkdir")
done: list[str] = []
reading = False


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    """Note what reaches out of the process, and files that are written."""
    if not reading:
        return
    writes = event == "open" and any(letter in str(arguments[1] or "") for letter in "wax+")
    if event in WATCHED or (writes and "__pycache__" not in str(arguments[0])):
        done.append(f"{event} {arguments[:2]}")


def main() -> None:
    """Read the DAG files of a folder twice: the first time Airflow imports what it needs itself."""
    global reading  # noqa: PLW0603 - the hook can be told no other way
    folder = Path(sys.argv[1])
    sys.addaudithook(watch)
    BundleDagBag(folder, bundle_path=folder)
    reading = True
    bag = BundleDagBag(folder, bundle_path=folder)
    reading = False
    dags = {dag_id: DagSerialization.to_dict(dag) for dag_id, dag in bag.dags.items()}
    # Airflow logs to stdout; the last line is ours.
    print(json.dumps({"errors": bag.import_errors, "done": done, "dags": dags}))  # noqa: T201


if __name__ == "__main__":
    main()
