#!/usr/bin/env bash
# A cluster behind a host: a real API server beside the lab's hosts, reached by way of the host only. It comes up bit by bit, as
# an OKD does, while the program waits, is killed, is told to stop, or runs out of time.
. "$(dirname "$0")/lab.sh"
. tests/lab/cluster_run.sh
. tests/integration/kube.sh

host=okd1
conf=$scratch/host.conf
bootstrapper=system:serviceaccount:openshift-machine-config-operator:node-bootstrapper

if ! servers=$(scripts/servers path kube-apiserver 2>&1); then
        skip "a cluster behind a host" "there is no API server: $servers"
        lab_sum
        exit
fi
lab_begin_with_packages okd 2 # the second has a load balancer only
gateway=$(scripts/lab ip okd1 | sed 's/\.2$/.1/')
sed '/^network/,$d' "$conf" >"$scratch/front.conf"
sed -i '/^host "okd2"/,/^}/d' "$conf"
cat >>"$scratch/front.conf" <<CONF
cluster "lab" {
        hosts = {"okd1"}
        flavor = okd
        kubeconfig = "$scratch/kube/kubeconfig"
        bootstrap = bootstrap
        control = {"control-1"}
}
load_balancer "front" {
        hosts = {"okd2"}
        service "api" {
                bind = "127.0.0.1:6443"
                servers = {"bootstrap=192.168.150.20:6443", "control-1=192.168.150.21:6443"}
        }
}
CONF
cat >>"$conf" <<CONF
cluster "lab" {
        hosts = {"okd1"}
        flavor = okd
        kubeconfig = "$scratch/kube/kubeconfig"
        bootstrap = bootstrap
        control = {"control-1"}
}
guest "bootstrap" {
        memory = 64MiB
        disk "root" { pool = lab size = 1MiB }
}
load_balancer "lab" {
        service "api" {
                bind = "127.0.0.1:6443"
                servers = {"bootstrap=192.168.150.20:6443", "control-1=192.168.150.21:6443"}
        }
}
CONF

no_kubeconfig() { # is said before anything is changed
        cluster 5 && says "cluster lab: the kubeconfig: $scratch/kube/kubeconfig can't be read: No such file or directory"
}

readable_by_others() {
        chmod 644 "$scratch/kube/kubeconfig" && cluster 5 && says "may be read by others: run chmod 600" &&
                chmod 600 "$scratch/kube/kubeconfig"
}

its_stages_are_planned() {
        exits 7 plan --check --phase cluster "$conf" && says "would wait for cluster lab until its bootstrap is complete" &&
                says "would write the kubeconfig of cluster lab" &&
                says "would wait for cluster lab until its nodes are there" && says "would wait for cluster lab until it is installed"
}

out_of_time() {
        kube_create /api/v1/namespaces/default/events '{"metadata": {"name": "told"}, "type": "Warning", "reason": "FailedMount",
                "message": "no such volume", "lastTimestamp": "2026-11-25T01:02:03Z",
                "involvedObject": {"kind": "Pod", "namespace": "default", "name": "bootstrap"}}' >/dev/null &&
                on "$host" "printf 'Booting\\r\\n\\033[2JIgnition: no config\\n' >/var/log/libvirt/qemu/bootstrap-console.log" &&
                cluster 6 --timeout cluster=4s && says "its bootstrap has not said yet that it is complete" &&
                says "console of bootstrap: Booting" && says "console of bootstrap: [2JIgnition: no config" &&
                says "event 2026-11-25T01:02:03Z Pod default/bootstrap: FailedMount: no such volume"
}

out_of_the_environments_time() {
        HARMONY_OKD_BOOTSTRAP_TIMEOUT_MINUTES=soon cluster 2 && says "HARMONY_OKD_BOOTSTRAP_TIMEOUT_MINUTES is \"soon\"" &&
                HARMONY_OKD_BOOTSTRAP_TIMEOUT_MINUTES=1 cluster 6 --timeout cluster=4s
}

bootstrap_goes_off() { # the wait is over; the next run starts it again
        local began
        waits "its bootstrap has not said yet" && on "$host" 'virsh -q destroy bootstrap' || return 1
        began=$SECONDS
        ends 1 && grep -F "guest bootstrap is needed for that, and somebody has switched it off" "$scratch/waiting" &&
                [ $((SECONDS - began)) -lt 20 ] && cluster 6 --timeout cluster=4s && says "start guest bootstrap"
}

killed_in_the_bootstrap() {
        waits "its bootstrap has not said yet" && ends 137 KILL && kube_bootstrap_status creating
}

stopped_in_the_bootstrap() {
        waits "its bootstrap says \"creating\"" && ends 8 TERM && kube_bootstrap_complete
}

bootstrap_is_there() { # the guest, its disk, and its server behind the load balancer
        on "$host" 'virsh domstate bootstrap | grep -q running && ls /var/lib/libvirt/lab/bootstrap-root.qcow2 &&
                grep "server bootstrap " /etc/haproxy/provision.cfg'
}

bootstrap_has_gone() {
        on "$host" '! virsh domstate bootstrap 2>/dev/null && ! ls /var/lib/libvirt/lab/bootstrap-root.qcow2 2>/dev/null &&
                ! grep "server bootstrap " /etc/haproxy/provision.cfg && grep "server control-1 " /etc/haproxy/provision.cfg' &&
                exits 0 plan --check --phase kvm "$conf"
}

is_in_front() { # SERVERS, on a host that doesn't lead to the cluster; a second time there is nothing to do
        exits 0 --phase kvm "$scratch/front.conf" &&
                [ "$(on okd2 'sed -n "s/^[[:space:]]*server \([^ ]*\) .*/\1/p" /etc/haproxy/provision.cfg' | xargs)" = "$1" ] &&
                exits 0 plan --check --phase kvm "$scratch/front.conf"
}

it_has_left_there_for_good() { # whether the cluster is asked or not
        is_in_front control-1 && on okd2 grep -x bootstrapped /var/lib/provision/clusters/lab &&
                mv "$scratch/kube/kubeconfig" "$scratch/kube/elsewhere" && is_in_front control-1 &&
                mv "$scratch/kube/elsewhere" "$scratch/kube/kubeconfig"
}

killed_before_the_nodes_are_there() {
        waits "1 of 1 nodes aren't there and ready: control-1" && ends 137 KILL
}

nodes_come() {
        waits "1 of 1 nodes aren't there and ready: control-1" &&
                kube_csr csr-forged "$bootstrapper" kubernetes.io/kube-apiserver-client-kubelet system:node:control-1 system:masters >/dev/null &&
                tells "the request for a certificate csr-forged isn't approved: " &&
                kube_csr csr-control "$bootstrapper" kubernetes.io/kube-apiserver-client-kubelet system:node:control-1 system:nodes >/dev/null &&
                tells "approved the request csr-control of system:node:control-1" &&
                kube_create /api/v1/nodes '{"metadata": {"name": "control-1"}}' >/dev/null &&
                kube_patch /api/v1/nodes/control-1/status '{"status": {"addresses": [{"type": "Hostname", "address": "control-1"}],
                        "conditions": [{"type": "Ready", "status": "True"}]}}' >/dev/null &&
                tells "it doesn't tell of its version yet"
}

only_what_is_right_is_approved() {
        kube_get /apis/certificates.k8s.io/v1/certificatesigningrequests |
                jq -e '[.items[] | select(any(.status.conditions[]?; .type == "Approved")) | .metadata.name] == ["csr-control"]'
}

killed_in_the_installation() {
        ends 137 KILL && kube_version_status False False True "Working towards 4.20.0: 612 of 900 done" && waits "612 of 900 done" &&
                kube_version_status True False False && kube_operator dns True True False rolling && tells "dns (Progressing is True: rolling)"
}

it_is_installed() {
        kube_operator dns True False False "" "1 minute ago" && ends 0 && grep -F "okd1: cluster: done" "$scratch/waiting"
}

nothing_to_do() {
        cluster 0 && says "nothing to do" && exits 0 plan --check --phase cluster "$conf" && { "$provision" status "$conf" | tee "$scratch/status" | grep "okd1.*cluster" || { cat "$scratch/status"; return 1; }; }
}

its_kubeconfig_is_kept() { # for its owner alone, with who signs for its ingress; and written again when that changes
        local kept
        kept=$(find "$PROVISION_HOME" -name lab.kubeconfig) && [ -n "$kept" ] && [ "$(stat -c %a "$kept")" = 600 ] &&
                kube_ingress_certificate && cluster 0 && says "write the kubeconfig of cluster lab" && nothing_to_do &&
                sed -n 's/.*certificate-authority-data: //p' "$kept" | base64 -d | grep -xF "$(sed -n 2p "$scratch/kube/ingress.crt")" &&
                chmod 644 "$kept" && cluster 0 && [ "$(stat -c %a "$kept")" = 600 ] && nothing_to_do &&
                rm "$kept" && cluster 0 && [ -e "$kept" ] && nothing_to_do
}

an_operator_falls() { # and comes back
        kube_operator dns False True True "no pods" "1 minute ago" && cluster 6 --timeout cluster=4s &&
                says "1 of 1 operators aren't at rest: dns (Available is False: no pods)" &&
                says "ClusterOperator dns: Degraded is True: no pods" &&
                "$provision" report | grep -F "ClusterOperator dns: Degraded is True: no pods" &&
                kube_operator dns True False False "" "1 minute ago" && nothing_to_do
}

# ---- a worker comes and goes ----

pod() { # NAME [KIND-OF-ITS-OWNER]: of worker-1; without a kubelet it ends when somebody says so
        kube_create /api/v1/namespaces/default/pods "$(jq -n --arg name "$1" --arg owner "${2:-}" '{
                metadata: ({$name, labels: {app: $name}} + if $owner == "" then {} else {ownerReferences: [{apiVersion: "apps/v1",
                        kind: $owner, name: "of-\($name)", uid: "1", controller: true}]} end),
                spec: {nodeName: "worker-1", containers: [{name: "only", image: "none"}]}}')" >/dev/null &&
                kube_patch "/api/v1/namespaces/default/pods/$1/status" \
                        '{"status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}}' >/dev/null
}

ends_pod() { kube_curl "/api/v1/namespaces/default/pods/$1?gracePeriodSeconds=0" -X DELETE >/dev/null; }

allow() { # HOW MANY pods called budgeted may go, as the controller would say
        kube_patch /apis/policy/v1/namespaces/default/poddisruptionbudgets/budgeted/status '{"status": {"disruptionsAllowed": '"$1"',
                "currentHealthy": 1, "desiredHealthy": 1, "expectedPods": 1, "observedGeneration": 1}}' >/dev/null
}

a_worker_comes() { # with the same command
        cp "$conf" "$scratch/without.conf"
        sed -i 's/^        control = {"control-1"}/&\n        workers = {"worker-1"}/' "$conf"
        printf 'guest "worker-1" {\nmemory = 64MiB\ndisk "root" { pool = lab size = 1MiB }\n}\n' >>"$conf"
        waits "1 of 2 nodes aren't there and ready: worker-1" &&
                kube_create /api/v1/nodes '{"metadata": {"name": "worker-1"}}' >/dev/null &&
                kube_patch /api/v1/nodes/worker-1/status '{"status": {"conditions": [{"type": "Ready", "status": "True"}]}}' >/dev/null &&
                ends 0 && nothing_to_do && on "$host" 'virsh domstate worker-1 | grep running && grep -x "worker worker-1" /var/lib/provision/clusters/lab'
}

what_would_be_lost_stays() {
        cp "$scratch/without.conf" "$conf"
        pod lonely && pod budgeted ReplicaSet && pod of-every-node DaemonSet &&
                kube_create /apis/policy/v1/namespaces/default/poddisruptionbudgets '{"metadata": {"name": "budgeted"},
                        "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "budgeted"}}}}' >/dev/null && allow 0 || return 1
        exits 7 plan --check --phase cluster "$conf" && says "would drain node worker-1 of cluster lab, and take it out" &&
                says "would switch off and remove guest worker-1, which is no longer a worker of cluster lab (its disks stay)" &&
                cluster 5 && says "nothing would make default/lonely again elsewhere" && kube_get /api/v1/nodes/worker-1 >/dev/null &&
                kube_get /api/v1/namespaces/default/pods | jq -e 'all(.items[]; .metadata.deletionTimestamp == null)' && ends_pod lonely
}

a_worker_goes() { # as its budgets allow; killed and begun again in the middle
        waits "default/budgeted (its disruption budget doesn't let it go yet)" && ends 137 KILL &&
                kube_get /api/v1/nodes/worker-1 | jq -e .spec.unschedulable && waits "default/budgeted (its disruption budget" && allow 1 &&
                tells "default/budgeted (ending)" && on "$host" 'virsh domstate worker-1 | grep running' && ends_pod budgeted && ends 0 &&
                ! kube_get /api/v1/nodes/worker-1 2>/dev/null && on "$host" '! virsh domstate worker-1 2>/dev/null && ls /var/lib/libvirt/lab/worker-1-root.qcow2' &&
                nothing_to_do
}

a_control_machine_does_not() {
        sed -i 's/control = {"control-1"}/control = {"control-2"}/' "$conf"
        cluster 5 && says "control machine control-1 of cluster lab isn't declared any more: etcd has a member on it"
        local status=$?
        cp "$scratch/without.conf" "$conf"
        return $status
}

existing() {
        sed -i 's/flavor = okd/flavor = existing/; /control = /d; /bootstrap = bootstrap/d; /^guest/,$d' "$conf"
        cluster 0 --timeout cluster=30s && says "nothing to do"
}

nobody_listens() {
        kube_down "$scratch/kube" && cluster 6 --timeout cluster=4s && says "its API doesn't answer: $gateway port " && says "connection refused"
}

packets_are_dropped() { # which would hold up all that is asked of the host, were it asked for a connection
        local port
        port=$(sed 's/.*://' "$scratch/kube/server")
        on "$host" "nft add table inet dropping && nft 'add chain inet dropping out { type filter hook output priority 0; }' &&
                nft add rule inet dropping out tcp dport $port drop" || return 1
        cluster 6 --timeout cluster=8s && says "its API doesn't answer: $gateway port $port: no answer within 3 s" &&
                on "$host" nft delete table inet dropping
}

undone() {
        exits 0 undo --yes "$conf" && on "$host" '! ls /var/lib/provision/clusters 2>/dev/null'
}

end() {
        kube_down "$scratch/kube"
        lab_end
}

trap end EXIT
mkdir "$scratch/kube"
case_is "the host is promoted" exits 0 --phase kvm "$conf"
case_is "without a kubeconfig nothing is begun" no_kubeconfig
case_is "an API server is there" kube_up "$scratch/kube" "$gateway"
kube_dir=$(realpath "$scratch/kube")
case_is "nor with one that others can read" readable_by_others
case_is "the stages that it lacks are planned" its_stages_are_planned
case_is "until its bootstrap is complete, the bootstrap machine is behind another host's load balancer, too" is_in_front "bootstrap control-1"
case_is "a bootstrap that never completes: out of time, with what was seen" out_of_time
case_is "the environment says how long, and the command line before it" out_of_the_environments_time
case_is "the bootstrap machine goes off: it is waited for no longer, until the next run starts it" bootstrap_goes_off
case_is "killed while the bootstrap is waited for" killed_in_the_bootstrap
case_is "told to stop while it goes on" stopped_in_the_bootstrap
case_is "until then the bootstrap machine is there, and behind the load balancer" bootstrap_is_there
case_is "killed while nodes are waited for" killed_before_the_nodes_are_there
case_is "the bootstrap machine has left, and doesn't come back" bootstrap_has_gone
case_is "from another host's load balancer as well" it_has_left_there_for_good
case_is "nodes come" nodes_come
case_is "of the requests for certificates only a declared node's is approved" only_what_is_right_is_approved
case_is "killed while the installation is waited for" killed_in_the_installation
case_is "it is installed, and so is waited for no longer" it_is_installed
case_is "a second run finds nothing to do" nothing_to_do
case_is "its kubeconfig is kept, and trusts its ingress" its_kubeconfig_is_kept
case_is "an operator that falls is told of, and waited for" an_operator_falls
case_is "a worker comes later, by the same command" a_worker_comes
case_is "it doesn't go while something would be lost with it" what_would_be_lost_stays
case_is "it goes, drained, and its guest after it" a_worker_goes
case_is "a control machine doesn't" a_control_machine_does_not
case_is "as a cluster that is there" existing
case_is "an API whose packets are dropped" packets_are_dropped
case_is "nobody listens any more" nobody_listens
case_is "undone, nothing is remembered of it" undone
lab_sum
