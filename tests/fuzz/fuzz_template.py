"""
Search, guided by coverage, for what breaks a law of templates.

    python tests/fuzz/fuzz_template.py FOLDER -max_total_time=60

FOLDER keeps what was found worth trying; all options are libFuzzer's.
"""

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["crmkit"]):
    from laws import TYPES, Case, check, check_lint, outcome

    # What is imported on first use is counted, too, but takes its time.
    FIRST = Case("{{ x }}{{ b }}", ("a",) * 5, "email_html", "error")
    check_lint(FIRST, outcome(FIRST))

TOKENS = [
    *("{{", "}}", "{{ x }}", "{{x|", "{{{", "\\{{", "${{x}}", "{%", "%}"),
    *("{% if x %}", "{% else %}", "{% endif %}", "{% if city %}", "{%if x%}"),
    *("| default: 'y'", "| required", "| upper", '| prefix: "', "| suffix: '"),
    *("| urlencode", "| list", '| default("', ": ", ",", "'", '"', "|"),
    *("firstName", "first_name", "city", "x.y", "nobody", "LastName"),
    *('<a href="', "<a href='", "<img src=", '<p title="', '">', "</a>", "<b>", "</b>"),
    *("<!--", "-->", "<script>", "</script>", "<style>", "<title>", "</title>", "<svg>"),
    *("<!", "<?", "<![CDATA[", "]]>", "&amp;", "&#", "&lt", "onclick='", "srcdoc='"),
    *("https://", "javascript:", "data:", "mailto:", "www.x.example", "a@x.example"),
    *("`", "#tag", "@you", "\r\n", "\t", "\v", "\x85", "\u2028", "\u2029", "\u202e"),
    *("\u0301", "\u00e9", "\0"),
]
VALUES = (
    "Ana",
    "O'Brien <b>",
    '{{x}} "&amp;"',
    "a\r\nB\u2028b\u2029\x85\vc",
    "javascript:x",
)


def seeds(folder: Path) -> None:
    """
    Write the first cases: each token, and some texts of several.
    """
    texts = [
        "Hello {{ firstName | default: 'there' }}, {{city}}!",
        "{% if x %}yes {{ x | upper }}{% else %}no{% endif %} {{ b | prefix: ' ' }}",
        '<a href="https://x.example/{{x}}?q={{city|urlencode}}#{{b}}" title="{{x}}">a</a>',
        "<p>{% if city %}<b>{{city}}</b>{% else %}<i>{{x}}</i>{% endif %}</p>",
        "Write \\{{x}}, {{}} {{a b}} {{{x}}} {{x ${{ b }} `{{x}}` <!-- {{x}} -->",
        *TOKENS,
    ]
    for content_type in TYPES:
        for number, text in enumerate(texts):
            case = Case(text, VALUES, content_type)
            (folder / f"{content_type}-{number}").write_bytes(case.data())


def words(file: Path) -> None:
    """
    Write libFuzzer's dictionary.
    """
    escaped = ("".join(f"\\x{byte:02x}" for byte in token.encode()) for token in TOKENS)
    file.write_text("".join(f'"{token}"\n' for token in escaped), encoding="ascii")


def main() -> None:
    """
    Fuzz until the options say stop.
    """
    folder = Path(sys.argv[1])
    (folder / "corpus").mkdir(parents=True, exist_ok=True)
    seeds(folder / "corpus")
    words(folder / "words")
    options = [
        f"-dict={folder / 'words'}",
        f"-artifact_prefix={folder}/",
        "-max_len=2048",
        "-timeout=30",
        "-print_final_stats=1",
    ]
    arguments = [sys.argv[0], str(folder / "corpus"), *options, *sys.argv[2:]]
    atheris.Setup(arguments, lambda data: check(Case.of(data)))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
