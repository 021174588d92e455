#!/usr/bin/env bash
# Guests that are waited for: one of the test's own kernel, which is up in seconds, and one of a cloud image with a real
# cloud-init, which logs in with the host key that was made for it.
# shellcheck disable=SC2016 # what stands in single quotes is for the host's or the guest's shell
. "$(dirname "${BASH_SOURCE[0]}")/lab.sh"
. "$(dirname "${BASH_SOURCE[0]}")/tiny_guest.sh"

host=birth1
seeds=/var/lib/libvirt/provision

write_conf() {
        {
                cat "$scratch/lab.conf"
                cat <<CONF
guest "tiny" {
        memory = "96MiB"
        kernel = "/srv/tiny/vmlinuz"
        initrd = "/srv/tiny/initrd"
        command_line = "console=ttyS0 name=tiny"
        nic "lan" { network = "lab" }
        ready { $tiny_ready }
}
CONF
                [ -z "${cloud:-}" ] || printf '%s\n' "$cloud"
        } >"$scratch/host.conf"
}

# ---- waiting -----------------------------------------------------------------------------------------------------

restarted_by_somebody() {
        on "$host" 'virsh -q destroy tiny && virsh -q start tiny' || return 1
        exits 7 plan --check "$scratch/host.conf" && says "wait until guest tiny is ready" && promoted && converged
}

# What it said when it came up was said to another start's log.
saved_while_it_ran() {
        on "$host" 'virsh -q managedsave tiny' || return 1
        promoted && says "wait until guest tiny is ready" && on "$host" 'virsh -q domstate tiny | grep -qx running' && converged
}

out_of_time() { # what was missing, what was seen, and what the guest said itself
        local status
        tiny_ready='tcp = 22 console = "never said" within = "15s"'
        write_conf
        exits 6 "$scratch/host.conf" && says 'it still lacks TCP port 22 (last seen, ' && says 'connect failed' &&
                says '"never said" on its console (last seen, ' && says 'it isn'\''t there yet' &&
                says "its console's last words, "
        status=$?
        tiny_ready='address = true console = "tiny guest: tiny is up"'
        write_conf
        return $status
}

goes_off() { # COMMAND WORDS: the host ends it when it has come up, while a port of it is waited for
        local status=0 run began
        tiny_ready='tcp = 22 within = "5min"'
        write_conf
        on "$host" 'virsh -q destroy tiny; rm -f /var/log/libvirt/qemu/tiny-console.log' || return 1
        timeout 200 "$provision" "$scratch/host.conf" >"$scratch/out" 2>&1 </dev/null &
        run=$!
        wait_for inside 'grep -q "tiny is up" /var/log/libvirt/qemu/tiny-console.log' && inside "$1" || status=1
        began=$SECONDS
        wait "$run"
        [ "$?" -eq 1 ] && says "wait until guest tiny is ready: TCP port 22: $2, after " && says 'it still lacked TCP port 22' &&
                says "its console's last words, " && [ $((SECONDS - began)) -lt 20 ] || status=1
        tiny_ready='address = true console = "tiny guest: tiny is up"'
        write_conf
        promoted && converged && return $status
}

a_dead_lease_is_no_address() { # a guest that hangs: what it had leased before is still in the list
        local status
        tiny_ready='address = true within = "12s"'
        write_conf
        on "$host" 'virsh -q destroy tiny && virsh -q start tiny && kill -STOP "$(cat /run/libvirt/qemu/tiny.pid)"' || return 1
        exits 6 "$scratch/host.conf" && says 'is leased, and nobody answers there'
        status=$?
        on "$host" 'kill -CONT "$(cat /run/libvirt/qemu/tiny.pid)"'
        tiny_ready='address = true console = "tiny guest: tiny is up"'
        write_conf
        return $status
}

listed() { # WORDS…: as provision guests prints them
        exits 0 guests "$scratch/host.conf" || return 1
        local words
        for words; do says "$words" || return 1; done
}

# ---- cloud-init --------------------------------------------------------------------------------------------------

cloud_conf() { # USER-DATA
        cat <<CONF
image "cloud" {
        file = "$image/disk.raw"
        format = raw
        pool = "lab"
}
guest "web" {
        memory = "384MiB"
        kernel = "/srv/cloud/kernel"
        initrd = "/srv/cloud/initrd"
        command_line = "root=/dev/vda rw console=ttyS0 mitigations=off quiet"
        disk "root" { pool = "lab" image = "cloud" }
        nic "lan" { network = "lab" address = "192.168.150.30" }
        cloud_init {
                user = "ci"
                ssh_keys_from = "$key.pub"
                user_data = "$1"
        }
        ready { ssh = "ci" within = "18min" }
}
CONF
}

with_cloud() { # USER-DATA
        cloud=$(cloud_conf "$1")
        write_conf
}

runs_in_guest() { # WANTED COMMAND…: provision ssh prints it
        local wanted=$1 said
        shift
        said=$("$provision" ssh web "$scratch/host.conf" -- "$@" 2>"$scratch/said-ssh" </dev/null)
        [ "$said" = "$wanted" ] || { echo "said \"$said\", wanted \"$wanted\""; cat "$scratch/said-ssh"; return 1; }
}

status_comes_back() {
        "$provision" ssh ci@"$host"/web "$scratch/host.conf" -- 'exit 7' </dev/null
        [ $? -eq 7 ]
}

has_our_key_alone() {
        runs_in_guest "ssh_host_ed25519_key.pub" 'cd /etc/ssh && ls ssh_host_*.pub' && same_private_key
}

same_private_key() { # byte for byte what is kept here
        local there here
        here=$(sha256sum <"$scratch/home/data/secrets/keys/guests/web@$host")
        there=$("$provision" ssh web "$scratch/host.conf" -- 'sudo cat /etc/ssh/ssh_host_ed25519_key' </dev/null | sha256sum)
        [ "$here" = "$there" ]
}

is_secret() { # the private key is in the seed, and nowhere else that others or a log could tell it
        local middle
        middle=$(sed -n 3p "$scratch/home/data/secrets/keys/guests/web@$host")
        [ -n "$middle" ] || return 1
        if grep -raqF --exclude-dir=secrets -- "$middle" "$scratch"; then
                echo "it stands in:"
                grep -ralF --exclude-dir=secrets -- "$middle" "$scratch"
                return 1
        fi
        on "$host" "stat -c '%a' $seeds/web-seed.iso | grep -qx 600 && ! setpriv --reuid nobody --clear-groups cat $seeds/web-seed.iso" || return 1
        on "$host" "! journalctl -q | grep -F -- '$middle'; ! grep -raF -- '$middle' /run/provision /etc/libvirt /var/log"
}

wrong_key_is_refused() {
        ssh-keygen -q -t ed25519 -N '' -f "$scratch/other" || return 1
        on "$host" "cp $seeds/web-host_key.pub /root/right.pub; cat >$seeds/web-host_key.pub; rm /run/provision/ready/web" \
                < <(cut -d' ' -f1,2 "$scratch/other.pub") || return 1
        "$provision" ssh web "$scratch/host.conf" -- touch /tmp/entered </dev/null >"$scratch/out" 2>&1
        [ $? -eq 255 ] && says 'REMOTE HOST IDENTIFICATION HAS CHANGED' || return 1
        sed 's/within = "18min"/within = "40s"/' "$scratch/host.conf" >"$scratch/short.conf"
        exits 6 "$scratch/short.conf" && says 'it still lacks SSH as ci' && says 'is not the known one'
}

right_key_is_taken() {
        on "$host" "mv /root/right.pub $seeds/web-host_key.pub" && promoted && converged && runs_in_guest '' 'ls /tmp/entered 2>/dev/null'
}

changed_later() { # what cloud-init doesn't read again is said, and nothing is done
        with_cloud '#!/bin/sh\ntouch /root/changed'
        exits 0 plan --check "$scratch/host.conf" && says 'the cloud-init data of guest web has changed' || return 1
        with_cloud "$user_data"
        converged
}

# Presses Enter until the console asks for a name, then Ctrl-].
talks_on_console() {
        python3 - "$provision" "$scratch/host.conf" <<'PYTHON'
import os, pty, select, sys, time

pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], [sys.argv[1], "console", "web", sys.argv[2]])
said, end, left = b"", time.time() + 600, False
while time.time() < end:
    if select.select([terminal], [], [], 2)[0]:
        try:
            said += os.read(terminal, 4096)
        except OSError:
            break
    elif not left:
        os.write(terminal, b"\r")
    if b"web login:" in said and not left:
        os.write(terminal, b"\x1d")
        left = True
print(said.decode(errors="replace"))
sys.exit(not left or os.waitpid(pid, 0)[1] != 0)
PYTHON
}

# ---- the way -----------------------------------------------------------------------------------------------------

image=$(tests/lab/cloud_image.sh) || { echo "0 passed, 1 failed"; exit 1; }
lab_begin_with_packages birth 1
mv "$scratch/host.conf" "$scratch/lab.conf"
key=${XDG_CACHE_HOME:-$HOME/.cache}/provision/lab/key
tiny_ready='address = true console = "tiny guest: tiny is up"'
write_conf
case_is "kernel and initramfs of a tiny guest are there" tiny_guest_put "$host"
case_is "a guest is waited for until it has an address and says that it is up" promoted
case_is "it was waited for" says "wait until guest tiny is ready"
case_is "and is not waited for again" converged
case_is "restarted by somebody, it has to show itself again" restarted_by_somebody
case_is "one that doesn't come up is told with what was seen last" out_of_time
case_is "one that powers off is waited for no longer" goes_off 'virsh -q shutdown tiny' 'it has powered off'
case_is "nor is one that crashes" \
        goes_off 'kill -KILL "$(cat /run/libvirt/qemu/tiny.pid)"' 'its QEMU has crashed, or was killed'
case_is "a lease of before is no address" a_dead_lease_is_no_address
case_is "it is waited for when it comes back to life" promoted
case_is "saved, and taken up again, it is as ready as it was" saved_while_it_ran
case_is "provision guests shows it" listed "tiny " "$host" "running" "192.168.150." "since 20" ", ready"

case_is "a cloud image's kernel is there" on "$host" 'mkdir -p /srv/cloud && tar -C /srv/cloud -xf -' \
        < <(tar -C "$image" -cf - kernel initrd)
user_data='#cloud-config\nwrite_files:\n- path: /root/said\n  content: it'\''s \"$(hostname)\" & <more>\n'
with_cloud "$user_data"
case_is "its plan names what is written for cloud-init" exits 0 plan "$scratch/host.conf"
case_is "the seed" says "write the seed (user-data) of guest web"
case_is "the waiting" says "wait until guest web is ready: SSH as ci"
case_is "a guest from a cloud image logs in with its own host key" promoted
case_is "and is done" converged
case_is "provision ssh runs commands in it" runs_in_guest "web ci" 'echo "$(hostname) $(id -un)"'
case_is "a command's status comes back" status_comes_back
case_is "what the user gave was carried out, too" runs_in_guest "it's \"\$(hostname)\" & <more>" 'sudo cat /root/said'
case_is "its host key is the one that is kept here, and it has no other" has_our_key_alone
case_is "which nobody else sees" is_secret
case_is "its console takes a login" talks_on_console
case_is "another host key is refused" wrong_key_is_refused
case_is "the right one is taken" right_key_is_taken
case_is "what is changed later is said and not written" changed_later
case_is "a guest that isn't there has a neighbour's name" exits 2 ssh webb "$scratch/host.conf"
case_is "it is suggested" says 'there is no guest "webb"; did you mean web?'
lab_sum
