"""Library classes whose objects hold nothing of the program: the types of their methods' results, and no more."""

from __future__ import annotations

from flowmap.analysis.calls import NativeCall
from flowmap.analysis.machine import Machine
from flowmap.analysis.models.layout import bind_native
from flowmap.analysis.models.registry import model, opaque, table
from flowmap.analysis.values import NOTHING, Class, PointsTo

# --- time ---
opaque("""
datetime.timedelta
    | timedelta: __add__ __radd__ __sub__ __rsub__ __mul__ __rmul__ __floordiv__ __mod__ __neg__ __pos__ __abs__ .min
    .max .resolution | float: total_seconds __truediv__ | int: .days .seconds .microseconds __hash__
    | bool: __bool__ __eq__ __lt__ __le__ __gt__ __ge__
datetime.tzinfo | timedelta None: utcoffset dst | str None: tzname | datetime: fromutc
datetime.timezone < tzinfo | timezone: .utc
datetime.date
    | date: replace *today *fromtimestamp *fromordinal *fromisoformat *fromisocalendar __add__ __radd__ .min .max
    | date: __sub__ | str: isoformat ctime strftime __str__ __format__
    | int: toordinal weekday isoweekday .year .month .day __hash__ | (int,int,int): isocalendar timetuple
    | bool: __eq__ __lt__ __le__ __gt__ __ge__
datetime.time | time: replace *fromisoformat .min .max | str: isoformat strftime __str__ __format__
    | int: .hour .minute .second .microsecond .fold __hash__ | tzinfo None: .tzinfo | timedelta None: utcoffset dst
    | str None: tzname | bool: __eq__ __lt__ __le__ __gt__ __ge__
datetime.datetime < date
    | datetime: replace astimezone *now *utcnow *today *fromtimestamp *utcfromtimestamp *strptime *combine
    *fromisoformat *fromordinal __add__ __radd__ .min .max | datetime: __sub__ | date: date | time: time timetz
    | float: timestamp | int: .hour .minute .second .microsecond .fold | tzinfo None: .tzinfo
    | timedelta None: utcoffset dst | str None: tzname | (int,int,int,int,int,int): utctimetuple
zoneinfo.ZoneInfo < tzinfo | str: .key | ZoneInfo: *from_file *no_cache | None: *clear_cache
time.struct_time < tuple
    | int: .tm_year .tm_mon .tm_mday .tm_hour .tm_min .tm_sec .tm_wday .tm_yday .tm_isdst .tm_gmtoff | str: .tm_zone
""")
table("struct_time", "gmtime localtime strptime", "time")
table("int", "time_ns monotonic_ns perf_counter_ns process_time_ns thread_time_ns", "time")
table("float", "thread_time clock_getres", "time")
table("[str]", "available_timezones", "zoneinfo")
table("None", "reset_tzpath", "zoneinfo")
table("bool", "isleap", "calendar")
table("int", "timegm weekday leapdays", "calendar")
table("(int,int)", "monthrange", "calendar")

# --- numbers ---
opaque("""
decimal.Context as decimal.Context | Decimal: create_decimal quantize divide add multiply | int: .prec
    | decimal.Context: copy
decimal.Decimal
    | Decimal: quantize normalize copy_abs copy_negate sqrt scaleb to_integral_value to_integral __add__ __radd__
    __sub__ __rsub__ __mul__ __rmul__ __truediv__ __rtruediv__ __floordiv__ __mod__ __pow__ __neg__ __pos__ __abs__
    __round__ max min *from_float remainder_near
    | bool: is_finite is_infinite is_nan is_signed is_zero __bool__ __eq__ __lt__ __le__ __gt__ __ge__
    | int: adjusted __int__ __hash__ | str: to_eng_string __str__ __format__ | float: __float__
    | (int,[int],int): as_tuple | (int,int): as_integer_ratio
fractions.Fraction
    | Fraction: limit_denominator __add__ __radd__ __sub__ __rsub__ __mul__ __rmul__ __truediv__ __neg__ __abs__
    *from_float *from_decimal | int: .numerator .denominator __hash__ | float: __float__
random.Random | float: random uniform gauss triangular betavariate expovariate normalvariate
    | int: randint randrange getrandbits | None: seed setstate | ?: choice getstate | [?]: sample choices
    | bytes: randbytes
random.SystemRandom < Random
uuid.UUID | str: .hex .urn __str__ .variant | int: .int .version .node .time .fields __hash__ __int__
    | bytes: .bytes .bytes_le | bool: __eq__ __lt__
""")
table("decimal.Context", "getcontext localcontext", "decimal")
table("None", "setcontext", "decimal")
table("UUID", "uuid1 uuid3 uuid4 uuid5", "uuid")
table("int", "getnode", "uuid")
table("float", "random uniform gauss", "random")
table("int", "randint randrange getrandbits", "random")
table("None", "seed", "random")
table(
    "float",
    "sqrt sin cos tan log log2 log10 exp pow fabs atan atan2 fsum hypot radians degrees fmod copysign ldexp",
    "math",
)
table("int", "floor ceil trunc gcd factorial comb isqrt", "math")
table("bool", "isnan isinf isclose isfinite", "math")
table("(float,float)", "modf", "math")
table("float", "mean median stdev fmean variance", "statistics")

# --- bytes, digests, packing ---
opaque("""
_hashlib.HASH | bytes: digest | str: hexdigest .name | None: update | HASH: copy | int: .digest_size .block_size
hmac.HMAC | bytes: digest | str: hexdigest .name | None: update | HMAC: copy | int: .digest_size .block_size
struct.Struct | bytes: pack | ?: unpack unpack_from iter_unpack | None: pack_into | int: .size | str: .format
zlib.Compress | bytes: compress flush
zlib.Decompress | bytes: decompress flush .unused_data
""")
table("HASH", "new md5 sha1 sha224 sha256 sha384 sha512 sha3_256 sha3_512 blake2b blake2s file_digest", "hashlib")
table("bytes", "pbkdf2_hmac scrypt", "hashlib")
table("HMAC", "new", "hmac")
table("bytes", "digest", "hmac")
table("bool", "compare_digest", "hmac")
table("bool", "compare_digest", "secrets")
table("str", "token_hex token_urlsafe", "secrets")
table("bytes", "token_bytes", "secrets")
table("int", "randbelow randbits", "secrets")
table("bytes", "pack", "struct")
table("int", "calcsize", "struct")
table("bytes", "b64encode b64decode urlsafe_b64encode urlsafe_b64decode standard_b64encode standard_b64decode "
      "b32encode b32decode b16encode b16decode b85encode b85decode encodebytes decodebytes", "base64")  # fmt: skip
table("bytes", "hexlify unhexlify a2b_base64 b2a_base64 a2b_hex b2a_hex a2b_qp b2a_qp", "binascii")
table("int", "crc32", "binascii")
table("bytes", "compress decompress", "zlib")
table("int", "crc32 adler32", "zlib")
table("Compress", "compressobj", "zlib")
table("Decompress", "decompressobj", "zlib")
table("bytes", "compress decompress", "gzip")
table("bytes", "encodestring decodestring", "quopri")

# --- files ---
opaque("""
io.IOBase | None: close flush writelines truncate | bool: readable writable seekable isatty .closed
    | int: fileno seek tell | self: __enter__ __iter__ | None: __exit__ | bytes: readline __next__ | [bytes]: readlines
io.RawIOBase < IOBase | bytes None: read readall | int None: readinto write
io.BufferedIOBase < IOBase | bytes: read read1 | int: readinto readinto1 write | RawIOBase: detach .raw
io.TextIOBase < IOBase | str: read readline __next__ .encoding .errors | [str]: readlines | int: write | ?: .newlines
    | BufferedIOBase: detach .buffer
io.BytesIO < BufferedIOBase | bytes: getvalue | memoryview: getbuffer
io.StringIO < TextIOBase | str: getvalue
io.FileIO < RawIOBase | str: .name .mode
io.BufferedReader < BufferedIOBase | bytes: peek | str: .name
io.BufferedWriter < BufferedIOBase | str: .name
io.BufferedRandom < BufferedReader
io.BufferedRWPair < BufferedIOBase
io.TextIOWrapper < TextIOBase | str: .name .mode | None: reconfigure | bool: .line_buffering .write_through
os.stat_result < tuple
    | int: .st_mode .st_ino .st_dev .st_nlink .st_uid .st_gid .st_size .st_mtime_ns .st_ctime_ns .st_atime_ns
    | float: .st_atime .st_mtime .st_ctime
os.DirEntry | str: .name .path | bool: is_dir is_file is_symlink | stat_result: stat
pathlib.PurePath | PurePath: joinpath relative_to with_name with_suffix with_stem __truediv__ __rtruediv__ .parent
    | str: .name .suffix .stem .root .drive .anchor as_posix as_uri __str__ __fspath__
    | bool: is_absolute is_relative_to match is_reserved __eq__ __lt__ | [str]: .suffixes | (str,str): .parts
    | [PurePath]: .parents | bytes: __bytes__ | int: __hash__
pathlib.PurePosixPath < PurePath
pathlib.PureWindowsPath < PurePath
pathlib.Path < PurePath
    | Path: *cwd *home resolve absolute expanduser rename replace readlink joinpath relative_to with_name with_suffix
    with_stem __truediv__ __rtruediv__ .parent | self: __enter__ | [Path]: iterdir glob rglob .parents walk
    | bool: exists is_dir is_file is_symlink is_mount is_socket samefile | str: read_text owner group
    | bytes: read_bytes | int: write_text write_bytes
    | None: mkdir rmdir unlink touch chmod symlink_to hardlink_to __exit__ | stat_result: stat lstat
    | TextIOWrapper BufferedReader: open
pathlib.PosixPath < Path
pathlib.WindowsPath < Path
tempfile.TemporaryDirectory | str: .name __enter__ | None: cleanup __exit__
tempfile.SpooledTemporaryFile < BufferedIOBase | None: rollover
""")
table("TextIOWrapper BufferedReader", "open", "builtins")
table("TextIOWrapper BufferedReader", "open", "io")
table("TextIOWrapper", "open", "codecs")
table("TextIOWrapper BufferedReader", "fdopen", "os")
table("str", "readlink ctermid", "os")
table("stat_result", "stat lstat fstat", "os")
table("[DirEntry]", "scandir", "os")
table("[(str,[str],[str])]", "walk", "os")
table("(int,int)", "pipe openpty waitpid get_terminal_size", "os")
table("None", "removedirs renames rmdir chown truncate ftruncate set_inheritable set_blocking", "os")
table("BufferedReader", "NamedTemporaryFile TemporaryFile", "tempfile")
table("str", "mkdtemp gettempdir mktemp gettempprefix", "tempfile")
table("(int,str)", "mkstemp", "tempfile")
table("str None", "which", "shutil")
table("str", "copy copy2 copyfile copytree move make_archive", "shutil")
table("None", "rmtree copyfileobj copymode copystat unpack_archive chown", "shutil")
table("(int,int)", "get_terminal_size", "shutil")
table("[str]", "glob iglob", "glob")
table("bool", "fnmatch fnmatchcase", "fnmatch")
table("[str]", "filter", "fnmatch")
table("str", "translate", "fnmatch")
table("bool", "S_ISDIR S_ISREG S_ISLNK S_ISSOCK", "stat")
table("int", "S_IMODE S_IFMT", "stat")

# --- text, mail, the rest ---
opaque("""
email.message.Message | str None: get get_content_charset get_filename get_boundary get_param __getitem__
    | str: get_content_type get_content_maintype get_content_subtype as_string __str__ | [str]: keys values get_all
    | [(str,str)]: items get_params | ?: get_payload walk | bool: is_multipart __contains__ | bytes: as_bytes
    | None: add_header replace_header set_payload set_param set_type set_charset attach __setitem__ __delitem__
    | int: __len__
email.message.EmailMessage < Message | None: set_content add_attachment add_alternative | ?: get_body get_content
email.mime.base.MIMEBase < Message
email.mime.nonmultipart.MIMENonMultipart < MIMEBase
email.mime.multipart.MIMEMultipart < MIMEBase
email.mime.text.MIMEText < MIMENonMultipart
email.mime.message.MIMEMessage < MIMENonMultipart
email.header.Header | str: encode __str__ | None: append
email.generator.Generator | None: flatten write | Generator: clone
email.generator.BytesGenerator < Generator
email.charset.Charset | str: header_encode body_encode get_output_charset get_body_encoding
difflib.SequenceMatcher | float: ratio quick_ratio | [?]: get_opcodes get_matching_blocks
textwrap.TextWrapper | [str]: wrap | str: fill
traceback.FrameSummary | str: .filename .name .line | int: .lineno
traceback.StackSummary < list | [str]: format
traceback.TracebackException | [str]: format format_exception_only | StackSummary: .stack
inspect.Parameter | str: .name .kind | ?: .default .annotation | Parameter: replace
inspect.BoundArguments | ?: .arguments .args .kwargs .signature | None: apply_defaults
inspect.Signature | {Parameter}: .parameters | ?: .return_annotation | BoundArguments: bind bind_partial
    | Signature: replace *from_callable
subprocess.CompletedProcess | int: .returncode | str bytes None: .stdout .stderr | ?: .args | None: check_returncode
subprocess.Popen | int None: .returncode poll wait | int: .pid | BufferedIOBase: .stdin .stdout .stderr
    | (bytes,bytes): communicate | None: terminate kill send_signal __exit__ | self: __enter__
graphlib.TopologicalSorter | [?]: static_order get_ready | None: add prepare done | bool: is_active
mimetypes.MimeTypes | (str,str): guess_type | str None: guess_extension | None: add_type read
configparser.RawConfigParser | str: get | bool: has_section has_option getboolean | int: getint | float: getfloat
    | [str]: read sections options | [(str,str)]: items | None: set read_file read_string read_dict write add_section
configparser.ConfigParser < RawConfigParser
""")
table("Message", "message_from_string message_from_bytes message_from_file message_from_binary_file", "email")
table("str", "formatdate make_msgid formataddr quote unquote localtime", "email.utils")
table("(str,str)", "parseaddr", "email.utils")
table("[(str,str)]", "getaddresses", "email.utils")
table("float None", "mktime_tz", "email.utils")
table("datetime", "parsedate_to_datetime", "email.utils")
table("None", "encode_base64 encode_quopri encode_7or8bit encode_noop", "email.encoders")
table("str", "normalize name category bidirectional", "unicodedata")
table("int", "combining", "unicodedata")
table("(str,str)", "guess_type", "mimetypes")
table("str None", "guess_extension", "mimetypes")
table("[str]", "guess_all_extensions", "mimetypes")
table("None", "init add_type", "mimetypes")
table("str", "dedent fill indent shorten", "textwrap")
table("[str]", "wrap", "textwrap")
table("[str]", "get_close_matches ndiff unified_diff context_diff", "difflib")
table("str", "pformat saferepr", "pprint")
table("None", "pprint pp", "pprint")
table("str", "format_exc", "traceback")
table("[str]", "format_exception format_exception_only format_list format_stack format_tb", "traceback")
table("StackSummary", "extract_stack extract_tb", "traceback")
table("None", "print_exc print_exception print_stack print_tb print_list clear_frames", "traceback")
table("str", "getline", "linecache")
table("[str]", "getlines", "linecache")
table("None", "checkcache clearcache", "linecache")
table("Signature", "signature", "inspect")
table("[?]", "stack trace getouterframes getinnerframes", "inspect")
table("frame None", "currentframe", "inspect")
table("(str,int,str,[str],int)", "getframeinfo", "inspect")
table("?", "getfullargspec getargspec getcallargs getmodule getclosurevars", "inspect")
table("([str],int)", "getsourcelines findsource", "inspect")
table("str", "system node release machine processor platform python_version python_implementation version", "platform")
table("str None", "getlocale setlocale getpreferredencoding getdefaultlocale", "locale")
table("str", "getpass getuser", "getpass")
table("str", "get_path get_config_var get_platform", "sysconfig")
table("CompletedProcess", "run", "subprocess")
table("bytes str", "check_output getoutput", "subprocess")
table("int", "call check_call", "subprocess")
table("bool", "iskeyword issoftkeyword", "keyword")
table("bytes", "dumps", "pickle")
table("None", "dump", "pickle")
table("?", "loads load", "pickle")
table("?", "loads load", "marshal")
table("str", "dump unparse", "ast")
table("?", "parse literal_eval walk", "ast")
table("str", "escape unescape", "html")
table("int", "getrandbits", "random")
table("bool", "is_python_build", "sysconfig")
table("None", "warn warn_explicit simplefilter filterwarnings resetwarnings showwarning", "warnings")
table("str", "formatwarning", "warnings")
table("None", "collect enable disable freeze set_debug", "gc")
table("bool", "isenabled is_tracked", "gc")
table("[?]", "get_objects get_referrers get_referents", "gc")
table("None", "enable disable dump_traceback register", "faulthandler")


@model("datetime.date.__sub__", "datetime.datetime.__sub__")
def subtract(call: NativeCall) -> PointsTo:
    """A duration between two times; a time when a duration is taken off."""
    machine = call.machine
    result = NOTHING
    for other in (call.argument(1) or NOTHING).items:
        cls = machine.class_of(other)
        if cls is not None and machine.native_class("timedelta") in cls.mro:
            result = machine.space.join(result, machine.any_of(call.name.qualname.partition(".")[0]))
        else:
            result = machine.space.join(result, machine.any_of("timedelta"))
    return result


_STREAMS = ("stdout", "stderr", "stdin", "__stdout__", "__stderr__", "__stdin__")


def fill(machine: Machine) -> None:
    """Binds the objects that modules hold: streams, `timezone.utc` and the like."""
    for name in _STREAMS:
        bind_native(machine, "sys", name, machine.any_of("TextIOWrapper"))
    bind_native(machine, "datetime", "UTC", machine.any_of("timezone"))
    for owner in ("timezone", "timedelta", "date", "datetime", "time"):
        # What is on the class is on the class itself, too.
        cls: Class = machine.native_class(owner)
        for name in ("utc", "min", "max", "resolution"):
            if name in cls.attributes:
                cls.attributes[name].value = machine.any_of(owner if name != "resolution" else "timedelta")
    for name in ("decimal.DecimalException", "decimal.InvalidOperation", "zlib.error", "binascii.Error", "struct.error",
                 "zoneinfo.ZoneInfoNotFoundError", "subprocess.CalledProcessError", "subprocess.TimeoutExpired",
                 "io.UnsupportedOperation", "configparser.Error"):  # fmt: skip
        module, _, member = name.rpartition(".")
        bind_native(machine, module, member, machine.space.one(machine.native_class("ValueError")))
