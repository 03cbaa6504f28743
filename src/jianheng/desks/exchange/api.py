"""The interface, version 1: readings and the operations for every act, as :data:`api` to be mounted at an address."""

from jianheng.desks.exchange import acts, readings
from jianheng.desks.exchange.interface import api

__all__ = ["acts", "api", "readings"]
