"""Azure: our store and Microsoft's clients on two sides of the fake, each reading what the other wrote.

usage: azure_client.py LOCKSTEP TESTS     (scripts/test-stores says more)
Microsoft's clients speak TLS alone: the fake shows them a certificate made for this run.
"""

import datetime
import ipaddress
import logging
import os
import pathlib
import subprocess
import sys
import tempfile

from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceNotFoundError
from azure.identity import ClientSecretCredential, ManagedIdentityCredential
from azure.keyvault.secrets import SecretClient
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

import swift_tests

FIRST = "Vn3kQ8xZr1LtYw6BsHd0uJfPmGcA5oEi9TqX7NbKvRy2WzDh"
SECOND = "p0OiU8yT6rE4wQ2aSdF5gH7jK9lZ1xC3vB0nM-Yt_RkWqLsE"
RING = '{"keys":["é\\\\"]}\n'


def expect(holds, what):
    if not holds:
        sys.exit(f"stores: {what}")


def refuses(error, call):
    try:
        call()
    except error:
        return True
    return False


def certificate(folder):
    """A certificate of 127.0.0.1 that is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.timezone.utc)
    signed = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True).sign(key, hashes.SHA256()))
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return [str(path) for path in paths]


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
        chain, key = certificate(pathlib.Path(folder))
        fake = subprocess.Popen(
            [sys.executable, "-B", "Tests/Fakes/azure_key_vault.py", "--certificate", chain, "--key", key],
            stdout=subprocess.PIPE, text=True)
        try:
            ports = [fake.stdout.readline().split()[1] for _ in range(2)]
            count = check(f"http://127.0.0.1:{ports[0]}", f"https://127.0.0.1:{ports[1]}", chain, tests)
        finally:
            fake.terminate()
            fake.wait(timeout=10)
    print("stores: Azure's fake held to azure-keyvault-secrets and azure-identity, which read what lockstep wrote and the"
          f" other way round; {count} Swift tests")


if __name__ == "__main__":
    main()
