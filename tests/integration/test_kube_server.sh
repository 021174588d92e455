#!/usr/bin/env bash
# The tests' Kubernetes API server, tests/integration/kube.sh, is what it says: a real one, that answers as a cluster's does,
# holds what an installation waits for, and leaves nothing behind.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/integration/kube.sh

passed=0 failed=0
scratch=$(mktemp -d)
child=''
trap '[ -z "$child" ] || kill -KILL "$child"; kube_down "$scratch/main"; kube_down "$scratch/other"; rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM HUP
export LC_ALL=C

if ! scripts/servers >/dev/null 2>"$scratch/why"; then
        echo "skipped: a real Kubernetes API server: $(tail -n 1 "$scratch/why")"
        echo "0 passed, 0 failed, 1 skipped"
        exit 0
fi

case_is() { # NAME COMMAND…
        local name=$1
        shift
        if "$@" >"$scratch/said" 2>&1; then
                passed=$((passed + 1))
                echo "ok: $name"
        else
                failed=$((failed + 1))
                echo "FAILED: $name"
                sed 's/^/    /' "$scratch/said" | tail -30
        fi
}

is() { # WANTED GOT
        [ "$1" = "$2" ] || { echo "wanted: $1"; echo "got:    $2"; return 1; }
}
tells() { # PATH JQ WANTED
        is "$3" "$(kube_get "$1" | jq -r "$2")"
}
soon() { # COMMAND…: within half a minute
        local end=$((SECONDS + 30))
        until "$@"; do
                [ "$SECONDS" -lt "$end" ] || { echo "not within half a minute: $*"; return 1; }
                sleep 0.05
        done
}

code() { # PATH OPTION…: HTTP's code, 000 when there was no answer
        curl --silent --output /dev/null --max-time 30 --write-out '%{http_code}' "$(<"$kube_dir/server")$1" "${@:2}"
}
word() { sed -n "s/^ *$2: //p" "$kube_dir/$1"; } # CONFIG KEY
from_config() { # CONFIG PATH: the code of an answer, to somebody who has nothing but the kubeconfig
        local part with=()
        for part in certificate-authority client-certificate client-key; do
                word "$1" $part-data | base64 -d >"$scratch/$part"
        done
        with=(--cacert "$scratch/certificate-authority")
        if [ -s "$scratch/client-certificate" ]; then
                with+=(--cert "$scratch/client-certificate" --key "$scratch/client-key")
        else
                with+=(--oauth2-bearer "$(word "$1" token)")
        fi
        is "$(<"$kube_dir/server")" "$(word "$1" server)" && code "$2" "${with[@]}"
}

processes() { # DIR: those that name it
        grep -lzF -- "$1" /proc/[0-9]*/cmdline 2>/dev/null
}
is_gone() { [ -z "$(processes "$1")" ]; }
port() { sed 's/.*://' "$kube_dir/server"; }
nobody_listens() { is '' "$(ss -Hltn "sport = :$(port)")"; }

ready() { is ok "$(kube_get /readyz)" && is 200 "$(code /readyz --cacert "$kube_dir/ca.crt")"; }
not_for_strangers() {
        local nodes=/api/v1/nodes
        is 403 "$(code $nodes --cacert "$kube_dir/ca.crt")" &&
                is 401 "$(code $nodes --cacert "$kube_dir/ca.crt" --oauth2-bearer wrong)" &&
                is 403 "$(from_config nobody.kubeconfig $nodes)"
}
for_administrators() {
        is 200 "$(from_config kubeconfig /api/v1/nodes)" && is admin "$(word kubeconfig current-context)" &&
                is 200 "$(from_config token.kubeconfig /api/v1/nodes)" && is 600 "$(stat -c %a "$kube_dir/kubeconfig")"
}
not_who_they_say() {
        is 000 "$(from_config wrong-ca.kubeconfig /readyz)" && is 401 "$(from_config foreign.kubeconfig /readyz)"
}

kinds_are_there() {
        local kind
        for kind in ClusterVersion ClusterOperator Etcd Config; do
                tells "$(kube_path $kind)" .kind ${kind}List || return
        done
        tells /apis/apiextensions.k8s.io/v1/customresourcedefinitions \
                '[.items[] | .status.conditions[] | select(.type == "Established") | .status] | join(" ")' 'True True True True'
}
status_is_kept() {
        local path
        path=$(kube_path Config)/cluster
        kube_put_status Config cluster '{"of": {"any": ["shape", 1]}}' &&
                tells "$path" '.status | tojson' '{"of":{"any":["shape",1]}}' || return
        kube_patch "$path" '{"spec": {"managementState": "Managed", "storage": {"emptyDir": {}}}, "status": {"of": null}}' &&
                tells "$path" '.spec.storage | tojson' '{"emptyDir":{}}' && tells "$path" '.status | tojson' '{"of":{"any":["shape",1]}}'
}
condition() { # TYPE
        printf '.status.conditions[] | select(.type == "%s") | .status + " " + .lastTransitionTime' "$1"
}
operators_have_conditions() {
        local path since before
        path=$(kube_path ClusterOperator)/dns
        since=$(date -u -d '40 seconds ago' +%Y-%m-%dT%H:%M:%SZ)
        kube_operator dns True False False "all is well" "$since" && tells "$path" "$(condition Progressing)" "False $since" &&
                tells "$path" '[.status.conditions[].message] | unique | join("|")' 'all is well' || return
        kube_operator dns True True False "rolling out" && tells "$path" "$(condition Available)" "True $since" || return
        before=$(kube_get "$path" | jq -r "$(condition Progressing)")
        [[ $before == True* && $before != "True $since" ]] || { is "True, later" "$before"; return; }
        kube_operator dns True False False && tells "$path" '[.status.conditions[].type] | join(" ")' \
                'Available Progressing Degraded Upgradeable'
}
version_has_conditions() {
        local path
        path=$(kube_path ClusterVersion)/version
        kube_version_status False False True "Working towards 4.20.0: 12 of 900 done" && tells "$path" .status.history[0].state Partial &&
                kube_version_status True False False && tells "$path" .status.history[0].state Completed &&
                tells "$path" '[.status.conditions[] | .type + "=" + .status] | join(" ")' 'Available=True Failing=False Progressing=False'
}
bootstrap_completes() {
        local map=/api/v1/namespaces/kube-system/configmaps/bootstrap
        kube_bootstrap_status progressing && tells $map .data.status progressing && kube_bootstrap_complete &&
                tells $map .data.status complete &&
                tells "$(kube_path Etcd)/cluster" '.status.conditions[] | .type + "=" + .status' EtcdBootstrapMemberRemoved=True
}
ingress_is_trusted() {
        kube_ingress_certificate && tells /api/v1/namespaces/openshift-config-managed/configmaps/default-ingress-cert \
                '.data["ca-bundle.crt"]' "$(<"$kube_dir/ingress.crt")"
}

certificates=/apis/certificates.k8s.io/v1/certificatesigningrequests
bootstrapper=system:serviceaccount:openshift-machine-config-operator:node-bootstrapper
request_of() { # NAME OPTION-OF-OPENSSL…
        kube_get "$certificates/$1" | jq -r .spec.request | base64 -d | openssl req -noout -verify "${@:2}" 2>/dev/null
}
clients_ask() {
        kube_csr one "$bootstrapper" kubernetes.io/kube-apiserver-client-kubelet system:node:worker-1 system:nodes &&
                tells "$certificates/one" .spec.username "$bootstrapper" &&
                tells "$certificates/one" '.spec.groups | sort | join(" ")' \
                        'system:authenticated system:serviceaccounts system:serviceaccounts:openshift-machine-config-operator' &&
                is 'subject=O = system:nodes, CN = system:node:worker-1' "$(request_of one -subject)"
}
servers_ask() {
        kube_csr_names=DNS:worker-1,IP:10.77.1.9 \
                kube_csr two system:node:worker-1 kubernetes.io/kubelet-serving system:node:worker-1 system:nodes &&
                tells "$certificates/two" .spec.username system:node:worker-1 &&
                tells "$certificates/two" '.spec.usages | join(", ")' 'digital signature, server auth' &&
                request_of two -text | grep -F 'DNS:worker-1, IP Address:10.77.1.9'
}
anybody_asks() {
        kube_csr_usages='["any"]' kube_csr three mallory example.com/any someone && tells "$certificates/three" .spec.username mallory &&
                tells "$certificates/three" .spec.usages[0] any
}
approved() {
        kube_send PATCH "$certificates/one/approval" application/merge-patch+json '{"status": {"conditions": [{"type": "Approved",
                "status": "True", "reason": "Test", "message": "by the test"}]}}' &&
                tells "$certificates/one" '.status.conditions[] | .type + "=" + .status' Approved=True &&
                tells "$certificates/two" '.status.conditions | length' 0
}

stale_watch() {
        kube_curl "$(kube_path ClusterOperator)?watch=1&resourceVersion=1&timeoutSeconds=10" \
                --write-out '%{http_code}' >"$scratch/events" || return
        is 200 "$(tail -n 1 "$scratch/events")" && is 'ERROR 410 Expired' \
                "$(head -n 1 "$scratch/events" | jq -r '.type + " " + (.object.code | tostring) + " " + .object.reason')"
}
watch_sees() {
        local at watcher
        at=$(kube_get /api/v1/namespaces/default/configmaps | jq -r .metadata.resourceVersion)
        kube_curl "/api/v1/namespaces/default/configmaps?watch=1&resourceVersion=$at&timeoutSeconds=1" >"$scratch/events" &
        watcher=$!
        kube_create /api/v1/namespaces/default/configmaps '{"metadata": {"name": "seen"}}' &&
                kube_delete /api/v1/namespaces/default/configmaps/seen && wait $watcher &&
                is 'ADDED DELETED' "$(jq -r 'select(.object.metadata.name == "seen") | .type' "$scratch/events" | paste -sd ' ')"
}
refused() { # an answer that is no success is one, in words
        ! kube_get /api/v1/namespaces/default/configmaps/nothing 2>"$scratch/events" && grep 'not found' "$scratch/events"
}

# Somebody else's servers, by the command: on another address, by another name, until they go the hard way.
by_command() {
        mkfifo "$scratch/gone" || return
        (exec 3<>"$scratch/gone" && tests/integration/kube.sh up "$scratch/other" 127.0.0.2 api.lab.example &&
                : >"$scratch/other/is-up" && read -r _ <&3) &
        child=$!
        while [ ! -e "$scratch/other/is-up" ]; do
                kill -0 $child || return
                sleep 0.05
        done
        kube_dir=$scratch/other
        is ok "$(curl --silent --cacert "$kube_dir/ca.crt" --connect-to "::127.0.0.2:" "https://api.lab.example:$(port)/readyz")" &&
                is 'https://127.0.0.2' "$(sed 's/:[0-9]*$//' "$kube_dir/server")" &&
                tests/integration/kube.sh on "$scratch/other" operator etcd True False False &&
                is etcd "$(tests/integration/kube.sh on "$scratch/other" get "$(kube_path ClusterOperator)" | jq -r .items[].metadata.name)"
}
ends_with_owner() {
        ! is_gone "$scratch/other" && kill -KILL "$child" && child='' && soon is_gone "$scratch/other" && soon nobody_listens
}
ends_with_keeper() {
        kill -KILL "$(<"$scratch/main/keeper.pid")" && soon is_gone "$scratch/main" && soon nobody_listens
}
up_again() { # in the same directory, after a killed one; nothing of the old one is there
        kube_up "$scratch/main" && tells "$(kube_path ClusterOperator)" '.items | length' 0
}
down() { ! is_gone "$scratch/main" && kube_down && is_gone "$scratch/main" && nobody_listens && [ ! -e "$scratch/main/etcd" ]; }

case_is "etcd and kube-apiserver start" kube_up "$scratch/main"
case_is "the server is ready" ready
case_is "who isn't known, or has no right, is refused" not_for_strangers
case_is "kubeconfigs of an administrator are enough to be one" for_administrators
case_is "neither the server nor a client is trusted by a foreign authority" not_who_they_say
case_is "OpenShift's kinds are established" kinds_are_there
case_is "a status is kept, and only written as a status" status_is_kept
case_is "an operator's conditions change their time with their status" operators_have_conditions
case_is "a version's conditions" version_has_conditions
case_is "the bootstrap completes" bootstrap_completes
case_is "the ingress's authority is there" ingress_is_trusted
case_is "a kubelet's client asks for a certificate as the bootstrapper" clients_ask
case_is "a kubelet's server asks for a certificate with its names" servers_ask
case_is "anybody asks for anything" anybody_asks
case_is "an administrator approves one" approved
case_is "a watch that comes too late is told in its stream" stale_watch
case_is "a watch sees what changes" watch_sees
case_is "what is refused is told" refused
case_is "the command starts one on another address" by_command
case_is "a killed owner's servers end" ends_with_owner
kube_dir=$scratch/main
case_is "a killed keeper's servers end" ends_with_keeper
case_is "the next one starts in the same directory, and empty" up_again
case_is "down leaves neither a process nor a port" down

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
