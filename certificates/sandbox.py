"""The language of designs: Django's templates with if, for and comments, given plain texts. It loads and calls nothing.

`register` is all that a template may use: no tag that reads a file, none that switches the escaping off.
"""

from typing import Any

from django.template import Context, Engine, Library, Template, TemplateSyntaxError
from django.template.base import Node, NodeList
from django.template.defaultfilters import default, first, join, last, length
from django.template.defaulttags import ForNode, comment, do_for, do_if

register = Library()
for _name, _compiler in (("if", do_if), ("for", do_for), ("comment", comment)):
    register.tag(_name, _compiler)
for _filter in (default, first, join, last, length):
    register.filter(_filter)

MOST_CHARACTERS = 40_000
"""No longer may a template or a sheet be."""
UNKNOWN = "\ue000"
"""A character for private use, around what a template asks of a variable that has no such part."""


class BadTemplate(ValueError):
    """A template that cannot be used: `line` (0 where it is not known) and `what`, for programmers' eyes in English."""

    def __init__(self, what: str, line: int = 0) -> None:
        super().__init__(what)
        self.what, self.line = what, line


class UnknownVariable(BadTemplate):
    """A template asks for a variable that is none; `what` is its name."""


class NestedLoop(BadTemplate):
    """A loop in a loop: what is drawn would grow beyond all bounds."""


class _Sandbox(Engine):
    default_builtins = ["certificates.sandbox"]


class _Facts(Context):
    """The variables, and which others were asked for: a condition would take them as false and say nothing."""

    def __init__(self, facts: dict[str, Any]) -> None:
        super().__init__(facts)
        self.unknown: list[str] = []

    def __getitem__(self, key: Any) -> Any:
        try:
            return super().__getitem__(key)
        except KeyError:
            self.unknown.append(str(key))
            raise


def compiled(source: str) -> Template:
    """A template ready to be filled in. Raises BadTemplate."""
    try:
        template = Template(source, engine=_Sandbox(string_if_invalid=f"{UNKNOWN}%s{UNKNOWN}"))
    except TemplateSyntaxError as error:
        raise BadTemplate(str(error), getattr(getattr(error, "token", None), "lineno", 0)) from error
    for loop in template.nodelist.get_nodes_by_type(ForNode):
        if inner := [node for node in _below(loop) if isinstance(node, ForNode)]:
            raise NestedLoop("for", getattr(inner[0].token, "lineno", 0) or 0)
    return template


def filled_in(template: Template, facts: dict[str, Any]) -> str:
    """The template with these variables. Raises UnknownVariable."""
    context = _Facts(facts)
    text = template.render(context)
    if context.unknown:
        raise UnknownVariable(context.unknown[0])
    if UNKNOWN in text:
        raise UnknownVariable(text.split(UNKNOWN)[1])
    return text


def _below(node: Node) -> list[Node]:
    lists: list[NodeList] = [getattr(node, name) for name in node.child_nodelists if hasattr(node, name)]
    return [below for nodes in lists for below in nodes.get_nodes_by_type(Node)]
