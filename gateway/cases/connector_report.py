"""What came of holding a department to the contract, for people and for machines."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from connectors.contract import Finding

_MARKS = {"passed": "pass", "failed": "FAIL", "not applicable": " -- "}


@dataclass(frozen=True)
class Report:
    """One item of one department, tried ``at`` an ``address``. It holds no answer of a citizen."""

    department: str
    address: str
    item: str
    at: dt.datetime
    findings: Sequence[Finding]

    @property
    def passed(self) -> bool:
        """Whether no requirement failed."""
        return not any(finding.verdict == "failed" for finding in self.findings)

    @property
    def summary(self) -> str:
        """The counts, in one line."""
        n = Counter(finding.verdict for finding in self.findings)
        return f"{n['passed']} passed, {n['failed']} failed, {n['not applicable']} not applicable."

    def text(self) -> str:
        """For people: one block a requirement, and a last line with the counts."""
        when = self.at.astimezone().strftime("%Y-%m-%d %H:%M %Z")
        lines = [f"{self.department} at {self.address}, item {self.item}, {when}", ""]
        for number, finding in enumerate(self.findings, start=1):
            asked = finding.requirement
            lines.append(f"{_MARKS[finding.verdict]}  {number}. {asked.title}")
            if finding.verdict == "not applicable":
                lines.append(f"      not applicable: {finding.came}")
                continue
            lines += [f"      expected: {asked.expected}", f"      came:     {finding.came}"]
            if finding.verdict == "failed":
                lines.append(f"      mend:     {asked.mend}")
        return "\n".join([*lines, "", self.summary])

    def json(self) -> str:
        """For machines: the same."""
        return json.dumps({
            "department": self.department, "address": self.address, "item": self.item,
            "at": self.at.isoformat(timespec="seconds"), "passed": self.passed,
            "requirements": [
                {
                    "name": f.requirement.name, "verdict": f.verdict, "expected": f.requirement.expected,
                    "came": f.came, **({"mend": f.requirement.mend} if f.verdict == "failed" else {}),
                }
                for f in self.findings
            ],
        }, ensure_ascii=False, indent=2)

    def write(self, path: Path) -> None:
        """Write it into a file: JSON when its name ends so, else text.

        Raises:
            OSError: it cannot be written.
        """
        path.write_text((self.json() if path.suffix == ".json" else self.text()) + "\n", "utf-8")
