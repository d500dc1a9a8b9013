"""
Secrets and personal data planted on purpose, and the search for where they come out.
"""

import logging
import pickle
import traceback
from collections import defaultdict
from contextlib import suppress
from urllib.parse import quote, quote_plus

SECRETS = {
    "access token": "pl4nt-acc3ss",
    "refresh token": "pl4nt-refr3sh",
    "client secret": "pl4nt-s3cret",
}
PERSONAL = {
    "e-mail": "planted.ana@example.com",
    "phone": "+4930901820",
    "name": "Anaplanted",
    "note": "Planted words of a note",
    "metadata": "Planted subject",
    "field": "Planted badge",
}
PLANTS = {**SECRETS, **PERSONAL}


class Search:
    """
    Takes what came out at each *place*, and tells which plants are in it.
    """

    def __init__(self):
        self.looked_at = defaultdict(list)

    def take(self, place, *texts):
        """
        Remember texts or bytes that came out at this place.
        """
        self.looked_at[place] += [
            text if isinstance(text, bytes) else str(text).encode() for text in texts
        ]

    def show(self, place, *values):
        """
        Take what values show of themselves, alone and in a list; a pickle if there is one.
        """
        for value in values:
            self.take(place, repr(value), str(value), repr([value]), f"{value}")

    def raised(self, error):
        """
        Take what an error shows: its chain, also what is hidden there, its attributes.
        """
        shown = "".join(traceback.format_exception(error))
        self.take("tracebacks", shown)
        for each in chain(error):
            self.take("errors", repr(each), str(each), repr(vars(each)), repr(each.args))
            with suppress(TypeError, AttributeError, pickle.PicklingError):
                self.take("pickled errors", pickle.dumps(each))

    def found(self, plants=PLANTS):
        """
        Return where which plant is, however it is written there.
        """
        return {
            (place, name)
            for place, texts in self.looked_at.items()
            for name, plant in plants.items()
            if any(form in text for text in texts for form in forms(plant))
        }


def forms(plant):
    """
    Return the bytes that a plant may be: as it is, quoted, in UTF-16.
    """
    kinds = {plant, quote(plant), quote_plus(plant), quote(plant, safe="")}
    return [*(kind.encode() for kind in kinds), plant.encode("utf-16-le")]


def chain(error):
    """
    Return an error with all that led to it, said or not.
    """
    found, left = [], [error]
    while left:
        each = left.pop()
        if each is not None and each not in found:
            found.append(each)
            left += [each.__cause__, each.__context__, *getattr(each, "exceptions", ())]
    return found


class Everything(logging.Handler):
    """
    Gives a search all that is logged, with its arguments and its errors.
    """

    def __init__(self, search):
        super().__init__(logging.DEBUG)
        self.search = search
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))

    def emit(self, record):
        """
        Take the line as it would be written, and what it is made of.
        """
        self.search.take("logs", self.format(record), repr(record.args))
