"""Text in the places where Streamlit reads Markdown."""


def plain(text: str) -> str:
    """Text that Markdown leaves as it is."""
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]()#+-.!|$:<>~" else letter for letter in text)
