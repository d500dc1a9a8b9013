"""
Laws of files: one that is accepted loads, and one that is not has a mistake with a line.
"""

import json
import tomllib

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.plugins.rest.conftest import EXAMPLES, MINIMAL

import crmkit_rest
from crmkit._host import Host
from crmkit_rest._file import read

FILES = [
    tomllib.loads(text)
    for text in (
        MINIMAL,
        *((EXAMPLES / f"{name}.toml").read_text("utf-8") for name in ("acme", "harbor")),
    )
]
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 3),
    st.floats(-1, 1),
    st.sampled_from(
        ["", "@", "{", "{id}", "{ids}", "{value}", "{text}", "/x", "..", "`null`"]
    ),
    st.sampled_from(["bearer", "a b", "a.b", "header", "GET", "*", "https://a.example"]),
    st.lists(st.sampled_from(["note", 5]), max_size=2),
    st.dictionaries(
        st.sampled_from(["path", "at", "x", "kind"]), st.just("id"), max_size=2
    ),
)


def toml(value):
    """
    Return a value as TOML.
    """
    if isinstance(value, dict):
        pairs = (f"{json.dumps(key)} = {toml(inner)}" for key, inner in value.items())
        return f"{{ {', '.join(pairs)} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    return json.dumps(value)


def places(value, at=()):
    """
    Yield where the values of a table are.
    """
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*at, key)
            yield from places(inner, (*at, key))


def changed(value, path, new):
    """
    Return a table with something else at a place, or without it.
    """
    key, *rest = path
    copy = dict(value)
    if rest:
        copy[key] = changed(copy[key], rest, new)
    elif new is None:
        del copy[key]
    else:
        copy[key] = new
    return copy


@st.composite
def files(draw):
    """
    Draw a good file with up to three changes.
    """
    file = draw(st.sampled_from(FILES))
    for _ in range(draw(st.integers(0, 3))):
        known = list(places(file))
        if known:
            file = changed(file, draw(st.sampled_from(known)), draw(ODD))
    return file


@given(files())
@settings(max_examples=150)
def test_accepted(tmp_path_factory, file):
    """
    A file that is accepted is a plugin that loads; any other has mistakes, with lines.
    """
    path = tmp_path_factory.getbasetemp() / "any.toml"
    text = "".join(f"{json.dumps(key)} = {toml(value)}\n" for key, value in file.items())
    path.write_text(text, "utf-8")
    crm, mistakes = read(str(path))

    assert (crm is None) == bool(mistakes)
    if crm is not None:
        plugin = crmkit_rest.provider(str(path))
        assert Host({"any": plugin}).provider("any").label == crm.label
    for line, key, told in mistakes:
        assert 1 <= line <= max(1, text.count("\n"))
        assert key
        assert told


@given(st.sampled_from(FILES[1:]), st.data())
def test_line(tmp_path_factory, file, data):
    """
    An unknown key is found in whatever table, at its own line.
    """
    name = "acme" if file is FILES[1] else "harbor"
    lines = (EXAMPLES / f"{name}.toml").read_text("utf-8").splitlines()
    places = [
        n
        for n, line in enumerate(lines)
        if line.startswith("[") and "words" not in line and "custom_fields" not in line
    ]
    at = data.draw(st.sampled_from(places)) + 1
    lines.insert(at, "qqq = [[1],\n 2]")
    path = tmp_path_factory.getbasetemp() / "line.toml"
    path.write_text("\n".join(lines), "utf-8")
    found = [mistake for mistake in read(str(path))[1] if mistake.key.endswith("qqq")]

    assert [mistake.line for mistake in found] == [at + 1]
