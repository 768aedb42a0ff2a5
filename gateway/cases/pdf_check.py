"""Looks through a PDF for whatever is more than paper. Run as a program of its own, content on standard input.

A hostile file may loop or swell: here it only ends this process, whose time and memory are bounded. It writes
one word: ``good``, ``locked``, ``long``, ``active`` or ``broken``. Source of the names: ISO 32000-1.
"""

from __future__ import annotations

import contextlib
import io
import logging
import re
import resource
import sys
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

MOST_PAGES = 30
MOST_OBJECTS = 100_000
MOST_MEMORY = 1024 * 2**20
MOST_SECONDS = 8
MOST_AFTER_END = 1024
"""Bytes that may follow the last end mark; more is another file that hides behind this one."""
ACTIVE_KEYS = {"/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/XFA", "/RichMediaContent"}
ACTIVE_VALUES = {
    "/S": {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/Rendition", "/RichMediaExecute"},
    "/Type": {"/EmbeddedFile", "/Filespec"},
    "/Subtype": {"/FileAttachment", "/RichMedia", "/Screen", "/3D", "/Movie", "/Sound"},
}
ACTIVE_BYTES = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia", b"/SubmitForm", b"/ImportData")
"""Looked for in the raw bytes, too: what no table of the file leads to, a lenient reader may still find."""


def verdict(content: bytes) -> str:
    """The word for a PDF."""
    if len(content) - content.rfind(b"%%EOF") > MOST_AFTER_END:
        return "broken"
    reader = PdfReader(io.BytesIO(content), strict=False)
    if reader.is_encrypted:
        return "locked"
    pages = len(reader.pages)
    if not 1 <= pages <= MOST_PAGES:
        return "long" if pages else "broken"
    for page in reader.pages:
        if page.mediabox.width <= 0 or page.mediabox.height <= 0:
            return "broken"
    plain = re.sub(rb"#([0-9A-Fa-f]{2})", lambda m: bytes([int(m[1], 16)]), content)
    if any(word in plain for word in ACTIVE_BYTES) or any(map(_acts, _objects(reader))):
        return "active"
    return "good"


def _acts(thing: DictionaryObject) -> bool:
    if ACTIVE_KEYS & thing.keys():
        return True
    return any(str(thing.raw_get(key)) in values for key, values in ACTIVE_VALUES.items() if key in thing)


def _objects(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Every dictionary of the file: those that the trailer leads to, and those that only the tables name."""
    waiting: list[Any] = [reader.trailer]
    for generation, places in reader.xref.items():
        waiting += [IndirectObject(number, generation, reader) for number in places]
    waiting += [IndirectObject(number, 0, reader) for number in reader.xref_objStm]
    seen: set[tuple[int, int]] = set()
    count = 0
    while waiting:
        thing = waiting.pop()
        count += 1
        if count > MOST_OBJECTS:
            raise ValueError("too many objects")
        if isinstance(thing, IndirectObject):
            if (thing.idnum, thing.generation) not in seen:
                seen.add((thing.idnum, thing.generation))
                waiting.append(thing.get_object())
        elif isinstance(thing, DictionaryObject):
            yield thing
            waiting += [thing.raw_get(key) for key in thing]
        elif isinstance(thing, ArrayObject):
            waiting += list(thing)


def main() -> None:
    """Read, judge, answer."""
    logging.disable()
    with contextlib.suppress(ValueError, OSError):  # some systems know no such limit
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    try:
        word = verdict(sys.stdin.buffer.read())
    except Exception:  # whatever a broken file makes the reader stumble over
        word = "broken"
    sys.stdout.write(word)


if __name__ == "__main__":
    main()
