"""The house's rules: what each part loads, what stands nowhere in the source, and what the documents must mention."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OUTSIDE = {".git", ".venv", "node_modules", "build", "assets", "__pycache__", "test-results"}

# As the server does before it runs a page: Streamlit must know the components' assets before their wrappers are imported.
DECLARE_COMPONENTS = """
import streamlit.components.v2
from streamlit.components.v2.component_manager import BidiComponentManager
manager = BidiComponentManager()
manager.discover_and_register_components(start_file_watching=False)
streamlit.components.v2.get_bidi_component_manager = lambda: manager
"""

# Imports every module of a package and prints the names of all that is loaded afterwards.
PROBE = """
import importlib, pkgutil, sys
for name in sys.argv[1:]:
    package = importlib.import_module(name)
    for module in pkgutil.walk_packages(getattr(package, "__path__", []), name + "."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
print("\\n".join(sys.modules))
"""


@dataclass(frozen=True)
class Part:
    """A part of the house: what it may import itself, and what it may not load by any way."""

    name: str
    may_import: frozenset[str]
    never_loads: frozenset[str]

    @property
    def folder(self) -> Path:
        return ROOT.joinpath(*self.name.split("."))


def part(name: str, may_import: str, never_loads: str) -> Part:
    return Part(name, frozenset(may_import.split()), frozenset(never_loads.split()))


_WORKSPACE = "builder.spec builder.workspace numpy psutil filelock platformdirs"
_TORCH_PARTS = "builder.modules builder.data builder.training"

PARTS = [
    part(
        "builder.spec",
        "builder.spec pydantic pydantic_core",
        f"torch streamlit plotly numpy psutil builder.workspace {_TORCH_PARTS}",
    ),
    part("builder.workspace", _WORKSPACE, f"torch streamlit plotly pooch {_TORCH_PARTS}"),
    part("builder.modules", f"{_WORKSPACE} builder.modules torch", "streamlit plotly"),
    part("builder.data", f"{_WORKSPACE} builder.modules builder.data torch pooch requests", "streamlit plotly sklearn"),
    part("builder.training", f"{_WORKSPACE} {_TORCH_PARTS} pydantic torch safetensors", "streamlit plotly sklearn"),
    part(
        "builder.charts",
        "builder.spec builder.workspace builder.charts plotly numpy",
        f"torch streamlit {_TORCH_PARTS}",
    ),
    part(
        "builder.access", "builder.workspace builder.access starlette psutil", f"torch streamlit plotly {_TORCH_PARTS}"
    ),
    part(
        "builder.pages",
        "builder.spec builder.workspace builder.charts builder.access builder.pages components "
        "streamlit starlette numpy psutil",
        f"torch {_TORCH_PARTS}",
    ),
    part("builder.cli", f"{_WORKSPACE} {_TORCH_PARTS} builder.cli torch tqdm", "streamlit plotly"),
    part("components", "components streamlit", "torch builder"),
]
"""Every part that the house has; a folder that is missing here, or is missing there, fails."""


def loaded_by(*names: str, path: Path = ROOT) -> set[str]:
    """Names of all modules that a fresh process has loaded after importing all of these packages."""
    environment = {**os.environ, "PYTHONPATH": str(path)}
    code = DECLARE_COMPONENTS + PROBE if {"components", "builder.pages"} & set(names) else PROBE
    done = subprocess.run(
        [sys.executable, "-c", code, *names], cwd=path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def within(names: set[str], forbidden: frozenset[str]) -> set[str]:
    """Those of the names that are, or lie in, one of the forbidden packages."""
    return {name for name in names for package in forbidden if name == package or name.startswith(package + ".")}


def sources(*folders: str, ending: str = ".py") -> Iterator[Path]:
    for folder in folders:
        for place, inner, files in os.walk(ROOT / folder):
            inner[:] = [name for name in inner if name not in OUTSIDE]
            yield from (Path(place) / name for name in files if name.endswith(ending))


def python_files(*folders: str) -> list[Path]:
    found = list(sources(*(folders or ("builder", "components", "benchmarks", "reproductions", "soak", "scripts"))))
    return found if folders else [*found, *ROOT.glob("*.py")]


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def place(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"


def direct_imports(tree: ast.AST) -> set[str]:
    """Imported modules: the first name of a foreign one, the part of one of ours."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.update([node.module] if node.module != "builder" else [f"builder.{each.name}" for each in node.names])
    return {".".join(name.split(".")[:2]) if name.startswith("builder.") else name.split(".")[0] for name in names}


@pytest.mark.parametrize("each", PARTS, ids=lambda each: each.name)
def test_part_never_loads_what_it_must_not(each: Part) -> None:
    assert within(loaded_by(each.name), each.never_loads) == set()


def test_the_probe_finds_what_is_loaded_indirectly(tmp_path: Path) -> None:
    """The test above can fail: a package whose inner module imports another one that imports plotly is caught."""
    inner = tmp_path / "guilty" / "inner"
    inner.mkdir(parents=True)
    (tmp_path / "guilty" / "__init__.py").touch()
    (inner / "__init__.py").touch()
    (inner / "first.py").write_text("import go_between\n")
    (tmp_path / "go_between.py").write_text("import plotly\n")
    loaded = loaded_by("guilty", path=tmp_path)
    assert "plotly" in within(loaded, frozenset({"plotly", "torch"}))
    assert not within(loaded, frozenset({"torch"}))


@pytest.mark.parametrize("each", PARTS, ids=lambda each: each.name)
def test_part_imports_only_what_the_table_allows(each: Part) -> None:
    strangers = {}
    for path in python_files(str(each.folder.relative_to(ROOT))):
        found = direct_imports(parsed(path))
        foreign = {name for name in found if name not in sys.stdlib_module_names and name not in each.may_import}
        if foreign:
            strangers[str(path.relative_to(ROOT))] = sorted(foreign)
    assert strangers == {}


def test_every_part_of_the_house_is_listed() -> None:
    folders = {f"builder.{folder.name}" for folder in (ROOT / "builder").iterdir() if any(folder.glob("*.py"))}
    assert folders | {"components"} == {each.name for each in PARTS}


def test_the_supervisor_loads_nothing_of_training() -> None:
    loaded = loaded_by("builder.workspace.supervisor")
    assert within(loaded, frozenset({"torch", *_TORCH_PARTS.split()})) == set()


def test_the_command_line_loads_torch_only_to_train() -> None:
    assert within(loaded_by("builder.cli.main"), frozenset({"torch", "plotly", "streamlit", "tqdm"})) == set()


def test_looking_for_a_data_set_s_files_loads_no_torch() -> None:
    assert within(loaded_by("builder.data.files"), frozenset({"torch"})) == set()


def forbidden_uses(path: Path, tree: ast.AST) -> list[str]:
    """Calls and keywords that run text as code, open pickles, start a shell or let a person's text become markup."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "unsafe_allow_html":
            found.append(f"{place(path, node.value)} unsafe_allow_html")
        if isinstance(node, ast.keyword) and node.arg == "shell" and getattr(node.value, "value", None) is not False:
            found.append(f"{place(path, node.value)} shell=")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"eval", "exec"}:
            found.append(f"{place(path, node)} {node.func.id}")
        if isinstance(node, ast.Attribute) and ast.unparse(node) in {
            "os.system",
            "os.popen",
            "pickle.load",
            "pickle.loads",
            "torch.load",
        }:
            found.append(f"{place(path, node)} {ast.unparse(node)}")
        if isinstance(node, ast.ImportFrom) and node.module in {"pickle", "os", "torch"}:
            taken = {alias.name for alias in node.names} & {"load", "loads", "system", "popen"}
            found.extend(f"{place(path, node)} from {node.module} import {name}" for name in sorted(taken))
    return found


def test_nothing_runs_text_as_code_or_trusts_markup() -> None:
    found = [use for path in python_files() for use in forbidden_uses(path, parsed(path))]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "st.markdown(text, unsafe_allow_html=True)",
        "eval(text)",
        "exec(text)",
        "os.system(text)",
        "subprocess.run(text, shell=True)",
        "pickle.loads(data)",
        "from pickle import load",
        "torch.load(path)",
    ],
)
def test_the_search_for_forbidden_uses_can_fail(line: str) -> None:
    assert forbidden_uses(ROOT / "app.py", ast.parse(line))


def test_a_module_in_evaluation_is_no_forbidden_use() -> None:
    assert forbidden_uses(ROOT / "app.py", ast.parse("module.eval()\nsubprocess.run(words, shell=False)")) == []


def test_only_the_restricted_unpickler_touches_pickle() -> None:
    users = {
        str(path.relative_to(ROOT))
        for path in python_files()
        if "pickle" in direct_imports(ast.parse(path.read_text()))
    }
    assert users == {"builder/data/cifar.py"}


def test_the_front_end_never_makes_markup_or_code_of_text() -> None:
    words = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function")
    found = []
    for path in sources("components/frontend/src", ending=".ts"):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if words.search(line) and not path.name.endswith(".test.ts"):
                found.append(f"{path.relative_to(ROOT)}:{number} {line.strip()}")
    assert found == []


def touches_session_state(path: Path) -> bool:
    return any(isinstance(node, ast.Attribute) and node.attr == "session_state" for node in ast.walk(parsed(path)))


def test_one_module_of_the_pages_alone_touches_session_state() -> None:
    users = {str(path.relative_to(ROOT)) for path in python_files() if touches_session_state(path)}
    assert users == {"builder/pages/state.py"}


def commands_of_the_command_line() -> set[str]:
    done = subprocess.run(
        [sys.executable, "-m", "builder", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    listed = re.search(r"\{([a-z,]+)\}", done.stdout)
    assert listed, done.stdout
    return set(listed.group(1).split(","))


def test_the_readme_mentions_every_command() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = commands_of_the_command_line()
    assert commands >= {"presets", "show", "runs", "doctor", "shutdown"}
    assert {name for name in commands if f"python -m builder {name}" not in readme} == set()


def test_the_documents_mention_every_make_target() -> None:
    texts = "".join((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md"))
    targets = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    known = {"help", "install", "run", "share", "test", "check", "audit", "bench", "soak", "reproduce", "frontend"}
    assert targets == known
    assert {name for name in targets if f"make {name}" not in texts} == set()


def test_every_document_is_linked_from_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {path.name for path in (ROOT / "docs").glob("*.md") if f"(docs/{path.name})" not in readme} == set()


def test_documents_name_only_what_exists() -> None:
    """Every path in back quotes of README and CONTRIBUTING is there."""
    missing = set()
    for name in ("README.md", "CONTRIBUTING.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        for path in re.findall(
            r"`((?:builder|components|tests|docs|scripts|benchmarks|reproductions|soak)/[\w./-]*)`", text
        ):
            if not (ROOT / path).exists():
                missing.add(f"{name}: {path}")
    assert missing == set()


def test_bytes_are_counted_by_1024_everywhere() -> None:
    """Nobody reads two units; what makes text of bytes is builder/spec/sizes.py and its twin in the front end."""
    # What the kernel calls kB in /proc is 1024 bytes.
    wanted = re.compile(r"(?<![A-Za-z])(?:k|K|M|G|T)B(?![A-Za-z])")
    found = []
    for path in (each for ending in (".py", ".ts", ".md") for each in sources(".", ending=ending)):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if path != Path(__file__) and wanted.search(line) and "/proc/" not in line:
                found.append(f"{path.relative_to(ROOT)}:{number} {line.strip()[:100]}")
    assert found == []


def test_no_address_of_a_machine_or_registry_stands_in_the_project() -> None:
    """Absolute paths of somebody's machine, and package registries of somebody's network."""
    endings = (
        ".py",
        ".ts",
        ".mjs",
        ".json",
        ".toml",
        ".md",
        ".txt",
        ".cfg",
        ".css",
        "Makefile",
        "run",
        ".importlinter",
    )
    names = "|".join(["root", "home", "Users", "work", "opt"])
    wanted = re.compile(rf"(?<![\w.~:/])/(?:{names})/|index-url|\"resolved\":")
    found = []
    for path in (each for ending in endings for each in sources(".", ending=ending)):
        if path == Path(__file__):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if wanted.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number} {line.strip()[:100]}")
    assert found == []
