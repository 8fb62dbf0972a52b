"""The API: what it says of itself holds, and it finds what the command line finds."""

import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import negative_data_rejection

from checker.checks import CHECKS
from tests.packages import swollen
from tests.served import Served, start

ask = partial(httpx2.request, timeout=180)  # a busy machine is no fault of the API
SAMPLES = Path(__file__).parent.parent / "samples"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    served = start(tmp_path_factory.mktemp("served"))
    yield served
    served.kill()


@pytest.fixture(scope="module")
def described(server: Served) -> Any:
    return schemathesis.openapi.from_url(f"{server.address}/api/v1/openapi.json")


def send(server: Served, path: Path) -> dict[str, Any]:
    answer = ask("POST", f"{server.address}/api/v1/checks", files={"file": (path.name, path.read_bytes())})
    assert answer.status_code == 201
    told: dict[str, Any] = answer.json()
    return told


@pytest.mark.parametrize("mode", GenerationMode)
def test_every_answer_is_one_that_the_description_foresees(described: Any, mode: GenerationMode) -> None:
    """Asked as described, and asked as nobody should."""
    operations = [found.ok() for found in described.get_all_operations()]

    failures = {f"{one.method} {one.path}": failure for one in operations if (failure := asked(one, mode))}

    assert len(operations) > 10
    assert failures == {}


def asked(operation: Any, mode: GenerationMode) -> str:
    """What is wrong with the answers of one operation."""
    has_file = bool(operation.body)  # a part of a form has no type: a number sent as a file is a file with digits in it

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=10, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))
    def attempt(case: Any) -> None:
        case.call_and_validate(timeout=180, excluded_checks=[negative_data_rejection] if has_file else [])

    try:
        attempt()
    except Unsatisfiable:
        return ""  # nothing can be asked wrongly where there is nothing to say
    except (Failure, FailureGroup) as failure:
        told = failure.exceptions if isinstance(failure, FailureGroup) else [failure]
        return "\n".join(map(str, told))
    return ""


@pytest.mark.parametrize(
    "name", ["county-pushed.xlsx", "every-code.xlsm", "messy.xlsx", "excel-97.xls", "opendocument.ods"]
)
def test_the_findings_are_those_of_the_command_line(server: Served, tmp_path: Path, name: str) -> None:
    path = Path(shutil.copy(SAMPLES / name, tmp_path))
    command = [Path(sys.executable).with_name("checker"), "check", str(path), "--format", "json"]
    printed = subprocess.run(command, capture_output=True, cwd=tmp_path, check=False).stdout

    report = send(server, path)["report"]
    [expected] = json.loads(printed)["files"]

    assert report | {"file": ""} == expected | {"file": ""}


def test_the_marked_workbook_is_the_one_of_the_command_line(server: Served, tmp_path: Path) -> None:
    path = Path(shutil.copy(SAMPLES / "county-pushed.xlsx", tmp_path))
    subprocess.run([Path(sys.executable).with_name("checker"), "check", str(path)], capture_output=True, check=False)

    link = send(server, path)["links"]["marked"]

    assert ask("GET", server.address + link).content == (tmp_path / "county-pushed.checked.xlsx").read_bytes()


def test_who_does_not_wait_asks_again(server: Served) -> None:
    file = {"file": ("申报表.xlsx", (SAMPLES / "county-pushed.xlsx").read_bytes())}
    first = ask("POST", f"{server.address}/api/v1/checks?wait=false", files=file).json()

    while (later := ask("GET", server.address + first["links"]["self"]).json())["status"] == "checking":
        pass

    assert first["report"] is None
    assert later["status"] == "checked"
    assert later["file"] == "申报表.xlsx"


def test_what_is_no_workbook_is_an_answer_and_no_failure(server: Served, tmp_path: Path) -> None:
    path = tmp_path / "坏.xlsx"
    path.write_bytes(b"no workbook")

    told = send(server, path)

    assert told["status"] == "unreadable"
    assert "另存为" in told["report"]["error"]["message"]
    assert "marked" not in told["links"]


def test_every_operation_has_a_summary_and_every_answer_an_example(described: Any) -> None:
    raw = described.raw_schema
    operations = [operation for path in raw["paths"].values() for operation in path.values()]
    fields = [
        (name, field)
        for name, shape in raw["components"]["schemas"].items()
        if name not in {"HTTPValidationError", "ValidationError"} and not name.startswith("Body_")
        for field, about in shape["properties"].items()
        if "examples" not in about and "$ref" not in about and about.get("type") not in {"array", "object"}
    ]

    parameters = [
        (operation["operationId"], one["name"])
        for operation in operations
        for one in operation.get("parameters", ())
        if not one.get("description") or not {"examples", "enum", "minimum"} & one["schema"].keys()
        if one["schema"].get("type") != "boolean"
    ]

    assert [operation["operationId"] for operation in operations if not operation.get("summary")] == []
    assert parameters == []
    assert fields == []


def test_every_code_and_every_matter_can_be_asked_for(server: Served) -> None:
    codes = ask("GET", f"{server.address}/api/v1/findings").json()
    plan = ask("GET", f"{server.address}/api/v1/plans/shijiazhuang-ip-2024").json()
    example = ask("GET", f"{server.address}/api/v1/findings/lv01").json()["examples"]["wrong"][0]

    assert [code["code"] for code in codes] == list(CHECKS)
    assert all(matter["clauses"] or matter["wording"] for matter in plan["matters"])
    assert plan["not_encoded"]
    assert example["finds"] == ["承担级次"]


@pytest.mark.parametrize(
    ("path", "status"), [("checks/nothing", 404), ("checks/nothing/marked", 404), ("nowhere", 404), ("plans/x", 404)]
)
def test_what_is_not_there_is_told_as_json(server: Served, path: str, status: int) -> None:
    answer = ask("GET", f"{server.address}/api/v1/{path}")

    assert answer.status_code == status
    assert answer.json()["error"]["message"] == "没有这个地址或编号。"


def test_a_server_that_is_told_to_stop_stops_soon_and_without_a_word(tmp_path: Path) -> None:
    served = start(tmp_path / "home")
    waiting = threading.Thread(target=wait_for_a_bomb, args=(served,))
    waiting.start()
    while not httpx2.get(f"{served.address}/api/v1/checks").json():
        time.sleep(0.1)

    served.process.terminate()
    code = served.process.wait(60)
    waiting.join(60)

    assert code == 0
    assert "Traceback" not in (tmp_path / "home.log").read_text("utf-8")


def wait_for_a_bomb(served: Served) -> None:
    bomb = swollen((SAMPLES / "county-pushed.xlsx").read_bytes(), 20)
    with suppress(httpx2.HTTPError):
        ask("POST", f"{served.address}/api/v1/checks", files={"file": ("炸弹.xlsx", bomb)})
