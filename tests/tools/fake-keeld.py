#!/usr/bin/env python3
"""A keeld that is none: canned JSON on a Unix socket, for tests of keel alone.

usage: fake-keeld.py SOCKET ROUTES.json LOG

ROUTES.json maps "METHOD /path" (with or without its query) to a reply:
any JSON, or {"status": 409, "body": {...}}, or {"lose": N, ...} to drop the
connection without an answer the first N times.  A path may be {"file": NAME}
beside ROUTES.json.  Every request is written to LOG as a line of JSON with
method, path, key and body.  Prints "ready" once it listens; ends with stdin.
"""

import json
import os
import socketserver
import sys
import threading
from http.server import BaseHTTPRequestHandler


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 16

    def __init__(self, sock, routes, log):
        super().__init__(sock, Handler)
        self.folder = os.path.dirname(os.path.abspath(routes))
        self.routes = load(routes)
        self.log = open(log, "a", encoding="utf-8", buffering=1)
        self.lock = threading.Lock()

    def reply(self, method, path):
        for key in (f"{method} {path}", f"{method} {path.split('?')[0]}"):
            if key in self.routes:
                return self.routes[key]
        return {"status": 404, "body": {"error": {
            "code": "not-found", "message": "the fake has no such route"}}}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def address_string(self):
        return "unix"

    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode("utf-8")
        server = self.server
        with server.lock:
            server.log.write(json.dumps({
                "method": self.command, "path": self.path,
                "key": self.headers.get("Idempotency-Key"),
                "body": json.loads(body) if body else None}) + "\n")
            reply = server.reply(self.command, self.path)
            lost = isinstance(reply, dict) and reply.get("lose", 0) > 0
            if lost:
                reply["lose"] -= 1
        if lost:
            self.close_connection = True
            return
        status, data = 200, reply
        if isinstance(reply, dict) and "file" in reply:
            data = load(os.path.join(server.folder, reply["file"]))
        elif isinstance(reply, dict) and "body" in reply:
            status, data = reply.get("status", 200), reply["body"]
        raw = json.dumps(data, ensure_ascii=False).encode("utf-8")
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    do_GET = do_POST = do_PUT = do_DELETE = answer


def main():
    sock, routes, log = sys.argv[1:4]
    os.makedirs(os.path.dirname(sock), mode=0o700, exist_ok=True)
    server = Server(sock, routes, log)
    os.chmod(sock, 0o600)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print("ready", flush=True)
    sys.stdin.read()
    server.shutdown()
    os.unlink(sock)


if __name__ == "__main__":
    main()
