"""
Tags are put on records and taken off.
"""

import pytest

ANA, BO = "5725767000000524157", "5725767000000524158"


def names(send, id_):
    """
    Return the names of a contact's tags.
    """
    (record,) = send("GET", f"Contacts/{id_}", fields="Tag").json["data"]
    return [tag["name"] for tag in record["Tag"]]


def tags(*given):
    """
    Return tags as requests have them.
    """
    return [{"name": name} for name in given]


def test_add(send):
    """
    Tags are added to those that a record has, each once.
    """
    answer = send("POST", f"Contacts/{BO}/actions/add_tags", {"tags": tags("New", "VIP")})
    (result,) = answer.json["data"]

    assert (answer.status, result["message"]) == (200, "tags updated successfully")
    assert [tag["name"] for tag in result["details"]["tags"]] == ["VIP", "New"]
    assert names(send, BO) == ["VIP", "New"]


def test_over_write(send):
    """
    Tags replace those that a record has if the request says so.
    """
    body = {"tags": tags("New"), "over_write": True}
    send("POST", f"Contacts/{BO}/actions/add_tags", body)

    assert names(send, BO) == ["New"]


def test_remove(send):
    """
    Tags are taken off; one that is not on the record is no mistake.
    """
    answer = send("POST", f"Contacts/{BO}/actions/remove_tags", {"tags": tags("VIP", "No")})

    assert answer.status == 200
    assert names(send, BO) == []


def test_many(send):
    """
    Several records are tagged by one request, and each has its result.
    """
    body = {"tags": tags("New"), "ids": [ANA, BO, "9"]}
    answer = send("POST", "Contacts/actions/add_tags", body)

    assert answer.status == 207
    codes = [one["code"] for one in answer.json["data"]]
    assert codes == ["SUCCESS", "SUCCESS", "INVALID_DATA"]
    assert answer.json["locked_count"] == "0"
    assert (names(send, ANA), names(send, BO)) == (["New"], ["VIP", "New"])


def test_same_tag(send):
    """
    A tag has one id in its module, and is listed there.
    """
    for id_ in (ANA, BO):
        send("POST", f"Contacts/{id_}/actions/add_tags", {"tags": tags("New")})
    (ana,) = send("GET", f"Contacts/{ANA}", fields="Tag").json["data"]
    listed = send("GET", "settings/tags", module="Contacts").json["tags"]

    ids = {tag["name"]: tag["id"] for tag in listed}
    assert set(ids) == {"VIP", "New"}
    assert ana["Tag"] == [{"name": "New", "id": ids["New"], "color_code": None}]


@pytest.mark.parametrize("given", [None, ["VIP"], tags("x" * 26), [{}]])
def test_refused(send, given):
    """
    What is no list of tags, or too long a name, is refused.
    """
    refused = send("POST", f"Contacts/{ANA}/actions/add_tags", {"tags": given})

    assert refused.status == 400
    assert refused.json["tags"][0]["code"] == "INVALID_DATA"
    assert names(send, ANA) == []


def test_ids_refused(send):
    """
    The records to tag are a list of at most a hundred ids.
    """
    for ids in (None, [], "1", [str(number) for number in range(101)]):
        body = {"tags": tags("New"), "ids": ids}
        refused = send("POST", "Contacts/actions/add_tags", body)
        assert (refused.status, refused.json["code"]) == (400, "INVALID_DATA")


def test_most(send):
    """
    A record has at most ten tags.
    """
    add = f"Contacts/{BO}/actions/add_tags"
    nine = tags(*"abcdefghi")

    assert send("POST", add, {"tags": nine}).status == 200
    refused = send("POST", add, {"tags": tags("j")})
    assert refused.json["data"][0]["details"]["maximum_length"] == 10
