#!/usr/bin/env python3
"""The part of OPNsense's API that provision works with, its traps included, as OPNsense 26.7 with os-haproxy 5.1 has it.

    opnsense_server.py DIRECTORY [PORT]

Listens at 127.0.0.1 with a certificate of its own, until its standard input ends. DIRECTORY gets port, cert.pem, pin, apikey.txt
(as OPNsense hands it out) and, of a user who may only use the packet filter, limited.txt. Its haproxy really listens, and leads on
to the servers in turn; it doesn't check them.

Below /_test (which takes anything but an empty body) tests give orders: see ORDERS."""

import base64
import copy
import hashlib
import http.server
import ipaddress
import itertools
import json
import os
import re
import secrets
import socket
import socketserver
import ssl
import subprocess
import sys
import threading
import time
import traceback
import uuid

REQUESTS_A_CONNECTION = 15
LOCK = threading.RLock()
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


class Trouble(Exception):
    """An answer that isn't what was asked for."""

    def __init__(self, status, body):
        super().__init__(status)
        self.status, self.body = status, body


def user_exception(text, title="An API exception occurred"):
    return Trouble(500, {"errorMessage": text, "errorTitle": title, "errorLevel": "error"})


NOT_FOUND = Trouble(404, {"errorMessage": "Endpoint not found"})
BROKEN = Trouble(500, {"errorMessage": "Unexpected error, check log for details"})

# ---- fields ----


class Text:
    def __init__(self, default="", required=False, mask=None, lower=False):
        self.default, self.required, self.lower = default, required, lower
        self.mask = re.compile(mask) if mask else None

    def shown(self, value, _store):
        return value

    def label(self, value):
        return value

    def check(self, value, _store):
        if value == "":
            return "A value is required." if self.required else None
        if self.mask and not self.mask.fullmatch(value):
            return "Text does not validate."
        return None


class Boolean(Text):
    def check(self, value, _store):
        if value == "":
            return "A value is required." if self.required else None
        return None if value in ("0", "1") else "Value should be a boolean (0,1)."


class Number(Text):
    def __init__(self, least, most, default="", required=False):
        super().__init__(default, required)
        self.least, self.most = least, most

    def check(self, value, _store):
        if value == "":
            return "A value is required." if self.required else None
        if not re.fullmatch("[0-9]+", value) or not self.least <= int(value) <= self.most:
            return f"Please specify a value between {self.least} and {self.most}."
        return None


class Choice(Text):
    """Shown as all there are to choose from, and which are chosen: numbered keys make a list of it, no keys an empty one."""

    def __init__(self, choices, default="", required=False, multiple=False):
        super().__init__(default, required)
        self.choices, self.multiple = choices, multiple

    def options(self, _store):
        options = dict(self.choices)
        return options if self.required or self.multiple else {"": "None", **options}

    def shown(self, value, store):
        chosen = value.split(",") if self.multiple else [value]
        options = self.options(store)
        if self.multiple and not options:
            return []
        return {key: {"value": label, "selected": int(key in chosen)} for key, label in options.items()}

    def label(self, value):
        return ",".join(self.choices.get(key, key) for key in value.split(","))

    def check(self, value, store):
        if value == "":
            return "A value is required." if self.required else None
        chosen = value.split(",") if self.multiple else [value]
        return None if all(key in self.options(store) for key in chosen) else "Option not in list."


class Relation(Choice):
    def __init__(self, kind, multiple=False):
        super().__init__({}, multiple=multiple)
        self.kind = kind

    def options(self, store):
        options = {key: fields.get("name", fields.get("subnet")) for key, fields in store[self.kind].items()}
        return options if self.multiple else {"": "None", **options}

    def check(self, value, store):
        if value == "":
            return None
        known = store[self.kind]
        return None if all(key in known for key in value.split(",")) else f"Related {self.kind} item not found"


class Binds(Text):
    """The mask is weak: any number is a port, and a comma may stand at the end."""

    def shown(self, value, _store):
        parts = [part for part in value.split(",") if part]
        return {part: {"value": part, "selected": 1} for part in parts} if parts else []


class Networks(Text):
    def shown(self, value, _store):
        fixed = {"any": "any", "(self)": "This Firewall", "wan": "WAN net", "lan": "LAN net", "wanip": "WAN address"}
        chosen = value.split(",")
        options = {**fixed, **{key: key for key in chosen if key not in fixed}}
        return {key: {"value": label, "selected": int(key in chosen)} for key, label in options.items()}

    def check(self, value, store):
        for part in value.split(","):
            try:
                if part not in self.shown("", store):
                    ipaddress.ip_network(part)
            except ValueError:
                return f"{part} is not a valid source IP address or alias."
        return None


NAME = r"[0-9a-zA-Z._\-]{1,255}"
DESCRIPTION = r".{1,255}"
TIME = r"[0-9]{1,8}(?:us|ms|s|m|h|d)?"
BIND = r"(([0-9a-zA-Z._\-\*:\[\]]+:+[0-9]+(-[0-9]+)?|unix@[0-9a-z_\-]+),?)*"


def choices(*names):
    return {name: name.upper() for name in names}


MODELS = {
    "server": {
        "enabled": Boolean("1", True), "name": Text("", True, NAME), "description": Text("", False, DESCRIPTION),
        "address": Text("", False, r"[0-9a-zA-Z\.,_\-:]{0,1024}"), "port": Number(1, 65535), "checkport": Number(1, 65535),
        "mode": Choice(choices("active", "backup", "disabled"), "active"),
        "type": Choice(choices("static", "template", "unix"), "static", True),
        "ssl": Boolean("0", True), "sslVerify": Boolean("1", True), "weight": Number(0, 256),
        "checkInterval": Text("", False, TIME),
    },
    "healthcheck": {
        "name": Text("", True, r"[^\t^,^;^\.^\[^\]^\{^\}]{1,255}"), "description": Text("", False, DESCRIPTION),
        "type": Choice(choices("tcp", "http", "agent", "ldap", "mysql", "pgsql", "redis", "smtp", "esmtp", "ssl"), "http", True),
        "interval": Text("2s", True, TIME), "ssl": Choice(choices("nopref", "ssl", "sslsni", "nossl"), "nopref"),
        "checkport": Number(1, 65535),
        "http_method": Choice(choices("options", "head", "get", "put", "post", "delete", "trace"), "options"),
        "http_uri": Text("/", False, r".{1,255}"), "http_version": Choice(choices("http10", "http11", "http2"), "http10"),
        "http_host": Text("localhost", False, NAME), "http_expressionEnabled": Boolean("0"),
        "http_expression": Choice(choices("status", "rstatus", "string", "rstring")), "http_value": Text(),
    },
    "backend": {
        "id": Text(), "enabled": Boolean("1", True), "name": Text("", True, NAME), "description": Text("", False, DESCRIPTION),
        "mode": Choice(choices("http", "tcp"), "http", True),
        "algorithm": Choice(choices("source", "roundrobin", "static-rr", "leastconn", "uri", "random"), "source", True),
        "linkedServers": Relation("server", True), "healthCheckEnabled": Boolean("1", True),
        "healthCheck": Relation("healthcheck"), "healthCheckFall": Number(1, 100), "healthCheckRise": Number(1, 100),
        "persistence": Choice(choices("sticktable", "cookie"), "sticktable"), "customOptions": Text(),
    },
    "frontend": {
        "id": Text(), "enabled": Boolean("1", True), "name": Text("", True, NAME), "description": Text("", False, DESCRIPTION),
        "bind": Binds("", True, BIND, True), "bindOptions": Text(), "mode": Choice(choices("http", "ssl", "tcp"), "http", True),
        "defaultBackend": Relation("backend"), "ssl_enabled": Boolean("0", True), "customOptions": Text(),
    },
    "rule": {
        "enabled": Boolean("1", True), "sequence": Number(1, 999999, "1", True),
        "action": Choice(choices("pass", "block", "reject"), "pass", True), "quick": Boolean("1", True),
        "interface": Choice({"lan": "LAN", "wan": "WAN", "opt1": "DMZ"}, multiple=True),
        "direction": Choice(choices("in", "out", "any"), "in", True),
        "ipprotocol": Choice({"inet": "IPv4", "inet6": "IPv6", "inet46": "any"}, "inet", True),
        "protocol": Choice({key: key for key in ("any", "TCP", "UDP", "TCP/UDP", "ICMP")}, "any", True),
        "source_net": Networks("any", True), "source_not": Boolean("0", True), "source_port": Text(),
        "destination_net": Networks("any", True), "destination_not": Boolean("0", True),
        "destination_port": Text("", False, r"[0-9]+(-[0-9]+)?|[a-z][a-z0-9_]*"), "log": Boolean("0", True),
        "description": Text(),
    },
    "host": {
        "host": Text("", False, r"\*|[0-9A-Za-z\-_]+"), "domain": Text(), "ip": Binds(), "hwaddr": Binds(),
        "client_id": Text(), "cnames": Binds(), "aliases": Binds(), "lease_time": Number(0, 10 ** 9), "ignore": Boolean(),
        "local": Boolean(), "set_tag": Choice({}), "descr": Text(), "comments": Text(),
    },
    "subnet4": {"subnet": Text("", True), "pools": Text(), "description": Text()},
    "reservation": {
        "subnet": Relation("subnet4"), "ip_address": Text("", True), "hw_address": Text("", False, r"([0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}"),
        "hostname": Text(), "description": Text(), "client_id": Text(), "option_data.routers": Binds(),
        "option_data.domain_name": Text(),
    },
}

# Which model an action's last word is, its place in what get answers, and who refers to it.
PLACES = {
    ("haproxy", "settings"): ["server", "healthcheck", "backend", "frontend"],
    ("firewall", "filter"): ["rule"],
    ("kea", "dhcpv4"): ["subnet", "reservation"],
    ("dnsmasq", "settings"): ["host"],
}
KINDS = {"subnet": "subnet4"}
REFERRERS = {
    "server": [("backend", "linkedServers")], "healthcheck": [("backend", "healthCheck")],
    "backend": [("frontend", "defaultBackend")], "subnet4": [("reservation", "subnet")],
}

store = {kind: {} for kind in MODELS}
general = {"enabled": "0"}
revisions = []
loaded = {"rules": {}, "applies": 0, "reconfigures": 0, "kea": {}, "dnsmasq": {}}
orders = {"answer": [], "drop": [], "ignore": set(), "alert": "", "reload_does_nothing": False, "hold": [],
          "kea_ends": False}
plugin = {"installed": True, "log": "", "polls": 0, "busy": 0, "outcome": "installed"}
released = threading.Event()
held = []


def saved(path):
    """Every change of the configuration is a revision."""
    moment = time.time()
    revisions.insert(0, {"id": f"{moment:.4f}", "time": f"{moment:.4f}", "description": f"{path} made changes",
                         "username": "root@127.0.0.1", "filesize": len(json.dumps(store))})
    del revisions[100:]


# ---- haproxy ----


class Forwarder(threading.Thread):
    """Where a frontend listens. Connections that it has stay when it no longer listens."""

    def __init__(self, address, port):
        super().__init__(daemon=True)
        self.listener = socket.create_server((address, port), family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                                             backlog=64)
        self.servers, self.turn = [], itertools.count()
        self.start()

    def run(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        servers = self.servers
        for _ in servers:
            try:
                server = socket.create_connection(servers[next(self.turn) % len(servers)], 5)
            except OSError:
                continue
            threading.Thread(target=pump, args=(client, server), daemon=True).start()
            pump(server, client)
            return
        client.close()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


def pump(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


class Haproxy:
    """What runs: it goes on with the configuration that it has, whatever is written meanwhile."""

    def __init__(self):
        self.frontends, self.forwarders, self.is_running = {}, {}, False

    @staticmethod
    def wanted():
        return {key: fields for key, fields in store["frontend"].items() if fields["enabled"] == "1"}

    def alerts(self):
        found, names = [], set()
        if orders["alert"]:
            found.append(orders["alert"])
        for fields in list(self.wanted().values()) + [b for b in store["backend"].values() if b["enabled"] == "1"]:
            if fields["name"] in names:
                found.append(f"'{fields['name']}' has the same name as another proxy.")
            names.add(fields["name"])
        for fields in self.wanted().values():
            for bind in filter(None, fields["bind"].split(",")):
                if not 0 < int(re.split("[:-]", bind)[-1]) < 65536:
                    found.append(f"'bind {bind}' : invalid port.")
        return found

    def configtest(self):
        found = self.alerts()
        if not found:
            return "Configuration file is valid\n\n"
        lines = [f"[ALERT]    (4711) : config : parsing [/usr/local/etc/haproxy.conf.staging:{n}] : {text}"
                 for n, text in enumerate(found, 40)]
        return "[NOTICE]   (4711) : haproxy version is 3.2.4\n" + "\n".join(lines) + "\n[ALERT]    (4711) : config : Fatal errors found in configuration.\n\n"

    def reload(self):
        loaded["reconfigures"] += 1
        if general["enabled"] != "1":
            self.stop()
        elif not self.alerts() and not orders["reload_does_nothing"]:
            self.take_over(copy.deepcopy(self.wanted()))

    def stop(self):
        for forwarder in self.forwarders.values():
            forwarder.close()
        self.frontends, self.forwarders, self.is_running = {}, {}, False

    def take_over(self, frontends):
        """An address that the firewall doesn't have ends haproxy: the reload fails, and so does the restart behind it."""
        kept, fresh = {}, {}
        try:
            for key, fields in frontends.items():
                for bind in filter(None, fields["bind"].split(",")):
                    address, port = bind.rsplit(":", 1)
                    at = (address.strip("[]").replace("*", "0.0.0.0"), int(port))
                    kept[at] = self.forwarders.pop(at, None) or fresh.setdefault(at, Forwarder(*at))
                    kept[at].servers = servers_of(fields["defaultBackend"])
        except OSError:
            for forwarder in {**kept, **fresh}.values():
                if forwarder:
                    forwarder.close()
            self.stop()
            return
        for forwarder in self.forwarders.values():
            forwarder.close()
        self.frontends, self.forwarders, self.is_running = frontends, kept, True

    def status(self):
        return "running" if self.is_running else "stopped" if general["enabled"] == "1" else "disabled"

    def counters(self):
        rows = []
        for fields in self.frontends.values():
            rows.append({"pxname": fields["name"], "svname": "FRONTEND", "status": "OPEN", "id": fields["name"] + "/FRONTEND"})
            backend = store["backend"].get(fields["defaultBackend"])
            if backend:
                rows.append({"pxname": backend["name"], "svname": "BACKEND", "status": "UP", "id": backend["name"] + "/BACKEND"})
        return rows if self.is_running else None


def servers_of(backend):
    keys = store["backend"].get(backend, {}).get("linkedServers", "")
    return [(store["server"][key]["address"], int(store["server"][key]["port"] or 0))
            for key in keys.split(",") if key and store["server"][key]["enabled"] == "1"]


haproxy = Haproxy()

# ---- models ----


def shown(kind, fields):
    """A dot in a name is a field inside another."""
    result = {}
    for name, field in MODELS[kind].items():
        outer, _, inner = name.rpartition(".")
        (result.setdefault(outer, {}) if outer else result)[inner] = field.shown(fields.get(name, ""), store)
    return result


def flatten(sent):
    """Only what is nested: a dot in what is sent is a field that there isn't."""
    flat = {}
    for name, value in sent.items():
        if isinstance(value, dict):
            flat.update({f"{name}.{inner}": within for inner, within in value.items()})
        elif "." not in name:
            flat[name] = value
    return flat


def all_shown(kind):
    """PHP's empty list and its empty object are the same."""
    return {key: shown(kind, fields) for key, fields in store[kind].items()} or []


def scalar(value):
    if isinstance(value, (list, dict)):
        raise BROKEN
    if isinstance(value, bool):
        return "1" if value else ""
    return str(value)


def more_checks(kind, key, fields):
    if kind != "reservation":
        return {}
    found = {}
    subnet = store["subnet4"].get(fields["subnet"], {}).get("subnet")
    try:
        if not subnet or ipaddress.ip_address(fields["ip_address"]) not in ipaddress.ip_network(subnet):
            found["ip_address"] = ["Address not in specified subnet"]
    except ValueError:
        found["ip_address"] = ["Please specify a valid address.", "Address not in specified subnet"]
    for other, theirs in store[kind].items():
        if other == key:
            continue
        if theirs["ip_address"] == fields["ip_address"]:
            found["ip_address"] = ["Duplicate IP address exists"]
        if theirs["subnet"] == fields["subnet"] and theirs["hw_address"].lower() == fields["hw_address"].lower():
            found["hw_address"] = ["Duplicate entry exists"]
    return found


def write(kind, root, key, body, path):
    """Only fields that are there count, and only those that the model has."""
    sent = body.get(root) if isinstance(body, dict) else None
    if not isinstance(sent, dict):
        return {"result": "failed"}
    fields = dict(store[kind].get(key) or {name: field.default for name, field in MODELS[kind].items()})
    for name, value in flatten(sent).items():
        if name in MODELS[kind] and name not in orders["ignore"] and value is not None:
            field = MODELS[kind][name]
            fields[name] = scalar(value).lower() if field.lower else scalar(value)
    wrong = {name: text for name, field in MODELS[kind].items() if (text := field.check(fields[name], store))}
    wrong.update(more_checks(kind, key, fields))
    if wrong:
        return {"result": "failed", "validations": {f"{root}.{name}": text for name, text in wrong.items()}}
    store[kind][key] = fields
    saved(path)
    return {"result": "saved"}


def search(kind, body):
    body = body if isinstance(body, dict) else {}
    words = str(body.get("searchPhrase", "")).lower().split()
    rows = []
    for key, fields in store[kind].items():
        row = {"uuid": key}
        for name, field in MODELS[kind].items():
            row[name] = fields[name]
            if field.label(fields[name]) != fields[name]:
                row["%" + name] = field.label(fields[name])
        if all(any(word in str(value).lower() for value in row.values()) for word in words):
            rows.append(row)
    count, current = int(body.get("rowCount", -1)), int(body.get("current", 1))
    page = rows if count < 0 else rows[(current - 1) * count:current * count]
    return {"total": len(rows), "rowCount": len(page), "current": current, "rows": page}


def delete(kind, key, path):
    if key not in store[kind]:
        return {"result": "not found"}
    for referrer, field in REFERRERS.get(kind, []):
        for fields in store[referrer].values():
            if key in fields[field].split(","):
                raise user_exception(f"Cannot delete {kind}. It is in use by {referrer} {fields.get('name', '')}", "Item in use by")
    del store[kind][key]
    saved(path)
    return {"result": "deleted"}


def crud(module, controller, action, parameters, method, body, path):
    """add_, set_, get_, del_, toggle_ and search_ of a model; None: it is something else."""
    verb, _, word = action.partition("_")
    word = re.sub("s$", "", word) if verb == "search" and module == "haproxy" else word
    if word not in PLACES.get((module, controller), []):
        return None
    kind = KINDS.get(word, word)
    if verb == "search":
        return search(kind, body)
    if verb == "get":
        if not parameters:
            return {kind: shown(kind, {name: field.default for name, field in MODELS[kind].items()})}
        return {kind: shown(kind, store[kind][parameters[0]])} if parameters[0] in store[kind] else []
    if verb in ("set", "del", "toggle") and not parameters:
        raise NOT_FOUND
    if method != "POST":
        return {"result": "failed"}
    if verb == "add":
        key = str(uuid.uuid4())
        result = write(kind, kind, key, body, path)
        return {**result, "uuid": key} if result["result"] == "saved" else result
    if verb == "set":
        return write(kind, kind, parameters[0], body, path) if UUID.fullmatch(parameters[0]) else {"result": "failed"}
    if verb == "del":
        for key in parameters[0].split(","):
            result = delete(kind, key, path)
        return result
    if verb == "toggle":
        fields = store[kind].get(parameters[0])
        if not fields:
            raise BROKEN
        fields["enabled"] = "0" if fields["enabled"] == "1" else "1"  # haproxy's ignores what it is told
        saved(path)
        return {"result": "Enabled" if fields["enabled"] == "1" else "Disabled", "changed": True}
    return None


# ---- the other actions ----


def set_general(body, path):
    sent = body.get("haproxy", {}).get("general") if isinstance(body, dict) else None
    if not isinstance(sent, dict):
        return {"result": "failed"}
    if sent.get("enabled") is not None:
        general["enabled"] = scalar(sent["enabled"])
    saved(path)
    return {"result": "saved"}


def get_haproxy(_body, _path):
    return {"haproxy": {"general": {"enabled": general["enabled"], "gracefulStop": "0", "peers": {"enabled": "0"}},
                        "frontends": {"frontend": all_shown("frontend")}, "backends": {"backend": all_shown("backend")},
                        "servers": {"server": all_shown("server")},
                        "healthchecks": {"healthcheck": all_shown("healthcheck")}, "acls": {"acl": []}}}


def apply_filter(_body, _path):
    loaded["rules"] = {key: fields for key, fields in copy.deepcopy(store["rule"]).items() if fields["enabled"] == "1"}
    loaded["applies"] += 1
    return {"status": "OK\n\n"}


def reconfigure_haproxy(_body, _path):
    haproxy.reload()
    return {"status": "ok"}


# Its package manager: it is asked how far it is, and the log is that of the time before until it has begun.

OUTCOMES = {
    "installed": "Installing os-haproxy-5.1...\nExtracting os-haproxy-5.1: .......... done\n",
    "outdated": "Installation out of date. The update to opnsense-26.7.4 is required.\n",
    "unknown": "pkg: No packages available to install matching 'os-haproxy' have been found in the repositories\n",
}


def firmware(_body, _path):
    return {"product": {"product_id": "opnsense", "product_version": "26.7.2_2"}, "status": "none",
            "plugin": [{"name": "os-acme-client", "installed": "1", "version": "4.9", "configured": "1", "provided": "1", "locked": "0"},
                       {"name": "os-haproxy", "installed": "1" if plugin["installed"] else "0", "version": "5.1",
                        "configured": "1" if plugin["installed"] else "0", "provided": "1", "locked": "0"}]}


def firmware_running(_body, _path):
    plugin["busy"] = max(plugin["busy"] - 1, 0)
    return {"status": "busy" if plugin["busy"] or plugin["polls"] else "ready"}


def install_package(_body, path):
    """Accepted in any case; a second one at a time is dropped without a word."""
    if path.endswith("/os-haproxy") and not plugin["busy"] and not plugin["polls"]:
        plugin["polls"] = 3
    return {"status": "ok", "msg_uuid": str(uuid.uuid4())}


def upgrade_status(_body, _path):
    if plugin["polls"]:
        plugin["polls"] -= 1
        if plugin["polls"] == 1:
            plugin["log"] = "***GOT REQUEST TO INSTALL***\nCurrently running OPNsense 26.7.2\n"
        if plugin["polls"] == 0:
            plugin["log"] += OUTCOMES[plugin["outcome"]] + "***DONE***\n"
            plugin["installed"] = plugin["outcome"] == "installed"
    return {"status": "done" if "***DONE***" in plugin["log"] else "running", "log": plugin["log"]}


def kea_is_content():
    return not orders["kea_ends"] or len(loaded["kea"]) != 1


def reconfigure_kea(_body, _path):
    loaded["kea"] = copy.deepcopy(store["reservation"])
    return {"status": "ok"}


def reconfigure_dnsmasq(_body, _path):
    loaded["dnsmasq"] = copy.deepcopy(store["host"])
    return {"status": "ok"}


READS = {
    "haproxy/settings/get": get_haproxy,
    "haproxy/service/status": lambda *_: {"status": haproxy.status()},
    "haproxy/service/configtest": lambda *_: {"result": haproxy.configtest()},
    "haproxy/statistics/counters": lambda *_: haproxy.counters() if haproxy.is_running else [],
    "firewall/filter/get": lambda *_: {"filter": {"rules": {"rule": all_shown("rule")}, "snatrules": {"rule": []}}},
    "kea/dhcpv4/get": lambda *_: {"dhcpv4": {"general": {"enabled": "1"}, "subnets": {"subnet4": all_shown("subnet4")},
                                             "reservations": {"reservation": all_shown("reservation")}}},
    "kea/service/status": lambda *_: {"status": "running" if kea_is_content() else "stopped"},
    "dnsmasq/settings/get": lambda *_: {"dnsmasq": {"enable": "1", "dhcp": {"fqdn": "1"}, "hosts": all_shown("host")}},
    "dnsmasq/service/status": lambda *_: {"status": "running"},
    "core/firmware/status": firmware,
    "core/firmware/info": firmware,
    "core/firmware/running": firmware_running,
    "core/firmware/upgradestatus": upgrade_status,
    "core/backup/backups": lambda *_: {"items": revisions},
}
WRITES = {
    "core/firmware/install": install_package,
    "haproxy/settings/set": set_general,
    "haproxy/service/reconfigure": reconfigure_haproxy,
    "firewall/filter/apply": apply_filter,
    "kea/service/reconfigure": reconfigure_kea,
    "dnsmasq/service/reconfigure": reconfigure_dnsmasq,
}


def answer(method, parts, body, path):
    if len(parts) < 3:
        raise NOT_FOUND
    module, controller, action = parts[0], snake(parts[1]), snake(parts[2])
    name = f"{module}/{controller}/{action}"
    if method not in ("GET", "POST"):
        return {"result": "failed"}
    if module == "haproxy" and not plugin["installed"]:
        raise NOT_FOUND
    if name in READS:
        return READS[name](body, path)
    if name in WRITES:
        return WRITES[name](body, path) if method == "POST" else {"result": "failed", "status": "failed"}
    found = crud(module, controller, action, parts[3:], method, body, path)
    if found is not None:
        return found
    if (module, controller) == ("unbound", "settings"):
        return None  # a magic method swallows what it doesn't know
    raise NOT_FOUND


def snake(word):
    return re.sub("([A-Z])", lambda letter: "_" + letter[0].lower(), word)


# ---- orders of tests ----


def order_answer(body):
    """The next requests whose path has this in it are answered so, and nothing is done."""
    orders["answer"].append([body["path"], body.get("times", 1), body["status"], body["body"]])


def order_drop(body):
    """The next requests whose path has this in it are done, and the connection is closed without an answer."""
    orders["drop"].append([body["path"], body.get("times", 1)])


def order_hold(body):
    """The next request whose path has this in it waits, with everything behind it, for the order release."""
    orders["hold"].append([body["path"], 1])
    released.clear()


def order_release(_body):
    released.set()


def order_set(body):
    """ignore: fields that this version doesn't know. alert: what haproxy -c says. reload_does_nothing. kea_ends: with one reservation."""
    orders.update({**body, "ignore": set(body.get("ignore", []))} if "ignore" in body else body)


def order_reset(_body):
    for objects in store.values():
        objects.clear()
    haproxy.stop()
    general["enabled"] = "0"
    plugin["installed"] = True
    loaded.update({"rules": {}, "applies": 0, "reconfigures": 0, "kea": {}, "dnsmasq": {}})
    orders.update({"answer": [], "drop": [], "ignore": set(), "alert": "", "reload_does_nothing": False, "hold": [],
                   "kea_ends": False})


def order_state(_body):
    """The state is in every order's answer: without this there is nothing else."""


def order_plugin(body):
    """Its haproxy isn't installed; what comes of it when it is (outcome), and for how many questions something else is (busy)."""
    plugin.update({"installed": False, "log": "***GOT REQUEST TO INSTALL***\nanother time\n***DONE***\n", "polls": 0, "busy": 0,
                   "outcome": "installed", **body})


def order_stop(_body):
    """haproxy ends, as it does when somebody kills it."""
    haproxy.stop()


ORDERS = {"answer": order_answer, "drop": order_drop, "set": order_set, "reset": order_reset, "state": order_state, "hold": order_hold, "release": order_release,
          "stop": order_stop, "plugin": order_plugin}


def obey(parts, body):
    ORDERS[parts[0]](body)
    state = {"store": store, "general": general, "loaded": loaded, "status": haproxy.status(),
             "held": len(held), "running": [fields["name"] for fields in haproxy.frontends.values()]}
    sums = {name: hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest() for name, value in state.items()}
    return {**state, "sums": sums}


def take_order(kind, path):
    for order in orders[kind]:
        if order[1] > 0 and order[0] in path:
            order[1] -= 1
            return order
    return None


# ---- HTTP ----

users = {}  # key: (secret, path that it may have or "")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    requests = 0

    def log_message(self, *_):
        pass

    def send(self, status, body, headers=()):
        data = b"" if body is None else (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Set-Cookie", "PHPSESSID=0123456789abcdef; path=/; secure; HttpOnly")
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_in(self, path):
        """Only the second field counts, so a colon in the secret would end it."""
        header = self.headers.get("Authorization", "")
        if not header.startswith("Basic "):
            self.send(302, "", [("Location", "/?url=" + path)])
            return False
        fields = base64.b64decode(header[6:]).decode(errors="replace").split(":")
        secret, allowed = users.get(fields[0], ("", ""))
        if len(fields) < 2 or not secrets.compare_digest(fields[1], secret) or not secret:
            time.sleep(2)
            self.send(401, {"status": 401, "message": "Authentication Failed"})
            return False
        if allowed and not path.startswith(allowed):
            self.send(403, {"status": 403, "message": "Forbidden"})
            return False
        return True

    def read_body(self):
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        kind = re.sub(r"\s", "", self.headers.get("Content-Type", "")).lower()
        if kind not in ("application/json", "application/json;charset=utf-8"):
            return {}
        if not raw:
            raise Trouble(400, {"status": 400, "message": "Invalid JSON syntax"})
        try:
            return json.loads(raw)
        except ValueError:
            return {}

    def handle_request(self):
        self.requests += 1
        path = self.path.partition("?")[0]
        parts = path.strip("/").split("/")
        try:
            body = self.read_body()
            if parts[0] == "_test":
                with LOCK:
                    self.send(200, obey(parts[1:], body))
                return
            if not self.log_in(path):
                return
            if take_order("hold", path):
                held.append(path)
                released.wait(60)
                held.remove(path)
            with LOCK:
                ordered = take_order("answer", path)
                if ordered:
                    self.send(ordered[2], ordered[3])
                    return
                result = answer(self.command, parts[1:] if parts[0] == "api" else [], body, path)
                if take_order("drop", path):
                    self.close_connection = True
                    return
            self.send(200, result)
        except Trouble as trouble:
            self.send(trouble.status, trouble.body)
        except (LookupError, TypeError, ValueError):
            traceback.print_exc()
            self.send(BROKEN.status, BROKEN.body)
        finally:
            if self.requests >= REQUESTS_A_CONNECTION:
                self.close_connection = True

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = handle_request


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_):
        """A client that hangs up is nothing special."""

    def finish_request(self, request, client_address):
        with context.wrap_socket(request, server_side=True) as secure:
            super().finish_request(secure, client_address)


def write_file(directory, name, content):
    with open(os.open(os.path.join(directory, name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
        file.write(content)


def make_user(directory, name, allowed):
    key, secret = (base64.b64encode(secrets.token_bytes(60)).decode() for _ in range(2))
    users[key] = (secret, allowed)
    write_file(directory, name, f"key={key}\nsecret={secret}\n")


def make_certificate(directory):
    key, cert = (os.path.join(directory, name) for name in ("key.pem", "cert.pem"))
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "397", "-keyout", key, "-out", cert, "-subj",
                    "/CN=OPNsense.internal", "-addext", "subjectAltName=DNS:OPNsense.internal,DNS:localhost,IP:127.0.0.1"],
                   check=True, stderr=subprocess.DEVNULL)
    public = subprocess.run(["openssl", "x509", "-in", cert, "-noout", "-pubkey"], check=True, capture_output=True).stdout
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=public, check=True, capture_output=True).stdout
    digest = subprocess.run(["openssl", "dgst", "-sha256", "-binary"], input=der, check=True, capture_output=True).stdout
    write_file(directory, "pin", "sha256//" + base64.b64encode(digest).decode())
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.load_cert_chain(cert, key)
    return made


directory = sys.argv[1]
context = make_certificate(directory)
make_user(directory, "apikey.txt", "")
make_user(directory, "limited.txt", "/api/firewall/filter/")
server = Server(("127.0.0.1", int(sys.argv[2]) if len(sys.argv) > 2 else 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
write_file(directory, "port.new", str(server.server_address[1]))
os.rename(os.path.join(directory, "port.new"), os.path.join(directory, "port"))
sys.stdin.read()
