"""
Install Chromium from the system's packages where the tests of pages have none.

Without root or apt-get nothing is done, and those tests are skipped, which they say.
"""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")
INSTALL = ("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium")


def found():
    """
    Return the program's path, None if there is none.
    """
    return next(filter(None, map(shutil.which, NAMES)), None)


def installed():
    """
    Install it; tell whether that went well.
    """
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (INSTALL, ("apt-get", "update", "-qq"), INSTALL):
        done = subprocess.run(
            command, env=environment, check=False, timeout=600, stdout=sys.stderr
        )
        if command is INSTALL and done.returncode == 0:
            return True
    return False


if __name__ == "__main__":
    may = shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0
    if found() or (may and installed()):
        sys.stderr.write(f"pages are tested in {found()}\n")
    else:
        sys.stderr.write("there is no Chromium: the tests of pages will be skipped\n")
