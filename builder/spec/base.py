"""What every part of the document is made of: a frozen model, a described field, an item's id."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Scale = Literal["linear", "log"]


class Document(BaseModel):
    """A frozen part of the document that refuses unknown keys, NaN and infinity."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def field(
    default: Any = ...,
    *,
    title: str,
    help: str,
    unit: str | None = None,
    scale: Scale | None = None,
    advanced: bool = False,
    hidden: bool = False,
    **bounds: Any,
) -> Any:
    """A pydantic field that explains itself: the property form is drawn from it.

    Args:
        default: The value when the key is absent; leave it out to require the key.
        title: The label, in the field's standard words.
        help: What the value means and when to change it.
        unit: What the number counts, if it counts something.
        scale: `"log"` draws a logarithmic slider.
        advanced: Shown under "More".
        hidden: Never shown in a form; the editor has another place for it.
        **bounds: pydantic's own `ge`, `gt`, `le`, `lt`, `max_length`, ...
    """
    extra: dict[str, Any] = {}
    if unit is not None:
        extra["unit"] = unit
    if scale is not None:
        extra["scale"] = scale
    if advanced:
        extra["advanced"] = True
    if hidden:
        extra["hidden"] = True
    return Field(default, title=title, description=help, json_schema_extra=extra or None, **bounds)


ItemId = Annotated[str, StringConstraints(pattern=r"^i[1-9][0-9]{0,8}$")]

MAX_INT = 2**31 - 1
