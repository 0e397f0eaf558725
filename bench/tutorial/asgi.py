"""What the web server serves: the same threads for Django as the house's own pages have."""

from bench.tutorial.wsgi import application as wsgi
from vwards.pages import Pages

application = Pages(wsgi)
