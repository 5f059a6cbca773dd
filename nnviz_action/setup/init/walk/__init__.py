"""Going through Python code without running it: which models it builds, and with which shapes it calls them."""
