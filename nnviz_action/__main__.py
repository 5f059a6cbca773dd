"""`python -m nnviz_action`."""

import sys

from nnviz_action.entry import main

sys.exit(main())
