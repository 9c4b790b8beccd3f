"""Addresses of this app."""

from django.urls import path

from tenants.reports import home
from tenants.reports.papers import views as papers

urlpatterns = [
    path("", home.home, name="home"),
    path("tpp/perhitungan/<uuid:uid>/rekap.xlsx", papers.run_recap, name="papers-recap"),
    path("tpp/slip/<uuid:uid>/slip.pdf", papers.slip, name="papers-slip"),
]
