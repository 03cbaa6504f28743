"""Public addresses."""

from django.urls import path
from django.views.generic import RedirectView

from jianheng.desks.public import rules, views

urlpatterns = [
    path("", views.front),
    path("healthz", views.healthy),
    path("progress/", views.progress),
    path("progress/leave/", views.leave),
    path("progress/<int:matter_id>/draw/", views.draw_page),
    path("progress/<int:matter_id>/draw.json", RedirectView.as_view(url="/desk/matters/%(matter_id)s/draw.json")),
    path("verify/", views.verify),
    path("verify/<str:code>/", views.verified),
    path("verify/<str:code>/receipt.json", views.proof),
    path("institutions/", views.register),
    path("institutions/<int:institution_id>/", views.institution),
    path("draws/", views.draws),
    path("draws/<slug:code>/", views.draw),
    path("draws/<slug:code>/draw.json", views.draw_json),
    path("log/", views.log),
    path("log/checkpoint", views.checkpoint),
    path("log/policy", views.policy),
    path("log/tile/<int:level>/<int:index>", views.tile),
    path("rules/", rules.contents),
    path("rules/<slug:code>/", rules.procedure),
]
