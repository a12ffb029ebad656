"""What gunicorn serves: the application on the settings of the environment."""

import os

from config import settings
from cxworkflow import demo, logs, tracing
from cxworkflow.app import create_app
from cxworkflow.db import db
from cxworkflow.watchdog import Watchdog

logs.configure()
SETTINGS = settings.read(os.environ)
app = create_app(SETTINGS)
if SETTINGS.demo:
    with app.app_context():
        demo.refuse_what_is_no_demo()
        db.session.remove()
tracing.start(SETTINGS, app, "web")
Watchdog(app, SETTINGS).start()
