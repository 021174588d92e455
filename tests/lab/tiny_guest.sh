# A guest that is up in two or three seconds even by emulation: Debian's cloud kernel and an initramfs of busybox. It
# takes leases on every interface, also on those that come later, answers ping, says on its console what it is, and
# powers off when it is asked to. To be sourced, after lab.sh.
#
# Both files are kept in the user's cache, named after what they were made of.
# shellcheck shell=bash

# In the order in which they need each other.
tiny_modules=(virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci failover net_failover virtio_net
        virtio_blk virtio_balloon evdev button)

tiny_init() {
        cat <<'END'
#!/bin/busybox sh
export PATH=/bin
/bin/busybox --install -s /bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
while read -r module; do insmod "/modules/$module.ko"; done </modules/order
# Whatever its power button says, it says that it was pressed.
for button in /sys/class/input/event*; do
        [ "$(cat "$button/device/name")" = "Power Button" ] || continue
        (dd if="/dev/input/${button##*/}" of=/dev/null bs=24 count=1 2>/dev/null && poweroff -f) &
done
hostname "$(sed 's/.*name=//; s/ .*//' /proc/cmdline)"
echo "tiny guest: $(hostname) is up: $(cat /proc/cmdline)" >/dev/console
# Interfaces may come and go while it runs. (A sleep would be a process each time, which costs under emulation.)
mkfifo /tick && exec 3<>/tick
while :; do
        for path in /sys/class/net/*; do
                interface=${path##*/}
                [ "$interface" = lo ] && continue
                [ -e "/run/$interface" ] && continue
                : >"/run/$interface"
                ip link set "$interface" up
                udhcpc -q -b -t 20 -T 1 -i "$interface" -s /dhcp >/dev/null 2>&1 &
        done
        for file in /run/*; do
                [ -e "/sys/class/net/${file##*/}" ] || rm -f "$file"
        done
        read -r -t 1 _ <&3
done
END
}

tiny_dhcp() {
        cat <<'END'
#!/bin/busybox sh
[ "$1" = bound ] || exit 0
ip addr replace "$ip/$mask" dev "$interface"
echo "tiny guest: $(hostname) has $ip on $interface" >/dev/console
END
}

tiny_initramfs() { # TREE MODULES FILE: of the busybox in TREE and the kernel's modules below MODULES
        local root module busybox
        root=$(mktemp -d)
        mkdir -p "$root"/{bin,dev,proc,sys,run,modules}
        cp "$1/bin/busybox" "$root/bin/"
        for module in "${tiny_modules[@]}"; do
                find "$2" -name "$module.ko" -exec cp {} "$root/modules/" \; -quit
                [ ! -e "$root/modules/$module.ko" ] || echo "$module" >>"$root/modules/order"
        done
        tiny_init >"$root/init"
        tiny_dhcp >"$root/dhcp"
        chmod 0755 "$root/init" "$root/dhcp"
        busybox=$(realpath "$1/bin/busybox")
        (cd "$root" && find . | "$busybox" cpio -o -H newc 2>/dev/null | gzip -1) >"$3"
        rm -rf "$root"
}

# Sets tiny_kernel and tiny_initrd, two files of this machine.
tiny_guest_make() {
        local cache=${XDG_CACHE_HOME:-$HOME/.cache}/provision/tiny-guest work package key
        package=$(apt-cache depends linux-image-cloud-amd64 | awk '/Depends: linux-image/ { print $2; exit }')
        key=$(cat "${BASH_SOURCE[0]}" <(echo "$package") | sha256sum | cut -c1-16)
        tiny_kernel=$cache/$key/vmlinuz tiny_initrd=$cache/$key/initrd
        [ ! -e "$cache/$key" ] || return 0
        mkdir -p "$cache"
        work=$(mktemp -d "$cache/new.XXXXXX")
        chmod 0755 "$work"
        (
                set -e
                cd "$work"
                mkdir tree made
                apt-get -qq -o APT::Sandbox::User=root download "$package" busybox-static
                for file in *.deb; do dpkg -x "$file" tree; done
                cp tree/boot/vmlinuz-* made/vmlinuz
                tiny_initramfs tree tree/lib/modules made/initrd
        ) || { rm -rf "$work"; return 1; }
        mv -T "$work/made" "$cache/$key" 2>/dev/null || [ -e "$cache/$key" ]
        rm -rf "$work"
}

# Puts kernel and initramfs into /srv/tiny on the host, where QEMU may read them.
tiny_guest_put() { # HOST
        tiny_guest_make || return 1
        on "$1" 'mkdir -p /srv/tiny && cat >/srv/tiny/vmlinuz' <"$tiny_kernel" || return 1
        on "$1" 'cat >/srv/tiny/initrd' <"$tiny_initrd"
}
