#!/usr/bin/env bash
# A real Kubernetes API server for a test, on a free port, for as long as the test lives.
#
#   . tests/integration/kube.sh                            and then kube_up DIR, kube_get PATH, …, kube_down
#   tests/integration/kube.sh up DIR [ADDRESS [NAME…]]     the same for programs: 127.0.0.1 if there is no ADDRESS; the
#                                                          certificate holds for it and for the NAMEs
#   tests/integration/kube.sh on DIR FUNCTION [WORD…]      one of the functions below, without its kube_
#   tests/integration/kube.sh down DIR                     ends it; logs and kubeconfigs stay in DIR
#
# Below DIR: server (its URL); kubeconfig (an administrator's by certificate, as openshift-install writes it), token.kubeconfig
# (the same by token, as kubectl writes it), nobody.kubeconfig (a user without rights), wrong-ca.kubeconfig (trusts an authority
# that isn't the server's) and foreign.kubeconfig (a client certificate of that authority); etcd.log, apiserver.log.
#
# Whoever calls `up` owns the servers (the process that sourced this, or the command's parent): a keeper, their parent, waits
# for the owner's end and takes them with it, and they end with the keeper. So nothing is left over, whatever is killed.
# shellcheck shell=bash

kube_script=$(readlink -f "${BASH_SOURCE[0]}")
kube_owner=$$ # of what kube_up starts
kube_dir=''   # what the functions are about: the last kube_up's
kube_wait_s=120

# The kinds of OpenShift that an installation waits for; all are of the cluster, and have a status of their own.
kube_kinds='
ClusterVersion   config.openshift.io                  clusterversions
ClusterOperator  config.openshift.io                  clusteroperators
Etcd             operator.openshift.io                etcds
Config           imageregistry.operator.openshift.io  configs
'

kube_say() { printf 'kube: %s\n' "$*" >&2; }

# --- asking ---

kube_curl() { # PATH [OPTION OF CURL…]: as the administrator; an answer that is no success goes to stderr, and the status is 1
        local answer
        if answer=$(curl --silent --show-error --fail-with-body --max-time 30 --cacert "$kube_dir/ca.crt" \
                --cert "$kube_dir/admin.crt" --key "$kube_dir/admin.key" "$(<"$kube_dir/server")$1" "${@:2}"); then
                printf '%s\n' "$answer"
        else
                printf '%s\n' "$answer" >&2
                return 1
        fi
}

kube_send() { # METHOD PATH TYPE JSON [OPTION OF CURL…]
        kube_curl "$2" -X "$1" -H "Content-Type: $3" --data-binary "$4" "${@:5}"
}

kube_get() { kube_curl "$1"; }                                              # PATH
kube_create() { kube_send POST "$1" application/json "$2"; }                # PATH-OF-THE-LIST JSON
kube_patch() { kube_send PATCH "$1" application/merge-patch+json "$2"; }    # PATH JSON
kube_delete() { kube_curl "$1" -X DELETE; }                                 # PATH
kube_apply() { # PATH JSON: makes it or changes it, whichever it takes
        kube_send PATCH "$1?fieldManager=test&force=true" application/apply-patch+yaml "$2"
}

kube_path() { # KIND: the path of its list
        awk -v kind="$1" '$1 == kind { print "/apis/" $2 "/v1/" $3; found = 1 } END { exit !found }' <<<"$kube_kinds" ||
                { kube_say "there is no kind $1 among kube_kinds"; return 1; }
}

# --- the state of an installation ---

kube_put_status() { # KIND NAME JSON-OR-JQ: sets the whole status, and makes the object first if it has to
        local path object try
        path=$(kube_path "$1") || return
        for try in 1 2 3 4 5; do # whoever writes at the same time makes a conflict
                object=$(kube_get "$path/$2" 2>/dev/null) ||
                        object=$(kube_create "$path" "$(jq -n --arg kind "$1" --arg name "$2" --arg group "${path#/apis/}" \
                                '{apiVersion: $group | split("/")[:2] | join("/"), $kind, metadata: {$name}}')") || return
                object=$(jq ".status = ($3)" <<<"$object") || return
                kube_send PUT "$path/$2/status" application/json "$object" && return
        done
        kube_say "the status of $1 $2 could not be written, $try times"
        return 1
}

# Sets conditions and leaves the others as they are. Like an operator it changes the time of a condition's last transition only
# with its status, unless SINCE tells that time ("40 seconds ago").
kube_conditions() { # KIND NAME MORE-OF-THE-STATUS MESSAGE SINCE TYPE=STATUS…
        local kind=$1 name=$2 more=$3 message=$4 since=$5 now wanted
        shift 5
        now=$(date -u -d "${since:-now}" +%Y-%m-%dT%H:%M:%SZ) || return
        wanted=$(jq -n --arg message "$message" --arg since "$since" --arg now "$now" '$ARGS.positional | map(split("=") |
                {type: .[0], status: .[1], reason: "AsExpected", $message, lastTransitionTime: $now, fixed: ($since != "")})' \
                --args "$@") || return
        kube_put_status "$kind" "$name" "(.status.conditions // []) as \$before | $wanted as \$wanted |
                (.status // {}) + (${more:-{\}}) + {conditions:
                        ([\$before[] | select(.type as \$type | all(\$wanted[]; .type != \$type))] + [\$wanted[] | . as \$new |
                                first((\$before[] | select(.type == \$new.type and .status == \$new.status and (\$new.fixed | not))
                                        .lastTransitionTime), .lastTransitionTime) as \$time |
                                del(.fixed) + {lastTransitionTime: \$time}])}" >/dev/null
}

kube_operator() { # NAME AVAILABLE PROGRESSING DEGRADED [MESSAGE [SINCE]]: each True, False or Unknown
        kube_conditions ClusterOperator "$1" '{versions: [{name: "operator", version: "4.20.0"}]}' "${5-}" "${6-}" \
                Available="$2" Progressing="$3" Degraded="$4" Upgradeable=True
}

kube_version_status() { # AVAILABLE FAILING PROGRESSING [MESSAGE [SINCE]]
        local state=Partial
        [[ $1 != True || $3 != False ]] || state=Completed
        kube_conditions ClusterVersion version "{desired: {version: \"4.20.0\"}, observedGeneration: 1, availableUpdates: null,
                history: [{state: \"$state\", version: \"4.20.0\", verified: false}]}" "${4-}" "${5-}" \
                Available="$1" Failing="$2" Progressing="$3"
}

kube_bootstrap_status() { # STATUS, which is "complete" at the end: what the bootstrap machine says of itself
        kube_apply /api/v1/namespaces/kube-system/configmaps/bootstrap \
                "$(jq -n --arg status "$1" '{apiVersion: "v1", kind: "ConfigMap", metadata: {name: "bootstrap"}, data: {$status}}')" \
                >/dev/null
}

kube_etcd_member_removed() { # STATUS: whether etcd can do without the bootstrap machine
        kube_conditions Etcd cluster '' '' '' EtcdBootstrapMemberRemoved="$1"
}

kube_bootstrap_complete() { kube_bootstrap_status complete && kube_etcd_member_removed True; }

kube_ingress_certificate() { # what a finished installation adds to its kubeconfig, an authority, in DIR/ingress.crt
        (umask 077 && cd "$kube_dir" && kube_authority ingress) || return
        kube_apply /api/v1/namespaces/openshift-config-managed \
                '{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "openshift-config-managed"}}' >/dev/null &&
                kube_apply /api/v1/namespaces/openshift-config-managed/configmaps/default-ingress-cert \
                        "$(jq -n --rawfile pem "$kube_dir/ingress.crt" '{apiVersion: "v1", kind: "ConfigMap",
                                metadata: {name: "default-ingress-cert"}, data: {"ca-bundle.crt": $pem}}')" >/dev/null
}

# --- certificate signing requests ---

# Asks for a certificate as REQUESTER, with a key of its own. What the signer's kubelets ask for is asked for, unless told
# otherwise: kube_csr_usages='["any"]', kube_csr_names='DNS:…,IP:…' before the command.
kube_csr() { # NAME REQUESTER SIGNER CN [ORGANISATION…]
        local name=$1 requester=$2 signer=$3 cn=$4 subject='' organisation request usages=${kube_csr_usages-} names=${kube_csr_names-}
        local groups=(system:authenticated) headers=()
        for organisation in "${@:5}"; do subject+=/O=$organisation; done
        case $signer in
        */kubelet-serving)
                usages=${usages:-'["digital signature", "server auth"]'}
                names=${names:-DNS:${cn#system:node:}}
                ;;
        *) usages=${usages:-'["digital signature", "client auth"]'} ;;
        esac
        case $requester in
        system:serviceaccount:*)
                groups+=(system:serviceaccounts "system:serviceaccounts:$(cut -d : -f 3 <<<"$requester")")
                ;;
        system:node:*) groups+=(system:nodes) ;;
        esac
        mapfile -t headers < <(printf -- '-H\nImpersonate-Group: %s\n' "${groups[@]}")
        request=$(openssl req -new "${kube_new_key[@]}" -keyout "$kube_dir/$name.csr.key" -subj "$subject/CN=$cn" \
                ${names:+-addext "subjectAltName=$names"} 2>/dev/null | base64 -w 0) || return
        kube_send POST /apis/certificates.k8s.io/v1/certificatesigningrequests application/json "$(jq -n --arg name "$name" \
                --arg signer "$signer" --arg request "$request" --argjson usages "$usages" '{apiVersion: "certificates.k8s.io/v1",
                kind: "CertificateSigningRequest", metadata: {$name}, spec: {$request, signerName: $signer, $usages}}')" \
                -H "Impersonate-User: $requester" "${headers[@]}"
}

# --- what a server starts with ---

kube_new_key=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)

kube_authority() { # NAME: NAME.crt, NAME.key
        openssl req -x509 "${kube_new_key[@]}" -days 2 -subj "/CN=$1" -keyout "$1.key" -out "$1.crt" 2>/dev/null
}

kube_certify() { # AUTHORITY NAME SUBJECT NEW-KEY-OPTIONS EXTENSION…
        local authority=$1 name=$2 subject=$3 new_key
        read -ra new_key <<<"$4"
        shift 4
        openssl req -new "${new_key[@]}" -subj "$subject" -keyout "$name.key" -out "$name.request" 2>/dev/null &&
                openssl x509 -req -in "$name.request" -CA "$authority.crt" -CAkey "$authority.key" -days 2 \
                        -set_serial "0x1$(openssl rand -hex 8)" -extfile <(printf '%s\n' "$@") -out "$name.crt" 2>/dev/null &&
                rm "$name.request"
}

kube_certificates() { # ADDRESS NAME…
        local names="DNS:localhost,DNS:kubernetes.default.svc,IP:127.0.0.1,IP:$1" name client=extendedKeyUsage=clientAuth
        for name in "${@:2}"; do names+=,DNS:$name; done
        # Clients' keys are RSA, as openshift-install's are: long lines for whoever reads them.
        kube_authority ca && kube_authority other-ca &&
                kube_certify ca server /CN=kube-apiserver "${kube_new_key[*]}" extendedKeyUsage=serverAuth "subjectAltName=$names" &&
                kube_certify ca admin /O=system:masters/CN=system:admin '-newkey rsa:2048 -nodes' "$client" &&
                kube_certify other-ca foreign /O=system:masters/CN=system:admin '-newkey rsa:2048 -nodes' "$client" &&
                openssl genrsa -out service-accounts.key 2048 2>/dev/null
}

kube_base64() { base64 -w 0 "$1"; }

kube_installer_config() { # AUTHORITY CLIENT
        cat <<YAML
clusters:
- cluster:
    certificate-authority-data: $(kube_base64 "$1.crt")
    server: $(<server)
  name: lab
contexts:
- context:
    cluster: lab
    user: admin
  name: admin
current-context: admin
preferences: {}
users:
- name: admin
  user:
    client-certificate-data: $(kube_base64 "$2.crt")
    client-key-data: $(kube_base64 "$2.key")
YAML
}

kube_token_config() { # USER TOKEN
        local cluster
        cluster=$(sed 's,https://,,; s,\.,-,g' server)
        cat <<YAML
apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: $(kube_base64 ca.crt)
    server: $(<server)
  name: $cluster
contexts:
- context:
    cluster: $cluster
    namespace: default
    user: $1/$cluster
  name: default/$cluster/$1
current-context: default/$cluster/$1
kind: Config
preferences: {}
users:
- name: $1/$cluster
  user:
    token: $2
YAML
}

kube_configs() {
        local admin nobody
        IFS=, read -r admin _ < <(grep system:masters tokens.csv)
        IFS=, read -r nobody _ < <(grep nobody tokens.csv)
        kube_installer_config ca admin >kubeconfig
        kube_installer_config other-ca admin >wrong-ca.kubeconfig
        kube_installer_config ca foreign >foreign.kubeconfig
        kube_token_config admin "$admin" >token.kubeconfig
        kube_token_config nobody "$nobody" >nobody.kubeconfig
}

kube_crd() { # KIND GROUP PLURAL
        jq -n --arg kind "$1" --arg group "$2" --arg plural "$3" '{type: "object", "x-kubernetes-preserve-unknown-fields": true} as $free |
                {apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", metadata: {name: "\($plural).\($group)"},
                spec: {$group, scope: "Cluster", names: {$kind, $plural, singular: $kind | ascii_downcase, listKind: "\($kind)List"},
                versions: [{name: "v1", served: true, storage: true, subresources: {status: {}},
                schema: {openAPIV3Schema: {type: "object", properties: {spec: $free, status: $free}}}}]}}'
}

kube_install() { # what a cluster of OpenShift has besides: its kinds, and that whoever is known may ask for a certificate
        local definitions=/apis/apiextensions.k8s.io/v1/customresourcedefinitions rbac=rbac.authorization.k8s.io kind group plural
        local end=$((SECONDS + kube_wait_s))
        while read -r kind group plural; do
                [[ -z $kind ]] || kube_create "$definitions" "$(kube_crd "$kind" "$group" "$plural")" >/dev/null || return
        done <<<"$kube_kinds"
        kube_create /apis/$rbac/v1/clusterroles '{"metadata": {"name": "ask-for-certificates"}, "rules": [{"verbs": ["create"],
                "apiGroups": ["certificates.k8s.io"], "resources": ["certificatesigningrequests"]}]}' >/dev/null &&
                kube_create /apis/$rbac/v1/clusterrolebindings '{"metadata": {"name": "ask-for-certificates"}, "roleRef":
                        {"apiGroup": "'$rbac'", "kind": "ClusterRole", "name": "ask-for-certificates"}, "subjects":
                        [{"apiGroup": "'$rbac'", "kind": "Group", "name": "system:authenticated"}]}' >/dev/null || return
        while read -r kind group plural; do # established is one thing, able to answer another: for a moment that is a 429
                until [[ -z $kind ]] || kube_get "$(kube_path "$kind")" >/dev/null 2>&1; do
                        ((SECONDS < end)) || { kube_say "the kind $kind could not be established"; return 1; }
                        sleep 0.05
                done
        done <<<"$kube_kinds"
}

# --- up and down ---

# The keeper, a process of its own: starts both servers and ends when the first of owner and servers does, and with it both.
# Memory is dearer here than time (GOGC), and what a test writes needn't outlive a power cut. etcd's sockets are files: no port
# that others could take or reach.
kube_keep() { # DIR OWNER ADDRESS PORT ETCD APISERVER
        local dir=$1 owner=$2 address=$3 port=$4 etcd=$5 apiserver=$6 fd with_us
        for fd in /proc/"$BASHPID"/fd/*; do # the owner's: locks, pipes that somebody reads to their end
                fd=${fd##*/}
                ((fd <= 2 || fd == 255)) || eval "exec $fd>&-"
        done
        cd "$dir" || return
        echo $BASHPID >keeper.pid
        with_us=(setpriv --pdeathsig KILL env -i "PATH=$PATH" GOGC=50)
        "${with_us[@]}" "$etcd" --data-dir="$dir/etcd" --unsafe-no-fsync --log-level=warn --listen-client-urls="unix://$dir/etcd.socket" \
                --advertise-client-urls="unix://$dir/etcd.socket" --listen-peer-urls=unix://peer.socket \
                --initial-advertise-peer-urls=unix://peer.socket --initial-cluster=default=unix://peer.socket >etcd.log 2>&1 &
        echo $! >etcd.pid
        "${with_us[@]}" "$apiserver" --etcd-servers="unix://$dir/etcd.socket" --bind-address="$address" --advertise-address="$address" \
                --secure-port="$port" --tls-cert-file="$dir/server.crt" --tls-private-key-file="$dir/server.key" \
                --client-ca-file="$dir/ca.crt" --token-auth-file="$dir/tokens.csv" --authorization-mode=Node,RBAC \
                --service-account-issuer=https://kubernetes.default.svc --service-account-key-file="$dir/service-accounts.key" \
                --service-account-signing-key-file="$dir/service-accounts.key" --service-cluster-ip-range=10.0.0.0/24 \
                --disable-admission-plugins=ServiceAccount --endpoint-reconciler-type=none --profiling=false >apiserver.log 2>&1 &
        echo $! >apiserver.pid
        setpriv --pdeathsig KILL tail --pid="$owner" -s 0.1 -f /dev/null &
        wait -n
        mapfile -t with_us < <(jobs -pr)
        kill -KILL "${with_us[@]}" 2>/dev/null
        wait
}

kube_exists() { # PID: and isn't only waited for; what is being ended has its sockets until the last of its threads is gone
        local stat threads
        { stat=$(<"/proc/$1/stat"); } 2>/dev/null && threads=("/proc/$1/task"/*) && [[ ${stat##*) } != Z* || ${#threads[@]} -gt 1 ]]
}

kube_runs() { # NAME: what NAME.pid tells is still that process, and runs
        local pid
        { read -r pid <"$kube_dir/$1.pid"; } 2>/dev/null && grep -qzF -- "$kube_dir" "/proc/$pid/cmdline" 2>/dev/null
}

kube_down() { # [DIR]
        local name pid pids=() end=$((SECONDS + kube_wait_s))
        kube_dir=$(realpath -m -- "${1:-$kube_dir}")
        for name in apiserver etcd keeper; do
                ! kube_runs "$name" || pids+=("$(<"$kube_dir/$name.pid")")
        done
        ((${#pids[@]} == 0)) || kill -KILL "${pids[@]}" 2>/dev/null
        for pid in "${pids[@]}"; do
                while kube_exists "$pid"; do
                        ((SECONDS < end)) || { kube_say "process $pid can't be ended"; return 1; }
                        sleep 0.02
                done
        done
        rm -rf "$kube_dir/etcd" "$kube_dir"/*.pid "$kube_dir"/*.socket
}

kube_free_port() { # ADDRESS
        python3 -c 'import socket, sys
s = socket.socket()
s.bind((sys.argv[1], 0))
print(s.getsockname()[1])' "$1"
}

kube_start() { # ADDRESS PORT ETCD APISERVER: 2 when somebody took the port in between
        local end=$((SECONDS + kube_wait_s))
        rm -f "$kube_dir"/*.pid "$kube_dir"/*.socket
        setsid "$BASH" "$kube_script" keep "$kube_dir" "$kube_owner" "$@" </dev/null >"$kube_dir/keeper.log" 2>&1 &
        disown
        until [[ -e $kube_dir/apiserver.pid ]]; do
                if ((SECONDS >= end)) || { [[ -e $kube_dir/keeper.pid ]] && ! kube_runs keeper; }; then
                        kube_say "the servers weren't started: $(tail -n 1 "$kube_dir/keeper.log")"
                        return 1
                fi
                sleep 0.02
        done
        until kube_curl /readyz >/dev/null 2>&1; do
                if ! kube_runs keeper || ! ((SECONDS < end)); then
                        ! grep -q 'address already in use' "$kube_dir/apiserver.log" || return 2
                        kube_say "the API server isn't ready: $(tail -n 1 "$kube_dir/etcd.log") $(tail -n 1 "$kube_dir/apiserver.log")"
                        return 1
                fi
                sleep 0.1
        done
}

kube_up() { # DIR [ADDRESS [NAME…]]
        local address=${2:-127.0.0.1} etcd apiserver port try status
        etcd=$("${kube_script%/tests/*}/scripts/servers" path etcd) &&
                apiserver=$("${kube_script%/tests/*}/scripts/servers" path kube-apiserver) || return 1
        mkdir -p "$1" && kube_down "$1" || return 1
        # The longest of a socket's names has to fit into 107 bytes.
        ((${#kube_dir} <= 94)) || { kube_say "$kube_dir is too long a name for a directory of sockets"; return 1; }
        (
                cd "$kube_dir" && umask 077 &&
                        printf '%s,admin,1,"system:masters"\n%s,nobody,2\n' "$(openssl rand -hex 32)" "$(openssl rand -hex 32)" >tokens.csv &&
                        kube_certificates "$address" "${@:3}"
        ) || { kube_say "the certificates in $kube_dir could not be made"; return 1; }
        for try in 1 2 3 4 5; do
                port=$(kube_free_port "$address") || return 1
                echo "https://$address:$port" >"$kube_dir/server"
                kube_start "$address" "$port" "$etcd" "$apiserver"
                status=$?
                ((status == 2)) || break
                kube_down
        done
        ((status == 0)) && (cd "$kube_dir" && umask 077 && kube_configs) && kube_install && return
        kube_down
        return 1
}

# --- as a command ---

[[ ${BASH_SOURCE[0]} == "$0" ]] || return 0

set -o pipefail
case "${1-} $#" in
'up '[2-9]*)
        kube_owner=$PPID
        kube_up "${@:2}"
        ;;
'down 2') kube_down "$2" ;;
'on '[3-9]*)
        kube_dir=$(realpath -m -- "$2")
        "kube_$3" "${@:4}"
        ;;
'keep 7') kube_keep "${@:2}" ;;
*)
        sed -n 's/^#   \(tests.*\)/\1/p' "$0" >&2
        exit 2
        ;;
esac
