"""The WSGI application, for the web server."""

import os

from django.core.wsgi import get_wsgi_application

from jianheng.config.turns import InTurn

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jianheng.config.settings")
application = InTurn(get_wsgi_application())
