"""The typed model of the catalogue: department, service item (政务服务事项), data element (数据元).

Field names follow GB/T 39554-2020 (政务服务事项实施清单); enumerations are ours by name, with the
standard's Chinese term as label. Unknown keys are refused everywhere.

An item or department is either *complete*, and then nothing that its guide needs may be missing, or
*listed* (只有清单信息): a list named it, and whatever the list did not say is empty or None.
"""

from __future__ import annotations

from typing import Optional, Union

from pydantic import Field

from gateway.catalogue.items import LISTED, CompleteItem, ServiceItem
from gateway.catalogue.life_events import LifeEvent
from gateway.catalogue.parts import (
    Choice,
    CompletePlace,
    Element,
    ElementSource,
    English,
    Fee,
    FeeLine,
    FormField,
    LegalBasis,
    Limit,
    Material,
    Part,
    Place,
    Question,
    Result,
    Slug,
    Step,
    Visits,
    When,
)
from gateway.catalogue.terms import (
    Assurance,
    Audience,
    ElementType,
    Flow,
    HandlingForm,
    ItemType,
    Kind,
    Labelled,
    Level,
    MaterialForm,
    MaterialType,
    Necessity,
    OnlineDepth,
    Scope,
    Sensitivity,
    Source,
    Status,
    Unit,
)

__all__ = [
    "Assurance",
    "Audience",
    "Catalogue",
    "Choice",
    "CompleteDepartment",
    "CompleteItem",
    "CompletePlace",
    "Department",
    "Element",
    "ElementSource",
    "ElementType",
    "English",
    "Fee",
    "FeeLine",
    "Flow",
    "FormField",
    "HandlingForm",
    "ItemType",
    "Kind",
    "Labelled",
    "LegalBasis",
    "Level",
    "LifeEvent",
    "Limit",
    "Material",
    "MaterialForm",
    "MaterialType",
    "Matter",
    "Necessity",
    "OnlineDepth",
    "Part",
    "Place",
    "Question",
    "Result",
    "Scope",
    "Sensitivity",
    "ServiceItem",
    "Source",
    "Status",
    "Step",
    "Unit",
    "Visits",
    "When",
]

Matter = Union[ServiceItem, LifeEvent]
"""What one dialogue fills in."""


class Department(Part):
    """A department, as far as it is known: ``catalogue/<department>/department.yml``."""

    department: str = Slug
    name: str
    listed: bool = Field(False, description=LISTED)
    short_name: str = Field(..., description="what the assistant calls it: 公安局")
    aliases: tuple[str, ...] = ()
    code: str = Field("", description="统一社会信用代码, where known")
    name_en: str = ""
    about: str = Field("", description="what it looks after, one sentence")
    phone: str = ""
    supervision: str = ""
    address: str = ""
    hours: str = ""


class CompleteDepartment(Department):
    """A department of which nothing is missing."""

    name_en: str
    about: str = Field(..., description="what it looks after, one sentence")
    phone: str
    supervision: str
    address: str
    hours: str


class Catalogue(Part):
    """Everything that was read, by id. ``digest`` changes with any content."""

    departments: dict[str, Department]
    items: dict[str, ServiceItem]
    elements: dict[str, Element]
    digest: str
    events: dict[str, LifeEvent] = {}
    elsewhere: tuple[str, ...] = ()
    """What people ask for that is not offered here."""

    def matter(self, id: Optional[str]) -> Optional[Matter]:
        """The service item or life event of that id."""
        return self.items.get(id or "") or self.events.get(id or "")

    def department_of(self, item: ServiceItem) -> Department:
        """The department that owns ``item``."""
        return self.departments[item.department]

    def items_of(self, department: str) -> list[ServiceItem]:
        """The active items of a department, in the order of their ids."""
        return [
            i for _, i in sorted(self.items.items())
            if i.department == department and i.status is Status.active
        ]
