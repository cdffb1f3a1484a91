"""Token validation as one writes it in an afternoon: FastAPI, PyJWT, sqlite3. A peer of the benchmark, served by uvicorn.

It does the plant's work: the same claims are compared, a customer's token is looked up, each answer leaves a record that is
written in batches behind the answers, and a JSON line on standard output.
"""

import asyncio
import contextlib
import json
import os
import sqlite3
import sys
import time
import uuid

import fastapi
import jwt
from fastapi.responses import JSONResponse

SECRET, KID, DATABASE = os.environ["JWT_SECRET"], os.environ["JWT_KID"], os.environ["DATABASE_FILE"]
ISSUERS = {"lockstep-platform": False, "lockstep-customer": True}
MAXIMUM_LIFETIME = 24 * 3600
BATCH_SECONDS = 0.2


@contextlib.asynccontextmanager
async def lifespan(app):
    app.state.reader = sqlite3.connect(f"file:{DATABASE}?mode=ro", uri=True)
    app.state.records = []
    writing = asyncio.create_task(write(app.state.records))
    yield
    writing.cancel()
    app.state.reader.close()


app = fastapi.FastAPI(lifespan=lifespan)


async def write(records):
    writer = sqlite3.connect(DATABASE)
    writer.execute("PRAGMA synchronous = NORMAL")
    while True:
        await asyncio.sleep(BATCH_SECONDS)
        batch = records[:]
        records.clear()
        with writer:
            writer.executemany("INSERT INTO validation_audit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", batch)


def verified(token):
    header = jwt.get_unverified_header(token)
    if header.get("typ") != "at+jwt" or header.get("kid") != KID:
        raise jwt.InvalidTokenError
    claims = jwt.decode(
        token, SECRET, algorithms=["HS256"], audience="lockstep", issuer=list(ISSUERS), leeway=60,
        options={"require": ["iss", "sub", "aud", "iat", "exp", "jti"]})
    is_customer = ISSUERS[claims["iss"]]
    if claims["exp"] - claims["iat"] > MAXIMUM_LIFETIME or not isinstance(claims["roles"], list):
        raise jwt.InvalidTokenError
    if any((role == "customer" or role.startswith("customer_")) != is_customer for role in claims["roles"]):
        raise jwt.InvalidTokenError
    return claims, header["kid"], is_customer


@app.get("/api/v1/auth/validate")
async def validate(request: fastapi.Request):
    begin, request_id = time.time(), request.headers.get("x-request-id") or str(uuid.uuid4())
    claims, kid, customer = {}, None, None
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    try:
        if scheme.lower() != "bearer":
            raise jwt.InvalidTokenError
        claims, kid, is_customer = verified(token)
        status, outcome, body = 200, "valid", None
        if is_customer:
            customer = app.state.reader.execute(
                "SELECT id, plan, status FROM customers WHERE user_id = ? AND deleted_at IS NULL"
                " ORDER BY created_at, id LIMIT 1", (claims["user_id"],)).fetchone()
            if customer is None:
                status, outcome = 404, "customer_unknown"
            elif customer[2] != "active":
                status, outcome = 403, "customer_suspended"
    except (jwt.InvalidTokenError, KeyError):
        status, outcome = 401, "invalid_token"
    if status == 200:
        body = {
            "valid": True, "customer_id": customer and customer[0], "email": claims["email"],
            "user_id": claims["user_id"], "roles": claims["roles"], "plan": customer and customer[1], "kid": kid,
            "expires_at": claims["exp"],
        }
    else:
        body = {"code": outcome, "status": status, "request_id": request_id}
    app.state.records.append((
        str(uuid.uuid4()), int(begin), request_id, outcome, "authorization", claims.get("sub"), claims.get("iss"), kid,
        customer and customer[0]))
    sys.stdout.write(json.dumps({
        "time": begin, "level": "info", "message": "request", "request_id": request_id, "method": "GET",
        "path": request.url.path, "status": status, "client": request.client.host, "sub": claims.get("sub"), "kid": kid,
        "duration_ms": (time.time() - begin) * 1000,
    }) + "\n")
    return JSONResponse(body, status, {"Cache-Control": "no-store", "X-Request-Id": request_id})
