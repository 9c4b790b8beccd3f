"""Addresses of visits at a region's host."""

from django.urls import path

from kernel.guests import views

urlpatterns = [
    path("tamu/masuk/", views.enter, name="guests-enter"),
    path("tamu/selesai/", views.finish, name="guests-finish"),
]
