"""Provinces, cities and counties (行政区划, GB/T 2260) by code and by name, from ``regions.yml``.

A catalogue may bring its own ``regions.yml``; one that does not uses the one of this project. The file is
read once, when the first region is asked for; a changed one needs a restart.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Optional

from gateway.catalogue.problems import shown
from gateway.catalogue.yaml_reader import Document, read
from gateway.errors import CatalogueErrors, SettingsError
from gateway.settings import ROOT

REGIONS = "regions.yml"
_PROVINCE = re.compile(r"([1-9][0-9]) (\S+)")
_CITY = re.compile(r"([0-9]{2})(?: (\S+))?")
_PEOPLES = re.compile(
    "(?:(?:各|壮|回|满|维吾尔|苗|彝|土家|藏|蒙古|侗|布依|瑶|白|朝鲜|哈尼|黎|哈萨克|傣|畲|傈僳|东乡|仡佬|拉祜|佤|水|纳西|"
    "羌|土|仫佬|锡伯|柯尔克孜|景颇|达斡尔|撒拉|布朗|毛南|塔吉克|普米|阿昌|怒|鄂温克|裕固|保安|独龙|鄂伦春)族"
    "|维吾尔|蒙古|哈萨克|柯尔克孜|塔吉克|锡伯)+$"
)
"""The peoples after whom an autonomous place is named: 黔东南苗族侗族自治州 is 黔东南 for short."""
_KIND = re.compile(r"(?:特别行政区|自治区|自治州|自治县|自治旗|地区|新区|(?<=架)林区|特区|省|市|州|盟|区|县|旗)$")
_ALSO = {"内蒙古": "内蒙"}
_AUTONOMOUS = re.compile(r"自治([区州县旗])$")


@dataclass(frozen=True)
class Region:
    """A province, city or county.

    ``code`` is its six digits; ``name`` its own name (武侯区); ``full_name`` is read from the top
    (四川省成都市武侯区); ``short`` is the name as spoken, without its kind, or empty where that would be
    one character; ``names`` are all of them.
    """

    code: str
    name: str
    full_name: str
    short: str
    names: tuple[str, ...]

    @property
    def is_province(self) -> bool:
        """Whether it is a province, one of the four cities of that rank, or a special region."""
        return self.code.endswith("0000")

    @property
    def is_county(self) -> bool:
        """Whether it is a district, county, banner or a city of that rank."""
        return not self.code.endswith("00")

    def holds(self, other: Region) -> bool:
        """Whether ``other`` is this region or lies in it."""
        return other.code.startswith(self.code[:2] if self.is_province else self.code.removesuffix("00"))


class Regions:
    """All regions, by code and by any of their names."""

    def __init__(self, regions: Iterator[Region]) -> None:
        self._by_code = {region.code: region for region in regions}

    def __iter__(self) -> Iterator[Region]:
        return iter(self._by_code.values())

    def find(self, code: Optional[str]) -> Optional[Region]:
        """The region of that code."""
        return self._by_code.get(code or "")

    @cached_property
    def by_name(self) -> dict[str, tuple[Region, ...]]:
        """Every name, full or short, with the regions that bear it; provinces before cities and counties."""
        found: dict[str, tuple[Region, ...]] = {}
        for region in sorted(self, key=lambda r: (r.is_county, not r.is_province, r.code)):
            for name in region.names:
                found[name] = (*found.get(name, ()), region)
        return found

    @cached_property
    def lengths(self) -> dict[str, tuple[int, ...]]:
        """How long the names are that begin with a character, the longest first."""
        found: dict[str, set[int]] = {}
        for name in self.by_name:
            found.setdefault(name[0], set()).add(len(name))
        return {first: tuple(sorted(lengths, reverse=True)) for first, lengths in found.items()}


@dataclass(frozen=True)
class Home:
    """The place that this gateway serves (GATEWAY_REGION). ``region`` is None for a made-up one."""

    name: str
    region: Optional[Region]

    def holds(self, other: Region) -> bool:
        """Whether ``other`` is served here. A made-up city also has the districts that bear its name."""
        if self.region is None:
            return other.short == short_name(self.name)
        return self.region.holds(other)

    def same_province(self, other: Region) -> Optional[bool]:
        """Whether both lie in one province; None when nobody knows where home lies."""
        return None if self.region is None else self.region.code[:2] == other.code[:2]

    def named_in(self, text: str) -> bool:
        """Whether the text names home: by its name, or as 本市."""
        return self.name in text or bool(re.search(r"本市|本地(?!的?人)|你们(?:这|市)", text))


def home_of(setting: str, regions: Regions) -> Home:
    """The place that GATEWAY_REGION names, by code or by name.

    Raises:
        SettingsError: a code that no region has, a name that several have, or nothing.
    """
    region = regions.find(setting)
    if not setting.strip() or (region is None and setting.isdigit()):
        raise SettingsError(
            f"GATEWAY_REGION ({setting}) is no region's code in {REGIONS}. "
            "Give the six digits of GB/T 2260, such as 510100, or the name of a place."
        )
    known = [r for r in regions.by_name.get(setting, ()) if setting != r.short or not r.is_county]
    if region is None and len(known) > 1:
        which = ", ".join(f"{r.code} ({r.full_name})" for r in known)
        raise SettingsError(f"GATEWAY_REGION ({setting}) may be {which}. Give the code.")
    region = region or (known[0] if known else None)
    return Home(region.name if region else setting, region)


def short_name(name: str) -> str:
    """四川省 → 四川, 黔东南苗族侗族自治州 → 黔东南, 东乡族自治县 → 东乡; empty for 和县 and 城区."""
    stem = _KIND.sub("", name)
    if len(stem) < 2:
        stem = name[:-1]  # 清新区 is no new district of 清
    if _AUTONOMOUS.search(name):
        place = _PEOPLES.sub("", stem)
        stem = place if len(place) > 1 else stem.removesuffix("族")  # 内蒙古, 鄂温克族
    return stem if len(stem) > 1 else ""


def load_regions(catalogue: Path = ROOT / "catalogue") -> Regions:
    """The regions of a catalogue's folder; read once a file.

    Raises:
        CatalogueErrors: all that is wrong with its ``regions.yml``.
    """
    own = catalogue / REGIONS
    return _load((own if own.is_file() else ROOT / "catalogue" / REGIONS).resolve())


@lru_cache(maxsize=8)
def _load(file: Path) -> Regions:
    return read_regions(file.read_bytes())


def read_regions(raw: bytes) -> Regions:
    """The regions that the bytes of a ``regions.yml`` hold.

    Raises:
        CatalogueErrors: all that is wrong with it.
    """
    document = read(raw, REGIONS)
    rows = list(_rows(document)) if document.data is not None else []
    count = Counter(code for code, _, _ in rows)
    for code in sorted(code for code, times in count.items() if times > 1):
        document.problems.append(document.problem(
            ("regions",), f"the code {shown(code)} stands here twice", remedy="Correct one of the two"
        ))
    if document.problems:
        raise CatalogueErrors(document.problems)
    return Regions(_region(code, name, full_name) for code, name, full_name in rows)


def _region(code: str, name: str, full_name: str) -> Region:
    short = short_name(name)
    kind = _AUTONOMOUS.search(name)
    spoken = f"{short}{kind.group(1)}" if kind and short and kind.group(1) != "区" else ""
    names = dict.fromkeys((name, spoken, short, _ALSO.get(short, "")))
    return Region(code, name, full_name, short, tuple(n for n in names if n))


def _rows(document: Document) -> Iterator[tuple[str, str, str]]:
    """Code, name and full name of each region; what is badly written becomes a problem."""
    assert document.data is not None
    for key in document.data.keys() - {"regions"}:
        document.problems.append(document.problem((key,), "is not a known key", "regions"))
    provinces = _mapping(document, document.data.get("regions"), ("regions",))
    if not provinces:
        document.problems.append(document.problem(("regions",), "is missing or empty", "provinces"))
    for heading, cities in provinces.items():
        province = _PROVINCE.fullmatch(heading)
        if province is None:
            document.problems.append(document.problem(
                ("regions", heading), f"{shown(heading)} is no province", "two digits, a space and a name"
            ))
            continue
        number, name = province.groups()
        yield f"{number}0000", name, name
        for line, counties in _mapping(document, cities, ("regions", heading)).items():
            yield from _city(document, ("regions", heading, line), number, name, counties)


def _mapping(document: Document, value: Any, path: tuple[str, ...]) -> dict[str, Any]:
    if value is None or isinstance(value, dict):
        return value or {}
    document.problems.append(document.problem(path, "is not a set of keys", "one line a city"))
    return {}


def _city(
    document: Document, path: tuple[str, ...], number: str, province: str, counties: Any
) -> Iterator[tuple[str, str, str]]:
    city = _CITY.fullmatch(path[-1])
    words = counties.split() if isinstance(counties, str) else []
    pairs = list(zip(words[::2], words[1::2], strict=False))
    if (
        city is None or not isinstance(counties, (str, type(None))) or len(words) % 2
        or not all(re.fullmatch(r"[0-9]{2}", digits) and not name.isdigit() for digits, name in pairs)
    ):
        document.problems.append(document.problem(
            path, "is no city with its counties", "'01 成都市: 04 锦江区 05 青羊区'",
            "Two digits and a name in turn, parted by spaces",
        ))
        return
    code, name = f"{number}{city.group(1)}", city.group(2) or ""
    above = f"{province}{name}"
    if name:
        yield f"{code}00", name, above
    for digits, county in pairs:
        yield f"{code}{digits}", county, f"{above}{county}"
