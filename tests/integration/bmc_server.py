"""A BMC that is difficult in the ways that sushy-tools isn't: busy, slow, doing things in its own time, particular about versions,
with its drives at its manager. bmc_server.py CERTIFICATE LOG: prints its port; what it is told it writes to LOG, a line each.

Which of its machines is asked decides how it is: /redfish/v1/Systems/KIND."""

import base64
import http.server
import json
import ssl
import sys
import threading
import time

certificate, log = sys.argv[1], open(sys.argv[2], "a", buffering=1)
machines, lock = {}, threading.Lock()


class Machine:
    def __init__(self):
        self.power, self.target, self.enabled, self.image, self.version = "Off", "None", "Disabled", None, 1
        self.busy = self.polls = 0


def error(*messages):
    return {"error": {"code": "Base.1.0.GeneralError", "message": "See @Message.ExtendedInfo",
                      "@Message.ExtendedInfo": [{"Message": message} for message in messages]}}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=None, **headers):
        data = json.dumps(body).encode() if body is not None else b""
        self.raw(status, data, **headers)

    def raw(self, status, data, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def system(self, kind, machine):
        path = f"/redfish/v1/Systems/{kind}"
        body = {"@odata.id": path, "PowerState": machine.power,
                "Boot": {"BootSourceOverrideEnabled": machine.enabled, "BootSourceOverrideTarget": machine.target},
                "Actions": {"#ComputerSystem.Reset": {"target": path + "/Actions/ComputerSystem.Reset"}},
                "Links": {"ManagedBy": [{"@odata.id": f"/redfish/v1/Managers/{kind}"}]}}
        if kind == "versions":
            body["@odata.etag"] = f'W/"{machine.version}"'
        if kind == "stubborn":
            body["Actions"]["#ComputerSystem.Reset"]["ResetType@Redfish.AllowableValues"] = ["ForceOff", "ForceOn", "GracefulShutdown"]
        return body

    def serve(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        if self.headers.get("Authorization") != "Basic " + base64.b64encode(b"admin:se:cret").decode():
            return self.answer(401, error("The login is wrong."))
        parts = self.path.strip("/").split("/")
        if parts[:2] != ["redfish", "v1"]:
            return self.answer(404)
        if parts[2:] == ["Systems"]:
            return self.answer(200, {"Members": [{"@odata.id": "/redfish/v1/Systems/only"}]})
        kind = parts[3] if len(parts) > 3 else ""
        with lock:
            machine = machines.setdefault(kind, Machine())
        if self.command != "GET":
            log.write(f"{self.command} {self.path} {json.dumps(body)} {self.headers.get('If-Match')}\n")
        return self.of(parts[2], kind, parts[4:], machine, body)

    def of(self, collection, kind, rest, machine, body):
        if kind == "silent":
            time.sleep(30)
        if kind == "busy" and machine.busy < 2:
            machine.busy += 1
            return self.answer(503, error("It is busy."), Retry_After="1")
        if kind == "always-busy":
            return self.answer(503, error("It is busy."), Retry_After="1")
        if kind == "garbage":
            return self.raw(200, b"<html>\0")
        if kind == "moved":
            return self.answer(308, None, Location="/redfish/v1/Systems/there")
        if kind == "away":
            return self.answer(308, None, Location="https://127.0.0.1/elsewhere")
        if collection == "Tasks":
            machine.polls += 1
            if machine.polls < 3:
                return self.answer(202, {"TaskState": "Running"})
            if kind == "failing":
                return self.answer(200, {"TaskState": "Exception", "Messages": [{"Message": "Its power supply is missing."}]})
            machine = machines["tasks"]
            machine.power = "On"
            return self.answer(204)
        if collection == "Managers":
            return self.manager(kind, rest, machine, body)
        if self.command == "GET":
            return self.answer(200, self.system(kind, machine))
        if self.command == "PATCH":
            if kind == "versions" and self.headers.get("If-Match") != f'W/"{machine.version}"':
                return self.answer(412, error("Somebody has changed it."))
            if kind == "refusing":
                return self.answer(400, error("The value Pxe isn't in the list.", "Choose another."))
            machine.target, machine.enabled = body["Boot"]["BootSourceOverrideTarget"], body["Boot"]["BootSourceOverrideEnabled"]
            machine.version += 1
            return self.answer(200, self.system(kind, machine))
        return self.reset(kind, machine, body["ResetType"])

    def reset(self, kind, machine, what):
        if kind in ("tasks", "failing"):
            return self.answer(202, {}, Location=f"https://127.0.0.1/redfish/v1/Tasks/{'failing' if kind == 'failing' else 'going'}")
        if what == "GracefulShutdown":
            return self.answer(204)
        machine.power = "On" if "On" in what else "Off"
        return self.answer(204)

    def manager(self, kind, rest, machine, body):
        base = f"/redfish/v1/Managers/{kind}"
        if not rest:
            return self.answer(200, {"VirtualMedia": {"@odata.id": base + "/VirtualMedia"}})
        if rest == ["VirtualMedia"]:
            return self.answer(200, {"Members": [{"@odata.id": base + "/VirtualMedia/1"}, {"@odata.id": base + "/VirtualMedia/2"}]})
        if rest == ["VirtualMedia", "1"]:
            return self.answer(200, {"MediaTypes": ["Floppy"]})
        if self.command == "PATCH":  # it has no action for that
            machine.image = body.get("Image") if body["Inserted"] else None
            return self.answer(204)
        return self.answer(200, {"MediaTypes": ["DVD"], "Inserted": machine.image is not None, "Image": machine.image})

    do_GET = do_POST = do_PATCH = serve


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate)
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()
