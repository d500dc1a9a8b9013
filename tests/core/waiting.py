"""
Threads that meet: started together, waited for, and watched; and waits that take no time.
"""

from datetime import timedelta
from threading import Event, Thread
from time import monotonic

from crmkit._clock import SystemClock


class Skipping(SystemClock):
    """
    The computer's clock, which several processes share, but that waits take no time.
    """

    skipped = 0.0

    def now(self):
        return super().now() + timedelta(seconds=self.skipped)

    def monotonic(self):
        return super().monotonic() + self.skipped

    def sleep(self, seconds):
        self.skipped += seconds


def in_threads(number, function):
    """
    Run ``function(index)`` in so many threads.

    Returns a function that waits for them, and brings what each returned or raised.
    """
    results = [None] * number

    def run(index):
        try:
            results[index] = function(index)
        except Exception as error:  # noqa: BLE001 - it is what the test asks for
            results[index] = error

    threads = [Thread(target=run, args=[index], daemon=True) for index in range(number)]
    for thread in threads:
        thread.start()

    def join():
        for thread in threads:
            thread.join(30)
            assert not thread.is_alive()
        return results

    return join


def until(condition, seconds=10):
    """
    Return once the condition holds, which another thread brings about.
    """
    end, pause = monotonic() + seconds, Event()
    while not condition():
        assert monotonic() < end
        pause.wait(0.001)
