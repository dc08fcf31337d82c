"""Asked of the real Django, in the project's own interpreter (2.7 and later): its middleware, and who answers what.

Run in the project's folder, with a list of requests as JSON on stdin; prints JSON. It is independent of any recording.
"""

import json
import sys

import django
from django.conf import settings
from django.http import Http404
from django.test import Client
from django.utils.module_loading import import_string

HOOKS = (
    "__call__",
    "__acall__",
    "process_request",
    "process_view",
    "process_template_response",
    "process_exception",
    "process_response",
)


def place(function, owner=None):
    """The id of a function: `module:qualname`, of the class in whose body it stands."""
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    if not hasattr(function, "__name__"):
        # An object that is called.
        function, owner = held(type(function), "__call__")
    function = getattr(function, "__func__", function)
    name = getattr(function, "__qualname__", None)
    if name is None:
        # Python 2 knows the name alone, and of a decorated method not even the class.
        module = vars(sys.modules[function.__module__])
        classes = [] if function.__name__ in module else [each for each in module.values() if isinstance(each, type)]
        within = [
            each for each in classes if each.__module__ == function.__module__ and function.__name__ in vars(each)
        ]
        owner = owner or (within[0] if len(within) == 1 else None)
        name = (owner.__name__ + "." if owner else "") + function.__name__
    return function.__module__ + ":" + name


def held(cls, name):
    """A method of a class, and the class in whose body it stands."""
    for each in cls.__mro__:
        if name in vars(each):
            return vars(each)[name], each
    return None, None


def middleware(path):
    """A middleware by its hooks; what a function makes is known by the function."""
    made = import_string(path)
    if not isinstance(made, type):
        return {"path": path, "function": place(made), "hooks": []}
    hooks = []
    for name in HOOKS:
        hook, owner = held(made, name)
        # What all inherit tells nothing of any of them.
        if hook is not None and owner.__name__ != "MiddlewareMixin":
            hooks.append(place(hook, owner))
    return {"path": path, "function": None, "hooks": hooks}


def view(match, method):
    """The function that answers, of the project or of a package: the method of a class-based view."""
    function = match.func
    cls = getattr(function, "view_class", None) or getattr(function, "cls", None)
    names = function.__code__.co_freevars if hasattr(function, "__code__") else ()
    cells = {name: function.__closure__[i] for i, name in enumerate(names)}
    if cls is None and "initkwargs" in cells and "cls" in cells:
        # Of `as_view` before Django 1.9, which left its class nowhere else.
        cls = cells["cls"].cell_contents
    if cls is None:
        return place(function)
    name = (getattr(function, "actions", None) or {}).get(method.lower(), method.lower())
    hook, owner = held(cls, name)
    return place(hook, owner) if hook is not None else None


def resolved(response):
    """What a response was resolved to; None where no pattern fits."""
    match = getattr(response, "resolver_match", None)
    try:
        # It is looked up when it is asked for the first time.
        return match if match and match.func else None
    except Http404:
        return None


def main():
    django.setup()
    client = Client(HTTP_HOST="localhost")
    views = []
    for method, path, body, headers in json.load(sys.stdin):
        kind = "application/json" if body.startswith("{") else "application/x-www-form-urlencoded"
        extra = {"HTTP_" + str(name).upper().replace("-", "_"): str(value) for name, value in headers.items()}
        response = client.generic(str(method), str(path), body, content_type=kind, **extra)
        match = resolved(response)
        views.append(view(match, method) if match else None)
    paths = getattr(settings, "MIDDLEWARE", None)
    if paths is None or (not paths and getattr(settings, "MIDDLEWARE_CLASSES", None)):
        paths = settings.MIDDLEWARE_CLASSES
    print(
        "\n"
        + json.dumps(
            {"django": django.get_version(), "middleware": [middleware(path) for path in paths], "views": views}
        )
    )


if __name__ == "__main__":
    main()
