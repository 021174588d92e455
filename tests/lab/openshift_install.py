#!/usr/bin/env python3
"""openshift-install as far as it can be had here: what it is told must be an install-config that the real one takes for machines
that others provision; what it makes is what the real one makes, down to its modes, with the kubeconfig of the test's own API server.

Beside it lie `kubeconfig`, which it copies, and `does`, a word for what goes wrong: nothing, refuse, hang, stay (also when told
to end), half, old (certificates that have ended). There may be `cluster.json`, too: how many machines its control plane has
("replicas", else 3), and which other files a role's Ignition has ("bootstrap": [FILE, ...])."""

import base64
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

import yaml

here = pathlib.Path(__file__).parent
does = (here / "does").read_text().strip()
about = here / "cluster.json"
cluster = json.loads(about.read_text()) if about.exists() else {}


def say(level, message):
    print(f'level={level} msg={json.dumps(message)}', file=sys.stderr, flush=True)


def refuse(message):
    say("fatal", message)
    sys.exit(3)


def data(text):
    return "data:text/plain;charset=utf-8;base64," + base64.b64encode(text.encode()).decode()


def certificate(days):
    def openssl(*words, told=None):
        return subprocess.run(["openssl", *words], check=True, capture_output=True, text=True, input=told).stdout

    with tempfile.NamedTemporaryFile() as key:
        request = openssl("req", "-newkey", "ed25519", "-nodes", "-keyout", key.name, "-subj", "/CN=signer")
        return openssl("x509", "-req", "-signkey", key.name, "-days", str(days), told=request)


def check(config):
    secret = json.loads(config["pullSecret"])
    if "refused" in secret["auths"]:
        refuse(f'invalid "install-config.yaml" file: pullSecret: Invalid value: {json.dumps(config["pullSecret"])}: not today')
    wanted = {
        "apiVersion": "v1", "baseDomain": "example.com", "metadata": {"name": "lab"},
        "controlPlane": {"name": "master", "replicas": cluster.get("replicas", 3)}, "compute": [{"name": "worker", "replicas": 0}],
        "platform": {"none": {}}, "sshKey": (here / "key.pub").read_text().strip(), "pullSecret": config["pullSecret"],
        "networking": {"clusterNetwork": [{"cidr": "10.128.0.0/14", "hostPrefix": 23}], "serviceNetwork": ["172.30.0.0/16"]},
    }
    if config != wanted:
        refuse(f"{config} isn't {wanted}")


def write(path, content):
    path.parent.mkdir(mode=0o750, exist_ok=True)
    path.write_text(content)
    path.chmod(0o640)


def ignition(role, files):
    files = files + cluster.get(role, [])
    return json.dumps({"ignition": {"version": "3.2.0"}, **({"storage": {"files": files}} if files else {})})


def create(directory):
    config = directory / "install-config.yaml"
    check(yaml.safe_load(config.read_text()))
    config.unlink()
    say("info", "Consuming Install Config from target directory")
    (here / "runs").open("a").write("made\n")
    if does == "stay":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    write(directory / "auth/kubeconfig", (here / "kubeconfig").read_text())
    write(directory / "auth/kubeadmin-password", "geheim-geheim")
    while does in ("hang", "stay"):
        time.sleep(0.1)
    tls = [{"path": f"/opt/openshift/tls/{name}.crt", "contents": {"source": data(certificate(days))}}
           for name, days in (("root-ca", 3650), ("kubelet-signer", -1 if does == "old" else 1))]
    write(directory / "bootstrap.ign", ignition("bootstrap", tls))
    write(directory / "master.ign", ignition("master", []))
    if does != "half":
        write(directory / "worker.ign", ignition("worker", []))
    say("info", f"Ignition-Configs created in: {directory} and {directory}/auth, with password geheim-geheim")


if sys.argv[1:] == ["version"]:
    print(f"{sys.argv[0]} 4.20.0\nbuilt from commit 0123456789abcdef\nrelease image quay.io/okd/scos-release")
elif sys.argv[1:4] == ["create", "ignition-configs", "--dir"] and len(sys.argv) == 5:
    create(pathlib.Path(sys.argv[4]))
else:
    refuse(f"unknown command {sys.argv[1:]}")
