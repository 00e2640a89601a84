"""The editor on a page, answered by the studio's own rules for edits."""

from typing import Any

from playwright.sync_api import Locator, Page

from builder.pages.editing import adopt, analysis_message, begin, is_new, take_edit
from builder.spec import Experiment, validate_experiment
from builder.spec.catalogue import catalogue

# SortableJS looks 20 times a second where the slot belongs.
SLOT_MS = 120
# Typing is sent once the hand rests.
SETTLE_MS = 300
Item = dict[str, Any]


class Studio:
    """The editor on a page, and the server's side of it: edits are taken and answered when the test says so."""

    def __init__(self, page: Page, experiment: Experiment, read_only: bool = False) -> None:
        self.page = page
        self.editing = begin(experiment)
        self.num_seen = 0
        self.num_refused = 0
        data = {
            "catalogue": catalogue(),
            "read_only": read_only,
            "follow": None,
            "for_next_run": False,
            "preflight": None,
            **self.message(),
        }
        page.evaluate("data => harness.mount('editor', data, { width: 690 })", data)

    def message(self) -> dict[str, Any]:
        editing = self.editing
        return {
            "epoch": editing.epoch,
            "rev": editing.rev,
            "document": editing.experiment.model_dump(mode="json"),
            "analysis": analysis_message(editing),
        }

    def update(self, **changes: Any) -> None:
        self.page.evaluate("changes => harness.update('editor', changes)", changes)

    def edits(self) -> list[dict[str, Any]]:
        # Edits are sent right after they are drawn, not before.
        sent = "new Promise((done) => setTimeout(() => done(harness.triggers('editor')), 20))"
        triggers = self.page.evaluate(sent)
        return [trigger["value"] for trigger in triggers if trigger["key"] == "edit"]

    def answer(self) -> Experiment:
        """Takes all edits since the last answer, sends the analysis back, and gives the document."""
        edits = self.edits()
        for edit in edits[self.num_seen :]:
            if is_new(self.editing, edit):
                self.editing = take_edit(self.editing, edit)
            else:
                self.num_refused += 1
        self.num_seen = len(edits)
        self.update(**self.message())
        return self.editing.experiment

    def adopt(self, experiment: Experiment) -> None:
        self.editing = adopt(self.editing, experiment, None, None)
        self.update(**self.message())

    def outline(self) -> str:
        """The tower as the server has it, as in `linear residual(linear|) repeat[plain(|)]`."""
        return outline(self.answer().model_dump(mode="json")["network"]["items"])

    def shown(self) -> list[str]:
        """Ids of the cards on the screen, in order."""
        return self.page.locator(".tower .node").evaluate_all("nodes => nodes.map((node) => node.dataset.id)")

    def actions(self) -> list[dict[str, Any]]:
        triggers = self.page.evaluate("harness.triggers('editor')")
        return [trigger["value"] for trigger in triggers if trigger["key"] == "action"]

    def card(self, item_id: str) -> Locator:
        return self.page.locator(f".node[data-id={item_id}] > .card")

    def source(self, kind: str) -> Locator:
        return self.page.locator(f".palette .source[data-kind={kind}]")

    def list(self, key: str) -> Locator:
        return self.page.locator(f".list[data-list='{key}']")


def outline(items: list[Item]) -> str:
    def one(item: Item) -> str:
        if "items" in item:
            return f"repeat[{outline(item['items'])}]"
        return (
            f"{item['kind']}({outline(item['body'])}|{outline(item['shortcut'])})" if "body" in item else item["kind"]
        )

    return " ".join(one(item) for item in items)


def linear(number: int, out_features: int | str = 64) -> Item:
    return {"kind": "linear", "id": f"i{number}", "out_features": out_features}


def block(number: int, kind: str = "residual", **fields: Any) -> Item:
    return {"kind": kind, "id": f"i{number}", **fields}


def tower(*items: Item, next_id: int = 100) -> Experiment:
    return validate_experiment(
        {
            "network": {"items": [{"kind": "flatten", "id": "i90"}, *items, linear(91, "classes")], "next_id": next_id},
            "groups": [{"name": "all"}],
        }
    )


def now(step: int = 40, probed_at: int = 40, **items: Item) -> dict[str, Any]:
    """What the feed says of the cards."""
    return {"cards": {"step": step, "probed_at": probed_at, "items": items}}


def drag(page: Page, source: Locator, target: Locator, where: float = 0.5) -> str:
    """A real mouse from one element's middle to a height (0 top, 1 bottom) of another; returns what the slot says."""
    start, end = source.bounding_box(), target.bounding_box()
    assert start
    assert end
    x, y = end["x"] + min(120, end["width"] / 2), end["y"] + where * end["height"]
    page.mouse.move(start["x"] + 24, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(start["x"] + 34, start["y"] + start["height"] / 2 + 8, steps=3)
    page.mouse.move(x, y, steps=12)
    page.mouse.move(x, y + 1, steps=2)
    page.wait_for_timeout(SLOT_MS)
    slot = page.locator(".tower .slot")
    said = slot.evaluate("node => getComputedStyle(node, '::before').content") if slot.count() else ""
    page.mouse.up()
    return said
