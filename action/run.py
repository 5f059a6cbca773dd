"""Run `nnviz-action action`. A script rather than `python -m`, which would import from the workspace first."""

import sys

if __name__ == "__main__":
    sys.path[:1] = []  # this folder
    from nnviz_action.cli.entry import main

    sys.argv[1:] = ["action"]
    sys.exit(main())
