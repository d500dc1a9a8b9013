"""
What holds for all tests: the examples of properties, and no settings of this machine.

The network is closed but for loopback by the options in pyproject.toml.
"""

import os

from hypothesis import settings

settings.register_profile("dev", deadline=None, print_blob=True)
settings.register_profile("ci", settings.get_profile("dev"), derandomize=True)
settings.register_profile("nightly", settings.get_profile("dev"), max_examples=5_000)
settings.load_profile("ci" if os.environ.get("CI") else "dev")

if "CRMKIT_TESTS" not in os.environ:  # it says what the others are for
    for name in [name for name in os.environ if name.startswith("CRMKIT_")]:
        del os.environ[name]

# Nobody's keys are read, or written, but those that a test makes.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
