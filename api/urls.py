"""Addresses of the API, below `/api/`."""

from django.urls import include, path

urlpatterns = [path("v1/", include("api.v1.urls"))]
