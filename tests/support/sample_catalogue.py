"""A small valid catalogue for tests: two departments, two items, five data elements.

Every call returns fresh dicts of plain values, as they would stand in YAML; keyword arguments
replace top-level keys, and the value ``REMOVED`` takes a key away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

REMOVED: Any = object()
PERMIT = "residence-permit"  # apply, of public-security
BALANCE = "fund-balance"  # query, of housing-fund


class _PlainDumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Writes equal values out each time: the catalogue refuses anchors and aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def sample_item(**changes: Any) -> dict[str, Any]:
    """居住证申领 (flow apply) of ``public-security``; keeps every rule of the checks."""
    return _changed({
        "item": PERMIT,
        "name": "居住证申领",
        "aliases": ["居住证", "暂住证"],
        "utterances": [
            "我想办居住证", "居住证怎么申请", "外地人办居住证要什么", "住了半年能办居住证吗",
            "暂住证在哪办", "租房可以办居住证吗", "居住证多久能拿到", "帮我申请一张居住证",
        ],
        "type": "confirmation",
        "kind": "promised",
        "audience": "personal",
        "flow": "apply",
        "assurance": "real_name",
        "forms": ["window", "online"],
        "online_depth": "full",
        "visits": {"count": 0},
        "summary": "在本市住满半年，有稳定工作、稳定住处或在读的人，可以申领居住证。",
        "conditions": ["离开户口所在地，在本市住满半年", "有稳定工作、稳定住处，或者在本市读书"],
        "materials": [
            {"name": "居民身份证", "source": "citizen", "issued_by": "公安局"},
            {"name": "住处证明", "source": "citizen", "form": "electronic", "note": "租房合同也可以"},
        ],
        "steps": [
            {"name": "申请", "does": "在这里填写，或者到派出所填写", "takes": "3 分钟"},
            {"name": "审核", "does": "派出所核对住处和身份", "takes": "10 个工作日"},
            {"name": "领证", "does": "到派出所领，或者寄到家"},
        ],
        "statutory_limit": {"n": 15, "unit": "days"},
        "promised_limit": {"n": 10, "unit": "working_days"},
        "fee": {"charged": False, "note": "首次申领不收费"},
        "places": [{
            "name": "城东派出所", "address": "城东路 1 号", "hours": "周一至周五 9:00—17:00",
        }],
        "phone": "0571-12345678",
        "supervision": "12389",
        "online": "在这里就能申请，3 分钟左右。",
        "legal_basis": [{"law": "居住证暂行条例", "article": "第九条"}],
        "result": {"name": "居住证", "sample": "一张卡片，正面有照片", "delivery": "自取或邮寄"},
        "questions": [{"ask": "要多少钱", "answer": "首次申领不收费。"}],
        "fields": [
            {"element": "person_name"},
            {"element": "id_number"},
            {"element": "stay_reason"},
            {"element": "employer", "when": {"element": "stay_reason", "in": ["work"]}},
        ],
        "checked_on": "2025-10-08",
    }, changes)


def sample_query(**changes: Any) -> dict[str, Any]:
    """公积金余额查询 (flow query) of ``housing-fund``; keeps every rule of the checks."""
    return _changed(sample_item(
        item=BALANCE,
        name="住房公积金余额查询",
        aliases=["公积金余额"],
        utterances=[
            "我公积金还有多少", "查公积金余额", "公积金账户里有多少钱", "看看我的公积金",
            "公积金交了多少了", "公积金余额怎么查", "帮我查公积金", "公积金账户余额是多少",
        ],
        type="public_service",
        kind="immediate",
        flow="query",
        summary="查自己公积金账户里的钱。",
        conditions=["在本市缴存住房公积金"],
        materials=[],
        steps=[{"name": "查询", "does": "说出身份证号，当场看到余额"}],
        statutory_limit={"unit": "immediate"},
        promised_limit={"unit": "immediate"},
        fee={"charged": False},
        places=[{"name": "公积金中心", "address": "城西路 8 号", "hours": "周一至周五 9:00—17:00"}],
        phone="12329",
        supervision="12345",
        online="在这里就能查。",
        legal_basis=[{"law": "住房公积金管理条例", "article": "第三十六条"}],
        result={"name": "账户余额", "sample": "一句话，写明余额和日期"},
        questions=[],
        fields=[{"element": "id_number"}],
    ), changes)


def sample_department(**changes: Any) -> dict[str, Any]:
    """公安局."""
    return _changed({
        "department": "public-security",
        "name": "安平市公安局",
        "short_name": "公安局",
        "aliases": ["派出所"],
        "name_en": "Public Security Bureau",
        "about": "管户口、身份证、居住证和出入境。",
        "phone": "0571-12345678",
        "supervision": "12389",
        "address": "城东路 1 号",
        "hours": "周一至周五 9:00—17:00",
    }, changes)


def sample_fund(**changes: Any) -> dict[str, Any]:
    """公积金中心."""
    return _changed(sample_department(
        department="housing-fund",
        name="安平市住房公积金管理中心",
        short_name="公积金中心",
        aliases=["公积金"],
        name_en="Housing Fund Centre",
        about="管住房公积金的缴存、提取和贷款。",
        phone="12329",
        supervision="12345",
        address="城西路 8 号",
    ), changes)


def sample_elements() -> list[dict[str, Any]]:
    """The data elements that the two items ask."""
    return [
        _private("person_name", "姓名", "person_name", "请告诉我姓名。"),
        _private("id_number", "身份证号", "id_number", "请告诉我身份证号。"),
        {
            "element": "stay_reason", "name": "居住理由", "type": "choice", "sensitivity": "public",
            "ask": "您因为什么住在本市？",
            "choices": [
                {"value": "work", "label": "工作", "aliases": ["上班"]},
                {"value": "home", "label": "有住处"},
                {"value": "study", "label": "读书"},
            ],
        },
        {
            "element": "employer", "name": "工作单位", "type": "text", "sensitivity": "public",
            "ask": "您在哪个单位工作？", "min": 2, "max": 60,
        },
        _private("phone", "手机号", "phone", "请告诉我手机号。"),
    ]


def write_catalogue(
    folder: Path,
    *,
    items: Mapping[str, Iterable[dict[str, Any]]] | None = None,
    departments: Iterable[dict[str, Any]] | None = None,
    elements: Iterable[dict[str, Any]] | None = None,
) -> Path:
    """Write a catalogue below ``folder`` (made if need be) and return ``folder``.

    ``items`` maps a department's id to its items. What is not given is the sample. Each department
    gets a ``connector.yml`` that holds only a comment.
    """
    if items is None:
        items = {"public-security": [sample_item()], "housing-fund": [sample_query()]}
    write_yaml(folder / "elements.yml", {
        "elements": list(sample_elements() if elements is None else elements)
    })
    for department in (
        [sample_department(), sample_fund()] if departments is None else departments
    ):
        home = folder / department["department"]
        write_yaml(home / "department.yml", department)
        (home / "connector.yml").write_text("# not read by the catalogue\n", encoding="utf-8")
    for department_id, of_department in items.items():
        for item in of_department:
            write_yaml(folder / department_id / f"{item['item']}.yml", item)
    return folder


def write_yaml(file: Path, content: Any) -> None:
    """Write one file, and the folders that it needs."""
    file.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.dump(content, Dumper=_PlainDumper, allow_unicode=True, sort_keys=False)
    file.write_text(text, encoding="utf-8")


def _private(element: str, name: str, kind: str, ask: str) -> dict[str, Any]:
    return {
        "element": element, "name": name, "type": kind, "sensitivity": "sensitive",
        "ask": ask, "why": "只用于核对这次申请。",
    }


def _changed(record: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**record, **changes}
    return {key: value for key, value in merged.items() if value is not REMOVED}
