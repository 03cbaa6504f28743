"""Addresses of the regulator's desk."""

from django.urls import path

from jianheng.desks.oversight import views

urlpatterns = [path("", views.overview)]
