"""
Closings of English letters, and loud marks in them.
"""

import pytest
from tests.plugins.style.styling import styled

BODY = "Dear Ann,\n\nIt is sold.\n\n"


@pytest.mark.parametrize(
    ("casual", "formal"),
    [
        ("cheers,\n{{agentName}}", "Kind regards,\n{{agentName}}"),
        ("Cheers,\n{{agentName}}", "Kind regards,\n{{agentName}}"),
        ("CHEERS\nAnn", "KIND REGARDS\nAnn"),
        ("Cheers", "Kind regards"),
        (
            "Cheers, \nAnn\nAcme\n1 Main St\n+1 555",
            "Kind regards, \nAnn\nAcme\n1 Main St\n+1 555",
        ),
        ("Cheers!\nAnn", "Kind regards!\nAnn"),
        ("  Cheers,\nAnn", "  Kind regards,\nAnn"),
    ],
)
def test_closings(casual, formal):
    """
    A closing on a line of its own is swapped, both ways.
    """
    assert styled("formal", BODY + casual) == BODY + formal
    assert styled("casual", BODY + formal).casefold() == (BODY + casual).casefold()


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        (
            "<p>Sold.</p><p>Cheers,</p><p>Ann</p>",
            "<p>Sold.</p><p>Kind regards,</p><p>Ann</p>",
        ),
        (
            "<p>Sold.<br>\n<b>Cheers</b>,<br>Ann</p>",
            "<p>Sold.<br>\n<b>Kind regards</b>,<br>Ann</p>",
        ),
        ("<p>Sold.\nCheers,\nAnn</p>", "<p>Sold.\nCheers,\nAnn</p>"),
        ("<p>Cheers,</p><p>Ann</p>", "<p>Cheers,</p><p>Ann</p>"),
        ("<div><p>Cheers,</p><p>Ann</p></div>", "<div><p>Cheers,</p><p>Ann</p></div>"),
        (
            f"Sold<p>Cheers,</p>{'<br>' * 20}Ann",
            f"Sold<p>Kind regards,</p>{'<br>' * 20}Ann",
        ),
    ],
)
def test_closings_in_html(template, expected):
    """
    In HTML a block is a line, a line break is none.
    """
    assert styled("formal", template, content_type="email_html") == expected


@pytest.mark.parametrize(
    "template",
    [
        "Cheers",
        "Cheers,\nAnn",
        "\n\nCheers,\nAnn",
        "Sold!\nCheers, Ann",
        "Sold!\nCheers for that\nAnn",
        "Sold!\nMany cheers\nAnn",
        "Sold!\nAnn cheers,",
        "Sold! Cheers!",
        "Sold!\ncheers" + "\nline" * 11,
        "Sold!\nWith kind regards,\nAnn",
    ],
)
@pytest.mark.parametrize("style", ["formal", "casual"])
def test_no_closings(style, template):
    """
    Elsewhere the same words stay: within a line, in a first one, far from the end.
    """
    assert styled(style, template) == template


def test_lines_after_a_closing():
    """
    Ten lines may follow a closing, empty ones not counted.
    """
    after = "\n" + "\nline\n\n" * 10

    assert styled("formal", f"Sold!\ncheers{after}") == f"Sold!\nKind regards{after}"


def test_lines_counted_alike():
    """
    A line that a swap takes away does not bring a closing nearer to the end.
    """
    letter = "Sold!\nKind regards\nthank\nyou"
    casual = "Sold!\nCheers\nThanks"

    assert styled("casual", letter + "\nline" * 9) == casual + "\nline" * 9
    assert "Kind regards\nThanks" in styled("casual", letter + "\nline" * 10)


@pytest.mark.parametrize(
    "template",
    [
        "Do not hesitate to call.",
        "Please do not hesitate to call us.\n\nKind regards,\nAnn",
        "Dear Ann,\n\nWe will not exchange before May. I am glad. Yours sincerely,\nBob",
    ],
)
def test_formal_stays(template):
    """
    A letter that is formal stays as it is under formal.
    """
    assert styled("formal", template) == template


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("Sold!!!", "Sold!"),
        ("Sold!! Really??", "Sold! Really?"),
        ("<b>Sold!!</b>", "<b>Sold!</b>"),
        ("{{x}}!!!", "{{x}}!"),
        ("Good news :)", "Good news"),
        ("Good news! :-) We", "Good news! We"),
        ("Good news! 😊😊", "Good news! 😊😊"),
        ("Good news! 😊 🎉\nWe", "Good news!\nWe"),
        ("Good news \U0001f60a\ufe0f", "Good news"),
        ("<p>Good 😊</p>", "<p>Good</p>"),
        ("<p>Good 😊<br>news</p>", "<p>Good<br>news</p>"),
        ("hey :)", "Hello"),
        ("Sold!!! thanks", "Sold! Thank you"),
        ("(Sold) :)", "(Sold)"),
        ("(\nSold :)", "(\nSold"),
    ],
)
def test_loud(template, expected):
    """
    Formal leaves one mark of several, and no smiley at the end of a line or sentence.
    """
    assert styled("formal", template) == expected
    assert styled("formal", template, settings=None) == expected


@pytest.mark.parametrize(
    "template",
    [
        "Sold!",
        "Sold?!?!",
        "Sold!?",
        "Sold?!!",
        "Sold!!?",
        "!!x",
        "a 😊 b",
        "😊 Garden",
        "<p>😊</p>",
        "- Garden\n😊",
        "Garden:)",
        "(see below :)",
        "Sold! :(",
        "Sold! 👍",
        "Sold! :)x",
        "Sold, :) and",
        "Sold 😊\u200d💨",
    ],
)
def test_not_loud(template):
    """
    Single and mixed marks stay, and what may have a meaning: bullets, signs in a sentence.
    """
    assert styled("formal", template) == template


def test_casual_is_not_toned_down():
    """
    Casual takes nothing away.
    """
    assert styled("casual", "Sold!!! :)") == "Sold!!! :)"


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("No worries, Ann", "Not a problem, Ann"),
        ("ok, no worries!", "ok, not a problem!"),
        ("No worries if not", "Not a problem if not"),
        ("Come ASAP, pls", "Come as soon as possible, please"),
        ("FYI it is sold", "For your information it is sold"),
        ("We're gonna call", "We are going to call"),
        ("Yep, I wanna see it cuz", "Yes, I want to see it because"),
        ("lemme thank you", "let me thank you"),
    ],
)
def test_slang(template, expected):
    """
    Formal writes slang and abbreviations in words.
    """
    assert styled("formal", template).casefold() == expected.casefold()


@pytest.mark.parametrize(
    "template", ["I have no worries", "no worries about parking", "there are no worries."]
)
def test_worries(template):
    """
    Worries that somebody may have are no set phrase.
    """
    assert styled("formal", template) == template
