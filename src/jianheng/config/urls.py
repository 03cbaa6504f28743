"""Root addresses."""

from django.urls import include, path, re_path

from jianheng.connectors.demonstration.views import outbox
from jianheng.desks.exchange.api import api
from jianheng.services.pages.refusals import closed

urlpatterns = [
    # Accounts are given by an organisation and have no address of their own: these doors of the package stay shut.
    re_path(r"^accounts/(?:signup|email|confirm-email|phone|inactive|password/reset|password/set)/", closed),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("accounts/sessions/", include("allauth.usersessions.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/v1/", api.urls),
    path("desk/", include("jianheng.desks.workbench.urls")),
    path("oversight/", include("jianheng.desks.oversight.urls")),
    path("demonstration/outbox/", outbox),
    path("", include("jianheng.desks.operator.urls")),
    path("", include("jianheng.desks.public.urls")),
]
handler404 = "jianheng.services.pages.refusals.no_such_page"
handler500 = "jianheng.desks.exchange.problems.trouble_anywhere"
