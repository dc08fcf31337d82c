"""The fixed words of the viewer's page, in every language that `--lang` takes, beside those of the guided reading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeVar

from flowmap.analysis.result import Evidence
from flowmap.flow.sightings import Mark
from flowmap.names import Origin
from flowmap.render.sentences import Language, Said

_Key = TypeVar("_Key")

EVIDENCE: Final[Mapping[Evidence, Said]] = {
    Evidence.CALL: Said("a call in the source", "源代码中的调用"),
    Evidence.CALLBACK: Said("a callback: handed to what calls it", "回调函数：传给了调用者"),
    Evidence.IMPORT: Said("an import, which runs the module", "导入，导入即执行该模块"),
    Evidence.IMPORT_STRING: Said("found by a name that is held in a string", "按字符串中的名字找到"),
    Evidence.SETTING: Said("found by a name that stands in the settings", "按配置中写的名字找到"),
    Evidence.THREAD: Said("started in a thread", "在线程中启动"),
    Evidence.SIGNAL: Said("a receiver of the signal that is sent", "所发信号（signal）的接收者"),
    Evidence.PROPERTY: Said("a property that is read", "读取 property"),
    Evidence.ITERATION: Said("an iteration", "迭代"),
    Evidence.CONTEXT_MANAGER: Said("a with statement", "with 语句"),
    Evidence.DECORATOR: Said("a decorator", "装饰器"),
    Evidence.OPERATOR: Said("an operator", "运算符"),
    Evidence.ATTRIBUTE: Said("access to an attribute", "访问属性"),
    Evidence.CLASS_BODY: Said("the making of a class", "创建类"),
    Evidence.AWAIT: Said("an await", "await 等待"),
    Evidence.PROCESS: Said("started in a process", "在进程中启动"),
}

ORIGINS: Final[Mapping[Origin, Said]] = {
    Origin.DISTRIBUTION: Said("the distribution under study", "所研究的发行包"),
    Origin.PROJECT: Said("the project", "项目"),
    Origin.DEPENDENCY: Said("a dependency", "依赖包"),
    Origin.STDLIB: Said("the standard library", "标准库"),
}

MARKS: Final[Mapping[Mark, Said]] = {
    Mark.SEEN: Said("seen in the recording", "记录中出现过"),
    Mark.POSSIBLE: Said("possible, and not seen in the recording", "可能发生，但记录中没有出现"),
    Mark.UNOBSERVABLE: Said(
        "no recording could see it: it enters no Python code", "任何记录都看不到它：它不进入 Python 代码"
    ),
    Mark.NOT_FOUND: Said("seen in the recording, and not found in the source", "记录中出现过，但在源代码中没有找到"),
}

# What the frame of the page says; the names are those of the places in page.html.
FRAME: Final[Mapping[str, Said]] = {
    "say_tag": Said("en", "zh-Hans"),
    "say_whole": Said("Back to the whole (Escape)", "回到全图（Escape）"),
    "say_search": Said("Search functions, modules and settings", "搜索函数、模块和配置"),
    "say_search_hint": Said("Search functions, modules, settings   /", "搜索函数、模块、配置   /"),
    "say_found": Said("Found", "搜索结果"),
    "say_tour": Said("Guided tour", "导览"),
    "say_previous": Said("‹ Previous", "‹ 上一步"),
    "say_previous_title": Said("The call before (p)", "前一个调用（p）"),
    "say_next": Said("Next ›", "下一步 ›"),
    "say_next_title": Said("The next call (n)", "后一个调用（n）"),
    "say_levels": Said("Level of detail", "详细程度"),
    "say_stages": Said("Stages", "阶段"),
    "say_startup": Said("Hide start-up", "隐藏启动过程"),
    "say_startup_title": Said(
        "Start-up happens once, a request each time (s)", "启动只发生一次，请求每次都会发生（s）"
    ),
    "say_fold": Said("Fold stages", "折叠各阶段"),
    "say_keys": Said("Keys", "快捷键"),
    "say_keys_title": Said("Keys (?)", "快捷键（?）"),
    "say_picture": Said("The picture of the flow", "流程图"),
    "say_zoom": Said("Zoom", "缩放"),
    "say_smaller": Said("Smaller", "缩小"),
    "say_smaller_title": Said("Smaller (-)", "缩小（-）"),
    "say_larger": Said("Larger", "放大"),
    "say_larger_title": Said("Larger (+)", "放大（+）"),
    "say_wide": Said("Width", "适合宽度"),
    "say_wide_title": Said("As wide as the window (w)", "与窗口同宽（w）"),
    "say_fit": Said("Fit", "全图"),
    "say_fit_title": Said("All of it (0)", "显示全图（0）"),
    "say_about": Said("About what is chosen", "关于所选内容"),
    "say_key_tour": Said("next and previous call of the tour", "导览的后一个、前一个调用"),
    "say_key_search": Said("search; arrows choose, Enter goes there", "搜索；方向键选择，Enter 前往"),
    "say_key_levels": Said("overview, flow, full", "概览、流程、完整"),
    "say_key_startup": Said("hide or show the start-up", "隐藏或显示启动过程"),
    "say_key_fold": Said("fold the stage of the box", "折叠方框所在的阶段"),
    "say_arrows": Said("arrows", "方向键"),
    "say_key_boxes": Said("into the picture, from box to box, open a box", "进入图中，在方框之间移动，打开方框"),
    "say_key_words": Said("to the words about what is chosen", "转到关于所选内容的说明"),
    "say_key_move": Said("move the picture", "移动图"),
    "say_key_zoom": Said("larger, smaller, as wide as the window, all of it", "放大、缩小、与窗口同宽、显示全图"),
    "say_key_whole": Said("back to the whole", "回到全图"),
    "say_close": Said("Close", "关闭"),
    "say_level_overview": Said("Overview", "概览"),
    "say_level_flow": Said("Flow", "流程"),
    "say_level_full": Said("Full", "完整"),
}

# What the scripts of the page say.
SPOKEN: Final[Mapping[str, Said]] = {
    "steps": Said("{count} steps", "共 {count} 步"),
    "step-of": Said("{at} of {count}", "{at} / {count}"),
    "fold": Said("Fold stages", "折叠各阶段"),
    "unfold": Said("Unfold stages", "展开各阶段"),
    "step": Said("Step {number}", "第 {number} 步"),
    "step-titled": Said("Step {number}: {title}", "第 {number} 步：{title}"),
    "step-place": Said("{stage} · step {number}, {at} of {count}", "{stage} · 第 {number} 步，{at} / {count}"),
    "no-source": Said("no Python source", "没有 Python 源代码"),
    "public": Said("public source", "公开的源代码"),
    "source-elsewhere": Said("The source is not in this page.", "本页不含这段源代码。"),
    "all-lines": Said("all {count} lines", "全部 {count} 行"),
    "not-drawn": Said("Not drawn at this level. {shown}", "这一详细程度下没有画出。{shown}"),
    "show-at": Said("show it at {level}", "在“{level}”中显示"),
    "beside-way": Said(
        "Not on the way of the request: it is called beside it.", "不在请求经过的路径上：它在路径之外被调用。"
    ),
    "layers": Said("In layers: {layers}", "所在的层：{layers}"),
    "layer": Said("layer {layer}", "第 {layer} 层"),
    "entered-by": Said("Entered by", "由谁进入"),
    "source": Said("Source", "源代码"),
    "source-of": Said("Source of {name}", "{name} 的源代码"),
    "calls": Said("Calls, in order", "依次发出的调用"),
    "gaps": Said("Gaps", "缺口"),
    "callers": Said("Callers in the whole program", "整个程序中的调用者"),
    "callees": Said("Callees in the whole program", "整个程序中的被调用者"),
    "drawer": Said("{title} ({count})", "{title}（{count}）"),
    "line": Said("line {line}", "第 {line} 行"),
    "if": Said("if {condition}", "若 {condition}"),
    "back": Said("on the way back", "返回途中"),
    "gap": Said("line {line}: {reason}{name}", "第 {line} 行：{reason}{name}"),
    "in-brackets": Said(" ({name})", "（{name}）"),
    "evidence": Said("{evidence}.", "{evidence}。"),
    "evidence-back": Said("{evidence}, on the way back of the response.", "{evidence}，发生在响应返回的途中。"),
    "only-if": Said("Only if {condition}.", "仅当 {condition} 时。"),
    "through": Said("Through {names}, not drawn here.", "其间经过 {names}，此处未画出。"),
    "among": Said(", ", "、"),
    "call": Said("The call", "调用处"),
    "called": Said("What is called", "被调用者"),
    "in-picture": Said("In this picture", "本图之内"),
    "beside": Said("Beside it", "本图之外"),
    "value": Said("Value", "值"),
    "decided": Said("Where it stands, and what it decided", "写在何处，决定了什么"),
    "named-by-source": Said("Named in the source of", "以下源代码中提到它"),
    "named-in": Said("Named in {settings}.", "在 {settings} 中写有其名。"),
    "press": Said(
        "Press a box to see its function's source and calls here. {tour} walks the {count} calls in their order.",
        "点击方框，即可在此查看函数的源代码和调用。{tour}依次走过全部 {count} 个调用。",
    ),
    "take-tour": Said("Take the tour", "开始导览"),
    "stages": Said("Stages", "阶段"),
    "not-reached": Said("Not reached", "未到达"),
    "settings": Said("Settings", "配置"),
    "licence": Said("Licence of the quoted source", "所引用源代码的许可证"),
    "hidden": Said("+{count} hidden", "另有 {count} 个未显示"),
    "fold-stage": Said("Fold {stage}", "折叠 {stage}"),
    "folded-one": Said("{count} function folded", "已折叠 {count} 个函数"),
    "folded": Said("{count} functions folded", "已折叠 {count} 个函数"),
    "kind-function": Said("function", "函数"),
    "kind-module": Said("module", "模块"),
    "kind-class": Said("class", "类"),
    "kind-external": Said("external", "外部"),
    "kind-setting": Said("setting", "配置"),
    "more": Said("{count} more", "还有 {count} 项"),
    "nothing": Said("Nothing has this name.", "没有这个名字。"),
    "found": Said("{count} found", "找到 {count} 项"),
    "level-overview": FRAME["say_level_overview"]._replace(en="overview"),
    "level-flow": FRAME["say_level_flow"]._replace(en="flow"),
    "level-full": FRAME["say_level_full"]._replace(en="full"),
}

# What stands of a setting.
SETTINGS: Final[Mapping[str, Said]] = {
    "stands": Said("It stands in {place}.", "写在 {place}。"),
    "decision": Said("{subject}: {outcome}{chosen}{place}", "{subject}：{outcome}{chosen}{place}"),
    "chosen": Said(" by {chosen}{over}", "，由 {chosen} 决定{over}"),
    "over": Said(", over {others}", "，而不是 {others}"),
    "place": Said(" ({place})", "（{place}）"),
    "open": Said(
        "It may hold several values, all of which were followed ({place}{variables}).",
        "可能有多个取值，每一个都已跟踪（{place}{variables}）。",
    ),
    "variables": Said(", made of {names} of the environment", "，取自环境变量 {names}"),
}


def in_language(table: Mapping[_Key, Said], language: Language) -> dict[_Key, str]:
    """A table as it is in one language."""
    return {key: getattr(said, language) for key, said in table.items()}
