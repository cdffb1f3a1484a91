"""Runs those of our Swift tests that want a server, against one that the calling check has started."""

import os
import re
import subprocess
import sys

# The test process must not find credentials or endpoints of whoever runs this.
FOREIGN = ("AWS_", "GOOGLE_", "GCP_", "CLOUDSDK_", "VAULT_", "AZURE_", "MSI_", "IDENTITY_", "JWT_", "HTTP_PROXY", "http_proxy")


def run(tests, filter, **variables):
    """Runs the tests whose names match `filter` with these environment variables added.

    Ends the check where one fails, where none ran, and where one was skipped: then a variable is not named as the tests
    expect it, and a check that checks nothing is none.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    environment.update(variables)
    done = subprocess.run(
        [tests, "--testing-library", "swift-testing", "--filter", filter], env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=600)
    count = re.search(r"Test run with (\d+) tests? .*passed", done.stdout)
    skipped = re.search(r"skipped", done.stdout)
    if done.returncode != 0 or not count or count.group(1) == "0" or skipped:
        sys.stdout.write(done.stdout)
        sys.exit(f"stores: the Swift tests of {filter} ended with {done.returncode}"
                 + (", some were skipped" if skipped else "") + ("" if count else ", none passed"))
    return int(count.group(1))
