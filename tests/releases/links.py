"""The links that the way of a request has, release by release: an edge a concept, spelled as the releases spell it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

Link: TypeAlias = tuple[str, str]

_MANAGEMENT = "django.core.management"
_UTILITY = f"{_MANAGEMENT}:ManagementUtility"
_BASE = f"{_MANAGEMENT}.base:BaseCommand"
_COMMAND = f"{_MANAGEMENT}.commands.runserver:Command"
_STATIC = "django.contrib.staticfiles.management.commands.runserver"
_STATIC_HANDLER = "django.contrib.staticfiles.handlers:StaticFilesHandler"
_RELOAD = "django.utils.autoreload"
_GUARD = f"{_RELOAD}:check_errors.<locals>.wrapper"
_BASEHTTP = "django.core.servers.basehttp"
_SERVER = "socketserver:BaseServer"
_THREADING = "socketserver:ThreadingMixIn"
_RUN = "wsgiref.handlers:BaseHandler.run"
_WSGI = "django.core.handlers.wsgi:WSGIHandler"
_HANDLER = "django.core.handlers.base:BaseHandler"
_INNER = "django.core.handlers.exception:convert_exception_to_response.<locals>.inner"
_MIXIN = "django.utils.deprecation:MiddlewareMixin.__call__"
_CLOSE = "django.http.response:HttpResponseBase.close"
_SEND = "django.dispatch.dispatcher:Signal.send"


def _either(callers: Sequence[str], callees: Sequence[str]) -> tuple[Link, ...]:
    return tuple((caller, callee) for caller in callers for callee in callees)


# Of the spellings of one concept, a release has at least one; which ones it has is looked up in its source.
LINKS: Mapping[str, tuple[Link, ...]] = {
    # the command line
    "manage.py": _either(["manage:main", "manage:<module>"], [f"{_MANAGEMENT}:execute_from_command_line"]),
    "the utility is made": ((f"{_MANAGEMENT}:execute_from_command_line", f"{_UTILITY}.__init__"),),
    "the utility": ((f"{_MANAGEMENT}:execute_from_command_line", f"{_UTILITY}.execute"),),
    "set up": ((f"{_UTILITY}.execute", "django:setup"),),
    "fetch_command": ((f"{_UTILITY}.execute", f"{_UTILITY}.fetch_command"),),
    "load_command_class": ((f"{_UTILITY}.fetch_command", f"{_MANAGEMENT}:load_command_class"),),
    "core's command is imported": (
        (f"{_MANAGEMENT}:load_command_class", f"{_MANAGEMENT}.commands.runserver:<module>"),
    ),
    "staticfiles' command is imported": ((f"{_MANAGEMENT}:load_command_class", f"{_STATIC}:<module>"),),
    "run_from_argv": ((f"{_UTILITY}.execute", f"{_BASE}.run_from_argv"),),
    # the command
    "execute": ((f"{_BASE}.run_from_argv", f"{_COMMAND}.execute"),),
    "BaseCommand.execute": ((f"{_COMMAND}.execute", f"{_BASE}.execute"),),
    "handle": ((f"{_BASE}.execute", f"{_COMMAND}.handle"),),
    "run": ((f"{_COMMAND}.handle", f"{_COMMAND}.run"),),
    "--noreload": ((f"{_COMMAND}.run", f"{_COMMAND}.inner_run"),),
    "the autoreloader": _either([f"{_COMMAND}.run"], [f"{_RELOAD}:main", f"{_RELOAD}:run_with_reloader"]),
    "the autoreloader's thread": (
        (f"{_RELOAD}:python_reloader", _GUARD),
        ("threading:Thread.run", _GUARD),
    ),
    "inner_run in the thread": ((_GUARD, f"{_COMMAND}.inner_run"),),
    # the application
    "core's get_handler": ((f"{_COMMAND}.inner_run", f"{_COMMAND}.get_handler"),),
    "staticfiles' get_handler": ((f"{_COMMAND}.inner_run", f"{_STATIC}:Command.get_handler"),),
    "get_handler of both": ((f"{_STATIC}:Command.get_handler", f"{_COMMAND}.get_handler"),),
    "StaticFilesHandler": ((f"{_STATIC}:Command.get_handler", f"{_STATIC_HANDLER}.__init__"),),
    "get_internal_wsgi_application": ((f"{_COMMAND}.get_handler", f"{_BASEHTTP}:get_internal_wsgi_application"),),
    "import_string": ((f"{_BASEHTTP}:get_internal_wsgi_application", "django.utils.module_loading:import_string"),),
    "wsgi.py is imported": _either(
        ["django.utils.module_loading:import_string", "django.utils.module_loading:cached_import"],
        ["mysite.wsgi:<module>"],
    ),
    "get_wsgi_application": (("mysite.wsgi:<module>", "django.core.wsgi:get_wsgi_application"),),
    "django.setup": (("django.core.wsgi:get_wsgi_application", "django:setup"),),
    "load_middleware": (
        (f"{_WSGI}.__init__", f"{_HANDLER}.load_middleware"),
        (f"{_WSGI}.__call__", f"{_HANDLER}.load_middleware"),
    ),
    # the server
    "basehttp.run": ((f"{_COMMAND}.inner_run", f"{_BASEHTTP}:run"),),
    "the server is made": ((f"{_BASEHTTP}:run", f"{_BASEHTTP}:WSGIServer.__init__"),),
    "serve_forever": ((f"{_BASEHTTP}:run", f"{_SERVER}.serve_forever"),),
    "a connection": ((f"{_SERVER}.serve_forever", f"{_SERVER}._handle_request_noblock"),),
    "without a thread": ((f"{_SERVER}._handle_request_noblock", f"{_SERVER}.process_request"),),
    "with a thread": ((f"{_SERVER}._handle_request_noblock", f"{_THREADING}.process_request"),),
    "the request's thread": (("threading:Thread.run", f"{_THREADING}.process_request_thread"),),
    "finish_request": _either(
        [f"{_SERVER}.process_request"],
        [f"{_SERVER}.finish_request"],
    ),
    "finish_request in the thread": ((f"{_THREADING}.process_request_thread", f"{_SERVER}.finish_request"),),
    "the request handler": _either(
        [f"{_SERVER}.finish_request"],
        [f"{_BASEHTTP}:WSGIRequestHandler.__init__", "socketserver:BaseRequestHandler.__init__"],
    ),
    "the request handler handles": _either(
        ["socketserver:BaseRequestHandler.__init__"],
        [f"{_BASEHTTP}:WSGIRequestHandler.handle", "wsgiref.simple_server:WSGIRequestHandler.handle"],
    ),
    "ServerHandler.run": _either(
        [
            f"{_BASEHTTP}:WSGIRequestHandler.handle_one_request",
            f"{_BASEHTTP}:WSGIRequestHandler.handle",
            "wsgiref.simple_server:WSGIRequestHandler.handle",
        ],
        [_RUN],
    ),
    "with static files": ((_RUN, f"{_STATIC_HANDLER}.__call__"),),
    "without static files": ((_RUN, f"{_WSGI}.__call__"),),
    "past static files": ((f"{_STATIC_HANDLER}.__call__", f"{_WSGI}.__call__"),),
    # the request
    "WSGIRequest": ((f"{_WSGI}.__call__", "django.core.handlers.wsgi:WSGIRequest.__init__"),),
    "request_started": ((f"{_WSGI}.__call__", _SEND),),
    "get_response": ((f"{_WSGI}.__call__", f"{_HANDLER}.get_response"),),
    "the resolver": _either(
        [f"{_HANDLER}.resolve_request", f"{_HANDLER}._get_response", f"{_HANDLER}.get_response"],
        [
            "django.urls.resolvers:URLResolver.resolve",
            "django.urls.resolvers:RegexURLResolver.resolve",
            "django.core.urlresolvers:RegexURLResolver.resolve",
        ],
    ),
    "the view": _either([f"{_HANDLER}._get_response", f"{_HANDLER}.get_response"], ["mysite.views:hello"]),
    # the response
    "finish_response": _either(
        [_RUN], [f"{_BASEHTTP}:ServerHandler.finish_response", "wsgiref.handlers:BaseHandler.finish_response"]
    ),
    "close": _either(["wsgiref.handlers:BaseHandler.finish_response", "wsgiref.handlers:BaseHandler.close"], [_CLOSE]),
    "request_finished": ((_CLOSE, _SEND),),
    "a receiver": _either(
        [_SEND],
        ["django.core.handlers.base:reset_urlconf", "django.core.cache:close_caches"],
    ),
}

# Since the middleware is a chain of callables: 1.10.
CHAIN: Mapping[str, tuple[Link, ...]] = {
    "the chain begins": _either(
        [f"{_HANDLER}.get_response"], [_INNER, f"{_INNER}#2", "django.utils.deprecation:MiddlewareMixin.__call__"]
    ),
    "a layer": _either([_INNER, f"{_INNER}#2"], [_MIXIN]),
    "the next layer": _either([_MIXIN], [_INNER, f"{_INNER}#2"]),
    "the innermost": _either([_INNER, f"{_INNER}#2"], [f"{_HANDLER}._get_response"]),
}

# The hooks through which a request passes a middleware class, in and out.
HOOKS = ("process_request", "process_view", "process_response")
