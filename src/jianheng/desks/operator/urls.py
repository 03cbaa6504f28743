"""Addresses for machines that watch."""

from django.urls import path

from jianheng.desks.operator import views

urlpatterns = [path("readyz", views.ready), path("metrics", views.metrics)]
