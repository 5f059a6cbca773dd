"""Text that comes from models and repositories, as far as the bundled fonts have it, made harmless for Markdown."""

from nnviz_action.render.text import clean
from nnviz_action.report.markdown import shown, span


def escape(text: str) -> str:
    """One line of Markdown that shows `text`: no link, image, mention, reference, emoji, HTML or emphasis."""
    return shown(clean(text))


def code(text: str) -> str:
    """A code span that shows `text`."""
    return span(clean(text))
