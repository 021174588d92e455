#!/usr/bin/env bash
# The program as scripts see it: what it prints where, and its exit statuses. No machine is needed: "local" is only
# looked at, and may be one that can't be administered (a container without systemd, an ordinary user).
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

provision=${PROVISION:-$PWD/build/provision}
passed=0 failed=0
scratch=$(mktemp -d)
silent=''
trap '[ -z "$silent" ] || kill "$silent"; rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM HUP
export PROVISION_HOME=$scratch/home LC_ALL=C
unset NO_COLOR
cd "$scratch" || exit 1

cat >host.conf <<'CONF'
host "here" {
        connect = "local"
}
network "lab" {
        mode    = nat
        address = "192.168.150.1/24"
}
CONF
cat >nobody.conf <<'CONF'
host "nobody" {
        connect = "ssh://root@127.0.0.1:1"
}
CONF
cat >wrong.conf <<'CONF'
host "here" {
        conect = "local"
}
network "lab" {
        address = "192.168.150.1"
}
CONF
cp host.conf plan

case_is() { # NAME COMMAND…: the command must succeed; what it said is shown when it doesn't
        local name=$1
        shift
        if "$@" >"$scratch/said" 2>&1; then
                passed=$((passed + 1))
                echo "ok: $name"
        else
                failed=$((failed + 1))
                echo "FAILED: $name"
                sed 's/^/    /' "$scratch/said" | head -30
        fi
}

# exits STATUS ARGUMENT…: that exit status, or one of several ("0|5"); stdout and stderr are kept for what follows.
exits() {
        local wanted=$1 status
        shift
        timeout 60 "$provision" "$@" >out 2>err </dev/null
        status=$?
        [[ $status =~ ^($wanted)$ ]] || { echo "exit status $status, wanted $wanted"; cat out err; return 1; }
}
out_has() { grep -qF -- "$1" out || { echo "stdout lacks: $1"; cat out err; return 1; }; }
err_has() { grep -qF -- "$1" err || { echo "stderr lacks: $1"; cat out err; return 1; }; }
out_is_empty() { [ ! -s out ] || { echo "stdout isn't empty:"; cat out; return 1; }; }
err_is_empty() { [ ! -s err ] || { echo "stderr isn't empty:"; cat err; return 1; }; }

nothing() { exits 2 && out_is_empty && err_has "provision --help"; }
help() { exits 0 --help && err_is_empty && out_has "usage: provision" && out_has "--timeout PHASE=TIME"; }
help_for_a_verb() { exits 0 help plan && out_has "--check" && cp out first && exits 0 plan --help && cmp out first; }
help_for_no_verb() { exits 2 help paln && err_has "did you mean plan?"; }
version() {
        local library
        exits 0 --version && err_is_empty && out_has "provision " || return 1
        for library in libvirt libssh2 libsystemd jansson libconfuse libxml2 libcrypto SQLite; do
                grep -qE "^  $library [0-9]+\.[0-9]" out || { echo "no version of $library"; cat out; return 1; }
        done
}
misspelt() { exits 2 chekc host.conf && out_is_empty && err_has "did you mean check?"; }
unknown_option() { exits 2 --jsno host.conf && out_is_empty && err_has "did you mean --json?"; }
hostile_words() { exits 2 $'--\033[2Jx' && err_has '\x1b[2Jx' && ! grep -q $'\033' err; }

check() { exits 0 check host.conf && err_is_empty && out_has "host.conf: 1 host, 1 network: fine"; }
check_wrong() { exits 3 check wrong.conf && out_is_empty && err_has "wrong.conf:2: " && err_has "wrong.conf:5: "; }
check_files() { # that the configuration names, all of them in one go
        printf 'x\n' >"$scratch/open-password" && chmod 644 "$scratch/open-password"
        cat >files.conf <<'CONF'
host "here" { connect = "admin@127.0.0.1" become = true become_password_file = "open-password" }
pool "np" { path = "/srv/np" }
image "im" { file = "nofile" pool = "np" }
image "id" { file = "/tmp" pool = "np" }
CONF
        local verb
        for verb in check plan; do
                exits 3 $verb files.conf && out_is_empty && err_has 'files.conf:1: host "here": the password file' &&
                        err_has 'files.conf:3: image "im": file: ' && err_has 'files.conf:4: image "id": file: /tmp is no file' &&
                        err_has "3 problems" || return 1
        done
        cat >logins.conf <<'CONF'
host "here" { connect = "ssh://root@127.0.0.1:1" }
machine "m1" { bmc = "https://10.0.0.5/redfish/v1/Systems/1" credentials = "open-password" mac = "52:54:00:00:00:01" }
machine "m2" { bmc = "https://10.0.0.5/redfish/v1/Systems/2" credentials = "login" ca = "nofile" mac = "52:54:00:00:00:02" }
opnsense "fw" { url = "https://10.0.0.6" credentials = "login" }
CONF
        printf 'admin:secret\n' >login && chmod 600 login
        for verb in check plan undo; do
                exits 3 $verb logins.conf && out_is_empty && err_has 'logins.conf:2: machine "m1": ' && err_has 'chmod 600 ' &&
                        err_has 'logins.conf:3: machine "m2": ' && err_has "nofile can't be read" &&
                        err_has 'logins.conf:4: opnsense "fw": ' && err_has "login has no key of its API in it" || return 1
        done
        # what is taken away again needs no image
        sed -i 's/^host.*/host "nobody" { connect = "ssh:\/\/root@127.0.0.1:1" }/' files.conf && exits 4 undo files.conf
}
secrets_open() { # is said before any machine is looked at
        cat >secrets.conf <<'CONF'
host "nobody" { connect = "ssh://root@127.0.0.1:1" }
network "lab" { mode = nat address = "192.168.150.1/24" }
guest "web" { memory = "64MiB" nic "lan" { network = "lab" } cloud_init { user_data = "#cloud-config\n" } }
CONF
        mkdir -p open-home/data/secrets && chmod 0755 open-home/data/secrets || return 1
        PROVISION_HOME=$PWD/open-home exits 1 --phase kvm secrets.conf && err_has "secrets is open to others" && out_is_empty
}
check_set_no_key() { exits 3 check --set network.lab=x host.conf && err_has "network.lab.KEY=VALUE"; }
check_missing() { exits 3 check missing.conf && err_has "missing.conf"; }
check_directory() { exits 3 check . && err_has "directory"; }
check_set() { exits 0 check --set host.here.connect=root@10.77.1.2 host.conf && out_has fine; }
check_set_wrong() { exits 3 check --set host.here.connect=root@ host.conf && err_has connect; }
file_named_plan() { exits 0 check ./plan && out_has "./plan: 1 host"; }
verb_before_file() { exits 2 plan && err_has "./plan"; }

read_in_part() { # as by head
        "$provision" help 2>err | head -n 1 >out
        [ "${PIPESTATUS[0]}" -eq 0 ] && err_is_empty && (exec 3>/dev/full; ! "$provision" help >&3 2>err) && err_has "not everything could be printed"
}
phases() { exits 0 phases && err_is_empty && out_has "linux: " && out_has "kvm: " && out_has "network" && out_has "gives: "; }

plan() { exits "0|5" plan host.conf && err_is_empty && out_has "here: "; }
plan_json() {
        exits "0|5" plan --json host.conf && err_is_empty &&
                jq -es 'length > 2 and all(.[]; .time and .event) and .[0].event == "run-start" and
                        .[-1].event == "run-done" and .[-1].hosts == 1' out
}
guests_of_no_libvirt() { # here there may be one: then the guest isn't there
        { cat host.conf; echo 'guest "nobodys" { memory = "16MiB" nic "lan" { network = "lab" } }'; } >guests.conf
        exits "0|5" guests guests.conf || return 1
        if grep -q unknown out; then err_has "libvirt doesn't answer"; else out_has "not there" && err_is_empty; fi
}
no_colours_in_a_file() { exits "0|5" plan host.conf && ! grep -q $'\033' out; }
probe() { exits 0 probe host.conf && err_is_empty && out_has "here: " && out_has "can "; }
probe_json() { exits 0 probe --json host.conf && err_is_empty && jq -e '.host == "here" and .machine.kernel and (.can | type == "array")' out; }
unreached() { exits 4 --phase linux nobody.conf && out_has "nobody: linux: not reached" && err_is_empty; }
unreached_json() {
        exits 4 --json --phase linux nobody.conf &&
                jq -es '.[-2] | .event == "host-done" and .status == "unreachable" and .error.kind == "unreachable"' out
}
unreached_probe() { exits 4 probe nobody.conf && out_is_empty && err_has "nobody: linux: not reached"; }

# Where "local" can't be administered the run itself ends with 5, which then goes before what wasn't printed.
full_disk() { timeout 60 "$provision" "$@" >/dev/full 2>err </dev/null; [[ $? =~ ^[15]$ ]] && err_has "No space left"; }
closed_pipe() {
        { timeout 60 "$provision" "$@" 2>err </dev/null; echo $? >status; } | true
        # true may still have been there: what counts is that the program ended by itself, and said why if not 0.
        [ "$(cat status)" -eq 0 ] || [ ! -s err ] || err_has "Broken pipe"
}
closed_stdout() { timeout 60 "$provision" "$@" >&- 2>err </dev/null; [[ $? =~ ^[15]$ ]] && err_has "Bad file descriptor"; }
closed_everything() { timeout 60 "$provision" "$@" <&- >&- 2>&-; [[ $? =~ ^[15]$ ]]; }

on_terminal() { # TERM ARGUMENT…: through a terminal of 60 columns, into the file "terminal"
        local term=$1
        shift
        TERM=$term timeout 60 script -qc "stty cols 60; $provision $*" terminal >/dev/null </dev/null
}
live() { on_terminal xterm plan host.conf && grep -q $'\033\[1mhere\033\[0m: ' terminal && grep -q $'\033\[J' terminal; }
no_color() { NO_COLOR=1 on_terminal xterm plan host.conf && ! grep -q $'\033\[1m' terminal && grep -q $'\033\[J' terminal; }
dumb() { on_terminal dumb plan host.conf && ! grep -q $'\033' terminal && grep -q '^here: ' terminal; }

# A machine that takes the connection and says nothing: what is waited for, until somebody has had enough.
silent_machine() {
        cat >silent.py <<'PY'
import socket, time
server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen()
open("port", "w").write(str(server.getsockname()[1]))
kept = []
while True:
    kept.append(server.accept())
    open("taken", "w").close()
PY
        rm -f port taken
        setpriv --pdeathsig KILL python3 silent.py &
        silent=$!
        while [ ! -s port ]; do kill -0 "$silent" || return 1; done
        sed "s/:1\"/:$(cat port)\"/" nobody.conf >silent.conf
}
interrupted_by() { # SIGNAL COUNT
        local program status
        rm -f taken
        # A shell's background jobs ignore SIGINT, and the program would respect that.
        env --default-signal=INT "$provision" --phase linux silent.conf >out 2>err </dev/null &
        program=$!
        while [ ! -e taken ]; do kill -0 "$program" || { cat out err; return 1; }; done
        for ((i = 0; i < $2; i++)); do
                # Two of a kind that come together are one: wait until it was delivered.
                kill -s "$1" "$program"
                while grep -q '^ShdPnd:.*[1-9a-f]' "/proc/$program/status"; do :; done 2>/dev/null
        done
        wait "$program"
        status=$?
        [ "$status" -eq 8 ] || { echo "exit status $status, wanted 8"; cat out err; return 1; }
}
out_of_time() { exits 6 --phase linux --timeout linux=1s silent.conf && out_has "nobody: linux: out of time: "; }

case_is "without arguments it says how to get help" nothing
case_is "help goes to stdout" help
case_is "help for a verb is the same both ways" help_for_a_verb
case_is "help for a misspelt verb suggests one" help_for_no_verb
case_is "the versions of all libraries are shown" version
case_is "a misspelt verb is a usage error with a suggestion" misspelt
case_is "a misspelt option is a usage error with a suggestion" unknown_option
case_is "control characters in an argument are shown, not obeyed" hostile_words
case_is "a right configuration is fine" check
case_is "all errors of a wrong one come with file and line" check_wrong
case_is "a missing file is a configuration error" check_missing
case_is "so are files that the configuration names, all at once" check_files
case_is "--set wants a key after a name" check_set_no_key
case_is "secrets that others can read are refused first" secrets_open
case_is "so is a directory" check_directory
case_is "--set replaces a value" check_set
case_is "--set is checked as the file is" check_set_wrong
case_is "a file named plan is ./plan" file_named_plan
case_is "the verb plan wants a file" verb_before_file
case_is "who reads only the first line gets no complaint; who can't write does" read_in_part
case_is "phases shows the table" phases
case_is "a plan is printed and exits 0" plan
case_is "guests that nobody can tell of are unknown" guests_of_no_libvirt
case_is "a plan in JSON is one object a line" plan_json
case_is "there are no colours in a file" no_colours_in_a_file
case_is "probe shows what the machine is" probe
case_is "probe --json is one object a machine" probe_json
case_is "a machine that refuses the connection is exit 4" unreached
case_is "and says so in JSON" unreached_json
case_is "and on stderr for probe" unreached_probe
for arguments in "--help" "phases" "plan host.conf" "plan --json host.conf" "probe host.conf"; do
        read -ra words <<<"$arguments"
        case_is "a full disk is said and no success: $arguments" full_disk "${words[@]}"
        case_is "a closed pipe ends nothing by a signal: $arguments" closed_pipe "${words[@]}"
        case_is "a closed stdout is said and no success: $arguments" closed_stdout "${words[@]}"
        case_is "all descriptors closed is no success: $arguments" closed_everything "${words[@]}"
done
case_is "a terminal gets live lines in colour" live
case_is "NO_COLOR takes the colours and leaves the lines" no_color
case_is "a dumb terminal gets plain lines" dumb
if silent_machine; then
        case_is "two SIGINT end a wait with exit 8" interrupted_by INT 2
        case_is "two SIGTERM end a wait with exit 8" interrupted_by TERM 2
        case_is "three SIGHUP end it, too" interrupted_by HUP 3
        case_is "a silent machine is out of time within its time-out" out_of_time
else
        echo "FAILED: a machine that says nothing could not be made" && failed=$((failed + 1))
fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
