#!/usr/bin/env bash
# The nightly lab: one host is the controller, where systemd runs the installed program as a service, hardened as it comes;
# the other one is what it provisions.
# shellcheck disable=SC2016 # what stands in single quotes is for the host's shell
. "$(dirname "$0")/lab.sh"

if ! make -s all || ! make -s install DESTDIR="$scratch/installed" PREFIX=/usr; then
        echo "0 passed, 1 failed"
        exit 1
fi
lab_begin svc 2
key=$(sed -n '/host "svc2"/,/}/s/.*identity = "\(.*\)"/\1/p' "$scratch/host.conf")
known=$(sed -n '/host "svc2"/,/}/s/.*known_hosts = "\(.*\)"/\1/p' "$scratch/host.conf")
target=$(scripts/lab ip svc2)

# What a package of the program would depend on, and the program.
install_controller() {
        on svc1 "apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install \
                libvirt0 libssh2-1 libconfuse2 libjansson4 libxml2 libsqlite3-0 libyaml-0-2 >/dev/null" &&
                tar -C "$scratch/installed" -c . | on svc1 tar -C / -x --no-same-owner &&
                on svc1 "install -d -m 0700 /etc/provision && cat >/etc/provision/key && chmod 600 /etc/provision/key" <"$key" &&
                on svc1 "cat >/etc/provision/known_hosts" <"$known" &&
                on svc1 "cat >/etc/provision/nightly.conf && systemctl daemon-reload" <<CONF
host "svc2" {
        connect = "root@$target"
        identity = "key"
        known_hosts = "known_hosts"
}
sysctl "net.ipv4.ip_forward" { value = "1" }
deadlines { kvm = 10min }
CONF
}

starts() { on svc1 systemctl start provision@nightly; } # returns when the run says that it is ready

ends_well() {
        on svc1 'until [ "$(systemctl show -P ActiveState provision@nightly)" = inactive ]; do
                        [ "$(systemctl show -P ActiveState provision@nightly)" != failed ] || break; sleep 0.2
                done; [ "$(systemctl show -P Result provision@nightly)" = success ]' ||
                { on svc1 journalctl -u provision@nightly --no-pager | tail -20; return 1; }
}

journal_has() { # FIELD=VALUE…
        on svc1 journalctl -q -u provision@nightly --no-pager -o cat "$@" | grep . ||
                { on svc1 journalctl -u provision@nightly --no-pager -o verbose | tail -60; return 1; }
}

status_tells() {
        starts && on svc1 'for i in $(seq 100); do
                systemctl show -P StatusText provision@nightly | grep "0 of 1 machines done; svc2: " && exit; sleep 0.1
        done; systemctl status provision@nightly; exit 1'
}

# Stopped for longer than systemd waits: the thread that moves bytes says nothing, so systemd ends the service.
watchdog_bites() {
        on svc1 'mkdir -p /run/systemd/system/provision@nightly.service.d
                printf "[Service]\nWatchdogSec=1\nExecStart=\nExecStart=/usr/bin/provision --set host.svc2.connect=root@10.255.255.1 /etc/provision/nightly.conf\n" \
                        >/run/systemd/system/provision@nightly.service.d/test.conf
                systemctl daemon-reload; systemctl start provision@nightly
                kill -STOP "$(systemctl show -P MainPID provision@nightly)"
                for i in $(seq 100); do
                        [ "$(systemctl show -P Result provision@nightly)" != watchdog ] || break; sleep 0.2
                done
                result=$(systemctl show -P Result provision@nightly); echo "result $result"
                rm -r /run/systemd/system/provision@nightly.service.d; systemctl daemon-reload
                systemctl reset-failed provision@nightly; [ "$result" = watchdog ]'
}

# The same limit, and a run that has to wait for seconds but is alive.
watchdog_is_fed() {
        on svc1 'mkdir -p /run/systemd/system/provision@nightly.service.d
                printf "[Service]\nWatchdogSec=1\nExecStart=\nExecStart=/usr/bin/provision --timeout linux=4s --set host.svc2.connect=root@10.255.255.1 /etc/provision/nightly.conf\n" \
                        >/run/systemd/system/provision@nightly.service.d/test.conf
                systemctl daemon-reload; systemctl start provision@nightly
                until [ "$(systemctl show -P ActiveState provision@nightly)" = failed ]; do sleep 0.2; done
                result=$(systemctl show -P Result provision@nightly); status=$(systemctl show -P ExecMainStatus provision@nightly)
                echo "result $result, status $status"
                rm -r /run/systemd/system/provision@nightly.service.d; systemctl daemon-reload
                systemctl reset-failed provision@nightly; [ "$result" = exit-code ] && [ "$status" != 0 ]'
}

timer_is_set() {
        on svc1 'systemctl enable -q --now provision@nightly.timer && systemctl list-timers --all --no-pager | grep provision@nightly.timer &&
                systemctl disable -q --now provision@nightly.timer'
}

hardened() { # systemd's own judgement: at most "OK"
        on svc1 'systemd-analyze security --no-pager --threshold=40 provision@nightly'
}

case_is "the program is installed with its templates" install_controller
case_is "systemctl status tells what is being done" status_tells
case_is "the run ends well under its hardening" ends_well
case_is "the journal is asked by host and Score" journal_has PROVISION_HOST=svc2 SCORE=packages
case_is "and by phase" journal_has PHASE=kvm
case_is "a second run finds nothing to do" eval "starts && ends_well && journal_has PROVISION_EVENT=host-done | grep 'nothing to do'"
case_is "a machine that keeps it waiting doesn't trip the watchdog" watchdog_is_fed
case_is "a program that hangs is ended by the watchdog" watchdog_bites
case_is "the timer runs it every night" timer_is_set
case_is "systemd judges it well hardened" hardened
lab_sum
