#!/usr/bin/env bash
# The whole way to a cluster, in one command on a fresh host: Ignition is made by a stand-in for openshift-install, empty guests boot
# over the network, install themselves by it with the real ignition, and come up from their disks; behind the host's haproxy a real API server answers, whose cluster comes up
# late and bit by bit, while the run is cut off in each of its waits.
# shellcheck disable=SC2016 # what stands in single quotes is for the shell inside
. "$(dirname "$0")/network_guest.sh"
. tests/lab/cluster_run.sh
. tests/integration/kube.sh

host=chain1
conf=$scratch/host.conf
install=$scratch/install
made=/var/lib/provision/boot/lab/private/ignition # what was made, where it is fetched
bootstrapper=system:serviceaccount:openshift-machine-config-operator:node-bootstrapper

if ! servers=$(scripts/servers path kube-apiserver 2>&1); then
        skip "the whole way to a cluster" "there is no API server: $servers"
        lab_sum
        exit
fi
lab_begin_with_packages chain 1
gateway=$(scripts/lab ip "$host" | sed 's/\.2$/.1/')

files() { # NAME: that its Ignition has
        jq -n --arg name "$1" '[{path: "/etc/hostname", mode: 420, overwrite: true, contents: {source: "data:,\($name)"}},
                {path: "/etc/given", mode: 420, contents: {source: "data:,its%20Ignition"}}]'
}

installer() {
        mkdir "$install" && install -m 0755 tests/lab/openshift_install.py "$install/openshift-install" && echo nothing >"$install/does" &&
                ssh-keygen -q -t ed25519 -N '' -f "$install/key" -C me &&
                (umask 077 && echo '{"auths": {"quay.io": {"auth": "dXNlcjpnZWhlaW0="}}}' >"$install/pull-secret") &&
                jq -n --argjson bootstrap "$(files bootstrap)" --argjson master "$(files control-1)" '{$bootstrap, $master, replicas: 1}' >"$install/cluster.json" &&
                sed 's|server: .*|server: https://127.0.0.1:6443|' "$scratch/kube/kubeconfig" >"$install/kubeconfig"
}

guest() { # NAME LAST-OF-ITS-MAC LAST-OF-ITS-ADDRESS
        cat <<END
guest "$1" {
        memory = 256MiB
        disk "root" { pool = lab size = 64MiB }
        nic "lan" { network = "lab" mac = "52:54:00:00:6e:$2" address = "192.168.150.$3" }
        ready { console = "from its disk: $1 is up, with its Ignition" within = "8min" }
}
END
}

# Whoever asks the machines for an API is answered by the one that there is.
machines_lend_their_addresses() {
        on "$host" "nft add table ip relay && nft 'add chain ip relay out { type nat hook output priority -100; }' &&
                nft add rule ip relay out ip daddr '{ 192.168.150.20, 192.168.150.21 }' tcp dport 6443 dnat to $(sed 's|.*//||' "$scratch/kube/server")"
}

configure() {
        local files
        files=$(network_guest_make) && installer || return 1
        cat >>"$conf" <<END
unit "nginx.service" { masked = true }
boot_server "lab" {
        network = "lab"
        kernel = "$files/kernel"
        initramfs = "$files/initramfs"
        root_image = "$files/root_image"
        arguments = "console=ttyS0 quiet server={url} ignition.config.url={ignition}"
        machine "bootstrap" { }
        machine "control-1" { }
}
$(guest bootstrap 20 20)
$(guest control-1 21 21)
load_balancer "lab" {
        service "api" {
                bind = "127.0.0.1:6443"
                servers = {"bootstrap=192.168.150.20:6443", "control-1=192.168.150.21:6443"}
                check { type = https path = "/readyz" }
        }
}
cluster "lab" {
        flavor = okd
        installer = "$install/openshift-install"
        pull_secret = "$install/pull-secret"
        ssh_key = "$install/key.pub"
        domain = "example.com"
        dns = "lab"
        address = "192.168.150.1"
        bootstrap = "bootstrap"
        control = {"control-1"}
        boot = pxe
}
END
}

api_answers() { # behind the host's haproxy
        net curl -s --noproxy '*' --max-time 10 --cacert "$scratch/kube/ca.crt" \
                https://127.0.0.1:6443/readyz | grep -x ok
}

machines_come_up() { # as far as the first of the cluster's own waits
        "$provision" --phase cluster -v "$conf" >"$scratch/waiting" 2>&1 </dev/null &
        under_way=$!
        tells "its bootstrap has not said yet that it is complete" 900 && ends 137 KILL &&
                on "$host" 'for name in bootstrap control-1; do grep -q "install: done" /var/log/libvirt/qemu/$name-console.log || exit 1; done' &&
                api_answers
}

is_served() { # STATUS LAST-OF-ITS-MAC: when somebody else asks for a machine's Ignition
        local found
        found=$(net curl -s --noproxy '*' --max-time 5 -o /dev/null -w '%{http_code}' "http://192.168.150.1:8080/ignition/52-54-00-00-6e-$2.ign")
        [ "$found" = "$1" ] || { echo "$2: $found, wanted $1"; return 1; }
}

each_has_its_own_ignition() { # the one that was made, and nobody else gets it
        on "$host" "sha256sum <$made/52-54-00-00-6e-20.ign; sha256sum <$made/52-54-00-00-6e-21.ign" >"$scratch/served" &&
                (cd "$scratch/home/data/secrets/clusters/lab" && sha256sum <bootstrap.ign && sha256sum <master.ign) | diff - "$scratch/served" &&
                is_served 403 20 && is_served 403 21 && on "$host" "! runuser -u nobody -- cat $made/52-54-00-00-6e-20.ign 2>/dev/null &&
                        journalctl -q -o cat -t provision_boot | grep -c 'GET /ignition/.* 200 .*Ignition' | grep -qx 2"
}

names_are_told() {
        local name
        for name in api.lab.example.com any.apps.lab.example.com control-1.lab.example.com; do
                net dig +short +tries=2 @192.168.150.1 "$name"
        done >"$scratch/names"
        printf '%s\n' 192.168.150.1 192.168.150.1 192.168.150.21 | diff - "$scratch/names"
}

never_completes() {
        cluster 6 --timeout cluster=5s && says "its bootstrap has not said yet that it is complete" &&
                says "console of bootstrap: from its disk: bootstrap is up, with its Ignition"
}

slow_but_moving() {
        waits "its bootstrap has not said yet" && kube_bootstrap_status "bootstrapping" && tells 'its bootstrap says "bootstrapping"' &&
                kube_bootstrap_status "almost" && tells 'its bootstrap says "almost"' && ends 137 KILL
}

bootstrap_leaves() {
        kube_bootstrap_complete && waits "1 of 1 nodes aren't there and ready: control-1" && ends 137 KILL &&
                on "$host" '! virsh domstate bootstrap 2>/dev/null && virsh domstate control-1 | grep -q running &&
                        ! grep "server bootstrap " /etc/haproxy/provision.cfg' && api_answers &&
                on "$host" "! [ -e $made/52-54-00-00-6e-20.ign ] && [ -s $made/52-54-00-00-6e-21.ign ]"
}

nodes_join() {
        waits "1 of 1 nodes aren't there and ready: control-1" &&
                kube_csr csr-forged "$bootstrapper" kubernetes.io/kube-apiserver-client-kubelet system:node:control-1 system:masters >/dev/null &&
                kube_csr csr-foreign "$bootstrapper" kubernetes.io/kube-apiserver-client-kubelet system:node:worker-9 system:nodes >/dev/null &&
                kube_csr csr-client "$bootstrapper" kubernetes.io/kube-apiserver-client-kubelet system:node:control-1 system:nodes >/dev/null &&
                tells "approved the request csr-client" &&
                kube_create /api/v1/nodes '{"metadata": {"name": "control-1"}}' >/dev/null &&
                kube_patch /api/v1/nodes/control-1/status '{"status": {"addresses": [{"type": "Hostname", "address": "control-1"}],
                        "conditions": [{"type": "Ready", "status": "True"}]}}' >/dev/null &&
                kube_csr csr-serving system:node:control-1 kubernetes.io/kubelet-serving system:node:control-1 system:nodes >/dev/null &&
                tells "approved the request csr-serving" && tells "it doesn't tell of its version yet" && ends 137 KILL &&
                kube_get /apis/certificates.k8s.io/v1/certificatesigningrequests |
                jq -e '[.items[] | select(any(.status.conditions[]?; .type == "Approved")) | .metadata.name] | sort == ["csr-client", "csr-serving"]'
}

is_installed() {
        waits "it doesn't tell of its version yet" && kube_version_status False False True "Working towards 4.20.0: 612 of 900 done" &&
                tells "612 of 900 done" && kube_operator dns True False False "" "1 minute ago" && kube_version_status True False False && ends 0 &&
                cluster 0 && says "nothing to do"
}

undone() { # with its machines goes the cluster, and what was served to them
        exits 0 undo --yes "$conf" && [ -e "$scratch/home/data/secrets/clusters/lab.before/master.ign" ] &&
                [ ! -e "$scratch/home/data/secrets/clusters/lab" ] && on "$host" '! ls /var/lib/provision/boot /run/provision-boot-lab 2>/dev/null | grep .'
}

end() {
        kube_down "$scratch/kube"
        lab_end
}

trap end EXIT
mkdir "$scratch/kube"
case_is "an API server is there" kube_up "$scratch/kube" "$gateway"
kube_dir=$(realpath "$scratch/kube")
case_is "what the machines boot from is made" configure
case_is "an API is had at their addresses" machines_lend_their_addresses
case_is "in one command empty machines are up from their disks, and the API answers behind haproxy" machines_come_up
case_is "each was given the Ignition that was made for its role, which nobody else gets" each_has_its_own_ignition
case_is "their names are told" names_are_told
case_is "a bootstrap that never completes: out of time, with its console's last words" never_completes
case_is "one that is slow but moves is waited for" slow_but_moving
case_is "the bootstrap machine leaves" bootstrap_leaves
case_is "nodes join, by exactly the requests that are right" nodes_join
case_is "the cluster is installed, and there is nothing left to do" is_installed
case_is "undone, nothing is left of it" undone
lab_sum
