"""What a framework does that its source does not say; each is a frozen value of data and pure functions."""

from flowmap.frameworks.model import Entrance, Framework, SettingBinding
from flowmap.frameworks.recognise import DISTRIBUTIONS, PROJECT_FILES, is_framework, recognise

__all__ = ["DISTRIBUTIONS", "PROJECT_FILES", "Entrance", "Framework", "SettingBinding", "is_framework", "recognise"]
