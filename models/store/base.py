"""The declarative base: names of constraints, and how Python types become columns."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import DDL, DateTime, Enum, MetaData, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.schema import Table


def _values(kind: type[enum.Enum]) -> list[str]:
    return [str(member.value) for member in kind]


def after_create(model: type[Base], *statements: str) -> None:
    """Run SQL that no column can say (a trigger, partitions) whenever the model's table is made."""
    table = model.__table__
    assert isinstance(table, Table)
    for statement in statements:
        # DDL() fills in %-signs; our statements are meant as they stand.
        event.listen(table, "after_create", DDL(statement.replace("%", "%%")))  # type: ignore[no-untyped-call]


class Base(DeclarativeBase):
    """Base of every table."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    # Enums are kept as their words with a check, not as PostgreSQL types, which cannot be changed in a transaction.
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
        enum.Enum: Enum(enum.Enum, native_enum=False, create_constraint=True, length=20, values_callable=_values),
    }
