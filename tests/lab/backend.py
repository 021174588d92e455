#!/usr/bin/env python3
"""A server behind a load balancer, and a client in front of it, for test_load_balancer.sh.

  backend.py serve NAME ADDRESS PORT DIRECTORY   answers every GET with NAME, by TLS with DIRECTORY/certificate;
                                                 /readyz with 500 as long as there is a file DIRECTORY/NAME.failing
  backend.py talk ADDRESS PORT                   keeps one connection, by TLS; for each line on stdin it asks over that and
                                                 prints who has answered
"""
import http.client
import http.server
import os
import ssl
import sys


def serve(name, address, port, directory):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def do_GET(self):
            is_failing = os.path.exists(f"{directory}/{name}.failing")
            body = f"{name}\n".encode()
            self.send_response(500 if self.path == "/readyz" and is_failing else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    class Server(http.server.ThreadingHTTPServer):
        allow_reuse_address = True

        def finish_request(self, request, client_address):
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(f"{directory}/certificate")
            with context.wrap_socket(request, server_side=True) as secured:
                super().finish_request(secured, client_address)

        def handle_error(self, *_):
            pass  # a check that asks for no more than a connection

    Server((address, int(port)), Handler).serve_forever()


def talk(address, port):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    connection = http.client.HTTPSConnection(address, int(port), timeout=20, context=context)
    connection.connect()
    for _ in sys.stdin:
        connection.auto_open = 0
        connection.request("GET", "/")
        print(connection.getresponse().read().decode().strip(), flush=True)


{"serve": serve, "talk": talk}[sys.argv[1]](*sys.argv[2:])
