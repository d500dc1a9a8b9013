"""
The outbox flushed by Prefect: tried again while the CRM is away, red if somebody must act.

    python docs/scripts/prefect_flow.py

What to connect to is in crmkit.toml and in CRMKIT_ variables. The flow may run on each
machine that reaches the store, and twice at once: what one run sends, the other leaves.
"""

from prefect import flow, task
from prefect.logging import get_run_logger

from crmkit import CRMConnector

DEADLINE = 600
LATER = 4


@task(retries=3)  # how far apart: PREFECT_TASK_DEFAULT_RETRY_DELAY_SECONDS
def flush() -> int:
    """
    Send what waits; return the report's exit code, but raise where trying later may help.
    """
    with CRMConnector.from_config() as crm:
        report = crm.flush_pending(deadline=DEADLINE)
    get_run_logger().info("%r", report)  # counts and reasons, nobody's data
    if report.exit_code == LATER:
        raise RuntimeError(repr(report))
    return report.exit_code


@flow
def outbox() -> None:
    """
    Flush the outbox; fail where only a person can help, which no retry does.
    """
    if code := flush():
        msg = f"exit code {code}: run crmkit outbox list, and crmkit doctor"
        raise RuntimeError(msg)


if __name__ == "__main__":
    outbox()
