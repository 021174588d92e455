#!/usr/bin/env bash
# What examples/ promises: each configuration is planned, run, and found done, on a real host with real guests. In the place of
# their images stands a small one, and a kernel that is up in two seconds starts what would start from it.
. "$(dirname "$0")/lab.sh"
. "$(dirname "$0")/tiny_guest.sh"

lab_begin_with_packages exm 1
key=$(sed -n 's/.*identity = "\(.*\)"/\1/p' "$scratch/host.conf")
known=$(sed -n 's/.*known_hosts = "\(.*\)"/\1/p' "$scratch/host.conf")

gateway=$(scripts/lab ip exm1)
gateway=${gateway%.*}.1
server=
stop_server() {
        [ -z "$server" ] || kill "$server" 2>/dev/null
        lab_end
}
trap stop_server EXIT

serve() {
        mkdir "$scratch/served" && cp "$scratch/small.qcow2" "$scratch/served/"
        python3 tests/integration/image_server.py "$gateway" "$scratch/served" "$scratch/log" >"$scratch/port" 2>"$scratch/server" &
        server=$!
        until [ -s "$scratch/port" ]; do
                kill -0 "$server" || { cat "$scratch/server"; return 1; }
                sleep 0.05
        done
}

make_image() {
        on exm1 'apt-get -qq -o DPkg::Lock::Timeout=60 install -y --no-install-recommends qemu-utils >/dev/null 2>&1
                qemu-img create -q -f qcow2 /root/small.qcow2 8M && cat /root/small.qcow2' >"$scratch/small.qcow2" &&
                [ -s "$scratch/small.qcow2" ]
}

# The example as it is, but for where its host is and what its guests start.
example() { # VERB-AND-OPTIONS… : of $example, for its host and its guests
        local guest
        run_example=("$@" --set "host.$host.connect=root@$(scripts/lab ip exm1)" --set "host.$host.identity=$key"
                --set "host.$host.known_hosts=$known" --set "host.$host.host_key=strict")
        for guest in $guests; do
                run_example+=(--set "guest.$guest.kernel=/srv/tiny/vmlinuz" --set "guest.$guest.initrd=/srv/tiny/initrd"
                        --set "guest.$guest.command_line=console=ttyS0 name=$guest")
        done
        run_example+=("examples/$example.conf")
}

export OPNSENSE_IMAGE=$scratch/small.qcow2 WORKER_IMAGE=$scratch/small.qcow2
export FIREWALL_MEMORY=96MiB WORKER_MEMORY=96MiB NIGHTLY_MEMORY=96MiB

is_planned() { example plan && exits 0 "${run_example[@]}" && says "define guest ${guests%% *}"; }
is_run() { example && exits 0 "${run_example[@]}"; }
is_done() { example && exits 0 "${run_example[@]}" && says "nothing to do"; }
is_undone() { example undo --yes && run_undo=("${run_example[@]}") && exits 0 "${run_undo[@]}"; }

answer() { # ADDRESS…
        local address
        for address; do
                on exm1 "for i in \$(seq 90); do ping -q -c1 -W1 $address >/dev/null && exit 0; done; exit 1" ||
                        { echo "$address does not answer"; return 1; }
        done
}

link_of() { on exm1 "virsh -q domif-getlink $1 52:54:00:00:10:0${1#fw-}"; }

# As the example says it: one guest's plug, the other's stays, and both go on.
is_pulled() {
        local before
        before=$(on exm1 'cat /run/libvirt/qemu/fw-?.pid')
        example --set guest.fw-1.nic.wan.link=down && exits 0 "${run_example[@]}" && says "done, 2 steps" || return 1
        link_of fw-1 | grep -w down && link_of fw-2 | grep -w up || return 1
        is_run && link_of fw-1 | grep -w up && [ "$before" = "$(on exm1 'cat /run/libvirt/qemu/fw-?.pid')" ]
}

goes_through() { # NAME HOST "GUEST…" TITLE ADDRESS…
        example=$1 host=$2 guests=$3
        local title=$4
        shift 4
        case_is "$title is planned" is_planned
        case_is "$title is run" is_run
        case_is "its guests answer" answer "$@"
        case_is "again there is nothing to do" is_done
}

# No cluster comes up here; all that it takes shows in its plan.
cluster_is_planned() {
        mkdir "$scratch/okd" && cp tests/lab/openshift_install.py "$scratch/okd/openshift-install" && echo nothing >"$scratch/okd/does" &&
                (umask 077 && echo '{"auths": {"images.example": {"auth": "Og=="}}}' >"$scratch/okd/pull-secret.json") || return 1
        OKD_INSTALLER=$scratch/okd/openshift-install OKD_PULL_SECRET=$scratch/okd/pull-secret.json OKD_SSH_KEY=$key.pub \
                exits 0 plan --phase cluster examples/okd.conf --set "host.hypervisor1.connect=root@$(scripts/lab ip exm1)" \
                --set "host.hypervisor1.identity=$key" --set "host.hypervisor1.known_hosts=$known" &&
                says "write /etc/haproxy/provision.cfg: okd:api, okd:machine-config, okd:https, okd:http" && says "define guest control-3" &&
                says "wait for cluster lab until it is installed"
}

case_is "a small image is made" make_image
case_is "a cluster is planned" cluster_is_planned
case_is "and a kernel to start" tiny_guest_put exm1
goes_through opnsense-lab hypervisor1 "fw-1 fw-2" "the firewalls' lab" 192.0.2.11 192.0.2.12
case_is "one firewall's plug is pulled, the other's is not, and it is put back" is_pulled
NIGHTLY_IMAGE_SUM=$(sha256sum <"$scratch/small.qcow2" | cut -d ' ' -f 1)
case_is "the image is served" serve
NIGHTLY_IMAGE=http://$gateway:$(cat "$scratch/port")/small.qcow2
export NIGHTLY_IMAGE NIGHTLY_IMAGE_SUM
goes_through nightly lab1 subject "the nightly lab" 192.168.160.10
goes_through ten-guests hypervisor1 worker "ten guests" 192.168.170.11 192.168.170.20
case_is "all of it is taken away again" is_undone
lab_sum
