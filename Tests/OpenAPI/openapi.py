#!/usr/bin/env python3
"""Holds the plant's OpenAPI document to OpenAPI's own schema, and the plant to its document.

usage: openapi.py PROGRAMS EXAMPLES DATABASE...      DATABASE: sqlite, or a postgres:// URL

Schemathesis asks every documented operation as each role, with what the document allows and with what it does not. The
seed is fixed, so a run that fails fails again. What is wanted: no 500, no status, media type, header or body that the
document does not tell, and nothing served without a token that needs one.
"""
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.parse

from openapi_spec_validator import OpenAPIV31SpecValidator

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from plant import Plant  # noqa: E402

SEED = 20261122
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "ignored_auth",
    "unsupported_method",
    "missing_required_header",
    "negative_data_rejection",
]
CUSTOMER = "c-openapi"
# Each with a plant of its own, or what one deletes the next would not find.
ROLES = [("admin", None), ("viewer", None), ("customer", CUSTOMER)]


def validate(document: dict) -> None:
    faults = sorted(OpenAPIV31SpecValidator(document).iter_errors(), key=str)
    for fault in faults:
        print(f"openapi: {'/'.join(map(str, fault.absolute_path))}: {fault.message}", file=sys.stderr)
    if faults:
        raise SystemExit(f"openapi: {len(faults)} faults in the document")
    # The validator's word means nothing unless it refuses a damaged document.
    damaged = json.loads(json.dumps(document))
    next(iter(next(iter(damaged["paths"].values())).values())).pop("responses")
    damaged["info"].pop("title")
    if not list(OpenAPIV31SpecValidator(damaged).iter_errors()):
        raise SystemExit("openapi: the validator takes a document without a title")


def fill(plant: Plant) -> None:
    """Something to find: without it most answers would be 404."""
    status, answer = plant.call(
        "POST", "/internal/v1/customers",
        {
            "event_id": "e-openapi", "customer_id": CUSTOMER, "user_id": "u-customer", "email": "someone@example.com",
            "name": "Someone", "registered_at": 1800000000,
        })
    if status != 201:
        raise SystemExit(f"openapi: no customer: {status} {answer}")
    admin = plant.token("admin")

    def make(path: str, **fields) -> str:
        status, answer = plant.call("POST", path, fields, token=admin)
        if status != 201:
            raise SystemExit(f"openapi: {path} answers {status}: {answer}")
        return answer["id"]

    for name in ("Pruning", "Grafting", "Irrigation"):
        make("/api/v1/skills", name=name)
    farm = make("/api/v1/farm/farms", name="North", code="NR1", customer_id=CUSTOMER, total_area=12.5, area_unit="hectares")
    crop = make(
        "/api/v1/farm/crops", name="Tomato", code="TOM", germination_days=7, growing_days=30, fruiting_days=20,
        harvesting_days=30, cleaning_days=2, yield_per_plant_kg=4.5)
    blocks = [make(f"/api/v1/farm/farms/{farm}/blocks", type="greenhouse", max_plants=100) for _ in range(3)]
    make("/api/v1/farm/plantings", block_id=blocks[0], crop_id=crop, plants=80)
    make("/api/v1/farm/alerts", farm_id=farm, severity="high", title="The pump is loud")


def streams(document: dict) -> list[str]:
    """Operations whose answer does not end by itself: whoever waits for the end of it waits for the token's."""
    return [
        operation["operationId"]
        for path in document["paths"].values()
        for operation in path.values()
        if any("text/event-stream" in answer.get("content", {}) for answer in operation["responses"].values())
    ]


def attack(
    plant: Plant, role: str, customer: str | None, document: dict, examples: int, folder: pathlib.Path
) -> tuple[bool, str]:
    token = plant.token(role, customer=customer)
    command = [
        pathlib.Path(sys.executable).parent / "schemathesis", "--config-file", HERE / "schemathesis.toml",
        "run", f"{plant.url}/openapi.json",
        "--header", f"Authorization: Bearer {token}", "--checks", ",".join(CHECKS), "--seed", str(SEED),
        "--generation-database", "none", "--max-examples", str(examples),
        "--phases", "examples,coverage,fuzzing,stateful", "--request-timeout", "30", "--no-shrink", "--no-color",
        "--warnings", "off", "--report", "json", "--report-json-path", str(folder / "report.json"),
    ]
    for name in streams(document):
        command += ["--exclude-operation-id", name]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if run.returncode == 0:
        return True, run.stdout.strip().splitlines()[-1]
    return False, "\n".join((run.stdout[-20000:], run.stderr[-4000:], plant.log.read_text()[-4000:]))


def hold(programs: pathlib.Path, argument: str, role: str, customer: str | None, examples: int) -> tuple[bool, str]:
    """Whether all is as wanted, and what is to be said of it."""
    with tempfile.TemporaryDirectory(prefix="lockstep-openapi-") as name:
        folder = pathlib.Path(name)
        with Plant(programs, folder, database(argument, role)) as plant:
            fill(plant)
            document = plant.call("GET", "/openapi.json")[1]
            validate(document)
            operations = sum(len(path) for path in document["paths"].values())
            held, said = attack(plant, role, customer, document, examples, folder)
            omitted = ", ".join(streams(document)) or "none"
            return held, f"{operations} operations; not asked, as they do not end: {omitted}\n{said}"


def main() -> None:
    programs, databases = pathlib.Path(sys.argv[1]).resolve(), sys.argv[3:]
    held = True
    # Schemathesis keeps one core busy; as many at once as there are cores.
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        runs = [
            (f"{argument.partition(':')[0]}, {role}", pool.submit(
                hold, programs, argument, role, customer, int(sys.argv[2])))
            for argument in databases for role, customer in ROLES
        ]
        for title, run in runs:
            is_held, said = run.result()
            print(f"-- {title}: {said}", flush=True)
            held &= is_held
    raise SystemExit(0 if held else 1)


def database(argument: str, role: str) -> str | None:
    """The address of an empty database; None for SQLite."""
    if argument == "sqlite":
        return None
    name = f"openapi_{role}"
    for statement in (f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}"):
        subprocess.run(["psql", "--no-psqlrc", "--quiet", "--command", statement, argument], check=True)
    return urllib.parse.urlunsplit(urllib.parse.urlsplit(argument)._replace(path=f"/{name}"))


if __name__ == "__main__":
    main()
