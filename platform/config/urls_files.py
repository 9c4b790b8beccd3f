"""The host that hands out files."""

from django.urls import path

from kernel.files import views

urlpatterns = [path("<slug:version>/<str:token>/", views.hand_out, name="files-hand-out")]
