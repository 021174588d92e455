#!/usr/bin/env bash
# The way back: a machine that was promoted, wholly or half-way, is as it was before, but for what others did meanwhile.
# shellcheck disable=SC2016 # what stands in single quotes is for the shell inside
. "$(dirname "$0")/lab.sh"

host=undo1
at_event=build/tests/lab/at_event
conf=$scratch/undo.conf
under_way=
keys=$scratch/home/data/secrets/keys/guests

undone() { exits 0 undo --yes "$conf"; }

with_conf() { # STATUS ARGUMENT…
        local status=$1
        shift
        exits "$status" "$@" "$conf"
}

done_with() { with_conf 0 --phase kvm; }

# ---- what a machine is, a line a fact ----

files() { # what changes by itself, or with every package, isn't looked at: caches, backups, what lists what is installed
        inside 'find /etc /var/lib /srv /opt /usr/local /root /home -xdev \( -path /var/lib/dpkg -o -path /var/lib/apt -o \
                -path /var/lib/systemd -o -path /var/lib/ucf -o -path "/root/.*" \) -prune -o \
                ! -name "*-" ! -path /etc/ld.so.cache ! -path /etc/.pwd.lock ! -path /etc -printf "file %p %y %m %u %g\n" |
                LC_ALL=C sort
                find /etc /srv /root -xdev -type f ! -name "*-" ! -path /etc/ld.so.cache ! -path "/root/.*" \
                        ! -path /etc/passwd ! -path /etc/group ! -path /etc/shadow ! -path /etc/gshadow -exec sha256sum {} + |
                sed "s/^/content /" | LC_ALL=C sort -k3'
}

snapshot() { # what is in the network's namespace is looked at from outside, so that nothing need be installed
        inside 'dpkg-query -W -f "package \${Package} \${Version} \${db:Status-Status}\n"
                systemctl list-unit-files --no-legend --plain | sed "s/^/unit file /; s/  *[^ ]*\$//"
                systemctl list-units --no-legend --plain --state=active --type=service,socket,timer,path,target |
                        sed -n "/^\(session\|user\|run-\|ssh@\)/!s/^\([^ ]*\).*/active \1/p"
                sed "s/^/group /" /etc/group; sed "s/^/user /" /etc/passwd
                sysctl -a 2>/dev/null | grep "^net\." | grep -v -e nf_conntrack_count -e tcp_fastopen_key'
        net nft list ruleset 2>/dev/null |
                sed 's/counter packets [0-9]* bytes [0-9]*//; s/^/nft /'
        net ip -o link | sed 's/^[0-9]*: \([^:@]*\).*/link \1/'
        files
}

# What Debian's packages make and never take back: a group, a user, settings of kernel modules, empty files and directories; and
# a directory that they remove when it is empty, as it was before.
never_taken_back='group rdma:|user dnsmasq:|net\.(bridge|netfilter|nf_conntrack)|net\.ipv[46]\.(conf|neigh)\.|'
never_taken_back+='(file|content [0-9a-f]*) *(/etc/apparmor\.d|/etc/apparmor\.d/local|/etc/apparmor\.d/local/abstractions)( |$)|'
never_taken_back+='(file|content [0-9a-f]*) *(/etc/apparmor\.d/local/abstractions/libvirt-(lxc|qemu))( |$)|'
never_taken_back+='file (/var/lib/machines|/var/lib/portables|/etc/systemd/system/timers\.target\.wants) '

as_it_was() { # [PATTERN: what differs and may]
        snapshot >"$scratch/after"
        diff "$scratch/before" "$scratch/after" | grep '^[<>]' | grep -vE "^[<>] ($never_taken_back)" |
                grep -vE "${1:-^$}" >"$scratch/differences"
        [ ! -s "$scratch/differences" ] || { cat "$scratch/differences"; return 1; }
}

# ---- runs that are killed ----

wait_for() { # COMMAND…: for at most two minutes
        local ticks
        for ((ticks = 1200; ticks > 0; ticks--)); do
                ! "$@" >/dev/null 2>&1 || return 0
                sleep 0.1
        done
        echo "waited in vain for: $*"
        return 1
}

killed_at() { # WORDS-OF-AN-EVENT ARGUMENT…
        local words=$1
        shift
        "$provision" --json "$@" "$conf" >"$scratch/cut" 2>&1 </dev/null &
        under_way=$!
        wait_for grep -qF -- "$words" "$scratch/cut"
        local status=$?
        kill -KILL "$under_way"
        wait "$under_way" 2>/dev/null
        [ "$status" -eq 0 ] || tail -n 5 "$scratch/cut"
        return "$status"
}

nothing_left() { # of steps and units
        local left
        left=$(inside 'ls -A /run/provision/steps; systemctl list-units --all --plain --no-legend "provision*"')
        [ -z "$left" ] || { echo "left: $left"; return 1; }
}

ended() {
        [ -z "$under_way" ] || kill -KILL "$under_way" 2>/dev/null
        lab_end
}

# ---- packages that needn't be installed again ----

# Installing and taking away take most of the time. What is done with the machine once its packages are there is done on a copy of
# one where a run was cut off behind them; the controller knows what it knew then, so they are ours.
disk=/var/lib/provision-lab/hosts/$host/disk

installed_once() {
        "$at_event" '"event":"step-done"' 0 kill "$provision" --json --phase kvm "$conf" >"$scratch/cut" 2>&1 </dev/null
        [ $? -eq 137 ] && inside 'dpkg --status libvirt-daemon-system' && scripts/lab stop "$host" && cp -a "$disk/upper" "$disk/installed" &&
                cp -a "$scratch/home" "$scratch/home.installed" && scripts/lab start "$host"
}

installed_again() { # whatever the machine is now
        scripts/lab crash "$host" && umount "${disk%/*}/root" && rm -rf "${disk:?}/upper" "${scratch:?}/home" && cp -a "$disk/installed" "$disk/upper" &&
                cp -a "$scratch/home.installed" "$scratch/home" && scripts/lab start "$host"
}

# ---- the situations ----

nothing_to_undo() { with_conf 0 undo --check && ! grep "would" "$scratch/out"; }

says_and_changes_nothing() {
        snapshot >"$scratch/promoted"
        with_conf 7 undo --check && with_conf 0 undo && says "remove network lab" && says "remove pool lab" &&
                says "set sysctl net.ipv4.conf.all.log_martians back to 0" && says "take user admin out of group lab-undo" &&
                says "delete group lab-undo" && says "remove file /srv/lab-undo/deep/conf" &&
                says "remove directory /srv/lab-undo, if it is empty" && says "packages that came with us: " &&
                says "stop unit lab-undo.service, as it was before" && says "unmask unit fstrim.timer, as it was before" || return 1
        snapshot | diff "$scratch/promoted" -
}

# A guest of theirs on an image of ours, by way of another disk, and in a network of ours; a disk of theirs in our pool; a
# transfer that was cut off; packages' configuration and a unit that somebody has changed.
others_lean_on_it() {
        inside 'image=$(echo /var/lib/libvirt/lab/small-*.raw) && mkdir /srv/else && cd /srv/else &&
                qemu-img create -q -f qcow2 -b "$image" -F raw base.qcow2 && ln -s base.qcow2 link &&
                qemu-img create -q -f qcow2 -b link -F qcow2 top.qcow2 &&
                qemu-img create -q -f qcow2 -b db-root.qcow2 -F qcow2 /var/lib/libvirt/lab/stray.qcow2 &&
                echo x >"$image.part" && echo "# tuned" >>/etc/libvirt/libvirtd.conf &&
                systemctl stop libvirtd.service 2>&1 && systemctl mask libvirtd.service' || return 1
        exits 0 --phase kvm "$scratch/image.conf" && says "unmask unit libvirtd.service" &&
                inside 'virsh -q define /dev/stdin && virsh -q start theirs2' <<'XML'
<domain type='qemu'><name>theirs2</name><memory unit='MiB'>32</memory><os><type arch='x86_64'>hvm</type></os><devices>
<disk type='file'><driver name='qemu' type='qcow2'/><source file='/srv/else/top.qcow2'/><target dev='vda' bus='virtio'/></disk>
<interface type='network'><source network='lab'/></interface></devices></domain>
XML
}

image="image \"small\" { file = \"$scratch/small.raw\" format = raw pool = \"lab\" }"

with_an_image() {
        head -c 1000000 /dev/urandom >"$scratch/small.raw"
        cat "$conf" - >"$scratch/image.conf" <<CONF
$image
guest "db" {
        memory = 64MiB
        running = false
        kernel = "/boot/vmlinuz"
        disk "root" { image = "small" pool = "lab" }
}
CONF
        installed_again && exits 0 --phase kvm "$scratch/image.conf" && says "boot a throw-away guest"
}

what_they_lean_on_stays() {
        undone && says "volume db-root.qcow2 of pool lab stays: volume stray.qcow2 of pool lab isn't ours and needs it" &&
                says "of pool lab stays: guest theirs2, volume stray.qcow2 of pool lab aren't ours and need it" &&
                says "staying in /var/lib/libvirt/lab of pool lab: stray.qcow2" &&
                says "pool lab stays: guest theirs2 isn't ours" && says "network lab stays: guest theirs2 isn't ours" &&
                says ".part, which a transfer that was cut off left" && ! grep "unit libvirtd" "$scratch/out" &&
                inside '! ls /var/lib/libvirt/lab/*.part && virsh -q destroy theirs2 && virsh -q start theirs2 &&
                        qemu-img info -U --backing-chain /var/lib/libvirt/lab/stray.qcow2'
}

without_them_it_goes() {
        inside 'virsh -q destroy theirs2 && virsh -q undefine theirs2 && rm -r /srv/else /var/lib/libvirt/lab/stray.qcow2'
        undone && says "delete volume db-root.qcow2" && says "delete image small-" &&
                says "file /etc/libvirt/libvirtd.conf stays; its package is removed, but not purged" &&
                inside 'grep -x "# tuned" /etc/libvirt/libvirtd.conf && ! [ -e /etc/systemd/system/libvirtd.service ] &&
                        ! [ -e /var/lib/provision ] && ! [ -e /run/provision/canary ] &&
                        dpkg --purge libvirt-daemon-system && rm -rf /var/lib/libvirt /etc/libvirt' && as_it_was && nothing_to_undo
}

an_image_is_kept() {
        with_an_image && exits 0 undo --yes --keep-images "$scratch/image.conf" && inside 'ls /var/lib/libvirt/lab/small-*.raw' &&
                undone && says "of pool lab was kept, and stays: there is no pool lab"
}

what_others_did() {
        inside 'echo theirs >>/etc/lab-undo && echo theirs >/var/lib/libvirt/lab/theirs && echo theirs >/srv/lab-undo/theirs &&
                usermod -a -G lab-undo operator && virsh -q net-undefine lab-mgmt &&
                virsh -q net-define /dev/stdin && virsh -q net-start theirs' <<'XML'
<network><name>theirs</name><bridge name='virbr-theirs'/><ip address='192.168.163.1' prefix='24'/></network>
XML
}

theirs_stays() {
        undone && says "file /etc/lab-undo stays: somebody has changed it since" &&
                says "group lab-undo stays: somebody else has added user operator to it" &&
                says "packages that came with us stay: network theirs isn't ours and needs them" &&
                says "staying in /var/lib/libvirt/lab of pool lab: theirs" &&
                inside 'grep -qx theirs /etc/lab-undo && grep -qx theirs /var/lib/libvirt/lab/theirs &&
                        grep -qx theirs /srv/lab-undo/theirs && ! [ -e /srv/lab-undo/deep ] &&
                        [ "$(virsh -q net-list --all --name | xargs)" = "default theirs" ] && virsh net-info theirs | grep "^Active: *yes" &&
                        [ ! "$(virsh -q pool-list --all --name | xargs)" ] && grep -x "lab-undo:x:[0-9]*:operator" /etc/group'
}

then_all_goes() {
        inside 'virsh -q net-destroy theirs && virsh -q net-undefine theirs && gpasswd -d operator lab-undo && groupdel lab-undo'
        with_conf 0 undo --yes && says "packages that came with us" &&
                as_it_was '/(etc/lab-undo|srv/lab-undo|srv/lab-undo/theirs|var/lib/libvirt|var/lib/libvirt/lab|var/lib/libvirt/lab/theirs|var/lib/libvirt/dnsmasq)( |$)'
}

their_leftovers_go() { inside 'rm -r /etc/lab-undo /srv/lab-undo /var/lib/libvirt' && as_it_was; }

undone_as_it_was() { undone && as_it_was && nothing_left && nothing_to_undo; }

killed_in_the_transaction() { killed_at '"text":"Setting up' --phase kvm; }

dpkg_cut_off() {
        killed_at '"text":"Unpacking' --phase kvm && scripts/lab crash "$host" && scripts/lab start "$host" || return 1
        with_conf 7 undo --check && says "left half-installed"
}

killed_at_a_network() { installed_once && killed_at '"step_kind":"network.start"' --phase kvm; }

promoted_once_more() { installed_again && done_with; }

killed_while_undoing() { killed_at '"step_kind":"packages.remove"' undo --yes; }

another_needs_one() { # all but that one and what it needs has gone before
        inside 'mkdir -p /root/needy/DEBIAN && cd /root/needy/DEBIAN &&
                printf "%s\n" "Package: needy" "Version: 1" "Architecture: all" "Maintainer: lab <root@localhost>" \
                        "Depends: qemu-utils" "Description: needs one" >control && dpkg-deb --build /root/needy /root/needy.deb &&
                dpkg --install /root/needy.deb' && undone && says "needy isn't ours and needs" && says qemu-utils &&
                inside 'dpkg --status qemu-utils | grep "ok installed" && ! command -v virsh && dpkg --purge needy && rm -r /root/needy /root/needy.deb'
}

# A guest that was never started has been given its seed all the same.
with_a_guest() { # MORE-OF-THE-CONFIGURATION
        cat "$conf" - >"$scratch/guest.conf" <<CONF
$1
guest "db" {
        memory = 64MiB
        running = false
        kernel = "/boot/vmlinuz"
        cloud_init { user_data = "#cloud-config" }
}
CONF
        exits 0 --phase kvm "$scratch/guest.conf" && [ -s "$keys/db@$host" ] &&
                # as provision ssh writes it, to a guest that runs
                { printf '* '; ssh-keygen -y -f "$keys/db@$host"; } >"$keys/db@$host.known_hosts"
}

# The image that was kept is ours again, and goes.
its_keys_go_with_it() {
        exits 0 undo "$scratch/guest.conf" && says "forget the host key of guest db, which is kept here" && [ -s "$keys/db@$host" ] &&
                undone && says "remove guest db" && says "forget the host key of guest db, which is kept here" &&
                says "delete image small-" && [ -z "$(ls -A "$keys")" ] && as_it_was
}

# It knows what carries our mark, and what the machine itself keeps.
another_controller() {
        installed_again && with_a_guest "" || return 1
        PROVISION_HOME=$scratch/elsewhere with_conf 0 undo --yes && says "remove guest db" && [ -s "$keys/db@$host" ] &&
                ! grep "file \|sysctl\|group" "$scratch/out" &&
                inside '! command -v virsh && [ -e /etc/lab-undo ] && [ -e /srv/lab-undo/deep/conf ] &&
                        grep -x "lab-undo:x:[0-9]*:admin" /etc/group && sysctl net.ipv4.conf.all.log_martians | grep -x ".* = 1"'
}

the_first_one_undoes_the_rest() {
        undone && [ -z "$(ls -A "$keys")" ] && nothing_left && nothing_to_undo &&
                as_it_was '/var/lib/libvirt(/dnsmasq)? ' # packages' own, which our files kept from going with them
}

libvirt_is_silent() {
        inside 'systemctl stop libvirtd.socket libvirtd-ro.socket libvirtd-admin.socket libvirtd.service'
        with_conf 5 undo --yes && says "is ours, but libvirt doesn't answer" && inside 'systemctl start libvirtd.socket'
}

make -s "$at_event" || exit 1
lab_begin undo 1
trap ended EXIT
cat "$scratch/host.conf" - >"$conf" <<'CONF'
sysctl "net.ipv4.conf.all.log_martians" { value = 1 }
file "/etc/lab-undo" { content = "ours\n" }
file "/srv/lab-undo/deep/conf" { content = "ours\n" }
group "lab-undo" { members = { "admin" } }
file "/etc/systemd/system/lab-undo.service" {
        content = "[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n"
}
unit "lab-undo.service" { }
unit "e2scrub_reap.service" { enabled = false active = false }
unit "fstrim.timer" { masked = true }
CONF
snapshot >"$scratch/before"
case_is "on a fresh machine there is nothing to undo" nothing_to_undo
case_is "the machine is promoted" done_with
case_is "what would be taken away is said, and nothing is changed" says_and_changes_nothing
case_is "libvirt doesn't answer: blocked" libvirt_is_silent
case_is "undone, the machine is as it was" undone_as_it_was
case_is "it is promoted again" done_with
case_is "others make something of it" what_others_did
case_is "what is theirs stays, and is named" theirs_stays
case_is "without it the packages go, too" then_all_goes
case_is "and then all is as it was" their_leftovers_go
case_is "killed while packages are set up" killed_in_the_transaction
case_is "undone: what goes on is waited for, then taken away" undone_as_it_was
case_is "power lost while packages are unpacked" dpkg_cut_off
case_is "undone: what is half-installed is finished, then taken away" undone_as_it_was
case_is "killed while a network starts" killed_at_a_network
case_is "undone" undone_as_it_was
case_is "promoted once more" promoted_once_more
case_is "another package needs one of ours: it is named, and the rest goes" another_needs_one
case_is "killed while it is undone without it" killed_while_undoing
case_is "undone the third time, it is as it was" undone_as_it_was
case_is "promoted, with an image and a disk on it" with_an_image
case_is "others base disks on them, use a network, change a file, mask a unit" others_lean_on_it
case_is "all of that stays, is named, and works" what_they_lean_on_stays
case_is "without them it goes, but for the file that was changed" without_them_it_goes
case_is "undone, but for an image that is to be kept" an_image_is_kept
case_is "promoted with it, and with a guest that has a host key" with_a_guest "$image"
case_is "undone: the key goes with its guest, also here, and the image" its_keys_go_with_it
case_is "from another controller, without the store, what is marked goes, and no key" another_controller
case_is "from the first one, the rest" the_first_one_undoes_the_rest
lab_sum
