"""What is wrong with a document, item by item."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that keeps a document from being trained.

    Attributes:
        item_id: The item it stands on, or None for the document as a whole.
        path: Place in the document, as in `training.batch_size`; empty when the item says it all.
        message: Which values, why it cannot be, what to do.
    """

    item_id: str | None
    path: str
    message: str

    def __str__(self) -> str:
        place = ": ".join(part for part in (self.item_id or "", self.path) if part)
        return f"{place}: {self.message}" if place else self.message


class DocumentError(ValueError):
    """A document that cannot be opened or trained; carries every problem at once."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
