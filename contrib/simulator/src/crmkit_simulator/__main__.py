"""
``python -m crmkit_simulator`` is ``crmkit simulate``.
"""

from crmkit_simulator._command import command

command(prog_name="python -m crmkit_simulator")
