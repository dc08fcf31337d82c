"""The builtin classes and those of C modules, as data."""

from __future__ import annotations

TABLE = """
object builtins -:
    *__new__ __init__ __getattribute__ __setattr__ __delattr__ __repr__ __str__ __eq__ __ne__ __hash__ __format__
    __reduce__ __reduce_ex__ __dir__ __sizeof__ __init_subclass__ __lt__ __le__ __gt__ __ge__
type builtins object:
    *__new__ __init__ __call__ mro __subclasses__ __instancecheck__ __subclasscheck__ *__prepare__ __or__
NoneType builtins object:
    __bool__
int builtins object:
    *__new__ __bool__ bit_length to_bytes *from_bytes conjugate __index__ __int__
bool builtins int:
    *__new__
float builtins object:
    *__new__ __bool__ is_integer hex *fromhex as_integer_ratio
complex builtins object:
    *__new__ __bool__ conjugate
str builtins object:
    *__new__ __len__ __getitem__ __contains__ __iter__ __add__ __mod__ __mul__ __rmod__ capitalize casefold center
    count encode endswith expandtabs find format format_map index isalnum isalpha isascii isdecimal isdigit
    isidentifier islower isnumeric isprintable isspace istitle isupper join ljust lower lstrip *maketrans
    partition removeprefix removesuffix replace rfind rindex rjust rpartition rsplit rstrip split splitlines
    startswith strip swapcase title translate upper zfill
bytes builtins object:
    *__new__ __len__ __getitem__ __contains__ __iter__ __add__ decode count endswith find index join lower lstrip
    partition replace rfind rindex rpartition rsplit rstrip split splitlines startswith strip upper hex translate
    title isdigit *fromhex
bytearray builtins bytes:
    append extend
memoryview builtins object:
    tobytes cast __len__ __getitem__
list builtins object:
    *__new__ __init__ __len__ __getitem__ __setitem__ __delitem__ __contains__ __iter__ __add__ __iadd__ __mul__
    __reversed__ append clear copy count extend index insert pop remove reverse sort
tuple builtins object:
    *__new__ __len__ __getitem__ __contains__ __iter__ __add__ __mul__ count index
dict builtins object:
    *__new__ __init__ __len__ __getitem__ __setitem__ __delitem__ __contains__ __iter__ __or__ __ior__
    __reversed__ clear copy *fromkeys get items keys pop popitem setdefault update values
set builtins object:
    *__new__ __init__ __len__ __contains__ __iter__ __or__ __and__ __sub__ __xor__ add clear copy difference
    difference_update discard intersection intersection_update isdisjoint issubset issuperset pop remove
    symmetric_difference symmetric_difference_update union update
frozenset builtins object:
    *__new__ __len__ __contains__ __iter__ __or__ __and__ __sub__ copy difference intersection isdisjoint issubset
    issuperset symmetric_difference union
property builtins object:
    *__new__ __init__ __get__ __set__ __delete__ getter setter deleter
staticmethod builtins object:
    *__new__ __init__ __get__ __call__
classmethod builtins object:
    *__new__ __init__ __get__
super builtins object:
    *__new__
slice builtins object:
    *__new__ indices
range builtins object:
    __len__ __getitem__ __contains__ __iter__ count index
function types object:
    __get__ __call__
method types object:
    *__new__ __get__ __call__
builtin_function_or_method types object:
    __call__
module types object:
    *__new__ __init__
generator types object:
    __iter__ __next__ send throw close
coroutine types object:
    send throw close __await__
async_generator types object:
    __aiter__ __anext__ asend athrow aclose
iterator builtins object:
    __iter__ __next__ __len__
cell types object:
    .cell_contents
code types object:
    .co_name .co_qualname .co_filename .co_flags .co_argcount .co_kwonlyargcount .co_posonlyargcount .co_varnames
    .co_names .co_freevars .co_firstlineno .co_consts .co_code replace
frame types object:
    .f_code .f_globals .f_locals .f_builtins .f_back .f_lineno clear
traceback types object:
    .tb_frame .tb_next .tb_lineno
mappingproxy types object:
ellipsis types object:
type-parameter typing object:
SimpleNamespace types object:
    __init__
partial functools object:
    *__new__ __call__
partialmethod functools object:
    *__new__
lru_cache_wrapper functools object:
    *__new__ __get__ __call__ cache_clear cache_info
deque collections object:
    *__new__ __init__ __len__ __iter__ __getitem__ __contains__ append appendleft clear copy count extend
    extendleft index insert pop popleft remove reverse rotate
OrderedDict collections dict:
    move_to_end
defaultdict collections dict:
    __init__ __missing__
ref weakref object:
    *__new__ __init__ __call__
WeakMethod weakref object:
    *__new__ __init__ __call__
WeakValueDictionary weakref dict:
    valuerefs
WeakKeyDictionary weakref dict:
    keyrefs
WeakSet weakref set:
finalize weakref object:
    *__new__
local _thread object:
lock _thread object:
    acquire release locked __enter__ __exit__
os._Environ os object:
    __len__ __getitem__ __setitem__ __delitem__ __contains__ __iter__ get setdefault copy items keys values update pop
"""
"""A line a class: its key, module and bases; below it, indented, its methods (see registry.NativeClass)."""


def builtin_classes() -> dict[str, tuple[str, str, str]]:
    """(module, bases, methods) by key."""
    found: dict[str, tuple[str, str, str]] = {}
    name = ""
    for line in TABLE.strip().splitlines():
        if line.startswith(" "):
            module, bases, methods = found[name]
            found[name] = (module, bases, f"{methods} {line.strip()}")
        else:
            name, module, bases = line.rstrip(":").split(" ", 2)
            found[name] = (module, bases.strip("-"), "")
    return found
