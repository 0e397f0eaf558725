"""What the web server serves: the same threads for Django as the house's own pages have."""

from django.core.wsgi import get_wsgi_application

from vwards.pages import Pages

application = Pages(get_wsgi_application())
