"""The suite's stand-in for Vault as the store of a whole stack."""

import pathlib
import re
import subprocess
import sys

from load import call

FAKE = pathlib.Path(__file__).resolve().parent.parent / "Fakes" / "vault_kv.py"


class Vault:
    reference = "vault://secret/jwt#value"

    def __init__(self, folder, secret):
        self.process = subprocess.Popen(
            [sys.executable, str(FAKE), "--port", "0"], stdout=subprocess.PIPE, text=True,
            stderr=(folder / "vault.log").open("w"))
        port = re.search(r"\d+", self.process.stdout.readline()).group()
        self.url = f"http://127.0.0.1:{port}"
        self.variables = {"VAULT_ADDR": self.url, "VAULT_TOKEN": "root-token"}
        status, body = call(f"{self.url}/v1/secret/data/jwt", "POST", {"data": {"value": secret}},
                            headers={"X-Vault-Token": "root-token"})
        if status != 200:
            raise RuntimeError(f"the stand-in for Vault answers {status}: {body}")

    def down(self):
        """Every request is answered with 503, as by a sealed Vault."""
        call(f"{self.url}/_control", "POST", {"fault": {"status": 503, "body": ""}})

    def up(self):
        call(f"{self.url}/_control", "POST", {"fault": None})

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
