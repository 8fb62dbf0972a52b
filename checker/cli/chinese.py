"""click's own English words → Chinese; our users read no other language."""

from types import ModuleType

import click.core
import click.decorators
import click.exceptions
import click.formatting
import click.parser
import click.types

_WORDS = {
    "Usage:": "用法：",
    "Options": "选项",
    "Commands": "命令",
    "Positional arguments": "参数",
    "Show this message and exit.": "显示本说明。",
    "Show the version and exit.": "显示版本号。",
    "default: {default}": "默认 {default}",
    "required": "必填",
    "Error: {message}": "错误：{message}",
    "Aborted!": "已中断。",
    "Try '{command} {option}' for help.": "运行 {command} {option} 查看用法。",
    "Missing command.": "缺少命令。",
    "Missing argument": "缺少参数",
    "Missing option": "缺少选项",
    "Missing parameter": "缺少参数",
    "Missing {param_type}": "缺少 {param_type}",
    "Missing parameter: {param_name}": "缺少参数：{param_name}",
    "Invalid value: {message}": "取值有误：{message}",
    "Invalid value for {param_hint}: {message}": "{param_hint} 取值有误：{message}",
    "No such option: {name}": "没有选项 {name}。",
    "No such option {name!r}.": "没有选项 {name}。",
    "No such command {name!r}.": "没有命令 {name}。",
    "Option {name!r} does not take a value.": "选项 {name} 不带值。",
    "Argument {name!r} takes {nargs} values.": "参数 {name} 要有 {nargs} 个值。",
    "Choose from:\n\t{choices}": "可选：{choices}",
    "{value!r} is not a valid {number_type}.": "“{value}”不是数字。",
    "{value} is not in the range {range}.": "{value} 不在 {range} 之内。",
    "{name} {filename!r} does not exist.": "{name} {filename} 不存在。",
    "{name} {filename!r} is a directory.": "{name} {filename} 是文件夹。",
    "{name} {filename!r} is a file.": "{name} {filename} 是文件。",
    "{name} {filename!r} is not readable.": "{name} {filename} 不可读。",
    "{name} {filename!r} is not writable.": "{name} {filename} 不可写。",
    "file": "文件",
    "directory": "文件夹",
    "path": "路径",
}
_PLURALS = {
    "{value!r} is not {choice}.": "“{value}”不是 {choice}。",
    "{value!r} is not one of {choices}.": "“{value}”不在可选值 {choices} 之内。",
    "Got unexpected extra argument ({args})": "多出了参数（{args}）。",
    "Option {name!r} requires an argument.": "选项 {name} 后面要有值。",
    "Did you mean {possibility}?": "是不是 {possibility}？",
    "(Did you mean one of: {possibilities}?)": "（是不是 {possibilities}？）",
}


def speak() -> None:
    """Have click look its words up here; a word it adds later stays English until it is added too."""
    modules: tuple[ModuleType, ...] = (
        click.core, click.decorators, click.exceptions, click.formatting, click.parser, click.types,
    )  # fmt: skip
    for module in modules:
        for lookup, found in (("_", _one), ("ngettext", _several)):
            if hasattr(module, lookup):
                setattr(module, lookup, found)


def translate(command: click.core.Command) -> None:
    """The placeholders of a command's usage line, and of the commands below it."""
    command.options_metavar = "[选项]"
    if isinstance(command, click.core.Group):
        command.subcommand_metavar = "命令 [参数]..."
        for below in command.commands.values():
            translate(below)


def _one(text: str) -> str:
    return _WORDS.get(text, text)


def _several(singular: str, plural: str, count: int) -> str:
    return _PLURALS.get(singular, singular if count == 1 else plural)
