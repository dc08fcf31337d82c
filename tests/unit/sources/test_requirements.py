from __future__ import annotations

from pathlib import Path

import pytest

from flowmap.errors import RequirementsError
from flowmap.sources.config import IndexSettings
from flowmap.sources.requirements import Located, Wishes, indexed, read_requirements
from tests.unit.sources.environments import write

ONE, TWO = "1" * 64, "2" * 64


def read(tmp_path: Path, text: str, **files: str) -> Wishes:
    write(tmp_path, {"requirements.txt": text, **{name.replace("__", "."): content for name, content in files.items()}})
    return read_requirements(tmp_path / "requirements.txt", {"TOKEN": "secret"})


def asked(wishes: Wishes) -> list[str]:
    return [str(each.requirement) for each in wishes.wanted]


def test_comments_markers_extras_and_blank_lines(tmp_path: Path) -> None:
    text = "# top\n\ntower==5.2 # why\n  gate[iron,oak]>=3,<4\n"
    text += "wall;python_version<'3'\nmoat~=1.0 ; sys_platform == 'linux'\n"

    assert asked(read(tmp_path, text)) == [
        "tower==5.2",
        "gate[iron,oak]<4,>=3",
        'wall; python_version < "3"',
        'moat~=1.0; sys_platform == "linux"',
    ]


def test_continued_lines_and_digests(tmp_path: Path) -> None:
    text = f"tower==5.2 \\\n    --hash=sha256:{ONE} \\\n    --hash=sha512:abc --hash=sha256:{TWO.upper()}\n"
    text += "    # via gate\ngate==\\\n3.1\n"
    (tower, gate) = read(tmp_path, text).wanted

    assert (str(tower.requirement), tower.digests, tower.place) == (
        "tower==5.2",
        {ONE, TWO},
        f"{tmp_path}/requirements.txt:1",
    )
    assert (str(gate.requirement), gate.digests, gate.place) == ("gate==3.1", set(), f"{tmp_path}/requirements.txt:5")


def test_files_that_name_others_and_themselves(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "-r more/base.txt\n--requirement=dev.txt\n-c limits.txt\n-r requirements.txt\ntower\n",
        **{"more/base__txt": "gate\n-r ../dev.txt\n", "dev__txt": "wall\n", "limits__txt": "gate<4\n"},
    )

    assert asked(found) == ["gate", "wall", "tower"]
    assert [str(each.requirement) for each in found.constraints] == ["gate<4"]


def test_what_is_on_no_index_is_left_out_and_named(tmp_path: Path) -> None:
    text = "git+https://me:pw@host/x.git#egg=x\ny @ https://host/y\n-e git+ssh://host/z\n-r https://host/r.txt\ntower\n"
    found = read(tmp_path, text)

    assert asked(found) == ["tower"]
    assert [line.split(" ")[0] for line in found.left_out] == [
        "git+https://host/x.git#egg=x",
        "y",
        "git+ssh://host/z",
        "https://host/r.txt",
    ]


def test_archives_at_an_address_of_their_own(tmp_path: Path) -> None:
    text = (
        f"y @ https://host/y-1-py3-none-any.whl#sha256={ONE}\nhttps://host/z-1.tar.gz?a=b#egg=z --hash=sha256:{TWO}\n"
    )
    place = f"{tmp_path}/requirements.txt"

    assert read(tmp_path, text).located == (
        Located("y", "https://host/y-1-py3-none-any.whl", frozenset({ONE}), f"{place}:1"),
        Located("z-1.tar.gz", "https://host/z-1.tar.gz?a=b", frozenset({TWO}), f"{place}:2"),
    )


def test_packages_on_the_disk(tmp_path: Path) -> None:
    write(tmp_path, {"libs/gate/setup.py": "", "w/wall-1-py3-none-any.whl": ""})
    text = f"-e .\n-e libs/gate[dev]\n./w/wall-1-py3-none-any.whl\nmoat @ file://{tmp_path}/libs\n"
    found = read(tmp_path, text)

    assert found.folders == (tmp_path, tmp_path / "libs/gate", tmp_path / "libs")
    assert found.archives == (tmp_path / "w/wall-1-py3-none-any.whl",)


def test_options_change_the_settings_of_the_index(tmp_path: Path) -> None:
    text = (
        "-i https://${TOKEN}@one/simple\n--extra-index-url https://two/simple\n-f links\n--find-links=https://three\n"
        "--trusted-host one\n--pre\n--require-hashes\n--no-binary :all:\ntower\n"
    )
    found = read(tmp_path, text)
    settings = indexed(IndexSettings(), found, own_index=False)

    assert settings == IndexSettings(
        index_url="https://secret@one/simple",
        extra_index_urls=("https://two/simple",),
        find_links=(f"{tmp_path}/links", "https://three"),
        trusted_hosts=("one",),
        prereleases=True,
    )
    assert indexed(IndexSettings("https://mine"), found, own_index=True).index_url == "https://mine"
    assert indexed(IndexSettings(), read(tmp_path, "--no-index\n"), own_index=False).no_index


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_byte_order_marks(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("tower==5.2\r\n", encoding)

    assert asked(read_requirements(tmp_path / "requirements.txt")) == ["tower==5.2"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("tower\ngate=3\n", "requirements.txt:2"),
        ("tower ==\n", "requirements.txt:1"),
        ("-r\n", "lacks its value"),
        ("-r gone.txt\n", "gone.txt'.*there is no such file"),
        ("./gone\n", "there is nothing at './gone'"),
        ("tower==1 --hash=md5:abc\n", "states no sha256 digest"),
        ("--extra-index-url 'x\n", "no closing quotation"),
    ],
)
def test_a_line_that_cannot_be_understood_is_named(text: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(RequirementsError, match=says):
        read(tmp_path, text)


def test_bounds(tmp_path: Path) -> None:
    for number in range(210):
        (tmp_path / f"r{number}.txt").write_text(f"-r r{number + 1}.txt\n")

    with pytest.raises(RequirementsError, match="more than 200 files"):
        read_requirements(tmp_path / "r0.txt")
    with (tmp_path / "huge.txt").open("wb") as stream:
        stream.truncate(1 << 25)
    with pytest.raises(RequirementsError, match="larger than"):
        read_requirements(tmp_path / "huge.txt")
    with pytest.raises(RequirementsError, match="no such file"):
        read_requirements(tmp_path)
