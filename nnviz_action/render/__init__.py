"""Pictures: Drawing → DOT → layout → PNG."""
