#!/usr/bin/env python3
"""A web server for image transfers that go wrong: image_server.py ADDRESS DIRECTORY LOG [CERTIFICATE]

Serves the directory's files on a free port (which it prints), with ranges. What stands before the file's name in the
path is what goes wrong:

  /cut=N/FILE       each answer ends after N bytes, without a word
  /rate=N/FILE      N bytes a second
  /no-ranges/FILE   ranges are ignored
  /no-length/FILE   the length isn't told
  /code=N/FILE      the answer is N
  /moved/FILE       a redirection to /FILE
  /loop/FILE        a redirection to itself

Each answer is two lines in the log: "PATH begins" before a byte of it is sent, and, when it is over or nobody listens any
more, "PATH FIRST-BYTE BYTES-SENT". That may be after the other side has left: who counts waits for it.
"""
import http.server
import os
import ssl
import sys
import time

address, directory, log = sys.argv[1:4]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def note(self, *words):
        with open(log, "a", encoding="utf-8") as file:
            file.write(" ".join([self.path, *map(str, words)]) + "\n")

    def refuse(self, code, location=None):
        self.send_response(code)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", "0")
        self.end_headers()
        self.note(0, 0)

    def do_GET(self):
        self.note("begins")
        *faults, name = self.path.strip("/").split("/")
        faults = dict(fault.partition("=")[::2] for fault in faults)
        path = os.path.join(directory, name)
        if "code" in faults:
            return self.refuse(int(faults["code"]))
        if "moved" in faults:
            return self.refuse(302, f"/{name}")
        if "loop" in faults:
            return self.refuse(302, self.path)
        if not os.path.isfile(path):
            return self.refuse(404)
        size = os.path.getsize(path)
        first = 0
        asked = self.headers.get("Range", "")
        if asked.startswith("bytes=") and "no-ranges" not in faults:
            first = int(asked[6:].split("-")[0])
            if first >= size:
                return self.refuse(416)
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {first}-{size - 1}/{size}")
        else:
            self.send_response(200)
        if "no-length" in faults:
            self.send_header("Connection", "close")
        else:
            self.send_header("Content-Length", str(size - first))
        self.end_headers()
        self.send_file(path, first, faults)

    def send_file(self, path, first, faults):
        limit = int(faults.get("cut", 1 << 62))
        rate = int(faults.get("rate", 0))
        sent = 0
        self.close_connection = "cut" in faults or "no-length" in faults
        with open(path, "rb") as file:
            file.seek(first)
            try:
                while sent < limit and (chunk := file.read(min(65536, limit - sent))):
                    self.wfile.write(chunk)
                    sent += len(chunk)
                    if rate:
                        time.sleep(len(chunk) / rate)
            except OSError:
                self.close_connection = True
        self.note(first, sent)


server = http.server.ThreadingHTTPServer((address, 0), Handler)
if len(sys.argv) > 4:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[4])
    server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()
