"""A real environment, made by venv and pip, holds the release that the index has, and the flow through it is whole."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from flowmap.names import Origin
from flowmap.pipeline import Request, map_program
from flowmap.pipeline.finding import find_program
from flowmap.pipeline.flows import flow_of
from flowmap.sources.tree import content_digest

pytestmark = pytest.mark.releases
RELEASE = "5.2.19"
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `django-admin startproject` makes, with an environment beside it; nothing goes into the one tests run in."""
    folder = tmp_path_factory.mktemp("site")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / ".venv"], check=True)
    site = folder / ".venv" / "lib" / f"python{VERSION}" / "site-packages"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "-q", "--target", site]
    subprocess.run([*pip, f"django=={RELEASE}", "djangorestframework"], check=True)
    script = f"import sys; sys.path.insert(0, {str(site)!r}); from django.core.management import *; "
    script += "execute_from_command_line(['django-admin', 'startproject', 'mysite', '.'])"
    subprocess.run([sys.executable, "-c", script], check=True, cwd=folder)
    return folder


def test_it_is_the_release_of_the_index(project: Path) -> None:
    here = find_program(Request(f"{project}/"))
    there = find_program(Request(f"django=={RELEASE}"))

    assert (here.distribution.name, here.distribution.version) == (there.distribution.name, there.distribution.version)
    assert here.distribution.sha256 == content_digest(there.distribution.files)
    assert here.distribution.packages == there.distribution.packages
    for name in ("asgiref.local", "sqlparse", "rest_framework.views"):
        source = here.tree.find(name)
        assert source is not None
        assert source.origin is Origin.DEPENDENCY
    assert here.notices == (f"packages: .venv (Python {VERSION})",)


def test_the_flow_through_it_is_whole(project: Path) -> None:
    flow = flow_of(map_program(Request(f"{project}/", frontier=("django.db", "django.template"))))

    assert flow.is_complete
    assert (flow.subject.version, flow.subject.project) == (RELEASE, project.name)


def test_on_another_release_it_is_as_if_that_were_the_target(project: Path) -> None:
    closed = ("django.db", "django.template")
    one = flow_of(map_program(Request(f"{project}/", django="4.2.30", frontier=closed)))
    other = flow_of(map_program(Request("django==4.2.30", project, frontier=closed)))

    assert one == other
