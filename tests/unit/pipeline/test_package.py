"""What the package offers to those who use flowmap from Python."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from flowmap import pipeline


def test_every_name_is_where_it_is_said_to_be() -> None:
    assert [name for name in pipeline._PLACES if not hasattr(pipeline, name)] == []
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = pipeline.nothing


def test_what_is_not_asked_for_is_not_loaded() -> None:
    program = "import sys, flowmap.pipeline; print(*(name for name in sys.modules if name.startswith('flowmap.')))"
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environ)

    assert done.stdout.split() == ["flowmap.pipeline"]
