"""What a framework does that its source does not say; each is a frozen value of data and pure functions."""

from flowmap.frameworks.model import Entrance, Framework
from flowmap.frameworks.recognise import DISTRIBUTIONS, recognise

__all__ = ["DISTRIBUTIONS", "Entrance", "Framework", "recognise"]
