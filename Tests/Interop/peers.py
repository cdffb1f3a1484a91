"""The peers under one surface: sign, verify, and show a key as a JWK."""

import importlib.metadata
import json

import joserfc.jwk
import joserfc.jws
import joserfc.jwt
import jwcrypto.jwk
import jwcrypto.jws
import jwcrypto.jwt
import jwt as pyjwt

AUDIENCE = "lockstep"


def header(algorithm, kid):
    return {"alg": algorithm} | ({"kid": kid} if kid else {})


class PyJWT:
    name = "PyJWT"

    def sign(self, claims, secret, algorithm, kid):
        return pyjwt.encode(claims, secret, algorithm, headers={"kid": kid} if kid else None)

    def verify(self, token, secret, algorithm):
        return pyjwt.decode(token, secret, algorithms=[algorithm], audience=AUDIENCE)

    def sign_bytes(self, payload, secret, algorithm, kid):
        return pyjwt.PyJWS().encode(payload, secret, algorithm, headers={"kid": kid} if kid else None)

    def jwk(self, secret, algorithm, kid):
        return json.loads(pyjwt.algorithms.HMACAlgorithm.to_jwk(secret)) | header(algorithm, kid)


class JWCrypto:
    name = "jwcrypto"

    def key(self, secret):
        return jwcrypto.jwk.JWK.from_password(secret.decode())

    def sign(self, claims, secret, algorithm, kid):
        # It writes no `typ` of its own: the second spelling of an older issuer's header.
        token = jwcrypto.jwt.JWT(header=header(algorithm, kid), claims=claims)
        token.make_signed_token(self.key(secret))
        return token.serialize()

    def verify(self, token, secret, algorithm):
        checked = jwcrypto.jwt.JWT(algs=[algorithm], check_claims={"aud": AUDIENCE, "exp": None})
        checked.deserialize(token, self.key(secret))
        return json.loads(checked.claims)

    def sign_bytes(self, payload, secret, algorithm, kid):
        signed = jwcrypto.jws.JWS(payload)
        signed.add_signature(self.key(secret), protected=json.dumps(header(algorithm, kid)))
        return signed.serialize(compact=True)

    def jwk(self, secret, algorithm, kid):
        return json.loads(self.key(secret).export()) | header(algorithm, kid)


class JoseRFC:
    name = "joserfc"

    def key(self, secret):
        return joserfc.jwk.OctKey.import_key(secret)

    def sign(self, claims, secret, algorithm, kid):
        return joserfc.jwt.encode(header(algorithm, kid), claims, self.key(secret), algorithms=[algorithm])

    def verify(self, token, secret, algorithm):
        decoded = joserfc.jwt.decode(token, self.key(secret), algorithms=[algorithm])
        joserfc.jwt.JWTClaimsRegistry(
            aud={"essential": True, "value": AUDIENCE}, exp={"essential": True}
        ).validate(decoded.claims)
        return decoded.claims

    def sign_bytes(self, payload, secret, algorithm, kid):
        return joserfc.jws.serialize_compact(
            header(algorithm, kid), payload, self.key(secret), algorithms=[algorithm])

    def jwk(self, secret, algorithm, kid):
        return self.key(secret).as_dict(private=True) | header(algorithm, kid)


PEERS = [PyJWT(), JWCrypto(), JoseRFC()]


def version(peer):
    return importlib.metadata.version(peer.name)
