"""
What loading the plugin costs.
"""

import subprocess
import sys

SCRIPT = """
import sys
import crmkit_localize
crmkit_localize.crmkit_transformer()
print(*{name.partition(".")[0] for name in sys.modules})
"""


def test_light():
    """
    Babel, langcodes and wcwidth are imported on first use, not with the plugin.
    """
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], stdout=subprocess.PIPE, text=True, check=True
    )

    assert set(done.stdout.split()) & {"babel", "langcodes", "wcwidth", "click"} == set()
