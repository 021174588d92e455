#!/usr/bin/env bash
# A cluster's Ignition, made by a stand-in for openshift-install (openshift_install.py) that checks what it is told and does what may
# go wrong; behind it a real API server, which answers when it is told to.
. "$(dirname "$0")/lab.sh"
. tests/integration/kube.sh

conf=$scratch/host.conf
install=$scratch/install # the program, and what it is told
made=$scratch/home/data/secrets/clusters/lab

if ! servers=$(scripts/servers path kube-apiserver 2>&1); then
        skip "Ignition made by openshift-install" "there is no API server: $servers"
        lab_sum
        exit
fi
lab_begin_with_packages inst 1
gateway=$(scripts/lab ip inst1 | sed 's/\.2$/.1/')
mkdir "$install" "$scratch/kube"
install -m 0755 tests/lab/openshift_install.py "$install/openshift-install"
ssh-keygen -q -t ed25519 -N '' -f "$install/key" -C "it's @home: #1"
cp "$conf" "$scratch/before.conf"
cat >>"$conf" <<CONF
guest "bootstrap" {
        memory = 64MiB
        disk "root" { pool = lab size = 1MiB }
}
guest "control" {
        count = 1
        memory = 64MiB
        disk "root" { pool = lab size = 1MiB }
}
cluster "lab" {
        flavor = okd
        domain = "example.com"
        bootstrap = bootstrap
        control = {"control", "control-2", "control-3"}
        workers = {"worker-1", "worker-2"}
        installer = "$install/openshift-install"
        version = "4.20.0"
        pull_secret = "$install/pull-secret"
        ssh_key = "$install/key.pub"
}
CONF

does() { echo "$1" >"$install/does"; } # WORD: from now on it does

secret_is() { # HOST OF AN IMAGE
        (umask 077 && printf '{\n\t"auths": {"%s": {"auth": "dXNlcjpnZWhlaW0=", "email": "o'\''hara@lab"}}}\n' "$1" >"$install/pull-secret")
}

runs() { wc -l <"$install/runs"; } # how often it has been run

cluster() { # STATUS [OPTION…]
        local status=$1
        shift
        exits "$status" --phase cluster -v "$@" "$conf" && says_no_secret
}

says_no_secret() {
        ! grep -iE 'dXNlcjpnZWhlaW0|geheim' "$scratch/out"
}

plans() { # WORDS
        exits 7 plan --check --phase cluster "$conf" && says "$1"
}

nothing_is_left() { # of what wasn't made, or was made by halves
        [ -z "$(find "$scratch/home/data/secrets/clusters" -mindepth 1 2>/dev/null)" ]
}

# ---- before anything starts ----

wrong() { # WORDS: the configuration names something that isn't right
        exits 3 check "$conf" && says "$1" && exits 3 --phase cluster "$conf" && says "$1" && exits 3 plan --phase cluster "$conf"
}

it_isnt_there() {
        mv "$install/openshift-install" "$install/elsewhere" && wrong "openshift-install can't be found (No such file or directory): fetch" &&
                mv "$install/elsewhere" "$install/openshift-install" && chmod -x "$install/openshift-install" &&
                wrong "run chmod +x $install/openshift-install" && chmod +x "$install/openshift-install"
}

its_secret_isnt_right() {
        secret_is quay.io && chmod 644 "$install/pull-secret" && wrong "may be read by others: run chmod 600" && says_no_secret &&
                chmod 600 "$install/pull-secret" && echo '{"auths": {"a": "geheim}}' >"$install/pull-secret" && wrong "isn't JSON" && says_no_secret &&
                echo '{"quay.io": "geheim"}' >"$install/pull-secret" && wrong 'is no pull secret, which has "auths" in it' && says_no_secret &&
                rm "$install/pull-secret" && wrong "can't be read: No such file or directory" && secret_is quay.io
}

its_key_isnt_public() {
        sed -i 's,key.pub,key,' "$conf" && wrong "this is a private key" && sed -i "s,$install/key\",$install/key.pub\"," "$conf"
}

it_is_of_another_version() {
        sed -i 's/version = "4.20.0"/version = "4.19.0"/' "$conf" && exits 5 --phase cluster "$conf" &&
                says "is of version 4.20.0, and the configuration wants 4.19.0" && ! says "define network" &&
                sed -i 's/version = "4.19.0"/version = "4.20.0"/' "$conf"
}

# ---- making it ----

it_refuses() {
        does nothing && secret_is refused && cluster 1 && says "ended with exit status 3: level=fatal" && says "not today" && nothing_is_left &&
                secret_is quay.io
}

it_makes_half() {
        does half && cluster 1 && says "isn't right: worker.ign: " && nothing_is_left
}

its_certificates_have_ended() {
        does old && cluster 1 && says "certificates that have ended already" && nothing_is_left
}

# It runs, and has begun to write.
under_way=''
begins() {
        "$provision" --phase cluster -v "$conf" >"$scratch/out" 2>&1 </dev/null &
        under_way=$!
        for ((ticks = 600; ticks > 0; ticks--)); do
                [ -z "$(find "$scratch/home/data/secrets/clusters" -name kubeadmin-password 2>/dev/null)" ] || return 0
                sleep 0.1
        done
        cat "$scratch/out"
        return 1
}

ends() { # STATUS [SIGNAL]
        [ -z "${2:-}" ] || kill -s "$2" "$under_way"
        wait "$under_way"
        local status=$?
        [ "$status" -eq "$1" ] || { cat "$scratch/out"; echo "exit status $status, wanted $1"; return 1; }
}

nobody_runs() { # of it, or soon
        for ((ticks = 100; ticks > 0; ticks--)); do
                pgrep -f "$install/openshift-install create" >/dev/null || return 0
                sleep 0.1
        done
        return 1
}

it_hangs() {
        does hang && cluster 6 --set host.inst1.deadlines.step=3s && says "didn't come to its end" && nobody_runs && nothing_is_left &&
                does stay && cluster 6 --set host.inst1.deadlines.step=3s && nobody_runs && nothing_is_left
}

it_is_told_to_stop() {
        does hang && begins && ends 8 TERM && nobody_runs && nothing_is_left
}

we_are_killed() { # its half stays, under another name, for the next
        local orphan
        does hang && begins && ends 137 KILL && ! nothing_is_left && [ ! -e "$made" ] &&
                orphan=$(pgrep -f "$install/openshift-install create") && kill -TERM "$orphan"
}

it_makes_it() {
        does nothing && plans "would make the Ignition of cluster lab" && cluster 6 --timeout cluster=15s && says "its API doesn't answer" &&
                [ "$(find "$scratch/home/data/secrets/clusters" -mindepth 1 -maxdepth 1)" = "$made" ] &&
                jq -e .ignition.version "$made"/{bootstrap,master,worker}.ign
}

it_is_for_us_alone() {
        [ -z "$(find "$made" -perm /077)" ] && ! grep -rlE 'dXNlcjpnZWhlaW0' "$made"
}

its_machines_have_it() { # those that are guests here, as it was made
        local guest file
        for guest in bootstrap control-1; do
                file=/var/lib/libvirt/provision/$guest.ign
                on inst1 "virsh dumpxml $guest | grep -qF '$file' && virsh domstate $guest | grep -q running" &&
                        [ "$(on inst1 "sha256sum <$file")" = "$(sha256sum <"$made/${guest/control-1/master}.ign")" ] || return 1
        done
}

# ---- afterwards ----

it_stays() {
        local before
        before=$(runs)
        cluster 6 --timeout cluster=5s && [ "$(runs)" = "$before" ] && plans "wait for cluster lab until its API answers" &&
                ! says "make the Ignition"
}

until_is() { # SECONDS from now: its certificates end
        jq ".until = (now + $1 | floor) | .made = .until - 86400" "$made/provision.json" >"$scratch/note" && cp "$scratch/note" "$made/provision.json"
}

it_ends() { # then it is made again, and what was there is kept
        local first
        first=$(sha256sum <"$made/bootstrap.ign")
        until_is 600 && exits 7 plan --check --phase cluster "$conf" && ! says "make the Ignition" &&
                until_is -600 && plans "would make the Ignition of cluster lab again: its certificates ended at " &&
                cluster 6 --timeout cluster=15s && says "make the Ignition of cluster lab again" &&
                [ "$(sha256sum <"$made.before/bootstrap.ign")" = "$first" ] && [ "$(sha256sum <"$made/bootstrap.ign")" != "$first" ]
}

nobody_has_begun() { # so it has to last for the bootstrap, and be what is wished
        rm "$made/provision.begun" && until_is 600 && plans "before a bootstrap that begins now has to be complete" && until_is 80000 &&
                exits 7 plan --check --phase cluster "$conf" && ! says "make the Ignition" && secret_is quay.example &&
                plans "would make the Ignition of cluster lab again: what it is made from has changed" && secret_is quay.io &&
                exits 7 plan --check --phase cluster "$conf" && ! says "make the Ignition"
}

its_api_answers() { # so that nothing makes it again
        kube_up "$scratch/kube" "$gateway" && cp "$scratch/kube/kubeconfig" "$made/auth/kubeconfig" && until_is -600 &&
                cluster 6 --timeout cluster=5s && says "its bootstrap has not said yet" && ! says "make the Ignition" &&
                kube_down "$scratch/kube" && exits 7 plan --check --phase cluster "$conf" && ! says "make the Ignition" &&
                says "its API has answered before, and doesn't now"
}

undone() { # with its machines goes the cluster: the next is another
        exits 0 undo --yes "$conf" && [ ! -e "$made" ] && [ -e "$made.before/bootstrap.ign" ] && exits 7 plan --check "$conf" &&
                says "would make the Ignition of cluster lab"
}

end() {
        kube_down "$scratch/kube"
        lab_end
}

trap end EXIT
does nothing
secret_is quay.io
(umask 077 && sed 's/^/  /' >"$install/kubeconfig") <<CONFIG
clusters: [{name: lab, cluster: {server: "https://$gateway:6443", certificate-authority-data: $(echo authority | base64 -w0)}}]
users: [{name: admin, user: {token: geheim}}]
contexts: [{name: admin, context: {cluster: lab, user: admin}}]
current-context: admin
CONFIG
case_is "openshift-install isn't there, or can't be run" it_isnt_there
case_is "its pull secret isn't right" its_secret_isnt_right
case_is "its key isn't public" its_key_isnt_public
case_is "it is of another version: nothing is begun" it_is_of_another_version
case_is "the host is promoted" exits 0 --phase kvm "$scratch/before.conf"
case_is "it refuses: its last words are told, without what is secret in them" it_refuses
case_is "it makes half of it" it_makes_half
case_is "its certificates have ended" its_certificates_have_ended
case_is "it hangs: it is ended" it_hangs
case_is "told to stop, we end it" it_is_told_to_stop
case_is "we are killed while it works" we_are_killed
case_is "it is told what it has to be, and makes its Ignition" it_makes_it
case_is "with which its guests start" its_machines_have_it
case_is "which nobody else can read" it_is_for_us_alone
case_is "and isn't made again" it_stays
case_is "until its certificates have ended" it_ends
case_is "or nobody has begun, and it wouldn't last or isn't what is wished" nobody_has_begun
case_is "but never once its API has answered" its_api_answers
case_is "its guests are undone, and so it is set aside" undone
lab_sum
