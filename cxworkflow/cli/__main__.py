"""`python -m cxworkflow.cli`: the same as the `cxworkflow` command."""

import sys

from cxworkflow.cli import main

sys.exit(main())
