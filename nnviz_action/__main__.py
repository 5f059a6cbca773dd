"""`python -m nnviz_action`."""

import sys

from nnviz_action.cli import main

sys.exit(main())
