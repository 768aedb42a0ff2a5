"""``catalogue check`` says which question has no place in a connector, before a citizen answers it in vain."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gateway.__main__ import main
from gateway.settings import ROOT

JUSTICE = "justice/connector.yml"
WRONG = [
    (JUSTICE, "  company_name: form.companyName\n", "", "fields: company_name is missing; notarization asks it"),
    (JUSTICE, 'urgent: "1", ', "", "values.legal_aid_deadline: urgent is missing; legal-aid offers it"),
    (JUSTICE, "  legal-aid: SF0101\n", "", "items: legal-aid is missing"),
    (JUSTICE, "company_name: form.companyName", "company_name: person.name", "would be sent as person.name"),
    (JUSTICE, "  book:\n", "  query:\n", "operations: book is missing; notarization needs it"),
    ("education/connector.yml", "files: files, file_kilobytes: 2048", "", "sends: files is missing; school-enrolment asks"),
    ("disabled-persons/connector.yml", 'child: "2"', 'company: "2"',
     "values.acting_for: child is missing; disability-certificate offers it"),
    (JUSTICE, "body: json", "body: jsn", "jsn is not a value"),
]


@pytest.mark.parametrize(("file", "before", "after", "sentence"), WRONG)
def test_what_a_connector_lacks_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], file: str, before: str, after: str, sentence: str
) -> None:
    folder = tmp_path / "catalogue"
    shutil.copytree(ROOT / "catalogue", folder)
    text = (folder / file).read_text("utf-8")
    assert before in text
    (folder / file).write_text(text.replace(before, after, 1), "utf-8")
    assert main(["catalogue", "check", "--folder", str(folder)]) == 1
    printed = capsys.readouterr().out
    assert printed.startswith(f"{file}\n")
    assert sentence in printed
    assert ": 1 error, 0 warnings." in printed
