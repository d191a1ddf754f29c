"""Trials of the operator, as JSON on stdout: run by Airflow's own interpreter, `operator_trials.py FOLDER TRIAL`.

Each trial runs a small program as a task would: TRIAL is what the program shall do.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "dags"))

from airflow.sdk.exceptions import AirflowFailException

from candlestack_dags.programs import ProgramFailedError, ProgramOperator

FOREVER = "import time; print('at work', flush=True); time.sleep(600)"
PROGRAMS = {
    "well": "import sys; print(sys.argv[1:])",
    "badly": "print('first'); print('the reason'); raise SystemExit(1)",
    "refused": "print('no such pair'); raise SystemExit(2)",
    "settings": "import os; print([name for name in os.environ if name.startswith('AIRFLOW__')])",
    "killed": f"import os; open(__file__ + '.pid', 'w').write(str(os.getpid())); {FOREVER}",
}


def run(folder: Path, trial: str, settle: timedelta = timedelta(0)) -> dict[str, Any]:
    """Run a program and tell how its task ended, and after how many seconds it began."""
    program = folder / f"{trial}.py"
    program.write_text(PROGRAMS[trial])
    operator = ProgramOperator(
        task_id=trial,
        program=str(program),
        arguments=lambda _: ["--start=1", "a b; c"],
        interpreter=Path(sys.executable),
        settle=settle,
    )
    began = datetime.now(UTC)
    context: Any = {"dag_run": SimpleNamespace(run_type="scheduled", run_after=began)}
    try:
        operator.execute(context)
        ended = ""
    except (AirflowFailException, ProgramFailedError) as error:
        ended = f"{type(error).__name__}: {error}"
    return {"ended": ended, "seconds": (datetime.now(UTC) - began).total_seconds()}


def main() -> None:
    """Run one trial, or all that end."""
    folder, trials = Path(sys.argv[1]), sys.argv[2:]
    os.chdir(folder)
    os.environ["AIRFLOW__CORE__UNIT_TEST_MODE"] = "False"
    answers = {trial: run(folder, trial) for trial in trials}
    if "well" in trials:
        answers["settled"] = run(folder, "well", settle=timedelta(seconds=1))
    print(json.dumps(answers))  # noqa: T201


if __name__ == "__main__":
    main()
