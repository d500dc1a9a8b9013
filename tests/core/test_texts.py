"""
Texts become HTML and come back, whoever wrote the HTML.
"""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit.texts import to_html, to_text

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"))
LONG = 65_536


@given(TEXTS)
def test_text(text):
    """
    A text comes back from HTML as it was, but for the space around it.
    """
    assert to_text(to_html(text)) == text.strip()


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two&nbsp;3</p>", "One\nTwo\xa03"),
        ("<div>a<br/>b</div>", "a\nb"),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("<style>p{}</style><b>a</b>&lt;", "a<"),
        ("a < b & c", "a < b & c"),
        ("Hi<div>there</div>you", "Hi\nthere\nyou"),
        ("<p>a</p>\n  <p>b</p>", "a\nb"),
        ("a  <p>b</p>", "a\nb"),
        ("a<br>\n  b<br>  c", "a\nb\n  c"),
        ("<div><p>a</p><p><br></p><p>b</p></div>", "a\n\nb"),
        ("<h1>a</h1><ul>\n<li>b\n<li>c</ul>d", "a\nb\nc\nd"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("<blockquote>a</blockquote><hr/>b", "a\nb"),
        ('<a title="x > y" href=z>a</a><img alt=">">', "a"),
        ("<!doctype html><head><title>T</title></head><!-- a > b -->c", "c"),
        ("<STYLE>a</STYLE ><script>if (a<b) {}</script>c", "c"),
        ("<p>&lt;b&gt; &amp;amp; &eacute;&#8364;</p>", "<b> &amp; é€"),
        ("1 <2 and a <b", "1 <2 and a <b"),
        ("<!-- never closed", ""),
    ],
)
def test_markup(html, text):
    """
    Of a body that others wrote, the text is read.
    """
    assert to_text(html) == text


@pytest.mark.parametrize(
    "part",
    [
        *("<", "<a ", "<a href='", '<a b="', "<!--", "<!", "</", "</p ", "<style>"),
        *("<p>", "<td>", "<p>\n \n", "&", "\n", " "),
    ],
)
def test_huge(part):
    """
    HTML that is made to take long takes no time, since anybody may send an e-mail.
    """
    begun = time.process_time()
    to_text(f"<p>a</p>x{part * (LONG // len(part))}x")

    assert time.process_time() - begun < 1
