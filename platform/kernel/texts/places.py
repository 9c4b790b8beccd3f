"""One declared column of one model, and what it is called."""

from __future__ import annotations

from dataclasses import dataclass

from django.apps import apps
from django.db import models

from kernel.texts.columns import words_for
from kernel.texts.modes import How, Page


@dataclass(frozen=True, slots=True)
class Place:
    """One declared column."""

    model: type[models.Model]
    column: str
    how: How

    @property
    def name(self) -> str:
        """`app.Model.column`."""
        return f"{self.model._meta.label}.{self.column}"

    @property
    def words(self) -> str:
        """What the column is called."""
        return words_for(self.column)

    @property
    def words_of_both(self) -> str:
        """The work that the column belongs to, and what it is called."""
        return f"{apps.get_app_config(self.model._meta.app_label).verbose_name}: {self.words}"

    @property
    def room(self) -> int | None:
        """The most characters that fit; None for as many as one likes."""
        return getattr(self.model._meta.get_field(self.column), "max_length", None)

    @property
    def page(self) -> Page | None:
        """Where its rows are seen."""
        return vars(self.model).get("text_page")
