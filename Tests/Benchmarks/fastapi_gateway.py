"""A gateway as one writes it in an afternoon: FastAPI, PyJWT, httpx. A peer of the benchmark, served by uvicorn."""

import contextlib
import os

import fastapi
import httpx
import jwt
import starlette.responses

SECRET, PLANT = os.environ["JWT_SECRET"], os.environ["PLANT_BACKEND_URL"]
HOP_BY_HOP = {
    "connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "host",
    "content-length",
}
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


@contextlib.asynccontextmanager
async def lifespan(app):
    limits = httpx.Limits(max_connections=256, max_keepalive_connections=256)
    async with httpx.AsyncClient(base_url=PLANT, limits=limits, timeout=30) as client:
        app.state.client = client
        yield


app = fastapi.FastAPI(lifespan=lifespan)


@app.api_route("/{path:path}", methods=METHODS)
async def forward(path: str, request: fastapi.Request):
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    try:
        if scheme.lower() != "bearer":
            raise jwt.InvalidTokenError
        claims = jwt.decode(token, SECRET, algorithms=["HS256"], issuer="lockstep-platform", audience="lockstep")
    except jwt.InvalidTokenError:
        return fastapi.responses.JSONResponse({"detail": "Invalid token"}, 401)
    headers = [
        (name, value) for name, value in request.headers.items()
        if name not in HOP_BY_HOP and not name.replace("_", "-").startswith(("x-user-", "x-customer-"))
    ]
    headers += [
        ("x-user-id", claims["user_id"]), ("x-user-email", claims["email"]), ("x-user-roles", ",".join(claims["roles"])),
    ]
    answer = await app.state.client.request(
        request.method, "/" + path, params=request.query_params, headers=headers, content=await request.body())
    kept = {name: value for name, value in answer.headers.items() if name not in HOP_BY_HOP}
    return starlette.responses.Response(answer.content, answer.status_code, kept)
