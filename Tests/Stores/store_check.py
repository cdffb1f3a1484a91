"""What the checks of scripts/test-stores share: values, expectations, and our fakes in processes of their own."""

import contextlib
import pathlib
import subprocess
import sys

FIRST = "Vn3kQ8xZr1LtYw6BsHd0uJfPmGcA5oEi9TqX7NbKvRy2WzDh"
SECOND = "p0OiU8yT6rE4wQ2aSdF5gH7jK9lZ1xC3vB0nM-Yt_RkWqLsE"
RING = '{"keys":["é\\\\"]}\n'


def expect(holds, what):
    if not holds:
        sys.exit(f"stores: {what}")


def refuses(error, call):
    """Whether the call ends with that error."""
    try:
        call()
    except error:
        return True
    return False


@contextlib.contextmanager
def fake(name, *arguments):
    """The URLs of a stand-in from Tests/Fakes while it runs: plain, and with `--tls` encrypted as the second."""
    page = pathlib.Path(__file__).parent.parent / "Fakes" / name
    process = subprocess.Popen(
        [sys.executable, "-B", page, "--port", "0", *arguments], stdout=subprocess.PIPE, text=True)
    try:
        schemes = ["http", "https"] if "--tls" in arguments else ["http"]
        yield [f"{scheme}://127.0.0.1:{process.stdout.readline().split()[-1]}" for scheme in schemes]
    finally:
        process.terminate()
        process.wait(timeout=10)
