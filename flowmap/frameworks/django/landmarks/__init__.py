"""Where the stages of a request begin in Django, found by what a function is and does, never by what it is called.

What may be relied on: the names of the standard library's server, of the project's own modules and settings, the
protocols (PEP 3333, `X.management.commands.NAME`), why an edge is believed, and the order of calls.
"""

from flowmap.frameworks.django.landmarks.finding import START_UP, find_landmarks

__all__ = ["START_UP", "find_landmarks"]
