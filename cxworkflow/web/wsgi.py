"""What gunicorn serves: the application on the settings of the environment."""

import os

from config import settings
from cxworkflow import logs
from cxworkflow.app import create_app

logs.configure()
app = create_app(settings.read(os.environ))
