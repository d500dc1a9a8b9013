"""
Letters to a whole address book, part by part, in many processes or on many machines.

    python docs/scripts/letters.py clients.csv letters/                       # processes
    python docs/scripts/letters.py clients.csv letters/ tcp://scheduler:8786  # Dask

All machines must see the folder. However long the book is, nobody holds more of it than a
part: first a smaller book, then its letters as JSON lines.
"""

import csv
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from itertools import islice
from pathlib import Path

from crmkit import CRMConnector, CrmkitError
from crmkit.codec import to_json

PART = 10_000
LETTER = """\
hey {{ firstName | default: "there" }},

thanks for asking about {{ Location | default: "your plans" }}!
"""


def main(book: str, folder: str, scheduler: str | None = None) -> None:
    """
    Write the letters to everybody in a book, and print the names of their files.
    """
    cut = list(parts(Path(book), Path(folder)))
    if scheduler is None:
        with ProcessPoolExecutor() as executor:
            letters = list(executor.map(personalize, cut))
    else:
        from distributed import Client

        with Client(scheduler) as client:
            letters = client.gather(client.map(personalize, cut))
    print(*letters, sep="\n")


def parts(book: Path, folder: Path) -> Iterator[Path]:
    """
    Cut a book into smaller ones, each with the headers.
    """
    folder.mkdir(exist_ok=True)
    with book.open(newline="", encoding="utf-8-sig") as file:
        rows = csv.reader(file)
        headers = next(rows)
        while some := list(islice(rows, PART)):
            part = folder / f"part-{rows.line_num:09}.csv"
            with part.open("w", newline="", encoding="utf-8") as smaller:
                csv.writer(smaller).writerows([headers, *some])
            yield part


@cache
def writer() -> CRMConnector:
    """
    Return what writes letters in this process; it compiles their text once.
    """
    return CRMConnector(transformers={"style": {}})


def personalize(part: Path) -> Path:
    """
    Write the letters to everybody in a part, and where there is none the reason.
    """
    place = {"addressbook": {"path": str(part)}}
    letters = part.with_suffix(".jsonl")
    with (
        CRMConnector(default_provider="addressbook", settings=place) as crm,
        letters.open("w", encoding="utf-8") as lines,
    ):
        for made in writer().personalize_many(LETTER, crm.iter_clients()):
            failed = isinstance(made, CrmkitError)
            line = {"error": str(made)} if failed else {"to": made.to, "text": made.content}
            print(to_json(line), file=lines)
    return letters


if __name__ == "__main__":
    main(*sys.argv[1:])
