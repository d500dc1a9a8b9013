"""
Requests to AWS as a test wants them: counted, refused, or done with the answer lost.
"""

import json
from collections import Counter

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectionClosedError

LOST, AWAY, THROTTLED = "lost", "away", "throttled"


class Faults:
    """
    What is asked of AWS: *asked* holds (action, values) of each request, in order.

    *plan* is given both, and says what becomes of it: one of the above, None for nothing.
    """

    def __init__(self):
        self.asked = []
        self.failed = False
        self.plan = lambda action, values: None

    @property
    def counts(self):
        return Counter(action for action, _ in self.asked)

    def fail(self, what, action, *, times=None, after=0):
        """
        Have this become of the requests of an action, so many times, after so many.
        """
        seen = Counter()

        def plan(asked, values):
            if action not in {asked, "*"}:
                return None
            seen[action] += 1
            last = after + times if times is not None else float("inf")
            return what if after < seen[action] <= last else None

        self.plan = plan

    def end(self):
        self.plan = lambda action, values: None

    def answer(self, answers, event, request, **more):
        """
        Answer a request by what simulates AWS, or as the plan says.
        """
        service, action = event.split(".")[1:]
        values = json.loads(request.body or b"{}")
        self.asked.append((f"{service}:{action}", values))
        planned = self.plan(action, values)
        self.failed |= planned is not None
        if planned == AWAY:
            raise ConnectionClosedError(endpoint_url=request.url)
        if planned == THROTTLED:
            return _refused(request.url, "ProvisionedThroughputExceededException")
        answered = answers(event, request, **more)
        if planned == LOST:
            raise ConnectionClosedError(endpoint_url=request.url)
        if callable(planned):
            return planned(answered)
        return answered


class _Body:
    def __init__(self, content):
        self.content = content

    def stream(self, **_kwargs):
        yield self.content


def answered(url, status, values):
    """
    Make an answer of AWS.
    """
    body = _Body(json.dumps(values).encode())
    return AWSResponse(url, status, {"x-amzn-requestid": "1"}, body)


def _refused(url, code):
    return answered(url, 400, {"__type": f"com.amazonaws.dynamodb#{code}", "message": "-"})
