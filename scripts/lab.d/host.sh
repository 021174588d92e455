# shellcheck shell=bash disable=SC2154 # state, key, net, ... are set by scripts/lab
# One host's life: claimed, prepared, booted, waited for, halted, removed. All of it is found by the host's name.
#
#     hosts/NAME/lock      whoever works on the host holds it
#               /net       the N of its 10.77.N.0/24
#               /lower     the tree its overlay lies on; /disk/upper, /disk/work, /root are the overlay
#               /in-memory its disk is a tmpfs
#               /netns     its network namespace
#               /key       the private key that its users let in
#               /ready     it once took a login; without this file it is rubbish
#
# Whether it runs is asked of its control group, never of a remembered PID.

# ssh_command NAME USER: the command's beginning, in the array ssh
ssh_command() {
        ssh=(ssh -F none -i "$(<"$state/hosts/$1/key")" -o IdentitiesOnly=yes -o UserKnownHostsFile="$state/known_hosts"
                -o GlobalKnownHostsFile=/dev/null -o StrictHostKeyChecking=yes -o LogLevel=ERROR "$2@$(host_ip "$1")")
}

# host_claim NAME N LOWER LOCK: global lock held. Hosts of one `up` share its lock until they are ready.
host_claim() {
        local dir=$state/hosts/$1
        mkdir -p "$dir"
        ln "$4" "$dir/lock"
        printf '%s\n' "$2" >"$dir/net"
        printf '%s\n' "$3" >"$dir/lower"
        printf '%s\n' "$key" >"$dir/key"
        [[ $disks != memory ]] || : >"$dir/in-memory"
}

host_ip() {
        printf '%s.%s.2\n' "$net" "$(<"$state/hosts/$1/net")"
}

host_mount() {
        local dir=$state/hosts/$1 options
        ! mountpoint -q "$dir/root" || return 0
        mkdir -p "$dir/root" "$dir/disk"
        if [[ -e $dir/in-memory ]] && ! mountpoint -q "$dir/disk"; then
                [[ ! -e $dir/ready ]] || die "$1: its disk was in memory, and is gone: take it down with: lab down $1"
                mount -t tmpfs -o mode=0755 provision-lab "$dir/disk"
        fi
        mkdir -p "$dir/disk/upper" "$dir/disk/work"
        rm -rf "$dir/disk/work"/*/incompat # of a `volatile` mount that outlived its machine
        options=lowerdir=$(<"$dir/lower"),upperdir=$dir/disk/upper,workdir=$dir/disk/work
        # volatile: nothing here needs to survive the machine, so no write waits for the disk
        mount -t overlay overlay -o "$options,volatile" "$dir/root" 2>/dev/null ||
                mount -t overlay overlay -o "$options" "$dir/root" ||
                die "$1: no overlay could be mounted below $state: it must be on a local disk that isn't an overlay itself, or on a tmpfs"
}

host_prepare() {
        local root=$state/hosts/$1/root n
        host_mount "$1"
        link_make "$1"
        n=$(<"$state/hosts/$1/net")
        [[ ! -e $state/hosts/$1/ready ]] || return 0

        rm -f "$root/etc/resolv.conf" # it may be a link to elsewhere
        resolv_conf >"$root/etc/resolv.conf"
        printf '%s\n' "$1" >"$root/etc/hostname"
        printf '127.0.0.1 localhost\n127.0.1.1 %s\n' "$1" >"$root/etc/hosts"
        local id
        id=$(</proc/sys/kernel/random/uuid)
        printf '%s\n' "${id//-/}" >"$root/etc/machine-id"
        # a proxy on this machine is the host's gateway
        [[ ! -d $root/etc/apt/apt.conf.d ]] ||
                apt_settings | sed -E "s,://(127\.0\.0\.1|localhost|\[::1\])([:/]),://$net.$n.1\2," >"$root/etc/apt/apt.conf.d/90lab"
        host_authorize "$root" root /root 0 0
        host_authorize "$root" admin
        host_authorize "$root" operator
        host_keys "$1" "$root"
}

resolv_conf() {
        local file
        for file in /etc/resolv.conf /run/systemd/resolve/resolv.conf; do
                if grep -Eqs '^nameserver +[^1]|^nameserver +1([^2]|2[^7])' "$file"; then
                        grep -Ev '^nameserver +127\.' "$file"
                        return
                fi
        done
        echo '# this machine has only a name server on its own loopback, which hosts of the lab cannot reach'
}

host_authorize() { # host_authorize ROOT USER [HOME UID GID]
        local root=$1 home=${3-} uid=${4-} gid=${5-}
        [[ -n $home ]] || IFS=: read -r _ _ uid gid _ home _ < <(grep "^$2:" "$root/etc/passwd") || return 0
        install -d -m 0700 -o "$uid" -g "$gid" "$root$home/.ssh"
        install -m 0600 -o "$uid" -g "$gid" "$key.pub" "$root$home/.ssh/authorized_keys"
}

host_keys() { # host_keys NAME ROOT: new ones, and the known_hosts lines that belong to them
        local type ip
        ip=$(host_ip "$1")
        rm -f "$2"/etc/ssh/ssh_host_*
        for type in ed25519 ecdsa; do
                ssh-keygen -q -t "$type" -N '' -C "root@$1" -f "$2/etc/ssh/ssh_host_${type}_key"
        done
        known_hosts_edit "$1" "$(sed "s/^/$ip,$1 /; s/ [^ ]*\$//" "$2"/etc/ssh/ssh_host_*_key.pub)"
}

known_hosts_edit() ( # known_hosts_edit NAME LINES: replaces the host's lines; in a subshell, so that its lock ends with it
        file=$state/known_hosts
        lock_make "$file.lock" 60 || die "$file.lock is held by another process: end it"
        {
                grep -sv "^[^ ]*,$1 " "$file" || true
                [[ -z $2 ]] || printf '%s\n' "$2"
        } >"$file.new"
        mv "$file.new" "$file"
)

cgroup2_root() {
        local root
        root=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
        printf '%s\n' "${root:-$state/cgroup2}"
}

cgroup_open() { # a machine with version 1 only gets version 2 beside it, for as long as there is a lab
        local root
        root=$(cgroup2_root)
        [[ ! -e $root/cgroup.procs ]] || return 0
        mkdir -p "$root"
        mount -t cgroup2 none "$root" || die "this machine's kernel has no cgroup2, which hosts need: boot one that has"
}

cgroup_close() {
        ! mountpoint -q "$state/cgroup2" || umount "$state/cgroup2"
}

# The host's own groups: two nspawn processes in one group would share a /payload and clash. In version 1's name=systemd too.
cgroups_of() {
        printf '%s\n' "$(cgroup2_root)/provision-lab-$1"
        [[ ! -e /sys/fs/cgroup/systemd/cgroup.procs ]] || printf '%s\n' "/sys/fs/cgroup/systemd/provision-lab-$1"
}

host_is_running() {
        grep -qsx 'populated 1' "$(cgroup2_root)/provision-lab-$1/cgroup.events"
}

host_pids() {
        local group
        group=$(cgroup2_root)/provision-lab-$1
        [[ ! -d $group ]] || find "$group" -name cgroup.procs -exec cat {} + 2>/dev/null | grep -vx 0 || true
}

host_init() { # the PID of its PID 1; nothing if there is none
        local pid
        for pid in $(host_pids "$1"); do
                if grep -qsE '^NSpid:\s+[0-9]+\s+1$' "/proc/$pid/status"; then
                        printf '%s\n' "$pid"
                        return
                fi
        done
}

host_boot() { # host_boot NAME LOCK_FD
        local dir=$state/hosts/$1 fd=$2 group device options=()
        for device in /dev/kvm /dev/net/tun; do
                [[ ! -e $device ]] || options+=(--bind="$device")
        done
        for group in $(cgroups_of "$1"); do mkdir -p "$group"; done
        (
                trap '' INT HUP
                while host_boot_once "$1" "$fd" "${options[@]}"; do
                        [[ -e $dir/ready ]] || break
                        link_make "$1" # bridges and addresses don't outlive a reboot
                        host_is_back "$1" &
                done
        ) </dev/null >>"$dir/console.log" 2>&1 &
        disown
}

# host_boot_once NAME LOCK_FD OPTION...: until it is off; true when it wants to be booted again
host_boot_once() {
        local dir=$state/hosts/$1 fd=$2 group status=0
        (
                # while we hold the lock we aren't in the group, or the other way round: a killed `up` can't lose us
                for group in $(cgroups_of "$1"); do echo "$BASHPID" >"$group/cgroup.procs"; done
                exec {fd}>&-
                trap - INT HUP
                export UNIFIED_CGROUP_HIERARCHY=1 SYSTEMD_NSPAWN_LOCK=0 SYSTEMD_NSPAWN_API_VFS_WRITABLE=network
                exec setsid systemd-nspawn --quiet --boot --settings=no --directory="$dir/root" --machine="$1" \
                        --register=no --keep-unit --network-namespace-path="$dir/netns" --link-journal=no --resolv-conf=off \
                        --timezone=off --capability=all --system-call-filter='bpf keyctl perf_event_open' "${@:3}"
        ) &
        exec {fd}>&-
        wait $! || status=$?
        ((status == 133)) # a reboot, which nspawn leaves to whoever started it
}

host_is_back() { # what host_wait does for a host that this command has booted
        local ip ticks
        ip=$(host_ip "$1")
        for ((ticks = boot_s * 10; ticks > 0; ticks--)); do
                sleep 0.1
                host_is_running "$1" || return 0 # and whoever boots it again does this, too
                ! (exec 9<>"/dev/tcp/$ip/22") 2>/dev/null || ! host_sysfs "$1" || return 0
        done
}

# hosts_wait LOCK_FD NAME...: until each takes a login and has finished booting; side by side
hosts_wait() {
        local fd=$1 name pids=() failed=
        shift
        for name in "$@"; do
                (
                        exec {fd}>&-
                        host_wait "$name"
                ) </dev/null >/dev/null 2>&1 &
                pids+=($!)
        done
        for name in "$@"; do
                wait "${pids[0]}" || failed+=" $name"
                pids=("${pids[@]:1}")
        done
        [[ -n $failed ]] || return 0
        for name in $failed; do
                tail -n 15 "$state/hosts/$name/console.log" | sed -E "s/^/$name: /; s/\x1b\[[0-9;]*m//g" >&2
        done
        die "not up within $boot_s s:$failed; the last words of their consoles are above, LAB_BOOT_S gives them more time"
}

host_wait() {
        local ip ssh end=$((SECONDS + boot_s)) start=$SECONDS
        ssh_command "$1" root
        ip=$(host_ip "$1")
        while ((SECONDS < end)); do
                [[ -d /proc/$$ ]] || return 1 # whoever wanted to know is gone
                host_is_running "$1" || ((SECONDS < start + 3)) || return 1
                if (exec 9<>"/dev/tcp/$ip/22") 2>/dev/null && host_sysfs "$1" &&
                        timeout "$((end - SECONDS + 1))" "${ssh[@]}" -o BatchMode=yes -o ConnectTimeout=5 \
                                -o ServerAliveInterval=2 -o ServerAliveCountMax=2 'systemctl is-system-running --wait; true'; then
                        return 0
                fi
                sleep 0.05
        done
        return 1
}

# nspawn leaves out parts of /sys (module, firmware, ...) and makes the rest read-only. A server has all of it, and its
# network devices' attributes can be set; the rest stays read-only, for it is this machine's.
host_sysfs() {
        local init
        init=$(host_init "$1")
        [[ -n $init ]] || return 1
        # shellcheck disable=SC2016 # for the shell inside
        nsenter --target "$init" --mount --net --pid -- /bin/sh -c '
                [ ! -e /sys/module ] || exit 0
                mkdir -p /run/lab-sys
                mount -t sysfs -o ro,nosuid,nodev,noexec sysfs /run/lab-sys
                mount --bind /run/lab-sys/devices/virtual/net /run/lab-sys/devices/virtual/net
                mount -o remount,bind,rw,nosuid,nodev,noexec /run/lab-sys/devices/virtual/net
                mount -o remount,rw,nosuid,nodev,noexec /run/lab-sys # the file system behind all of them
                mount -o remount,bind,ro,nosuid,nodev,noexec /run/lab-sys
                for part in fs/cgroup kernel/debug kernel/tracing; do
                        ! mountpoint -q "/sys/$part" || mount --bind "/sys/$part" "/run/lab-sys/$part"
                done
                mount --make-rprivate /run/lab-sys
                mount --rbind /run/lab-sys /sys
                umount -R -l /run/lab-sys
                rmdir /run/lab-sys'
}

host_signal_off() { # asks it to power off; host_await_off waits for that
        local init
        init=$(host_init "$1")
        [[ -z $init ]] || kill -s RTMIN+4 "$init" 2>/dev/null || true
}

host_await_off() { # host_await_off NAME SECONDS
        local ticks=$(($2 * 20))
        while host_is_running "$1" && ((ticks-- > 0)); do sleep 0.05; done
}

host_halt() { # ends what still runs and takes its network away
        local export=/run/systemd/nspawn/unix-export/$1
        host_kill "$1"
        link_remove "$1"
        # nspawn clears these away itself unless it was killed
        ! mountpoint -q "$export" || umount "$export" 2>/dev/null || umount -l "$export"
        rmdir "$export" "/run/systemd/nspawn/propagate/$1" 2>/dev/null || true
}

host_kill() { # its PID 1 first, and with it everything inside; then nspawn, should it not see that it is out of work
        local pid init ticks
        init=$(host_init "$1")
        if [[ -n $init ]]; then
                kill -s KILL "$init" 2>/dev/null || true
                for ((ticks = 40; ticks > 0; ticks--)); do
                        host_is_running "$1" || return 0
                        sleep 0.02
                done
        fi
        for ((ticks = 200; ticks > 0; ticks--)); do
                host_is_running "$1" || return 0
                for pid in $(host_pids "$1"); do kill -s KILL "$pid" 2>/dev/null || true; done
                sleep 0.05
        done
        die "$1: processes $(host_pids "$1" | tr '\n' ' ')can't be killed: look what they wait for in /proc/PID/stack"
}

host_remove() {
        local dir=$state/hosts/$1 group
        [[ -d $dir ]] || return 0
        rm -f "$dir/ready"
        host_halt "$1"
        for group in $(cgroups_of "$1"); do
                [[ ! -d $group ]] || find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || true
        done
        local mount
        for mount in "$dir/root" "$dir/disk"; do
                while mountpoint -q "$mount"; do umount "$mount" 2>/dev/null || umount -l "$mount"; done
        done
        rm -rf --one-file-system "$dir/disk"
}

host_forget() { # after host_remove, with the global lock held: its name and subnet are free again
        [[ -d $state/hosts/$1 ]] || return 0
        known_hosts_edit "$1" ''
        rm -rf --one-file-system "${state:?}/hosts/$1"
}

host_enter() { # host_enter NAME [CMD...]
        local init
        init=$(host_init "$1")
        [[ -n $init ]] || die "$1 is not running: start it with: lab start $1"
        shift
        (($# > 0)) || set -- /bin/bash -l
        exec nsenter --target "$init" --mount --uts --ipc --net --pid --cgroup -- /usr/bin/env -i HOME=/root TERM="${TERM:-dumb}" \
                PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
}
