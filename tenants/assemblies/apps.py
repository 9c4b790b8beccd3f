"""Apel, upacara and inspections: who was called, who came."""

from django.apps import AppConfig


class AssembliesConfig(AppConfig):
    name = "tenants.assemblies"
    label = "assemblies"
    verbose_name = "Apel dan upacara"
