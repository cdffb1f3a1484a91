"""Azure: our store and Microsoft's clients on two sides of the fake, each reading what the other wrote.

usage: azure_client.py LOCKSTEP TESTS     (scripts/test-stores says more)
Microsoft's clients speak TLS alone: the fake shows them a certificate made for this run.
"""

import logging
import os
import sys
import tempfile

from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceNotFoundError
from azure.identity import ClientSecretCredential, ManagedIdentityCredential
from azure.keyvault.secrets import SecretClient

import swift_tests
from store_check import FIRST, RING, SECOND, expect, fake, refuses


def check(plain, encrypted, authority_file, tests):
    def client(credential, **options):
        return SecretClient(
            encrypted, credential, api_version="7.4", connection_verify=authority_file, retry_total=0, **options)

    def application(secret):
        return ClientSecretCredential(
            "tenant", "app", secret, authority=encrypted, disable_instance_discovery=True,
            connection_verify=authority_file)

    # The fake's vault has no address below vault.azure.net: Microsoft's own check of that must find it out.
    expect(refuses(ValueError, lambda: client(application("app-secret")).get_secret("x")),
           "Microsoft's client does not check the challenge's resource")
    vault = client(application("app-secret"), verify_challenge_resource=False)
    expect(refuses(ClientAuthenticationError,
                   lambda: client(application("wrong"), verify_challenge_resource=False).get_secret("x")),
           "the fake takes a wrong client secret")
    expect(refuses(ResourceNotFoundError, lambda: vault.get_secret("x")), "the fake has a secret that nobody wrote")
    os.environ["IDENTITY_ENDPOINT"], os.environ["IDENTITY_HEADER"] = plain + "/msi/token", "identity-header"
    expect(ManagedIdentityCredential().get_token("https://vault.azure.net/.default").token,
           "Microsoft's client gets no token for an App Service's identity")
    del os.environ["IDENTITY_ENDPOINT"], os.environ["IDENTITY_HEADER"]
    os.environ["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = plain
    expect(ManagedIdentityCredential().get_token("https://vault.azure.net/.default").token,
           "Microsoft's client gets no token for an instance's identity")
    del os.environ["AZURE_POD_IDENTITY_AUTHORITY_HOST"]

    vault.set_secret("from-microsoft", FIRST)
    vault.set_secret("from-microsoft-NEXT", SECOND)
    version = vault.set_secret("from-microsoft-disabled", FIRST).properties.version
    vault.update_secret_properties("from-microsoft-disabled", version, enabled=False)
    expect(refuses(HttpResponseError, lambda: vault.get_secret("from-microsoft-disabled")),
           "Microsoft's client reads what it disabled")

    count = swift_tests.run(tests, "SecretStoresTests.AzurePeerTests", LOCKSTEP_AZURE_FAKE_URL=plain)

    def found(name):
        try:
            return vault.get_secret(name).value
        except HttpResponseError:
            return None

    def names(name):
        return [found(name + suffix) for suffix in ("", "-NEXT", "-PREVIOUS")]

    expect(names("from-lockstep") == [FIRST, SECOND, None], "Microsoft's client does not find what lockstep wrote")
    expect(names("from-lockstep-ring") == [RING, None, None], "Microsoft's client does not find lockstep's ring")
    expect(names("from-microsoft") == [SECOND, None, FIRST],
           "a promotion by lockstep did not leave the secrets as Microsoft's client should find them")
    return count


def main():
    _, _, tests = sys.argv
    # A refusal that is asked for is no warning.
    logging.getLogger("azure").setLevel(logging.CRITICAL)
    for name in [name for name in os.environ if name.startswith(swift_tests.FOREIGN)]:
        del os.environ[name]
    with tempfile.TemporaryDirectory() as folder:
        with fake("azure_key_vault.py", "--tls", folder) as (plain, encrypted):
            count = check(plain, encrypted, os.path.join(folder, "certificate.pem"), tests)
    print("stores: Azure's fake held to azure-keyvault-secrets and azure-identity, which read what lockstep wrote and the"
          f" other way round; {count} Swift tests")


if __name__ == "__main__":
    main()
