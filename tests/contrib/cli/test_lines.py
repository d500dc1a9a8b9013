"""
JSON lines to activities.
"""

import json

from hypothesis import given
from hypothesis import strategies as st

from crmkit_cli._lines import parse

ACCOUNT = ("acme", "bob")
ACTIVITIES = st.lists(
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(("call", "note")),
            "timestamp": st.just("2026-05-01T09:30Z"),
        },
        optional={
            "client_id": st.sampled_from("12"),
            "description": st.text(st.characters(exclude_categories=["Cs"])),
        },
    )
)


def text_of(activities):
    """
    Return JSON lines.
    """
    return "\n".join(map(json.dumps, activities)).encode()


@given(ACTIVITIES)
def test_ids(activities):
    """
    Every line has an id of its own, and the same one whenever the file is read.
    """
    ids = [a.id for a in parse(text_of(activities), ACCOUNT).activities.values()]
    again = [a.id for a in parse(text_of(activities), ACCOUNT).activities.values()]

    assert ids == again
    assert len(set(ids)) == len(activities)


@given(ACTIVITIES, st.data())
def test_any_order(activities, data):
    """
    The ids do not depend on the order of the lines, nor on those that were added.
    """
    ids = {a.id for a in parse(text_of(activities), ACCOUNT).activities.values()}
    more = data.draw(st.permutations(activities)) + data.draw(ACTIVITIES)

    assert ids <= {a.id for a in parse(text_of(more), ACCOUNT).activities.values()}


def test_accounts():
    """
    The same line for another account is another activity.
    """
    text = text_of([{"type": "call", "timestamp": "2026-05-01T09:30Z"}])
    ids = {parse(text, account).activities[1].id for account in [ACCOUNT, ("acme", "eve")]}

    assert len(ids) == 2


@given(st.lists(st.binary().filter(lambda line: b"\n" not in line)))
def test_anything(lines):
    """
    Whatever a line holds, it is an activity, an error, or blank; nothing is raised.
    """
    parsed = parse(b" \n" + b"\n".join([b"{}", *lines]), ACCOUNT)
    said = {number for number, line in enumerate(lines, 3) if line.strip()}

    assert said | {2} == parsed.activities.keys() | parsed.errors.keys()
