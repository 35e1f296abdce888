"""The YAML of a policy file: block and flow maps and lists, plain and quoted text of one line, comments, and the words
and numbers of the core schema. Nothing else of YAML is read."""

from __future__ import annotations

import math
import re
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Pattern, Union

#: Maps and lists within each other.
LEVELS = 32

Plain = Union[str, int, float, bool, None]


class Node(NamedTuple):
    """A value, and the offset of its first character."""

    at: int
    #: `Plain`, a list of nodes, or a dict of entries by key.
    value: Any


class Entry(NamedTuple):
    """One key of a map with its value. A value that is left out stands where its key stands."""

    key_at: int
    node: Node


class Fault(Exception):
    """What is wrong in a text, and at which offset."""

    def __init__(self, at: int, message: str) -> None:
        super().__init__(message)
        self.at = at


def read_yaml(text: str) -> Node:
    """The value of a text whose lines end with `\\n`; raises a Fault for what is not read here."""
    return _Reader(text).read()


_GAP = re.compile(r"[ \t]*")
_LINE_END = re.compile(r"[ \t]*(?:(?<![^ \t\n])#[^\n]*)?(?=\n|\Z)")
_FLOW_GAP = re.compile(r"(?:[ \t\n]|(?<=[ \t\n])#[^\n]*)*")
_DASH = re.compile(r"-(?=[ \t\n]|\Z)")
_MARKER = re.compile(r"(?:---|\.\.\.)(?=[ \t\n]|\Z)")
_COLON = re.compile(r"[ \t]*:(?=[ \t\n]|\Z)")
_FLOW_COLON = re.compile(r"[ \t\n]*:(?=[ \t\n,\[\]{}]|\Z)")
_ANY_COLON = re.compile(r"[ \t\n]*:")
_PLAIN_START = re.compile(r"[-?:](?=[^ \t\n])|[^-?:,\[\]{}#&*!|>'\"%@` \t\n]")
_PLAIN = re.compile(r"(?:[^ \t\n:#]|:(?=[^ \t\n])|(?<=[^ \t\n])#|[ \t]+(?=[^ \t\n#]))+")
_FLOW_PLAIN = re.compile(
    r"(?:[^ \t\n:#,\[\]{}]|:(?=[^ \t\n,\[\]{}])|(?<=[^ \t\n])#|[ \t]+(?=[^ \t\n#,\[\]{}]))+"
)
_SINGLE = re.compile(r"'(?:[^'\n]|'')*'")
_DOUBLE = re.compile(r'"(?:[^"\\\n]|\\[^\n])*"')
_WORD = re.compile(r"[^ \t\n,\[\]{}]{1,40}")
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_ESCAPE = re.compile(r"\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|(.))", re.S | re.A)

#: Digits that every number which may stand in a policy has room in; a longer text of digits is no number.
_NUMBER_CHARACTERS = 400

#: What a backslash makes of the character behind it.
_ESCAPES = {"0": "\0", "a": "\a", "b": "\b", "t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "e": "\x1b",
            " ": " ", '"': '"', "/": "/", "\\": "\\"}  # fmt: skip

#: Forms of YAML that are not read here.
_REFUSED = {"&": "an anchor", "*": "an alias", "!": "a tag", "|": "a block scalar", ">": "a block scalar"}

_CONSTANTS: Dict[str, Optional[bool]] = {
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._pos = 0
        self._level = 0

    def read(self) -> Node:
        self._skip_lines(is_start=True)
        if self._text.startswith("---", self._pos) and self._take(_MARKER) is not None:
            self._end_line()
            self._skip_lines()
        if self._is_over:
            return Node(0, None)
        node = self._block(self._column)
        self._skip_lines()
        if not self._is_over:
            raise self._bad_indentation()
        return node

    @property
    def _is_over(self) -> bool:
        return self._pos >= len(self._text)

    @property
    def _next(self) -> str:
        return self._text[self._pos : self._pos + 1]

    @property
    def _column(self) -> int:
        """Characters before the next one in its line."""
        return self._pos - (self._text.rfind("\n", 0, self._pos) + 1)

    def _block(self, indent: int) -> Node:
        """A value that begins here and may go on in lines of the same indentation."""
        if self._sees(_DASH):
            return self._nested(lambda: self._block_list(indent))
        if self._sees_key():
            return self._nested(lambda: self._block_map(indent))
        return self._line_value()

    def _line_value(self) -> Node:
        node = self._value(_PLAIN)
        self._end_line()
        return node

    def _block_map(self, indent: int) -> Node:
        at = self._pos
        entries: Dict[str, Entry] = {}
        while True:
            key_at = self._pos
            key = self._key(_PLAIN, _COLON, entries)
            self._take(_GAP)
            is_below = self._sees(_LINE_END)
            node = self._below(key_at, indent + 1, is_of_key=True) if is_below else self._line_value()
            entries[key] = Entry(key_at, node)
            if not self._goes_on(indent):
                return Node(at, entries)

    def _block_list(self, indent: int) -> Node:
        at = self._pos
        items: List[Node] = []
        while True:
            dash_at = self._pos
            self._pos += 1
            self._take(_GAP)
            is_below = self._sees(_LINE_END)
            items.append(self._below(dash_at, indent + 1, is_of_key=False) if is_below else self._block(self._column))
            if not self._goes_on(indent) or not self._sees(_DASH):
                return Node(at, items)

    def _below(self, owner_at: int, least: int, is_of_key: bool) -> Node:
        """The value in the lines below its owner; the list of a key may stand as far left as the key."""
        self._end_line()
        self._skip_lines()
        column = self._column
        is_list_of_key = is_of_key and column == least - 1 and self._sees(_DASH)
        if self._is_over or column < least and not is_list_of_key:
            return Node(owner_at, None)
        return self._block(column)

    def _goes_on(self, indent: int) -> bool:
        """Whether the next line belongs to the map or list of this indentation."""
        self._skip_lines()
        if self._is_over or self._column < indent:
            return False
        if self._column > indent:
            raise self._bad_indentation()
        return True

    def _value(self, form: Pattern[str]) -> Node:
        """A value that ends in its line; between brackets also in a later one."""
        at = self._pos
        if self._next == "[":
            return self._nested(self._flow_list)
        if self._next == "{":
            return self._nested(self._flow_map)
        if self._is_quoted:
            return Node(at, self._quoted())
        return Node(at, _resolve(at, self._plain(form)))

    def _flow_list(self) -> Node:
        at = self._pos
        items: List[Node] = []
        self._flow("]", lambda: items.append(self._value(_FLOW_PLAIN)))
        return Node(at, items)

    def _flow_map(self) -> Node:
        at = self._pos
        entries: Dict[str, Entry] = {}

        def read_one() -> None:
            key_at = self._pos
            key = self._key(_FLOW_PLAIN, _ANY_COLON if self._is_quoted else _FLOW_COLON, entries)
            self._take(_FLOW_GAP)
            is_empty = self._next in (",", "}")
            entries[key] = Entry(key_at, Node(key_at, None) if is_empty else self._value(_FLOW_PLAIN))

        self._flow("}", read_one)
        return Node(at, entries)

    def _flow(self, end: str, read_one: Callable[[], None]) -> None:
        """Reads what stands between brackets, with a comma between any two and perhaps behind the last."""
        self._pos += 1
        while True:
            self._take(_FLOW_GAP)
            if self._next == end:
                break
            if self._is_over:
                raise self._unexpected(f'"{end}"')
            read_one()
            self._take(_FLOW_GAP)
            if self._next == end:
                break
            if self._next != ",":
                raise self._unexpected(f'"," or "{end}"')
            self._pos += 1
        self._pos += 1

    def _key(self, form: Pattern[str], separator: Pattern[str], known: Dict[str, Entry]) -> str:
        at = self._pos
        wanted = 'a key and ":"'
        key = self._quoted() if self._is_quoted else self._plain(form, wanted)
        if self._take(separator) is None:
            self._pos = at
            raise self._unexpected(wanted)
        if key in known:
            raise Fault(at, f'found the key "{key}" a second time, wanted each key once')
        return key

    def _sees_key(self) -> bool:
        at = self._pos
        quoted = next((form for form in (_SINGLE, _DOUBLE) if self._sees(form)), None)
        if quoted is None and not self._sees(_PLAIN_START):
            return False
        self._take(quoted or _PLAIN)
        is_key = self._sees(_COLON)
        self._pos = at
        return is_key

    @property
    def _is_quoted(self) -> bool:
        return self._next in ('"', "'") and not self._is_over

    def _plain(self, form: Pattern[str], wanted: str = "a value") -> str:
        refused = _REFUSED.get(self._next)
        if refused is not None:
            raise Fault(self._pos, f"found {refused}, wanted {wanted} written out in place")
        if not self._sees(_PLAIN_START):
            raise self._unexpected(wanted)
        return (self._take(form) or "").rstrip(" \t")

    def _quoted(self) -> str:
        at = self._pos
        is_double = self._next == '"'
        found = self._take(_DOUBLE if is_double else _SINGLE)
        if found is None:
            raise Fault(at, "found text without end, wanted the closing quote in the same line")
        inner = found[1:-1]
        if not is_double:
            return inner.replace("''", "'")
        return _ESCAPE.sub(lambda each: _unescape(each, at + 1), inner)

    def _nested(self, read: Callable[[], Node]) -> Node:
        if self._level >= LEVELS:
            found = f"found maps and lists within each other more than {LEVELS} levels deep"
            raise Fault(self._pos, f"{found}, wanted at most {LEVELS} levels")
        self._level += 1
        node = read()
        self._level -= 1
        return node

    def _end_line(self) -> None:
        if self._take(_LINE_END) is not None:
            return
        self._take(_GAP)
        if self._sees(_COLON):
            raise Fault(self._pos, 'found ": ", wanted quotes around text')
        raise self._unexpected("the end of the line")

    def _skip_lines(self, is_start: bool = False) -> None:
        """Goes to the next line that says something."""
        while True:
            while self._next == " ":
                self._pos += 1
            if self._is_over or self._take(_LINE_END) is None:
                break
            if self._is_over:
                return
            self._pos += 1
        if self._next == "\t":
            raise Fault(self._pos, "found a tab in the indentation, wanted spaces")
        if not is_start and self._column == 0 and self._sees(_MARKER):
            raise self._unexpected("one document")

    def _take(self, form: Pattern[str]) -> Optional[str]:
        found = form.match(self._text, self._pos)
        if found is None:
            return None
        self._pos = found.end()
        return found.group()

    def _sees(self, form: Pattern[str]) -> bool:
        return form.match(self._text, self._pos) is not None

    def _bad_indentation(self) -> Fault:
        return Fault(self._pos, "found another indentation than that of the lines before, wanted the same")

    def _unexpected(self, wanted: str) -> Fault:
        return Fault(self._pos, f"found {self._shown()}, wanted {wanted}")

    def _shown(self) -> str:
        if self._is_over:
            return "the end of the file"
        if self._next == "\n":
            return "the end of the line"
        is_word = self._sees(_PLAIN_START) or self._sees(_MARKER)
        found = _WORD.match(self._text, self._pos) if is_word else None
        return f'"{self._next if found is None else found.group()}"'


def _resolve(at: int, text: str) -> Plain:
    """The value of plain text in the core schema."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    is_integer = _INTEGER.fullmatch(text) is not None
    is_number = is_integer or _FLOAT.fullmatch(text) is not None
    if _NOT_FINITE.fullmatch(text) is not None or is_number and not math.isfinite(_number(text)):
        raise Fault(at, f"found {text}, wanted a finite number")
    if not is_number:
        return text
    if not is_integer:
        return float(text)
    return int(text, 0 if text.startswith("0x") or text.startswith("0o") else 10)


def _number(text: str) -> float:
    if len(text) > _NUMBER_CHARACTERS:
        return math.inf
    try:
        return float(int(text, 0)) if text[:2] in ("0x", "0o") else float(text)
    except OverflowError:
        return math.inf


def _unescape(found: "re.Match[str]", at: int) -> str:
    digits = found[1] or found[2] or found[3]
    if digits is None:
        made = _ESCAPES.get(found[4])
    else:
        code = int(digits, 16)
        made = chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else None
    if made is None:
        raise Fault(at + found.start(), f"found the escape {found[0]}, wanted one of YAML")
    return made
