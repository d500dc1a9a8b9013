"""
CRMs on loopback: stateful, strict, with faults on demand.
"""

from crmkit_simulator._faults import Fault
from crmkit_simulator._simulator import Simulator

__all__ = ["Fault", "Simulator"]
