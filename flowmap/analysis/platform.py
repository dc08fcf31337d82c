"""What CPython on Linux has that no source tells: extension modules, and library modules that stay closed."""

from __future__ import annotations

EXTENSION_MODULES = frozenset(
    """
    _abc _ast _asyncio _bisect _blake2 _bz2 _codecs _codecs_cn _codecs_hk _codecs_iso2022 _codecs_jp _codecs_kr
    _codecs_tw _collections _contextvars _crypt _csv _ctypes _curses _curses_panel _datetime _dbm _decimal
    _elementtree _functools _gdbm _hashlib _heapq _imp _io _json _locale _lsprof _lzma _md5 _multibytecodec
    _multiprocessing _opcode _operator _pickle _posixshmem _posixsubprocess _queue _random _sha1 _sha256 _sha3
    _sha512 _signal _socket _sqlite3 _sre _ssl _stat _statistics _string _struct _symtable _thread _tkinter
    _tokenize _tracemalloc _typing _uuid _warnings _weakref _xxsubinterpreters _zoneinfo array atexit audioop binascii
    builtins cmath errno faulthandler fcntl gc grp itertools marshal math mmap nis ossaudiodev parser posix pwd
    pyexpat readline resource select spwd sys syslog termios time unicodedata zlib
    """.split()
)
"""Modules written in C: they are there, their members are external."""

ALWAYS_THERE = frozenset(
    """
    _abc _ast _codecs _collections _collections_abc _functools _imp _io _locale _operator _signal _sitebuiltins _sre
    _stat _string _symtable _thread _tracemalloc _typing _warnings _weakref abc atexit builtins codecs encodings errno
    faulthandler gc genericpath importlib io itertools marshal ntpath os posix posixpath pwd runpy site stat sys time
    zipimport
    """.split()
)
"""Modules that are built in, frozen or imported before the program is: a file of that name is not found."""

CLOSED_LIBRARY = frozenset(
    """
    re sre_compile sre_constants sre_parse typing decimal _pydecimal fractions numbers statistics random
    email unittest doctest pdb bdb cmd code codeop multiprocessing xml sqlite3 ssl hashlib hmac secrets subprocess
    tokenize ast dis inspect pathlib zipfile tarfile shutil tempfile zipimport pickle pickletools copyreg shelve
    urllib.request urllib.error http.client http.cookiejar ctypes tkinter distutils setuptools pkg_resources
    lib2to3 pprint locale calendar _strptime datetime zoneinfo uuid mimetypes gzip bz2 lzma zlib
    base64 binascii quopri uu struct codecs encodings io _pyio ftplib smtplib poplib imaplib nntplib telnetlib
    difflib traceback linecache warnings platform sysconfig site signal token keyword opcode symtable
    configparser csv ipaddress logging.handlers concurrent.futures.process fnmatch glob posixpath ntpath
    genericpath stat heapq bisect cProfile profile pstats timeit trace tracemalloc test idlelib ensurepip venv
    webbrowser pydoc rlcompleter curses readline getpass optparse argparse enum operator
    importlib pkgutil os dataclasses weakref itertools graphlib unicodedata
    textwrap html html.entities cgi cgitb imghdr imp runpy asyncio
    """.split()
)
"""Library modules whose insides are not entered: they are modelled, or nothing of the program runs in them."""

OVERLAID = frozenset("abc collections copy functools types".split())
"""Library modules that are read, but for the members that models take the place of."""


def lies_behind(name: str, frontier: frozenset[str]) -> bool:
    """Whether a module, or a package that holds it, is in a frontier."""
    parts = name.split(".")
    return any(".".join(parts[:i]) in frontier for i in range(1, len(parts) + 1))
