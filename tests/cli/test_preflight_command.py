import json
from pathlib import Path


def test_a_sound_tower_is_told_with_time_and_memory(builder, tiny: Path) -> None:
    done = builder("preflight", tiny)
    assert done.returncode == 0, done.stderr
    assert "No block vanishes or explodes." in done.stdout
    assert "i2[0]/i3" in done.stdout
    assert "s an epoch of 5 steps" in done.stdout
    assert "of memory while training" in done.stdout


def test_json_holds_each_block_and_the_sentence(builder, change) -> None:
    def overflow(document) -> None:
        document["network"]["items"][1]["items"][0]["body"][0]["init"] = {"kind": "normal", "std": 100.0}
        document["network"]["items"][1]["times"] = 40

    done = builder("preflight", change(overflow), "--json", "--device", "cpu")
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    assert [block["depth"] for block in shown["blocks"]] == list(range(1, 41))
    assert shown["blocks"][-1]["activation_rms"] == "nan"
    assert shown["blocks"][-1]["call"] == "explodes"
    assert "overflows at block" in shown["sentence"]
    assert "He init" in shown["sentence"]
    assert shown["memory_bytes"] > 0
    assert shown["epoch_seconds"] > 0


def test_a_bad_document_exits_with_2_and_its_item(builder, change) -> None:
    def widen(document) -> None:
        document["network"]["items"][1]["items"][0]["body"][0]["out_features"] = 9

    done = builder("preflight", change(widen))
    assert done.returncode == 2
    assert "i3" in done.stderr
    assert done.stdout == ""
