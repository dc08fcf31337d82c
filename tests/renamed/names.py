"""The other names: some forty functions, classes, signals and settings that a request meets."""

from __future__ import annotations

import re
from collections.abc import Mapping

NAMES: Mapping[str, str] = {
    # the command line
    "execute_from_command_line": "start_from_shell",
    "ManagementUtility": "ShellUtility",
    "fetch_command": "find_tool",
    "load_command_class": "load_tool_class",
    "BaseCommand": "BaseTool",
    "run_from_argv": "go_with_words",
    "inner_run": "serve_now",
    "get_handler": "pick_gate",
    # the server
    "get_internal_wsgi_application": "find_gateway",
    "get_wsgi_application": "make_gateway",
    "WSGIServer": "GatewayServer",
    "WSGIRequestHandler": "LineTalker",
    "ServerHandler": "ExchangeTalker",
    "StaticFilesHandler": "AssetGate",
    "StaticFilesHandlerMixin": "AssetGateMixin",
    # the handler and the middleware
    "BaseHandler": "CoreGate",
    "WSGIHandler": "GatewayGate",
    "WSGIRequest": "GatewayInquiry",
    "HttpRequest": "Inquiry",
    "load_middleware": "assemble_layers",
    "_middleware_chain": "_onion",
    "adapt_method_mode": "fit_method_mode",
    "convert_exception_to_response": "shield_with_reply",
    "response_for_exception": "reply_for_failure",
    "get_response": "produce_reply",
    "_get_response": "_produce_inner_reply",
    "MiddlewareMixin": "LayerMixin",
    "CommonMiddleware": "UsualLayer",
    "SessionMiddleware": "VisitLayer",
    "process_request": "on_arrival",
    "process_view": "on_view_chosen",
    "process_response": "on_departure",
    # URLs, responses, signals
    "resolve_request": "choose_view",
    "get_resolver": "find_routes",
    "URLResolver": "RouteTree",
    "URLPattern": "RouteLeaf",
    "ResolverMatch": "RouteMatch",
    "HttpResponse": "WebReply",
    "HttpResponseBase": "WebReplyBase",
    "Signal": "Beacon",
    "request_started": "inquiry_begun",
    # finding things, and the settings
    "import_string": "load_dotted",
    "LazySettings": "LateSettings",
    "MIDDLEWARE": "LAYERS",
    "ROOT_URLCONF": "TOP_ROUTES",
    "WSGI_APPLICATION": "GATEWAY_PATH",
    "INSTALLED_APPS": "PARTS",
}

# The library has classes of the same names as three of these; its own keep theirs.
_OLD = re.compile(rf"(?<!simple_server\.)\b(?:{'|'.join(NAMES)})\b")
_NEW = re.compile(rf"\b(?:{'|'.join(NAMES.values())})\b")


def renamed(text: str) -> str:
    """The text with every whole word that has another name replaced: in code, in strings and in comments."""
    return _OLD.sub(lambda match: NAMES[match.group()], text)


def new_names_in(text: str) -> frozenset[str]:
    """The new names that a text already uses, which would make the renaming ambiguous."""
    return frozenset(_NEW.findall(text))
