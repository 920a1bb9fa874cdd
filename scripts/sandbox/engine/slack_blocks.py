"""Block Kit's published limits: what is wrong with a message's blocks. Pure.

Source: docs.slack.dev, "Reference: blocks" and its page for each block (50 blocks in a message; header 150
characters; section text 3,000, 10 fields of 2,000; context 10 elements; actions 25; image URL 3,000,
alternative text and title 2,000; markdown 12,000 in a message; block_id 255 and unique), "Text object" (1 to
3,000, `emoji` of plain text only, `verbatim` of mrkdwn only), "Button element" (text 75, URL 3,000, value
2,000, action_id 255).
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

BLOCKS = 50
ID = 255
URL = 3000
MARKDOWN = 12_000
_TEXT_KEYS = {"plain_text": {"type", "text", "emoji"}, "mrkdwn": {"type", "text", "verbatim"}}

Faults = Iterator[str]


def faults(blocks: Any) -> list[str]:
    """What Slack would refuse in a message's blocks, each with where it is; empty where nothing."""
    if not isinstance(blocks, list):
        return ["blocks: must be an array"]
    found = [] if len(blocks) <= BLOCKS else [f"blocks: no more than {BLOCKS} items allowed"]
    for number, block in enumerate(blocks):
        found += [f"blocks/{number}{fault}" for fault in _block(block)]
    named = [block["block_id"] for block in blocks if isinstance(block, dict) and block.get("block_id")]
    if len(set(map(str, named))) < len(named):
        found.append("blocks: block_id must be unique")
    written = [
        block.get("text") for block in blocks if isinstance(block, dict) and block.get("type") == "markdown"
    ]
    if sum(len(text) for text in written if isinstance(text, str)) > MARKDOWN:
        found.append(f"blocks: markdown must be less than {MARKDOWN + 1} characters in all")
    return found


def _block(block: Any) -> Faults:
    if not isinstance(block, dict):
        yield ": must be an object"
        return
    kind = str(block.get("type"))
    if kind not in _KINDS:
        yield f"/type: unsupported type: {kind}"
        return
    keys, check = _KINDS[kind]
    yield from _keys(block, {"type", "block_id", *keys})
    yield from _length(block.get("block_id"), "/block_id", ID, required=False)
    yield from check(block)


def _section(block: Mapping[str, Any]) -> Faults:
    if "text" in block:
        yield from _text(block["text"], "/text", 3000)
    elif "fields" not in block:
        yield ": either text or fields must be provided"
    if "fields" in block:
        yield from _items(block["fields"], "/fields", 10, lambda each, at: _text(each, at, 2000))
    if "accessory" in block:
        yield from _element(block["accessory"], "/accessory")


def _header(block: Mapping[str, Any]) -> Faults:
    yield from _text(block.get("text"), "/text", 150, ("plain_text",))
    if "level" in block and block["level"] not in (1, 2, 3, 4):
        yield "/level: must be 1 to 4"


def _context(block: Mapping[str, Any]) -> Faults:
    def one(element: Any, at: str) -> Faults:
        if isinstance(element, dict) and element.get("type") == "image":
            yield from _image(element, at)
        else:
            yield from _text(element, at, 3000)

    yield from _items(block.get("elements"), "/elements", 10, one)


def _actions(block: Mapping[str, Any]) -> Faults:
    yield from _items(block.get("elements"), "/elements", 25, _element)
    elements = block.get("elements")
    listed = elements if isinstance(elements, list) else []
    named = [each["action_id"] for each in listed if isinstance(each, dict) and each.get("action_id")]
    if len(set(map(str, named))) < len(named):
        yield "/elements: action_id must be unique"


def _image_block(block: Mapping[str, Any]) -> Faults:
    yield from _image(block, "")
    if "title" in block:
        yield from _text(block["title"], "/title", 2000, ("plain_text",))


def _rich_text(block: Mapping[str, Any]) -> Faults:
    yield from _items(block.get("elements"), "/elements", None, _rich_part)


def _rich_part(element: Any, at: str) -> Faults:
    kinds = {"rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"}
    if not isinstance(element, dict) or element.get("type") not in kinds:
        yield f"{at}/type: must be one of {sorted(kinds)}"
    elif not isinstance(element.get("elements"), list):
        yield f"{at}/elements: must be an array"


def _image(element: Mapping[str, Any], at: str) -> Faults:
    if "slack_file" not in element:
        yield from _url(element.get("image_url"), f"{at}/image_url")
    yield from _length(element.get("alt_text"), f"{at}/alt_text", 2000)


def _element(element: Any, at: str) -> Faults:
    kind = element.get("type") if isinstance(element, dict) else None
    if kind == "image":
        yield from _keys(element, {"type", "image_url", "alt_text", "slack_file"}, at)
        yield from _image(element, at)
    elif kind == "button":
        known = {"type", "text", "action_id", "url", "value", "style", "confirm", "accessibility_label"}
        yield from _keys(element, known, at)
        yield from _text(element.get("text"), f"{at}/text", 75, ("plain_text",))
        yield from _length(element.get("action_id"), f"{at}/action_id", ID, required=False)
        yield from _length(element.get("value"), f"{at}/value", 2000, required=False)
        if "url" in element:
            yield from _url(element["url"], f"{at}/url")
        if element.get("style") not in (None, "primary", "danger"):
            yield f"{at}/style: must be primary or danger"
    else:
        yield f"{at}/type: the stand-in knows no element of type {kind}"


def _text(text: Any, at: str, longest: int, kinds: tuple[str, ...] = ("plain_text", "mrkdwn")) -> Faults:
    kind = text.get("type") if isinstance(text, dict) else None
    if kind not in kinds:
        yield f"{at}/type: must be one of {list(kinds)}"
        return
    yield from _keys(text, _TEXT_KEYS[kind], at)
    yield from _length(text.get("text"), f"{at}/text", longest)


def _url(url: Any, at: str) -> Faults:
    yield from _length(url, at, URL)
    if isinstance(url, str) and not url.startswith(("http://", "https://", "slack://", "mailto:")):
        yield f"{at}: must be a valid URL"


def _length(value: Any, at: str, longest: int, *, required: bool = True) -> Faults:
    if value is None and not required:
        return
    if not isinstance(value, str):
        yield f"{at}: must be a string"
    elif not 1 <= len(value) <= longest:
        yield f"{at}: must be 1 to {longest} characters, not {len(value)}"


def _items(items: Any, at: str, most: int | None, check: Callable[[Any, str], Faults]) -> Faults:
    if not isinstance(items, list) or not items:
        yield f"{at}: must be an array that holds something"
        return
    if most is not None and len(items) > most:
        yield f"{at}: no more than {most} items allowed"
    for number, each in enumerate(items):
        yield from check(each, f"{at}/{number}")


def _keys(value: Mapping[str, Any], known: set[str], at: str = "") -> Faults:
    for key in sorted(set(value) - known):
        yield f"{at}: invalid additional property: {key}"


def _nothing(_: Mapping[str, Any]) -> Faults:
    yield from ()


_KINDS: Mapping[str, tuple[set[str], Callable[[Mapping[str, Any]], Faults]]] = {
    "actions": ({"elements"}, _actions),
    "context": ({"elements"}, _context),
    "divider": (set(), _nothing),
    "header": ({"text", "level"}, _header),
    "image": ({"image_url", "slack_file", "alt_text", "title"}, _image_block),
    "markdown": ({"text"}, lambda block: _length(block.get("text"), "/text", MARKDOWN)),
    "rich_text": ({"elements"}, _rich_text),
    "section": ({"text", "fields", "accessory", "expand"}, _section),
}
