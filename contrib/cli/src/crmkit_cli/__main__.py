"""
``python -m crmkit_cli`` is ``crmkit``.
"""

from crmkit_cli._main import run

run()
