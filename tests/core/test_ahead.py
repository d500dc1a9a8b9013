"""
Steps run one ahead of who uses what they bring, and nothing that they bring is lost.
"""

from threading import Event, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit._ahead import ahead


@given(st.integers(0, 12), st.none() | st.integers(0, 11))
def test_each_once(number, stop):
    """
    Each result is used in order or released, and no step runs more than one ahead.
    """
    begun, used, released = [], [], []

    def steps():
        for step in range(number):
            begun.append(step)
            yield lambda step=step: step

    with ahead(steps(), released.append) as results:
        for result in results:
            used.append(result)
            assert len(begun) <= len(used) + 1
            if result == stop:
                break

    assert used + released == begun == list(range(len(begun)))
    assert len(released) <= 1
    if stop is None or stop >= number:
        assert used == list(range(number))


def test_meanwhile():
    """
    The next step runs while the caller works on the result before.
    """
    begun = Event()

    def first():
        return "first"

    def second():
        begun.set()
        return "second"

    with ahead([first, second], lambda result: None) as results:
        assert next(results) == "first"
        assert begun.wait(30)
        assert list(results) == ["second"]


def test_asked_late():
    """
    Whether there is another step is asked after the result before was used.
    """
    used = []

    def steps():
        for step in range(5):
            if len(used) > 1:
                return
            yield lambda step=step: step

    with ahead(steps(), lambda result: None) as results:
        used.extend(iter(lambda: next(results, None), None))

    assert used == [0, 1, 2]


def test_failure():
    """
    What a step raises is raised where its result would have come.
    """

    def broken():
        raise KeyError

    with ahead([lambda: 1, broken], lambda result: None) as results:
        assert next(results) == 1
        with pytest.raises(KeyError):
            next(results)


def test_callers_failure():
    """
    When the caller fails, the step that ran ahead is over, and its result released.
    """
    released = []

    def use():
        with ahead([lambda: 1, lambda: 2, lambda: 3], released.append) as results:
            return next(results) / 0

    with pytest.raises(ZeroDivisionError):
        use()

    assert released == [2]


def test_interrupted_wait():
    """
    A result for which the caller was waiting when it was interrupted is released.
    """
    released, over = [], Event()

    def slow():
        over.wait(30)
        return 2

    def steps():
        yield lambda: 1
        yield slow
        over.set()
        raise KeyboardInterrupt

    with (
        pytest.raises(KeyboardInterrupt),
        ahead(steps(), released.append) as results,
    ):
        list(results)

    assert released == [2]


@pytest.mark.parametrize("runs", [True, False])
def test_interrupted_start(monkeypatch, runs):
    """
    An interruption while the thread starts loses no result, whether it runs or not.
    """
    start, ran, released = Thread.start, [], []

    def interrupted(thread):
        if runs:
            start(thread)
        raise KeyboardInterrupt

    monkeypatch.setattr(Thread, "start", interrupted)
    with (
        pytest.raises(KeyboardInterrupt),
        ahead([lambda: 1, lambda: ran.append(2) or 2], released.append) as results,
    ):
        list(results)

    assert released == [1, *ran]
    assert runs or not ran


def test_both_fail():
    """
    When the caller and the step that ran ahead both fail, the caller's failure is raised.
    """

    def broken():
        raise KeyError

    def use():
        with ahead([lambda: 1, broken], lambda result: None) as results:
            return next(results) / 0

    with pytest.raises(ZeroDivisionError):
        use()


def test_no_thread(monkeypatch):
    """
    Where no thread can be started, the steps run in the caller's, each once.
    """

    def refuse(thread):
        msg = "can't start new thread"
        raise RuntimeError(msg)

    monkeypatch.setattr(Thread, "start", refuse)
    begun = []

    def step(number):
        begun.append(number)
        return number

    steps = [lambda number=number: step(number) for number in range(5)]
    with ahead(steps, lambda result: None) as results:
        assert list(results) == begun == list(range(5))
