"""The peers under one surface: sign, verify, and read and show keys as JWKs."""

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

    def key(self, jwk, algorithm):
        return pyjwt.PyJWK(jwk, algorithm).key

    def sign(self, claims, jwk, algorithm, kid):
        return pyjwt.encode(claims, self.key(jwk, algorithm), algorithm, headers={"kid": kid} if kid else None)

    def verify(self, token, jwk, algorithm):
        return pyjwt.decode(token, self.key(jwk, algorithm), algorithms=[algorithm], audience=AUDIENCE)

    def sign_bytes(self, payload, jwk, algorithm, kid):
        return pyjwt.PyJWS().encode(
            payload, self.key(jwk, algorithm), algorithm, headers={"kid": kid} if kid else None)

    def verification_jwk(self, jwk, algorithm, kid):
        key = self.key(jwk, algorithm)
        if hasattr(key, "public_key"):
            key = key.public_key()
        shown = pyjwt.algorithms.get_default_algorithms()[algorithm].to_jwk(key, as_dict=True)
        return shown | header(algorithm, kid)

    def thumbprint(self, jwk):
        return None  # it makes none

    def published(self, text, kid):
        return pyjwt.PyJWKSet.from_json(text)[kid]._jwk_data


class JWCrypto:
    name = "jwcrypto"

    def key(self, jwk):
        return jwcrypto.jwk.JWK(**jwk)

    def sign(self, claims, jwk, algorithm, kid):
        # It writes no `typ` of its own: the second spelling of an older issuer's header.
        token = jwcrypto.jwt.JWT(header=header(algorithm, kid), claims=claims)
        token.make_signed_token(self.key(jwk))
        return token.serialize()

    def verify(self, token, jwk, algorithm):
        checked = jwcrypto.jwt.JWT(algs=[algorithm], check_claims={"aud": AUDIENCE, "exp": None})
        checked.deserialize(token, self.key(jwk))
        return json.loads(checked.claims)

    def sign_bytes(self, payload, jwk, algorithm, kid):
        signed = jwcrypto.jws.JWS(payload)
        signed.add_signature(self.key(jwk), protected=json.dumps(header(algorithm, kid)))
        return signed.serialize(compact=True)

    def verification_jwk(self, jwk, algorithm, kid):
        key = self.key(jwk)
        shown = key.export(as_dict=True) if jwk["kty"] == "oct" else key.export_public(as_dict=True)
        return shown | header(algorithm, kid)

    def thumbprint(self, jwk):
        return self.key(jwk).thumbprint()

    def published(self, text, kid):
        return jwcrypto.jwk.JWKSet.from_json(text).get_key(kid).export_public(as_dict=True)


class JoseRFC:
    name = "joserfc"

    def key(self, jwk):
        return joserfc.jwk.import_key(jwk)

    def sign(self, claims, jwk, algorithm, kid):
        return joserfc.jwt.encode(header(algorithm, kid), claims, self.key(jwk), algorithms=[algorithm])

    def verify(self, token, jwk, algorithm):
        decoded = joserfc.jwt.decode(token, self.key(jwk), algorithms=[algorithm])
        joserfc.jwt.JWTClaimsRegistry(
            aud={"essential": True, "value": AUDIENCE}, exp={"essential": True}
        ).validate(decoded.claims)
        return decoded.claims

    def sign_bytes(self, payload, jwk, algorithm, kid):
        return joserfc.jws.serialize_compact(
            header(algorithm, kid), payload, self.key(jwk), algorithms=[algorithm])

    def verification_jwk(self, jwk, algorithm, kid):
        return self.key(jwk).as_dict(private=jwk["kty"] == "oct") | header(algorithm, kid)

    def thumbprint(self, jwk):
        return self.key(jwk).thumbprint()

    def published(self, text, kid):
        return joserfc.jwk.KeySet.import_key_set(json.loads(text)).get_by_kid(kid).as_dict(private=False)


PEERS = [PyJWT(), JWCrypto(), JoseRFC()]


def version(peer):
    return importlib.metadata.version(peer.name)
