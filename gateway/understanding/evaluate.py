"""``python -m gateway evaluate FILE``: how well messages are understood, measured on lines of JSON."""

from __future__ import annotations

import argparse
import asyncio
import difflib
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Optional

from tqdm import tqdm

from gateway import settings
from gateway.errors import OurFault
from gateway.understanding.scores import Result, Seen, right_items, score
from gateway.understanding.training import trained_model

KEYS = {"text", "act", "aspect", "item", "candidates"}
WARM_UP = 5
Prepare = Callable[[Any], None]


def add_command(
    subparsers: argparse._SubParsersAction[argparse.ArgumentParser], as_served: Prepare
) -> None:
    """Add ``evaluate``. ``as_served`` makes a loaded agent run as the gateway runs it."""
    parser = subparsers.add_parser(
        "evaluate", help="measure how well messages are understood",
        description="FILE holds a JSON object a line: text, and what is right of it: act, aspect, item, "
        "candidates. Missing keys are not scored.",
    )
    parser.add_argument("file", type=Path, metavar="FILE.jsonl")
    parser.add_argument("--catalogue", type=Path, metavar="DIR", help="default: GATEWAY_CATALOGUE")
    parser.add_argument("--json", action="store_true", help="figures as JSON, for machines")
    parser.add_argument("--wrong", type=Path, metavar="OUT", help="write the lines that were not understood")
    parser.set_defaults(run=run, as_served=as_served)


def run(arguments: argparse.Namespace) -> int:
    """Print the figures; returns the exit code."""
    try:
        lines = read_lines(arguments.file)
        if arguments.catalogue:
            os.environ["GATEWAY_CATALOGUE"] = str(arguments.catalogue.resolve())
        seen = asyncio.run(_understood([str(line["text"]) for line in lines], arguments.as_served))
    except OurFault as error:
        print(error, file=sys.stderr)
        return 2
    result = score(lines, seen)
    if arguments.wrong:
        _write_wrong(arguments.wrong, lines, seen)
    print(json.dumps(asdict(result), ensure_ascii=False) if arguments.json else table(result))
    return 0


def read_lines(file: Path) -> list[dict[str, Any]]:
    """The lines of an evaluation file.

    Raises:
        OurFault: the file is missing, or a line is not what it should be; says which.
    """
    try:
        raw = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise OurFault(f"{file} cannot be read: {error}.") from error
    lines = []
    for number, text in enumerate(raw, 1):
        if not text.strip():
            continue
        try:
            line = json.loads(text)
        except ValueError as error:
            raise OurFault(f"{file} line {number} is not JSON: {error}.") from error
        lines.append(_checked(line, f"{file} line {number}"))
    if not lines:
        raise OurFault(f"{file} holds no lines.")
    return lines


def _checked(line: Any, where: str) -> dict[str, Any]:
    """The line, if it says what a line may say.

    Raises:
        OurFault: it does not; says where, which key, and what is allowed.
    """
    allowed = ", ".join(sorted(KEYS))
    if not isinstance(line, dict) or not isinstance(line.get("text"), str):
        raise OurFault(f"{where} has no text. Allowed keys: {allowed}.")
    for key, value in line.items():
        if key not in KEYS:
            near = difflib.get_close_matches(key, KEYS, 1)
            raise OurFault(f"{where}: {key} is not a key. Allowed: {allowed}." + (f" Did you mean {near[0]}?" if near else ""))
        if key == "candidates":
            if value is not None and not (isinstance(value, list) and all(isinstance(v, str) for v in value)):
                raise OurFault(f"{where}: candidates is not a list of items. Allowed: [\"id-card-lost\", …].")
        elif value is not None and not isinstance(value, str):
            raise OurFault(f"{where}: {key} is {json.dumps(value, ensure_ascii=False)}. Allowed: a text in quotes.")
    return line


async def _understood(texts: list[str], as_served: Prepare) -> list[Seen]:
    from rasa.core.agent import Agent  # takes seconds


    agent = Agent.load(str(trained_model(settings.load())))
    as_served(agent)
    for text in texts[:WARM_UP]:
        await agent.parse_message(text)
    seen = []
    for text in tqdm(texts, desc="Understanding", file=sys.stderr, unit="line", mininterval=0.5):
        started = time.perf_counter()
        parsed = await agent.parse_message(text)
        seen.append(_seen(parsed, (time.perf_counter() - started) * 1000))
    return seen


def _seen(parsed: dict[str, Any], milliseconds: float) -> Seen:
    act = str(parsed.get("act") or (parsed.get("intent") or {}).get("name"))
    items = tuple((str(i["item"]), float(i["score"])) for i in parsed.get("items") or ())
    aspect: Optional[str] = (parsed.get("aspect") or {}).get("name") if act == "consult" else None
    offered = tuple(item for item, _ in items[:4]) if parsed.get("clarify") else ()
    return Seen(act, aspect, items, offered, round(milliseconds, 2))


def _write_wrong(file: Path, lines: list[dict[str, Any]], seen: list[Seen]) -> None:
    wrong = [
        {**line, "understood": {"act": s.act, "aspect": s.aspect, "items": s.items[:3]}}
        for line, s in zip(lines, seen, strict=True) if _differs(line, s)
    ]
    text = "".join(json.dumps(w, ensure_ascii=False) + "\n" for w in wrong)
    file.write_text(text, encoding="utf-8")


def _differs(line: dict[str, Any], seen: Seen) -> bool:
    right = right_items(line)
    return (
        (bool(line.get("act")) and line["act"] != seen.act)
        or (bool(line.get("aspect")) and line["aspect"] != seen.aspect)
        or (bool(right) and (not seen.items or seen.items[0][0] not in right))
    )


def table(result: Result) -> str:
    """The figures as people read them."""
    def share(value: Optional[float]) -> str:
        return "—" if value is None else f"{value:.1%}"

    rows = [
        ("act", share(result.act)), ("aspect of consult", share(result.aspect)),
        ("item first", share(result.first)), ("item in the first three", share(result.first_three)),
        ("settled at once or by one question", share(result.settled)),
        ("asked which one", share(result.asked)),
        ("calibration error", "—" if result.calibration_error is None else f"{result.calibration_error:.3f}"),
        ("out of scope recognised", share(result.out_of_scope)),
        ("wrongly refused", share(result.wrongly_refused)),
        ("time p50 / p95", f"{result.p50:.1f} / {result.p95:.1f} ms"),
    ]
    lines = [f"{result.lines} lines", *(f"{name:<36}{value:>16}" for name, value in rows)]
    for title, confusions in (("acts", result.act_confusions), ("items", result.item_confusions)):
        if confusions:
            lines += ["", f"worst confusions of {title}"]
            lines += [f"{count:>4}  {pair}" for pair, count in confusions]
    return "\n".join(lines)
