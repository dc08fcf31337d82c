"""Every problem a user can mend, each with its hint."""

from __future__ import annotations

from collections.abc import Sequence


class FlowmapError(Exception):
    """A problem the user can mend: `message` says what is wrong, `hint` what to do. Exit status 2."""

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


_MEND_SYNTAX = "mend the file: what Python cannot read flowmap cannot read"
_MEND_NESTING = "write it flatter: flowmap reads 200 levels of brackets, operators, calls and branches in each other"


# --- sources: targets, archives, the index, the cache -----------------------------------------------------------


def _listing(names: Sequence[str], *, empty: str = "none", most: int = 8) -> str:
    """`a, b, c`, cut at `most`."""
    shown = ", ".join(names[:most]) or empty
    return f"{shown}, ..." if len(names) > most else shown


class InvalidTargetError(FlowmapError):
    """The target is neither a requirement nor the path of something."""

    def __init__(self, target: str, why: str) -> None:
        super().__init__(
            f"'{target}' is not a target: {why}",
            hint="name a release as NAME==VERSION, or the path of a folder, wheel or sdist (./NAME for one here)",
        )


class TargetNotFoundError(FlowmapError):
    """The target is a path and nothing is there."""

    def __init__(self, target: str) -> None:
        super().__init__(
            f"there is no file or folder '{target}'", hint="check the path, or name a release as NAME==VERSION"
        )


class ProgramNotFoundError(FlowmapError):
    """What is to be read as a program is not a file."""

    def __init__(self, path: str, *, exists: bool) -> None:
        super().__init__(
            f"'{path}' is not a file" if exists else f"there is no file '{path}'",
            hint="name the program's files, first the one that it starts with",
        )


class NotebookError(FlowmapError):
    """What is to be read as a program is a notebook, whose text is JSON."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"'{path}' is a notebook, not a Python file",
            hint=f"make a program of it first: jupyter nbconvert --to script '{path}'",
        )


class FileNameError(FlowmapError):
    """A file has a name that is no text in the locale's encoding."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"the name of {path!a} is no text in the encoding of file names",
            hint="rename it, or set a locale with UTF-8, as LC_ALL=C.UTF-8",
        )


class UnreadableSourceError(FlowmapError):
    """A file or folder is there and the system does not let us read it."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"cannot read '{path}': {reason}", hint="check the permissions of the file and of its folders")


class NoPackageError(FlowmapError):
    """A folder or archive that should hold a distribution holds no importable package."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(
            f"there is no package in '{where}': {why}",
            hint="name the folder of a manage.py, one that holds the package's folder, or a release as NAME==VERSION",
        )


class AmbiguousFolderError(FlowmapError):
    """A folder holds several distributions, and none of them is the one that was meant."""

    def __init__(self, where: str, names: Sequence[str]) -> None:
        super().__init__(
            f"'{where}' holds several distributions: {_listing(names)}",
            hint="name the folder of one package in it",
        )


class EntryFileMissingError(FlowmapError):
    """A project's folder lacks the file in which the program starts."""

    def __init__(self, project: str, entry: str, nearby: Sequence[str]) -> None:
        where = f"it is in {_listing(nearby)}: name that folder" if nearby else f"name the folder that holds {entry}"
        super().__init__(f"there is no {entry} in '{project}'", hint=where)


class RequirementsError(FlowmapError):
    """A file that says what a project needs cannot be read or understood."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(
            f"cannot read the requirements in '{place}': {reason}",
            hint="mend the file, or name another one with --requirements, or an environment with --env",
        )


class StatedDigestError(FlowmapError):
    """What an index has of a release is not what a lock file or requirements file says it must be."""

    def __init__(self, requirement: str, place: str, found: Sequence[str]) -> None:
        super().__init__(
            f"no file of {requirement} has a digest that is stated in {place}: there is {_listing(found, most=2)}",
            hint="do not trust this index before you know why; if the release was replaced, lock it again",
        )


class NotAnEnvironmentError(FlowmapError):
    """A folder that should be an environment has nowhere that packages could lie."""

    def __init__(self, folder: str, why: str) -> None:
        super().__init__(
            f"'{folder}' is no environment: {why}",
            hint="name the folder of a virtual environment, the one with pyvenv.cfg in it",
        )


class SeveralProjectsError(FlowmapError):
    """A folder holds several projects; `folders` are where they begin."""

    def __init__(self, folder: str, file: str, folders: Sequence[str]) -> None:
        super().__init__(
            f"'{folder}' holds several projects, each with its {file}: {_listing(folders)}",
            hint=f"name the folder of one: flowmap {folders[0]}",
        )


class ProjectMissingError(FlowmapError):
    """A folder holds neither a project nor the source of a framework."""

    def __init__(self, folder: str, files: Sequence[str]) -> None:
        super().__init__(
            f"'{folder}' is no project: there is no {', '.join(files[:-1])} or {files[-1]} in it",
            hint="name the folder of manage.py, or the settings module with --settings; a release as NAME==VERSION",
        )


class OptionWithoutProjectError(FlowmapError):
    """An option says something of a project where there is none."""

    def __init__(self, option: str, target: str) -> None:
        super().__init__(
            f"{option} is about a project, and '{target}' is none",
            hint="name the project's folder as the target, or with --project",
        )


class FrameworkMissingError(FlowmapError):
    """A project's packages do not hold the framework that it is made with; `searched` says where they are."""

    def __init__(self, name: str, searched: str, why: str = "") -> None:
        super().__init__(
            f"there is no {name} in {searched}" + (f" ({why})" if why else ""),
            hint=f"name a release with --{name} VERSION, an environment with --env, or a lock file with --requirements",
        )
        self.searched = searched


class PackagesMissingError(FlowmapError):
    """Nothing says which packages a project needs."""

    def __init__(self, project: str, name: str) -> None:
        super().__init__(
            f"nothing in '{project}' says which packages it needs: no environment, lock file or requirements",
            hint=f"name an environment with --env, a file with --requirements, or a release with --{name} VERSION",
        )


class TooManyFilesError(FlowmapError):
    """A folder is too large to be a project or a distribution."""

    def __init__(self, where: str, bound: int) -> None:
        super().__init__(
            f"'{where}' holds more than {bound:,} files of source",
            hint="name the folder of the project itself, not one above it",
        )


class UnknownPackageError(FlowmapError):
    """No index knows a package of that name."""

    def __init__(self, name: str, searched: Sequence[str]) -> None:
        super().__init__(
            f"there is no package '{name}' on {_listing(searched, empty='any configured index')}",
            hint=f"check the spelling; another index is named with --index-url, a folder in this one as ./{name}",
        )


class UnknownVersionError(FlowmapError):
    """The package exists, the version does not."""

    def __init__(self, requirement: str, near: Sequence[str], *, withheld: str = "") -> None:
        super().__init__(
            f"there is no release of {requirement}" + (f" ({withheld})" if withheld else ""),
            hint=f"releases near it: {_listing(near)}",
        )


class NoNetworkError(FlowmapError):
    """The index is needed and cannot be reached."""

    def __init__(self, requirement: str, reason: str, cached: Sequence[str]) -> None:
        super().__init__(
            f"cannot look up {requirement}: {reason}",
            hint=f"these releases are cached and need no network: {_listing(cached, most=20)}"
            if cached
            else "connect to the network, name another index with --index-url, or give a wheel, sdist or folder",
        )


class UntrustedIndexError(FlowmapError):
    """An index is read over plain HTTP and is not marked as trusted."""

    def __init__(self, index: str) -> None:
        super().__init__(
            f"the index {index} is not read over https and is not trusted",
            hint="use its https address, or name its host in pip's trusted-host setting",
        )


class WrongDigestError(FlowmapError):
    """What was downloaded is not what the index said it would be."""

    def __init__(self, file: str, expected: str, actual: str) -> None:
        super().__init__(
            f"{file} has the digest {actual}, the index says {expected}",
            hint="run again; if it stays so, do not trust this index or the proxy before it",
        )


class DownloadError(FlowmapError):
    """A release is listed and cannot be downloaded."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(f"cannot download {file}: {reason}", hint="run again, or name another index with --index-url")


class NotAnArchiveError(FlowmapError):
    """A file is neither a wheel nor an sdist."""

    def __init__(self, file: str) -> None:
        super().__init__(
            f"'{file}' is not an archive", hint="give a wheel (.whl) or a source archive (.tar.gz, .tar.bz2, .zip)"
        )


class DamagedArchiveError(FlowmapError):
    """An archive breaks off or does not agree with its own checksums."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(f"the archive '{file}' is damaged: {reason}", hint="download it again")


class HostileArchiveError(FlowmapError):
    """An archive holds something that no distribution of Python source needs."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(
            f"refused the archive '{file}': {reason}", hint="nothing of it was kept; do not install it either"
        )


class CacheError(FlowmapError):
    """The cache cannot be written or read: no permission, no space."""

    def __init__(self, folder: str, reason: str) -> None:
        super().__init__(
            f"cannot use the cache in '{folder}': {reason}",
            hint="free some space there, or name another folder in FLOWMAP_CACHE_DIR",
        )


class StandardLibraryError(FlowmapError):
    """A folder is not the standard library of a Python, or does not say of which."""

    def __init__(self, folder: str, why: str) -> None:
        super().__init__(
            f"'{folder}' cannot be read as a standard library: {why}",
            hint="name the library folder of an installed Python with --stdlib, such as /usr/lib/python3.11",
        )


class DependencyConflictError(FlowmapError):
    """No release of a dependency satisfies all that is asked of it."""

    def __init__(self, name: str, wanted: Sequence[str], python: str) -> None:
        super().__init__(
            f"no release of {name} is right for {_listing(wanted)} on Python {python}",
            hint="read another standard library with --stdlib, or another release",
        )


class ConfigurationError(FlowmapError):
    """A configuration file that says where packages come from cannot be understood."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(f"cannot read the configuration '{file}': {reason}", hint="mend the file, or move it away")


class EnvironmentFileError(FlowmapError):
    """A file of environment variables cannot be read."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(
            f"cannot read the variables in '{file}': {reason}",
            hint="--env-file takes a file of lines such as DEBUG=True, in UTF-8",
        )


class UnknownKeyError(FlowmapError):
    """A key of the configuration is no option; `near` are some that sound like it."""

    def __init__(self, file: str, key: str, near: Sequence[str]) -> None:
        super().__init__(
            f"'{key}' in [tool.flowmap] of '{file}' is no option",
            hint=f"did you mean {_listing(near)}?" if near else "keys are the long names of options, without dashes",
        )


# --- frameworks: what is mapped, and where it is entered -----------------------------------------------------------


class UnknownFrameworkError(FlowmapError):
    """The distribution is none that flowmap knows how to enter."""

    def __init__(self, distribution: str, known: Sequence[str]) -> None:
        super().__init__(
            f"{distribution} is no framework we know",
            hint=f"flowmap maps {_listing(known)}; for any other program use 'flowmap callgraph FILE'",
        )


class InvalidEntryError(FlowmapError):
    """The text of --entry does not say where to enter."""

    def __init__(self, entry: str, why: str, examples: Sequence[str]) -> None:
        super().__init__(
            f"'{entry}' is no entry: {why}",
            hint=f"entries are written as {_listing([repr(each) for each in examples])}",
        )


class ApplicationNotFoundError(FlowmapError):
    """The project has no module that could be entered as a WSGI application."""

    def __init__(self, searched: str) -> None:
        super().__init__(
            f"the project has no {searched} that makes an application",
            hint="give the folder that holds it as --project, or enter at the command line with --entry",
        )


class SettingsNotFoundError(FlowmapError):
    """The settings module that the entry names is not in the source tree."""

    def __init__(self, module: str, named_in: str, project: str) -> None:
        super().__init__(
            f"the settings module '{module}', named in {named_in}, is not in {project}",
            hint=f"check the name in {named_in}, or give the folder from which it is imported as --project",
        )


class SettingsUnknownError(FlowmapError):
    """The project's own files do not say in so many words which its settings module is."""

    def __init__(self, file: str) -> None:
        super().__init__(
            f"which settings module holds is not said in so many words by {file}",
            hint="name it with --settings, as the environment would",
        )


class UnreadableProjectError(FlowmapError):
    """A file of the user's own project that the flow cannot do without is not Python."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(
            f"{file}:{line}: {reason}",
            hint=_MEND_NESTING if reason.startswith("nested") else _MEND_SYNTAX,
        )


class OldSyntaxError(FlowmapError):
    """The distribution is written in the syntax of Python 2."""

    def __init__(self, distribution: str, example: str) -> None:
        super().__init__(
            f"{distribution} is written in the syntax of Python 2, which flowmap does not read yet ({example})",
            hint="map a release that runs on Python 3",
        )


# --- outputs -------------------------------------------------------------------------------------------------------


class UnknownChoiceError(FlowmapError):
    """An option has a value that it does not take."""

    def __init__(self, option: str, value: str, choices: Sequence[str]) -> None:
        super().__init__(f"'{value}' is no value of {option}", hint=f"it takes {_listing(choices, most=20)}")


class InvalidFrontierError(FlowmapError):
    """A name in --frontier cannot be that of a module."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"'{name}' is no name of a module", hint="--frontier takes dotted names with commas between them"
        )


class InvalidSettingError(FlowmapError):
    """What --set is given is not the name of a setting and its value."""

    def __init__(self, word: str) -> None:
        super().__init__(
            f"'{word}' sets no setting",
            hint="--set takes NAME=VALUE, the name in capitals: --set DEBUG=False, --set \"INSTALLED_APPS=['shop']\"",
        )


class UnknownSettingError(FlowmapError):
    """A setting is given a value, and nothing that was read knows of it; `near` are some that sound like it."""

    def __init__(self, name: str, near: Sequence[str]) -> None:
        super().__init__(
            f"nothing that was read knows a setting '{name}'",
            hint=f"did you mean {_listing(near)}?" if near else "--set takes the name of a setting: --set DEBUG=False",
        )


class UnknownSettingsModuleError(FlowmapError):
    """Settings are given values, and which module they are in is not known."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(
            f"cannot set {_listing(names)}: the project does not say which module its settings are in",
            hint="name it with --settings",
        )


class InvalidUrlError(FlowmapError):
    """The text of --url is no path."""

    def __init__(self, url: str) -> None:
        super().__init__(f"'{url}' is no URL of the project", hint="--url takes a path that begins with '/': /cart/7/")


class InvalidMethodError(FlowmapError):
    """The text of --method is no HTTP method."""

    def __init__(self, method: str) -> None:
        super().__init__(f"'{method}' is no HTTP method", hint="--method takes a word: GET, POST, DELETE")


class UnknownViewError(FlowmapError):
    """No route leads to a view of this name; `near` are some that sound like it."""

    def __init__(self, name: str, near: Sequence[str]) -> None:
        super().__init__(
            f"no route that was found leads to '{name}'",
            hint=f"did you mean {_listing(near)}?" if near else "'flowmap urls' lists the routes with their views",
        )


class AmbiguousViewError(FlowmapError):
    """The end of a name fits several views."""

    def __init__(self, name: str, found: Sequence[str]) -> None:
        super().__init__(f"'{name}' may be {_listing(found)}", hint="write more of the name")


class OutputError(FlowmapError):
    """A result cannot be written: no permission, no space, something else in its place."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(
            f"cannot write to '{place}': {reason}",
            hint="free some space or mend the permissions, or name another place with -o",
        )


class UsageError(FlowmapError):
    """The command line cannot be understood."""

    def __init__(self, message: str, command: str) -> None:
        super().__init__(message, hint=f"'{command} --help' lists the arguments and options")


# --- questions to a call graph ------------------------------------------------------------------------------------


class UnknownFunctionError(FlowmapError):
    """No function of the graph has this name; `near` are some that sound like it."""

    def __init__(self, name: str, near: Sequence[str]) -> None:
        self.near = tuple(near)
        super().__init__(
            f"no function of the call graph is called '{name}'",
            hint=f"did you mean {_listing(near)}?"
            if near
            else "name it as in callgraph.json, or by the end of that name",
        )


class NotShownError(FlowmapError):
    """No function that the flow shows has this name; `near` are some that sound like it."""

    def __init__(self, name: str, near: Sequence[str]) -> None:
        super().__init__(
            f"no function of the flow is called '{name}' at this level of detail",
            hint=f"did you mean {_listing(near)}?" if near else "'--detail full' shows more of them",
        )


class NoStepsBetweenError(FlowmapError):
    """Two functions of a flow with no way from the first to the second."""

    def __init__(self, start: str, end: str) -> None:
        super().__init__(
            f"no steps of the flow lead from '{start}' to '{end}' at this level of detail",
            hint=f"'flowmap path {start} {end}' asks the whole call graph",
        )


class NothingHiddenError(FlowmapError):
    """A pattern that fits no function of the flow."""

    def __init__(self, pattern: str) -> None:
        super().__init__(
            f"--hide '{pattern}' fits no function of the flow at this level of detail",
            hint="it is a pattern for modules, or for names as in flow.json: 'socketserver', '*.__init__'",
        )


class NothingShownError(FlowmapError):
    """A flow of which nothing is left."""

    def __init__(self) -> None:
        super().__init__(
            "nothing of the flow is left to be shown", hint="hide less, or ask for less with --focus, --from and --only"
        )


class AmbiguousFunctionError(FlowmapError):
    """The end of a name fits several functions."""

    def __init__(self, name: str, found: Sequence[str]) -> None:
        super().__init__(f"'{name}' may be {_listing(found)}", hint="write more of the name")


class NoSavedPageError(FlowmapError):
    """No page is named, and there is none below outputs, or more than one."""

    def __init__(self, found: Sequence[str]) -> None:
        super().__init__(
            f"{len(found)} pages are below outputs: {_listing(found)}" if found else "no flow.html is below outputs",
            hint="name the page, its folder, or a target: 'flowmap open .'",
        )


class NoBrowserError(FlowmapError):
    """No browser could be started for a page, which is there."""

    def __init__(self, path: str) -> None:
        super().__init__("no browser could be started", hint=f"open {path} yourself, or name a browser in BROWSER")


class NoSuchCallError(FlowmapError):
    """There is nothing to explain: the one function does not call the other; `callees` are those it calls."""

    def __init__(self, caller: str, callee: str, callees: Sequence[str]) -> None:
        super().__init__(
            f"{caller} does not call {callee}, as far as was followed",
            hint=f"it calls {_listing(callees, empty='nobody')}",
        )


class NotATargetError(FlowmapError):
    """A saved graph was named where the source is needed, or nothing."""

    def __init__(self, source: str | None) -> None:
        super().__init__(
            "the source has to be read again" if source is None else f"'{source}' is a graph, and the source is needed",
            hint="name a target: --in NAME==VERSION, a folder, or a Python file that the program starts with",
        )


class NoSavedGraphError(FlowmapError):
    """No source was named, and there is not just one saved call graph."""

    def __init__(self, found: Sequence[str]) -> None:
        super().__init__(
            f"there are several saved call graphs: {_listing(found)}" if found else "there is no saved call graph here",
            hint="say which one with --in FILE, or name a target: --in NAME==VERSION",
        )
