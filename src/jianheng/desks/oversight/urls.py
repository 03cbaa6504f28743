"""Addresses of the regulator's desk."""

from django.urls import path

from jianheng.desks.oversight import figures, views

urlpatterns = [
    path("", views.overview),
    path("load/", figures.load),
    path("durations/", figures.durations),
    path("overdue/", figures.overdue),
    path("bottlenecks/<slug:code>/", figures.bottlenecks),
]
