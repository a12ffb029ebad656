"""What gunicorn serves: the application on the settings of the environment."""

import os

from config import settings
from cxworkflow import logs
from cxworkflow.app import create_app
from cxworkflow.watchdog import Watchdog

logs.configure()
SETTINGS = settings.read(os.environ)
app = create_app(SETTINGS)
Watchdog(app, SETTINGS).start()
