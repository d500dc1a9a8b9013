"""
Values in the order of their ids.
"""

from hypothesis import given
from hypothesis import strategies as st

from crmkit_simulator.hubspot._ordered import Ordered

IDS = st.integers(1, 12)


@given(steps=st.lists(st.tuples(st.booleans(), IDS), max_size=40), start=IDS)
def test_like_sorting(steps, start):
    """
    Whatever is added and removed, in whatever order, it is a dictionary that is sorted.
    """
    ordered, plain = Ordered(), {}
    for step, (adds, id_) in enumerate(steps):
        if adds:
            ordered.put(str(id_), f"value {step}")
            plain[id_] = f"value {step}"
        else:
            assert ordered.remove(str(id_)) == plain.pop(id_, None)

    assert [ordered.get(str(id_)) for id_ in range(13)] == list(map(plain.get, range(13)))
    rest = [(str(id_), plain[id_]) for id_ in sorted(plain) if id_ > start]
    assert list(ordered.after(start)) == rest
