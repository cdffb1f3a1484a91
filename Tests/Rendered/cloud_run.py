#!/usr/bin/env python3
"""Holds Cloud Run services to Google's own client: `gcloud run services replace --dry-run`.

usage: cloud_run.py FILE...

gcloud knows every field and refuses one that is none. What it would ask of Google is answered by a proxy on this machine,
so nothing leaves it. First it must refuse a file with a misspelt field, or its word on the others would mean nothing.
"""
import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading


class Google(http.server.BaseHTTPRequestHandler):
    """Knows no service yet, and takes every one that is sent for validation."""

    def do_GET(self):
        if "/services" in self.path:
            self.answer(404, {"error": {"code": 404, "message": "none", "status": "NOT_FOUND"}})
        else:
            self.answer(200, {"projectId": "project", "projectNumber": "1", "lifecycleState": "ACTIVE"})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        # Only ever asked to validate.
        if "dryRun=all" in self.path:
            self.answer(200, json.loads(body))
        else:
            self.answer(403, {"error": {"code": 403, "message": "no dry run", "status": "PERMISSION_DENIED"}})

    do_PUT = do_POST

    def answer(self, code, document):
        data = json.dumps(document).encode()
        self.send_response(code)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *arguments):
        pass


def validate(path, proxy, home):
    environment = dict(
        os.environ,
        CLOUDSDK_CONFIG=home,
        CLOUDSDK_AUTH_DISABLE_CREDENTIALS="true",
        CLOUDSDK_CORE_DISABLE_PROMPTS="1",
        CLOUDSDK_CORE_DISABLE_USAGE_REPORTING="true",
        # Names that nothing resolves: only the proxy can answer.
        CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN="http://run.invalid/",
        CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER="http://projects.invalid/",
        http_proxy=proxy,
        HTTP_PROXY=proxy,
        no_proxy="",
        NO_PROXY="",
    )
    command = ["gcloud", "run", "services", "replace", path, "--dry-run", "--project", "project", "--region", "region1"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=180)
    return done.returncode == 0 and "has been validated" in done.stdout + done.stderr, done.stderr


def main(paths):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Google)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    proxy = f"http://127.0.0.1:{server.server_port}"
    with tempfile.TemporaryDirectory() as home:
        misspelt = os.path.join(home, "misspelt.yaml")
        with open(paths[0]) as source, open(misspelt, "w") as target:
            target.write(source.read().replace("serviceAccountName:", "serviceAccountNam:"))
        passed, said = validate(misspelt, proxy, home)
        if passed or "serviceAccountNam" not in said:
            sys.exit(f"rendered: gcloud does not refuse a misspelt field, so its word means nothing: {said.strip()}")
        failed = False
        for path in paths:
            passed, said = validate(path, proxy, home)
            if not passed:
                failed = True
                print(f"rendered: gcloud refuses {path}: {said.strip()}", file=sys.stderr)
        if failed:
            sys.exit(1)
    print(f"rendered: gcloud's dry run takes {len(paths)} Cloud Run services")


if __name__ == "__main__":
    main(sys.argv[1:])
