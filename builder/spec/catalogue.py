"""Everything the editor shows of kinds, recipes, forms and data sets, as JSON.

The front end knows no kind by name: palette, cards and forms are drawn from this.
"""

import base64
import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import BaseModel

from builder.spec.blocks.registry import BLOCKS
from builder.spec.data import DataSpec
from builder.spec.datasets import DATASETS
from builder.spec.groups import GroupSpec
from builder.spec.layers.registry import LAYERS
from builder.spec.network import NetworkSpec, Repeat
from builder.spec.recipes import RECIPES
from builder.spec.training import TrainingSpec

LAYER_COLOUR = "#5C6B82"
LAYER_GLYPH = "M3 9H21V15H3Z"
REPEAT_GLYPH = "M5 8H17M17 8L14 5M17 8L14 11M19 16H7M7 16L10 13M7 16L10 19"


def form_schema(model: type[BaseModel]) -> dict[str, Any]:
    """A model's JSON schema as its form needs it: no hidden fields, and only the definitions still in use."""
    schema = model.model_json_schema()
    definitions = schema.pop("$defs", {})
    if "$ref" in schema:  # a model that contains itself is its own definition
        schema = definitions[schema["$ref"].removeprefix("#/$defs/")]
    for part in (schema, *definitions.values()):
        shown = {name: value for name, value in part.get("properties", {}).items() if not value.get("hidden")}
        if "properties" in part:
            part["properties"] = shown
            part["required"] = [name for name in part.get("required", []) if name in shown]
    used: dict[str, Any] = {}
    waiting = [schema]
    while waiting:
        for name in set(re.findall(r'"#/\$defs/([^"]+)"', json.dumps(waiting.pop()))) - set(used):
            used[name] = definitions[name]
            waiting.append(definitions[name])
    return {**schema, "$defs": used} if used else schema


def _defaults(model: type[BaseModel], **given: Any) -> dict[str, Any]:
    """A new item of this kind as JSON, without id."""
    made = model.model_validate({"id": "i1", **given}).model_dump(mode="json")
    made.pop("id")
    return made


def _kind(role: str, model: Any, colour: str, glyph: str, arc: str, summary: str, **more: Any) -> dict[str, Any]:
    return {
        "role": role,
        "title": model.title,
        "sentence": model.sentence,
        "formula": model.formula,
        "colour": colour,
        "glyph": glyph,
        "arc": arc,
        "summary": summary,
        "own_fields": [],
        "schema": form_schema(model),
        "template": _defaults(model),
        **more,
    }


def _kinds() -> dict[str, Any]:
    kinds: dict[str, Any] = {}
    for kind, block in BLOCKS.items():
        kinds[kind] = _kind(
            "block",
            block,
            block.colour,
            block.glyph,
            block.arc,
            block.summary,
            own_fields=list(block.own_fields()),
            symbol=block.symbol,
        )
    for kind, layer in LAYERS.items():
        role = "shortcut_layer" if layer.shortcut_only else "layer"
        kinds[kind] = _kind(role, layer, LAYER_COLOUR, LAYER_GLYPH, "none", layer.summary)
    kinds["repeat"] = _kind("repeat", Repeat, LAYER_COLOUR, REPEAT_GLYPH, "none", "")
    return kinds


def _recipes() -> list[dict[str, Any]]:
    return [
        {
            "name": recipe.name,
            "title": recipe.title,
            "sentence": recipe.sentence,
            "lane": recipe.lane,
            "input": recipe.input,
            "items": list(recipe.items),
            "is_default": recipe.is_default,
        }
        for recipe in RECIPES
    ]


def _preview(name: str) -> str | None:
    picture = files("builder.spec") / "previews" / f"{name}.png"
    if not picture.is_file():
        return None
    return "data:image/png;base64," + base64.b64encode(picture.read_bytes()).decode("ascii")


def _datasets() -> list[dict[str, Any]]:
    return [
        {
            "name": facts.name,
            "title": facts.title,
            "sentence": facts.sentence,
            "shape": list(facts.shape),
            "num_classes": len(facts.class_names),
            "preview": _preview(facts.name),
            "embedded": facts.embedded,
            "size": sum(file.size for file in ((facts.archive,) if facts.archive else facts.files)),
        }
        for facts in DATASETS.values()
    ]


@cache
def catalogue() -> dict[str, Any]:
    """The catalogue as JSON; the same object at every call, so don't change it."""
    return {
        "kinds": _kinds(),
        "recipes": _recipes(),
        "forms": {
            "data": form_schema(DataSpec),
            "training": form_schema(TrainingSpec),
            "group": form_schema(GroupSpec),
            "network": form_schema(NetworkSpec),
        },
        "datasets": _datasets(),
    }


def block_styles() -> dict[str, dict[str, str]]:
    """Title, colour and marker symbol of each block kind, for the charts."""
    return {
        kind: {"title": block.title, "colour": block.colour, "symbol": block.symbol} for kind, block in BLOCKS.items()
    }
