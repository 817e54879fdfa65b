"""A nightly run from Airflow 2.4 or later: tried again where it broke, not where its input is wrong."""

import subprocess
from datetime import datetime, timedelta

from airflow.decorators import dag, task
from airflow.exceptions import AirflowException, AirflowFailException

# The driver runs here: its exit code is then spark-submit's.
COMMAND = [
    "spark-submit", "--deploy-mode", "client",
    "--properties-file", "/opt/reckon/spark-defaults.conf",
    "--class", "io.reckon.jobs.cli.Main", "/opt/reckon/reckon.jar",
    "infer", "--since-last-run",
    "--prompts", "hdfs:///PROMPTS",
    "--output", "hdfs:///ANSWERS",
    "--model", "hdfs:///models/MODEL",
]  # fmt: skip

DONE, BAD_INPUT, DONE_WITH_FAILED_ROWS = 0, 2, 3


@dag(
    schedule="0 2 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,  # A run reads all that is new, whichever night it came.
    max_active_runs=1,
)
def reckon_nightly():
    @task(retries=2, retry_delay=timedelta(minutes=10))
    def infer() -> int:
        code = subprocess.run(COMMAND, cwd="/opt/reckon").returncode
        if code == BAD_INPUT:
            raise AirflowFailException("the input is wrong, or another run has the output; the log says what")
        if code not in (DONE, DONE_WITH_FAILED_ROWS):
            raise AirflowException(f"the run broke with {code}; what was done is kept")
        return code

    @task.short_circuit
    def some_rows_failed(code: int) -> bool:
        return code == DONE_WITH_FAILED_ROWS

    @task
    def tell():
        """Yours to fill in: the column error of the answers says why each row failed."""

    some_rows_failed(infer()) >> tell()


reckon_nightly()
