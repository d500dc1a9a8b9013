"""
Contractions, written out in formal, and where grammar keeps them.
"""

import pytest
from tests.plugins.style.styling import styled


@pytest.mark.parametrize(
    ("casual", "formal"),
    [
        (
            "I've got 3 new places that don't go over",
            "I have got 3 new places that do not go over",
        ),
        ("We're sure you'll like it", "We are sure you will like it"),
        ("I'm {{agentName}}", "I am {{agentName}}"),
        ("we're <b>glad</b>", "We are <b>glad</b>"),
        ("They can't, and she won't.", "They cannot, and she will not."),
        ("Let's meet on Friday", "Let us meet on Friday"),
        ("CAN'T WAIT", "CANNOT WAIT"),
        ("If you're ready, we've found it", "If you are ready, we have found it"),
        ("we've already scheduled your visit", "We have already scheduled your visit"),
        (
            "They aren't here; it won't take long",
            "They are not here; it will not take long",
        ),
        ("I'm not sure", "I am not sure"),
        ("Sorry, it isn't the cheapest", "Sorry, it is not the cheapest"),
        ("Don't\nmiss it", "Do not\nmiss it"),
        ("say: don't", "say: do not"),
        ("I don't. You do", "I do not. You do"),
        ("those who won't come", "those who will not come"),
    ],
)
def test_both_ways(casual, formal):
    """
    Formal writes a contraction out, casual contracts it again.
    """
    assert styled("formal", casual) == formal
    assert styled("casual", formal).casefold() == casual.casefold()


@pytest.mark.parametrize(
    ("template", "formal", "casual"),
    [
        ("they're not here", "They are not here", "They aren't here"),
        ("I should've called", "I should have called", "I should have called"),
        ("it'll take long", "It will take long", "It will take long"),
        ("We mustn't", "We must not", "We must not"),
        ("I know who they're.", "I know who they are.", "I know who they are."),
        ("I've a house", "I have a house", "I have a house"),
        ("those near you're", "those near you are", "those near you are"),
        ("please let's know", "please let us know", "please let us know"),
        ("i'll come", "I will come", "I'll come"),
    ],
)
def test_to_formal_alone(template, formal, casual):
    """
    Further contractions, and doubtful ones, are written out; casual does not write them.
    """
    assert styled("casual", template) == template
    assert styled("formal", template) == formal
    assert styled("casual", formal) == casual


@pytest.mark.parametrize(
    "template",
    [
        "I know who they are.",
        "That is where we are",
        "what we are and will be",
        "yes, I will, and",
        "bigger than you are now",
        "how we are doing",
        "Here we are again",
        "neither you nor they are liable",
        "Here we are <br>Next",
        "Should we have found it",
        "Don't they have found it",
        "Phase I will start",
        "Sold to people like you are houses",
        "The ones near you will",
        "All of you are invited",
        "We have a house",
        "we have renovated flats",
        "I have to go",
        "we have\nfound it",
        "Please let us know",
        "Let us know",
        "Ask and let us meet",
        "Let us\n\nmeet",
        "she's here, he'd go, it ain't",
        "do <b>not</b>",
        "they do NOT",
        "do\n\nnot go",
        "do \n \n not go",
    ],
)
def test_casual_keeps(template):
    """
    Casual contracts nothing that would have to be said in full.
    """
    assert styled("casual", template) == template


@pytest.mark.parametrize(
    "template",
    [
        "Don't you think so?",
        "Do not you think so?",
        "Why don't we meet",
        "Isn't it lovely",
        "Isn't the garden lovely",
        "Lovely. Aren't these flats lovely",
        "Good! And isn't this one",
        "<p>Isn't the garden lovely",
        "why isn't there",
        "Isn't Leeds lovely",
        "Hasn't {{x}} called",
        "Hasn't anyone called",
        "Doesn't Ann know",
        "What doesn't the price hold",
        "what can't your agent do",
        "what won't the price hold",
        "what will not the price hold",
        "Cannot we meet",
        "you like it, don't you?",
        "Don't <b>you</b> think",
        "Don't\nyou think",
        "Why doesn't {{x}} call",
    ],
)
@pytest.mark.parametrize("style", ["formal", "casual"])
def test_questions(style, template):
    """
    Before a subject neither style touches a negation.
    """
    assert styled(style, template) == template


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("it isn't the garden", "It is not the garden"),
        ("The house isn't {{x}}", "The house is not {{x}}"),
        ("Don't Miss Out", "Do not Miss Out"),
        ("the agent <b>Ann</b> isn't the owner", "the agent <b>Ann</b> is not the owner"),
        ("Can't wait", "Cannot wait"),
        ("If you can't we can meet", "If you cannot we can meet"),
        ("We don't any longer", "We do not any longer"),
        ("we don't all agree", "We do not all agree"),
        ("Ann wasn't. The end", "Ann was not. The end"),
    ],
)
def test_no_questions(template, expected):
    """
    Where no subject follows, the negation is no question.
    """
    assert styled("formal", template).casefold() == expected.casefold()


def test_wide_gap():
    """
    What stands far off, beyond a wide gap, is not looked for.
    """
    gap = " " * 100

    assert styled("formal", f"Don't{gap}you") == f"Do not{gap}you"
    assert styled("formal", f"Don't{gap[:20]}you") == f"Don't{gap[:20]}you"
    assert styled("casual", f"We are{gap}") == f"We are{gap}"


@pytest.mark.parametrize("width", range(34, 42))
def test_cut_words(width):
    """
    A word is never taken for another because it ends, or begins, where the look ends.
    """
    gap = " " * width

    assert styled("casual", f"Otto{gap}thank you") == f"Otto{gap}thanks"
    assert styled("formal", f"ok, thanks{gap}yours") == f"ok, thank you{gap}yours"


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("it\u2019s said that we will not", "it\u2019s said that we won\u2019t"),
        ("it's said that we will not", "it's said that we won't"),
        ("we will not, it\u2019s said", "We won\u2019t, it\u2019s said"),
        ("'so' we will not", "'so' we won't"),
        ("\u2018so\u2019 we will not", "\u2018so\u2019 we won't"),
    ],
)
def test_apostrophe_written(template, expected):
    """
    The apostrophe is the one that the author writes, if any, else the straight one.
    """
    assert styled("casual", template) == expected


@pytest.mark.parametrize("apostrophe", ["'", "\u2019"])
def test_apostrophe_read(apostrophe):
    """
    Straight and curly apostrophes are read alike.
    """
    assert styled("formal", f"ok, don{apostrophe}t go") == "ok, do not go"
