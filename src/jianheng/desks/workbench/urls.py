"""Addresses of the workbench."""

from django.urls import path

from jianheng.desks.workbench import views

urlpatterns = [
    path("", views.home),
    path("matters/", views.find),
    path("matters/<int:matter_id>/", views.matter),
    path("matters/<int:matter_id>/acts/<slug:act_code>/", views.act),
    path("matters/<int:matter_id>/documents/<int:document_id>/", views.document),
    path("matters/<int:matter_id>/draft.pdf", views.draft),
    path("matters/<int:matter_id>/files/<int:item_id>/", views.case_item),
    path("matters/<int:matter_id>/receipts/<int:seq>/", views.receipt),
    path("matters/<int:matter_id>/draw/", views.draw),
    path("draws/<slug:code>/draw.json", views.concerned_draw),
    path("matters/<int:matter_id>/draw.json", views.draw_file),
    path("begin/<slug:code>/", views.begin),
    path("seals/", views.seals),
    path("erasing/", views.erasing),
    path("inbox/", views.inbox),
    path("account/", views.account),
    path("account/signing-key/", views.signing_key),
]
