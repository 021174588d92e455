#!/usr/bin/env bash
# Images and guests' disks on a Debian 12 host: transfers that are cut off and go on, what is refused, what is given up
# and what never is.
. "$(dirname "$0")/lab.sh"

lab_begin_with_packages img 1
host=img1
gateway=$(scripts/lab ip $host)
gateway=${gateway%.*}.1
pool=/var/lib/libvirt/lab
served=$scratch/served
server=

stop_server() {
        [ -z "$server" ] || kill "$server" 2>/dev/null
        lab_end
}
trap stop_server EXIT

start_server() {
        mkdir -p "$served"
        python3 tests/integration/image_server.py "$gateway" "$served" "$scratch/log" >"$scratch/port" 2>"$scratch/server" &
        server=$!
        until [ -s "$scratch/port" ]; do
                kill -0 "$server" || { cat "$scratch/server"; return 1; }
                sleep 0.05
        done
        base=http://$gateway:$(cat "$scratch/port")
}

# A qcow2 of which every byte counts.
make_image() { # NAME MIB
        on $host "head -c $(($2 << 20)) /dev/urandom >/root/made && qemu-img convert -f raw -O qcow2 /root/made /root/made.qcow2 &&
                cat /root/made.qcow2; rm -f /root/made /root/made.qcow2" >"$served/$1"
        [ -s "$served/$1" ]
}

sum_of() { sha256sum <"$served/$1" | cut -d ' ' -f 1; }

# host.conf with what stands on stdin behind the lab's own.
wish() {
        { cat "$scratch/base.conf"; cat; } >"$scratch/host.conf"
}

bytes_sent() { awk '{ sum += $3 } END { print sum + 0 }' "$scratch/log"; }

info() { # VOLUME FIELD: as qemu-img sees it
        on $host "qemu-img info -U --output=json $pool/$1" | jq -r ".[\"$2\"]"
}

is() { # WANTED COMMAND…
        local wanted=$1 found
        shift
        found=$("$@")
        [ "$found" = "$wanted" ] || { echo "$*: $found, wanted $wanted"; return 1; }
}

both_images() {
        cat <<END
image "remote" {
        url = "$base/cut=5000000/remote.qcow2"
        sha256 = $(sum_of remote.qcow2)
        pool = lab
}
image "here" {
        file = "$served/here.qcow2"
        pool = lab
}
END
}

disks() { # ROOT-SIZE: a guest with a disk of each kind
        cat <<END
guest "disks" {
        memory = 64MiB
        replace = ${replace:-false}
        disk "root" { pool = lab image = remote size = $1 }
        disk "copy" { pool = lab image = here copy = true }
        disk "raw" { pool = lab image = here copy = true format = raw size = 40MiB }
        disk "data" { pool = lab size = 1GiB }
}
END
}

# ---- transfers ----

cut_off_by_the_server() {
        : >"$scratch/log"
        promoted && is "$(stat -c %s "$served/remote.qcow2")" bytes_sent
}

whole_on_the_host() { # NAME
        on $host "sha256sum <$pool/$1-$(sum_of "$1.qcow2" | cut -c 1-12).qcow2" | grep "^$(sum_of "$1.qcow2") " &&
                ! on $host "ls $pool" | grep '\.part$'
}

# Runs the program until its transfer has brought a megabyte, then kills it without warning.
killed_in_the_middle() { # PART
        "$provision" -v "$scratch/host.conf" >"$scratch/killed" 2>&1 </dev/null &
        local run=$! size=0
        until [ "$size" -gt 1000000 ]; do
                kill -0 $run || { cat "$scratch/killed"; echo "it ended before it could be killed"; return 1; }
                size=$(on $host "stat -c %s $pool/$1 2>/dev/null || echo 0")
        done
        kill -KILL $run
        wait $run 2>/dev/null
        on $host "[ -e $pool/$1 ]"
}

killed_while_the_host_fetches() {
        local name
        name=slow-$(sum_of slow.qcow2 | cut -c 1-12).qcow2
        : >"$scratch/log"
        wish <<<"image \"slow\" { url = \"$base/rate=2000000/slow.qcow2\" sha256 = $(sum_of slow.qcow2) pool = lab }"
        killed_in_the_middle "$name.part" && exits 7 plan --check "$scratch/host.conf" && says "would go on with what an earlier run began" &&
                says "would fetch image slow to pool lab (from $base/rate=2000000/slow.qcow2), if still needed then" &&
                promoted && whole_on_the_host slow && is "$(stat -c %s "$served/slow.qcow2")" bytes_sent
}

killed_while_it_sends() {
        local name
        name=large-$(sum_of large.qcow2 | cut -c 1-12).qcow2
        wish <<<"image \"large\" { file = \"$served/large.qcow2\" pool = lab }"
        killed_in_the_middle "$name.part" && exits 0 -v "$scratch/host.conf" && says "going on behind " && whole_on_the_host large
}

removed_image_is_fetched_again() {
        on $host "rm $pool/large-*"
        exits 7 plan --check "$scratch/host.conf" && says "fetch image large" && promoted && converged
}

wrong_checksum() {
        wish <<<"image \"wrong\" { url = \"$base/slow.qcow2\" sha256 = $(sum_of large.qcow2) pool = lab }"
        exits 1 --phase kvm "$scratch/host.conf" && says "the checksum of $base/slow.qcow2 is $(sum_of slow.qcow2), not" &&
                ! on $host "ls $pool | grep wrong"
}

file_is_gone() {
        wish <<<"image \"gone\" { file = \"$served/nothing\" pool = lab }"
        exits 3 plan "$scratch/host.conf" && says "image \"gone\": file: $served/nothing can't be read"
}

# QEMU would open the file that its header names, as root.
leads_elsewhere() {
        on $host "umask 077; echo secret >/root/secret; cd /root && qemu-img create -q -f qcow2 -o data_file=/root/secret,data_file_raw=on leak 1M >&2 &&
                cat leak; rm -f leak" >"$served/leak.qcow2"
        wish <<<"image \"leak\" { file = \"$served/leak.qcow2\" pool = lab }
                guest \"leak\" { memory = 64MiB disk \"root\" { pool = lab image = leak copy = true format = raw } }"
        exits 1 --phase kvm "$scratch/host.conf" && says "keeps its data in another file" && ! on $host "ls $pool | grep leak"
}

# A pool on a disk with 8 MiB: neither kind of transfer may fill it.
no_room() {
        on $host 'mkdir -p /srv/small && mount -t tmpfs -o size=8m tmpfs /srv/small'
        wish <<END
pool "small" { path = "/srv/small" }
image "remote" { url = "$base/rate=3000000/remote.qcow2" sha256 = $(sum_of remote.qcow2) pool = small }
END
        exits 1 --phase kvm "$scratch/host.conf" && says "there is no room for $base" && on $host '! ls -A /srv/small | grep .' || return 1
        wish <<END
pool "small" { path = "/srv/small" }
image "here" { file = "$served/here.qcow2" pool = small }
END
        exits 1 --phase kvm "$scratch/host.conf" && says "there is no room for $served" && on $host '! ls -A /srv/small | grep .'
}

# ---- disks ----

made_as_wished() {
        is "$pool/remote-$(sum_of remote.qcow2 | cut -c 1-12).qcow2" info disks-root.qcow2 backing-filename &&
                is $((24 << 20)) info disks-root.qcow2 virtual-size &&
                is null info disks-copy.qcow2 backing-filename &&
                is $((12 << 20)) info disks-copy.qcow2 virtual-size &&
                is raw info disks-raw.raw format && is $((40 << 20)) info disks-raw.raw virtual-size &&
                is $((1 << 30)) info disks-data.qcow2 virtual-size || return 1
        on $host "qemu-img compare -U -s $pool/here-*.qcow2 $pool/disks-copy.qcow2 && qemu-img compare -U $pool/here-*.qcow2 $pool/disks-raw.raw &&
                qemu-img compare -U $pool/remote-*.qcow2 $pool/disks-root.qcow2"
}

grown_while_it_runs() {
        local before
        before=$(on $host 'virsh domid disks')
        { both_images; disks 32MiB; } | wish
        exits 7 plan --check "$scratch/host.conf" && says "grow volume disks-root.qcow2 in pool lab from 24 MiB to 32 MiB" && promoted || return 1
        is "$before" on $host 'virsh domid disks' && is $((32 << 20)) info disks-root.qcow2 virtual-size &&
                on $host 'virsh domblkinfo disks vda' | grep "Capacity: *$((32 << 20))" && converged
}

grown_while_it_is_off() {
        on $host 'virsh -q destroy disks'
        { both_images; disks 33MiB; } | wish
        promoted && is $((33 << 20)) info disks-root.qcow2 virtual-size && converged
}

never_shrunk() {
        { both_images; disks 24MiB; } | wish
        exits 5 --phase kvm "$scratch/host.conf" && says "disks never shrink; say size = \"33MiB\" or more" &&
                is $((33 << 20)) info disks-root.qcow2 virtual-size
}

# Another content of the same image: what was made from the old one stays until somebody says that it may go.
image_has_changed() {
        local before
        make_image here.qcow2 13
        before=$(on $host "sha256sum <$pool/disks-copy.qcow2")
        { both_images; disks 33MiB; } | wish
        exits 5 --phase kvm "$scratch/host.conf" && says "say replace = true in guest \"disks\"" || return 1
        is "$before" on $host "sha256sum <$pool/disks-copy.qcow2"
}

# A guest that runs keeps what it has until it may be shut down.
waits_for_the_guest() {
        local before running
        before=$(on $host "sha256sum <$pool/disks-copy.qcow2")
        running=$(on $host 'virsh domid disks')
        { both_images; replace=true disks 33MiB; } | wish
        promoted && says "and stays as it is while guest disks runs" && exits 0 plan --check "$scratch/host.conf" &&
                is "$before" on $host "sha256sum <$pool/disks-copy.qcow2" && is "$running" on $host 'virsh domid disks'
}

# The plan says all that the run does.
made_anew() {
        exits 7 plan --check --allow-restart "$scratch/host.conf" && says "WHICH GIVES UP ALL THAT IS ON IT" && says "would start guest disks" || return 1
        exits 0 --phase kvm --allow-restart "$scratch/host.conf" && says "shut guest disks down and make its volume" && converged || return 1
        on $host "qemu-img compare -U -s $pool/here-$(sum_of here.qcow2 | cut -c 1-12).qcow2 $pool/disks-copy.qcow2" &&
                on $host 'virsh domstate disks' | grep running
}

in_format() { # KEYS OF THE DISK
        { both_images; echo "guest \"format\" { memory = 64MiB replace = ${replace:-false} disk \"root\" { pool = lab image = here $1 } }"; } | wish
}

# The volume has another name in another format: it takes the other's place no sooner than it may.
another_format() {
        in_format ""
        promoted || return 1
        in_format "copy = true format = raw"
        exits 5 --phase kvm "$scratch/host.conf" && says "say replace = true in guest \"format\"" && ! on $host "ls $pool | grep format-root.raw" || return 1
        replace=true in_format "copy = true format = raw"
        promoted && says "WHICH GIVES UP ALL THAT IS ON $pool/format-root.qcow2" && on $host "ls $pool/format-root.qcow2 && virsh -q destroy format" || return 1
        promoted && converged && on $host "! ls $pool/format-root.qcow2 && virsh domblklist format | grep $pool/format-root.raw"
}

somebody_elses() {
        on $host "echo precious >$pool/other-root.raw; virsh -q pool-refresh lab"
        wish <<<'guest "other" { memory = 64MiB disk "root" { pool = lab size = 1MiB format = raw } }'
        exits 5 --phase kvm "$scratch/host.conf" && says "volume other-root.raw in pool lab is there and is not ours" &&
                is precious on $host "cat $pool/other-root.raw"
}

# A run that was cut off while it made a volume leaves what has no name yet.
left_behind() {
        on $host "head -c 1000 /dev/urandom >$pool/late-root.qcow2.part; mkdir -p /var/lib/provision/volumes/lab; echo x >/var/lib/provision/volumes/lab/late-root.qcow2"
        wish <<<'guest "late" { memory = 64MiB running = false disk "root" { pool = lab size = 1MiB } }'
        promoted && converged && is $((1 << 20)) info late-root.qcow2 virtual-size &&
                is "empty qcow2" on $host 'cat /var/lib/provision/volumes/lab/late-root.qcow2' && ! on $host "ls $pool" | grep '\.part$'
}

# ---- volume groups ----

# Hosts here have no device mapper: tests/lab/lvm_on_loops.sh has the theory.
lvm_is_there() {
        on $host 'apt-get install -y -q --no-install-recommends lvm2 && cat >/usr/local/sbin/lvm_on_loops.sh && chmod 755 /usr/local/sbin/lvm_on_loops.sh' \
                <tests/lab/lvm_on_loops.sh && device=$(on $host 'lvm_on_loops.sh begin 200') && [ -n "$device" ]
}

group_is_missing() { # said before anything is done, and by a plan
        { cat "$scratch/base.conf"; printf 'pool "group" { type = logical source = lab-vg %s }\n' "$1"; } >"$scratch/host.conf"
        exits 5 --phase kvm "$scratch/host.conf" && says "$2" && exits 5 plan "$scratch/host.conf" && says "$2" &&
                ! on $host 'virsh -q pool-list --all' | grep -w group
}

in_a_group() { # SIZE
        {
                both_images
                cat <<END
pool "group" { type = logical source = lab-vg devices = {"$device"} }
guest "group" {
        memory = 64MiB
        replace = ${replace:-false}
        disk "copy" { pool = group image = here copy = true ${format-format = raw} }
        disk "data" { pool = group size = $1 format = raw }
}
END
        } | wish
}

volume() { # NAME FIELD: of the guest's disk as virsh has it, in bytes
        on $host "virsh domblkinfo group $1" | sed -n "s/^$2: *//p"
}

made_in_a_group() {
        in_a_group 10MiB
        exits 7 plan --check "$scratch/host.conf" && says "create volume group-data.raw in pool group, 10 MiB, empty" && promoted || return 1
        is $((12 << 20)) on $host 'blockdev --getsize64 /dev/lab-vg/group-data.raw' &&
                on $host "qemu-img compare -U $pool/here-$(sum_of here.qcow2 | cut -c 1-12).qcow2 /dev/lab-vg/group-copy.raw"
}

has_devices() {
        on $host "virsh domstate group | grep -q running && virsh dumpxml group" >"$scratch/xml" || return 1
        is 2 grep -c "<disk type='block' device='disk'>" "$scratch/xml" && is 2 grep -c "<source dev='/dev/lab-vg/group-" "$scratch/xml" &&
                is $((12 << 20)) volume vdb Capacity
}

volume_grows() { # SIZE
        local running before
        running=$(on $host 'virsh domid group')
        before=$(on $host 'sha256sum </dev/lab-vg/group-copy.raw')
        in_a_group "$1"
        exits 7 plan --check "$scratch/host.conf" && says "grow volume group-data.raw in pool group" && promoted && converged &&
                is "$running" on $host 'virsh domid group' && is $((20 << 20)) volume vdb Capacity &&
                is "$before" on $host 'sha256sum </dev/lab-vg/group-copy.raw'
}

volume_grows_while_off() { # SIZE
        on $host 'virsh -q destroy group'
        in_a_group "$1"
        promoted && converged && is $((24 << 20)) on $host 'blockdev --getsize64 /dev/lab-vg/group-data.raw'
}

volume_made_anew() {
        make_image here.qcow2 14
        in_a_group 23MiB
        exits 5 --phase kvm "$scratch/host.conf" && says "say replace = true in guest \"group\"" || return 1
        replace=true in_a_group 23MiB
        exits 0 --phase kvm --allow-restart "$scratch/host.conf" && converged && is 16777216 volume vda Capacity && on $host "
                qemu-img compare -U $pool/here-$(sum_of here.qcow2 | cut -c 1-12).qcow2 /dev/lab-vg/group-copy.raw && ! ls /dev/lab-vg | grep part"
}

not_raw_is_refused() {
        format='' in_a_group 23MiB
        exits 3 plan "$scratch/host.conf" && says "pool \"group\" is a volume group, which holds raw volumes only: add format = raw"
}

cp "$scratch/host.conf" "$scratch/base.conf"
case_is "a server of images listens on the host's network" start_server
case_is "the host is promoted" promoted
make_image remote.qcow2 24
make_image here.qcow2 12
make_image slow.qcow2 20
make_image large.qcow2 200
{ both_images; disks 24MiB; } | wish
case_is "a plan shows the whole way" exits 7 plan --check "$scratch/host.conf"
case_is "it says where an image comes from" says "fetch image remote to pool lab (from $base"
case_is "it says what a disk is made from" says "create volume disks-copy.qcow2 in pool lab, as a copy of image here"
case_is "it says what is installed for it" says "install package curl"
case_is "a transfer that is cut off again and again goes on: each byte is sent once" cut_off_by_the_server
case_is "what the host fetched is whole" whole_on_the_host remote
case_is "what was sent to it is whole" whole_on_the_host here
case_is "disks are what they are to be" made_as_wished
case_is "a second run changes nothing" converged
case_is "a disk grows while its guest runs" grown_while_it_runs
case_is "a disk grows while its guest is off" grown_while_it_is_off
case_is "a disk never shrinks" never_shrunk
case_is "a changed image leaves disks as they are" image_has_changed
case_is "they stay as they are while the guest runs, also when they may be made anew" waits_for_the_guest
case_is "they are made anew when that is allowed, and the guest runs again" made_anew
case_is "in another format nothing is given up either, unless that is allowed" another_format
case_is "a volume of somebody else's is in the way, and stays" somebody_elses
case_is "what a run left half made is made" left_behind
case_is "killed while the host fetches: the next run takes it up, each byte is sent once" killed_while_the_host_fetches
case_is "killed while it sends: the next run goes on where it was" killed_while_it_sends
case_is "an image that somebody removed is fetched again" removed_image_is_fetched_again
case_is "a wrong checksum is said, and nothing is left of it" wrong_checksum
case_is "an image that leads to a file of the host is refused" leads_elsewhere
case_is "a file that isn't there is said before anything is done" file_is_gone
case_is "a disk without room isn't filled" no_room
case_is "LVM is there, and a device for it" lvm_is_there
case_is "a volume group that isn't there is in the way" group_is_missing '' 'volume group lab-vg, which this machine doesn'\''t have'
case_is "so is a device that isn't, of which it was to be made" \
        group_is_missing 'devices = {"/dev/nothing"}' 'nor is /dev/nothing, of which it is to be made'
case_is "guests' disks are made in a volume group, which is made itself" made_in_a_group
case_is "a guest runs with them as devices" has_devices
case_is "nothing is left to do, though the volume group has rounded up" converged
case_is "a volume grows while its guest runs" volume_grows 20MiB
case_is "a volume grows while its guest is off" volume_grows_while_off 23MiB
case_is "a volume is made anew from another image" volume_made_anew
case_is "a disk that isn't raw is refused" not_raw_is_refused
skip "a pool of an NFS server's directory is mounted" "hosts here can't mount NFS"
lab_sum
