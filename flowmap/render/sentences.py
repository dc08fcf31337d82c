"""The fixed sentences of the guided reading, in every language that `--lang` takes: one table, no name of a function.

What stands in braces comes from the flow, and is markup already.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Final, NamedTuple


class Language(enum.StrEnum):
    """What `--lang` takes."""

    EN = "en"
    ZH = "zh"


class Said(NamedTuple):
    """One sentence in each language, in the order of `Language`."""

    en: str
    zh: str


# What stands between two sentences.
SPACE: Final[Mapping[Language, str]] = {Language.EN: " ", Language.ZH: ""}


def say(language: Language, key: str, **values: object) -> str:
    """A sentence of the table with its places filled."""
    return str(getattr(SENTENCES[key], language)).format_map(values)


SENTENCES: Final[Mapping[str, Said]] = {
    "intro": Said(
        "What happens, call by call, between {entry} and the response to a request: the project {project}, "
        "Python {python} on {platform}. All of it was read off the source, and none of it was run.",
        "本文逐个调用地说明：从 {entry} 到对一个请求作出响应，其间发生了什么。"
        "项目 {project}，Python {python}，平台 {platform}。"
        "全部内容都由阅读源代码得出，没有运行其中任何代码。",
    ),
    "how": Said(
        "Steps are numbered in the order in which they happen, as they are in the picture. Of each step there are the "
        "lines that make the call, the function that is called, and why it is this one. {omitted} stands for "
        "lines that were left out.",
        "步骤按发生的先后编号，与图中的编号相同。每一步都给出：发出调用的那几行源代码、被调用的函数，以及为什么是这个函数。"
        "{omitted} 表示此处省略了若干行。",
    ),
    "settings": Said("What the settings decide", "由配置决定的内容"),
    "decided": Said("{subject}: {outcome} ({place})", "{subject}：{outcome}（{place}）"),
    "decided-by": Said(
        "{subject}: {outcome}, by {chosen} in {setting} ({place})",
        "{subject}：{outcome}，由 {setting} 中的 {chosen} 决定（{place}）",
    ),
    "open": Said(
        "{setting} may hold several values, all of which were followed ({place})",
        "{setting} 可能有多个取值，每一个都已跟踪（{place}）",
    ),
    "between": Said(
        "Steps {first} to {last} happen in between, in other stages.",
        "第 {first} 至 {last} 步在此之间发生，属于其他阶段。",
    ),
    "opens": Said("It begins with {function}, {place}.", "本阶段从 {function} 开始，{place}。"),
    "once": Said("This happens once, before the first request.", "这一阶段只发生一次，在第一个请求到来之前。"),
    "each": Said("This happens for every request.", "每个请求都会经过这里。"),
    "missing": Said(
        "Not reached: the source should have this stage, and the analysis lost the way to it.",
        "未到达：源代码中应有此阶段，但分析未能找到通向它的路径。",
    ),
    "hidden": Said(
        "Left out here at this level of detail: calls: {count}.", "在此详细程度下，本阶段略去 {count} 个调用。"
    ),
    "elsewhere": Said(
        "Left out altogether, of stages that are not shown: calls: {count}.",
        "另有 {count} 个调用属于未显示的阶段，已全部略去。",
    ),
    "made-in": Said("In {caller}, {place}:", "在 {caller} 中，{place}："),
    "same-lines": Said("The lines are those of step {number}.", "源代码与第 {number} 步所引用的相同。"),
    "no-lines": Said("The lines are not quoted here.", "此处不引用源代码。"),
    "calls": Said("This leads to {callee}, {place}.", "由此进入 {callee}，{place}。"),
    "enters-layer": Said(
        "It is entered as layer {layer}, the one of {title}.", "这里进入的是第 {layer} 层，即 {title} 的那一层。"
    ),
    "enters-layer-untitled": Said("It is entered as layer {layer}.", "这里进入的是第 {layer} 层。"),
    "says": Said("Its author says of it:", "作者对它的说明："),
    "why-same-module": Said(
        "Why this one: the name {name} is that of a function of the same module.",
        "为什么是它：名字 {name} 是同一模块中的函数。",
    ),
    "why-module": Said(
        "Why this one: the name {name} leads to module {module}, which defines it.",
        "为什么是它：名字 {name} 指向模块 {module}，它就定义在那里。",
    ),
    "why-method": Said(
        "Why this one: {name} is looked up on the object at hand, and class {owner} is the one that has it.",
        "为什么是它：在当前对象上查找 {name}，提供它的是类 {owner}。",
    ),
    "why-super": Said(
        "Why this one: {name} is looked up past the class at hand, and {owner} is the next class that has it.",
        "为什么是它：跳过当前的类继续查找 {name}（super），下一个提供它的类是 {owner}。",
    ),
    "why-makes": Said("Why this one: an object of class {owner} is made.", "为什么是它：这里创建类 {owner} 的对象。"),
    "why-makes-value": Said(
        "Why this one: a class is called that the lines do not name; it is {owner}, whose object is made.",
        "为什么是它：这里调用了一个源代码行中没有写明的类；它是 {owner}，创建的是它的对象。",
    ),
    "why-called": Said(
        "Why this one: an object of class {owner} is called.", "为什么是它：这里调用的是类 {owner} 的对象。"
    ),
    "why-value": Said(
        "Why this one: the lines do not name it; what they call is a value, and that value is this function.",
        "为什么是它：源代码行中没有写出它的名字；所调用的是一个值，而这个值就是该函数。",
    ),
    "why-setting": Said("Setting {setting} names {text}{place}.", "配置 {setting} 中写有 {text}{place}。"),
    "why-listed": Said(
        "Setting {setting} names {text}, entry {entry} of {count}{place}.",
        "配置 {setting} 中写有 {text}，是 {count} 项中的第 {entry} 项{place}。",
    ),
    "why-decided": Said(
        "{subject} is that of {outcome}, by {chosen} in setting {setting} ({place}).",
        "{subject} 取自 {outcome}，由配置 {setting} 中的 {chosen} 决定（{place}）。",
    ),
    "through": Said("In between, without a step of their own: {names}.", "其间还经过（不单独成步）：{names}。"),
    "only-if": Said("This happens only if {condition}.", "仅当 {condition} 时才会发生。"),
    "returning": Said("This is on the way back of the response.", "这发生在响应返回的途中。"),
    "evidence.call": Said("Why this one: it is called in the source.", "为什么是它：源代码中直接调用了它。"),
    "evidence.callback": Said(
        "Why this one: it was handed to what calls it, as a callback.", "为什么是它：它作为回调函数传给了调用者。"
    ),
    "evidence.import": Said(
        "Why this one: the module is imported, which runs it.", "为什么是它：这里导入该模块，导入即执行。"
    ),
    "evidence.import-string": Said(
        "Why this one: it is found by a name that is put together as a string, here or on the way.",
        "为什么是它：它是按名字找到的，这个名字是在此处或途中拼成的字符串。",
    ),
    "evidence.setting": Said(
        "Why this one: it is found by a name that stands in the settings.", "为什么是它：它是按配置中写的名字找到的。"
    ),
    "evidence.thread": Said(
        "Why this one: it is the target of a thread that is started here, and runs in that thread.",
        "为什么是它：它是此处启动的线程的目标，在那个线程中运行。",
    ),
    "evidence.signal": Said(
        "Why this one: it is a receiver of the signal that is sent.", "为什么是它：它是此处所发信号（signal）的接收者。"
    ),
    "evidence.property": Said(
        "Why this one: reading the attribute calls it; it is a property.",
        "为什么是它：它是一个 property，读取该属性即调用它。",
    ),
    "evidence.iteration": Said(
        "Why this one: iterating over the object calls it.", "为什么是它：对该对象的迭代会调用它。"
    ),
    "evidence.context-manager": Said(
        "Why this one: the with statement enters or leaves the object.",
        "为什么是它：with 语句进入或离开该对象时调用它。",
    ),
    "evidence.decorator": Said(
        "Why this one: it decorates a definition.", "为什么是它：它是一个装饰器，用在某个定义上。"
    ),
    "evidence.operator": Said("Why this one: the operator calls it.", "为什么是它：运算符会调用它。"),
    "evidence.attribute": Said(
        "Why this one: the access to the attribute calls it.", "为什么是它：访问该属性时会调用它。"
    ),
    "evidence.class-body": Said("Why this one: the making of a class calls it.", "为什么是它：创建类的过程会调用它。"),
    "evidence.await": Said("Why this one: it is awaited.", "为什么是它：这里等待（await）它。"),
    "evidence.process": Said(
        "Why this one: it runs in a process that is started here.", "为什么是它：它在此处启动的进程中运行。"
    ),
    "broken": Said("Where it breaks off", "流程中断之处"),
    "broken-intro": Said(
        "As the source stands, the flow cannot come past these:", "就现有的源代码而言，流程无法越过以下各处："
    ),
    "gaps": Said("Gaps", "缺口"),
    "gaps-intro": Said(
        "Calls on the way that could not be followed, in whole or in part:", "途中未能跟踪、或未能完全跟踪的调用："
    ),
    "gap": Said("{caller}, {place}: {reason}{name}", "{caller}，{place}：{reason}{name}"),
    "gap-name": Said(": {name}", "：{name}"),
    "among": Said(", ", "、"),
    "at": Said(" ({place})", "（{place}）"),
    "licences": Said("Under which licence source is quoted", "所引用源代码的许可证"),
    # The words of the design; what a framework calls a stage otherwise keeps its title.
    "stage.command-line": Said("Command line", "命令行"),
    "stage.command": Said("Management command", "管理命令"),
    "stage.application": Said("Application", "应用"),
    "stage.server": Said("Server", "服务器"),
    "stage.connection": Said("Connection", "连接"),
    "stage.handler": Said("Handler", "处理器"),
    "stage.middleware": Said("Middleware", "中间件"),
    "stage.url": Said("URL", "URL 解析"),
    "stage.view": Said("View", "视图"),
    "stage.response": Said("Response", "响应"),
}
