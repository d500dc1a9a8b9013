"""
What the core weighs: distributions, megabytes on disk, import time beside a peer's.
"""

import re
import statistics
import subprocess
import sys
import time
from importlib.metadata import Distribution, distribution
from pathlib import Path

CORE = "from crmkit import CRMConnector, ProviderInfo, hookimpl"
PEER = "import hubspot; hubspot.HubSpot(access_token='x').crm.contacts.basic_api"
ROUNDS = 15


def needed(name: str) -> dict[str, Distribution]:
    """
    Return a distribution and all that it needs without extras, by name.
    """
    found = distribution(name)
    every = {name: found}
    for requirement in found.requires or []:
        if "extra ==" not in requirement and "python_version" not in requirement:
            every |= needed(re.split(r"[^\w.-]", requirement)[0].lower())
    return every


def megabytes(found: Distribution) -> float:
    """
    Return the size of a distribution's files with their compiled forms.
    """
    places = [Path(str(file.locate())) for file in found.files or []]
    compiled = [
        cached
        for place in places
        if place.suffix == ".py"
        for cached in place.parent.glob(f"__pycache__/{place.stem}.*.pyc")
    ]
    every = {place.resolve() for place in (*places, *compiled) if place.is_file()}
    return sum(place.stat().st_size for place in every) / 1e6


def seconds(statement: str) -> float:
    """
    Return how long a fresh interpreter takes for a statement.
    """
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    return time.perf_counter() - start


def main() -> None:
    """
    Print the table.
    """
    core = needed("crmkit")
    size = sum(megabytes(found) for found in core.values())
    print(f"core: {len(core)} distributions (goal <= 8): {', '.join(sorted(core))}")
    print(f"core: {size:.2f} MB with bytecode (goal <= 4.5)")
    rounds = [(seconds("pass"), seconds(CORE), seconds(PEER)) for _ in range(ROUNDS)]
    ratios = [(ours - bare) / (peer - bare) for bare, ours, peer in rounds]
    print(
        f"import, ours : hubspot-api-client: {statistics.median(ratios):.2f} (goal <= 0.5)"
    )


if __name__ == "__main__":
    main()
