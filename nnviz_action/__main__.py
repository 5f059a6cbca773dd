"""`python -m nnviz_action`."""

import sys

from nnviz_action.cli.entry import main

sys.exit(main())
