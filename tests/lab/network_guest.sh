# What a machine without anything boots from over the network, and installs itself with: Debian's cloud kernel, an initramfs
# with the real ignition, and a root image that says when it is up. To be sourced, after lab.sh.
#
# The files are kept in the user's cache, named after what they were made of.
# shellcheck shell=bash

. "$(dirname "${BASH_SOURCE[0]}")/lab.sh"
. "$(dirname "${BASH_SOURCE[0]}")/tiny_guest.sh"

network_init() {
        cat <<'END_OF_INIT'
#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/usr/bin:/usr/sbin:/bin:/sbin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev; mount -t tmpfs run /run
exec >/dev/console 2>&1
while read -r module; do insmod "/modules/$module.ko"; done </modules/order
argument() { sed -n "s,.*\\<$1=\\([^ ]*\\).*,\\1,p" /proc/cmdline; }
fail() { echo "install: failed: $*"; poweroff -f; }
server=$(argument server) disk=/dev/vda
until [ -b $disk ]; do usleep 50000; done
if [ "$(argument root)" = $disk ]; then
        mount -t ext4 $disk /sysroot && exec switch_root /sysroot /sbin/init
        fail "there is no root"
fi
ip link set lo up; ip link set eth0 up
udhcpc -q -n -t 10 -T 1 -i eth0 -s /dhcp >/dev/null || fail "no lease"
mkdir -p /run/ignition
stage() {
        ignition --root=/sysroot --platform=metal --stage="$1" --log-to-stdout >/run/log || { tail -n 8 /run/log; fail "ignition's stage $1"; }
        echo "install: ignition's stage $1 is done"
}
stage fetch-offline
[ ! -e /run/ignition/neednet ] || stage fetch
/sbin/mke2fs -q -F -t ext4 -O ^64bit,^metadata_csum $disk && mount -t ext4 $disk /sysroot || fail "no file system"
wget -q -O - "$server/root_image" | tar -xz -C /sysroot || fail "no root image"
stage mount
stage files
mkdir -p /sysroot/boot
wget -q -O /sysroot/boot/kernel "$server/kernel" && wget -q -O /sysroot/boot/initramfs "$server/initramfs" || fail "no kernel"
printf 'DEFAULT disk\nLABEL disk\n LINUX /boot/kernel\n INITRD /boot/initramfs\n APPEND root=%s server=%s console=ttyS0 quiet\n' \
        $disk "$server" >/sysroot/boot/extlinux.conf
extlinux --install /sysroot/boot || fail "no boot loader"
umount /sysroot
echo "install: done"
reboot -f
END_OF_INIT
}

network_root_init() {
        cat <<'END_OF_INIT'
#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev; mount -t tmpfs run /run
exec >/dev/console 2>&1
hostname "$(cat /etc/hostname)"
ip link set eth0 up
udhcpc -q -n -t 10 -T 1 -i eth0 -s /dhcp >/dev/null
server=$(sed -n 's,.*\<server=\([^ ]*\).*,\1,p' /proc/cmdline)
wget -q -O - "$server/up/$(hostname)"
echo "from its disk: $(hostname) is up, with $(cat /etc/given)"
while :; do sleep 1000; done
END_OF_INIT
}

# Programs with their libraries, by the paths that they have in the initramfs.
network_add() { # ROOT PROGRAM PATH
        local library
        mkdir -p "$1${3%/*}" && cp "$2" "$1$3"
        for library in $(ldd "$2" | grep -o '/[^ ]*'); do
                [ -e "$1$library" ] || { mkdir -p "$1${library%/*}" && cp -L "$library" "$1$library"; }
        done
}

network_tree() { # ROOT: what both have
        mkdir -p "$1"/{bin,sbin,dev,proc,sys,run,etc,tmp,sysroot,modules,usr/bin,usr/sbin,var/lib}
        chmod 0755 "$1" # else what is written as another user isn't found
        cp "$work/tree/bin/busybox" "$1/bin/"
        tiny_dhcp >"$1/dhcp"
        chmod 0755 "$1/dhcp"
}

network_initramfs() { # FILE
        local root=$work/initramfs module
        network_tree "$root"
        for module in "${tiny_modules[@]}"; do
                find "$work/tree/lib/modules" -name "$module.ko" -exec cp {} "$root/modules/" \; -quit
                [ ! -e "$root/modules/$module.ko" ] || echo "$module" >>"$root/modules/order"
        done
        network_add "$root" "$work/tree/usr/lib/dracut/modules.d/30ignition/ignition" /usr/bin/ignition
        network_add "$root" "$work/tree/usr/bin/extlinux" /usr/bin/extlinux
        network_add "$root" "$work/tree/sbin/mke2fs" /sbin/mke2fs
        cp "$work/tree/etc/mke2fs.conf" "$root/etc/"
        printf '#!/bin/sh\nexec cat >/dev/null\n' >"$root/usr/bin/setfiles" # Debian's ignition labels in any case
        network_init >"$root/init"
        chmod 0755 "$root/init" "$root/usr/bin/setfiles"
        (cd "$root" && find . | "$work/tree/bin/busybox" cpio -o -H newc 2>/dev/null | gzip -1) >"$1"
}

network_root_image() { # FILE
        local root=$work/root
        network_tree "$root"
        ln -s busybox "$root/bin/sh"
        mkdir "$root/etc/selinux"
        echo SELINUXTYPE=none >"$root/etc/selinux/config"
        echo root:x:0:0::/root:/bin/sh >"$root/etc/passwd"
        echo root:x:0: >"$root/etc/group"
        network_root_init >"$root/sbin/init"
        chmod 0755 "$root/sbin/init"
        tar -C "$root" -cz . >"$1"
}

# Prints a directory of this machine with kernel, initramfs and root_image.
network_guest_make() {
        local cache=${XDG_CACHE_HOME:-$HOME/.cache}/provision/network-guest work package key
        package=$(apt-cache depends linux-image-cloud-amd64 | awk '/Depends: linux-image/ { print $2; exit }')
        key=$(cat "${BASH_SOURCE[0]}" "${BASH_SOURCE[0]%/*}/tiny_guest.sh" <(echo "$package") | sha256sum | cut -c1-16)
        echo "$cache/$key"
        [ ! -e "$cache/$key" ] || return 0
        mkdir -p "$cache"
        work=$(mktemp -d "$cache/new.XXXXXX")
        (
                set -e
                cd "$work"
                mkdir tree made
                apt-get -qq -o APT::Sandbox::User=root download "$package" busybox-static ignition extlinux e2fsprogs
                for file in *.deb; do dpkg -x "$file" tree; done
                cp tree/boot/vmlinuz-* made/kernel
                network_initramfs "$PWD/made/initramfs"
                network_root_image "$PWD/made/root_image"
        ) >&2 || { rm -rf "$work"; return 1; }
        mv -T "$work/made" "$cache/$key" 2>/dev/null || [ -e "$cache/$key" ]
        rm -rf "$work"
}
