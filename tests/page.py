"""Read a page as a test does: choose elements by CSS selectors, ask for their words and attributes."""

from __future__ import annotations

from typing import Any

import tinyhtml5
from cssselect2 import ElementWrapper


class Node:
    """An element of a parsed page."""

    def __init__(self, wrapper: ElementWrapper) -> None:
        self._wrapper = wrapper

    def all(self, selector: str) -> list[Node]:
        """Return every element below this one that the selector matches, in order."""
        return [Node(found) for found in self._wrapper.query_all(selector)]

    def one(self, selector: str) -> Node:
        """Return the only element that the selector matches."""
        (found,) = self.all(selector)
        return found

    def get(self, name: str) -> str | None:
        """Return an attribute, or None."""
        return self._wrapper.etree_element.get(name)

    def __getitem__(self, name: str) -> str:
        return self._wrapper.etree_element.attrib[name]

    def is_a(self, name: str) -> bool:
        """Return whether it is an element of this name."""
        return self._wrapper.local_name == name

    @property
    def words(self) -> str:
        """All text below, with runs of white space as one blank."""
        return " ".join(" ".join(self._wrapper.etree_element.itertext()).split())


def parse(html: Any) -> Node:
    """Parse a page or a part of one: text, bytes, or an answer of the test client."""
    content = getattr(html, "content", html)
    text = content.decode() if isinstance(content, bytes) else content
    return Node(ElementWrapper.from_html_root(tinyhtml5.parse(text, namespace_html_elements=False)))
