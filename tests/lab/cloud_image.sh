#!/bin/bash
# Makes a small cloud image with a real cloud-init in it, once, and prints the directory where it lies: disk.raw (one
# ext4), kernel and initrd for it. Kept in the lab's cache; the directory's name tells the recipe, so that a changed one
# makes a new image.
#
# It has no boot loader: QEMU starts the kernel, which under emulation saves half a minute, as does each part of Debian's own
# image that is left out: kernel modules of what no guest here has, services that no lab needs. cloud-init's first two
# stages are as they come.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
PATH=$PATH:/usr/sbin:/sbin

cache=${XDG_CACHE_HOME:-$HOME/.cache}/provision/lab
# shellcheck disable=SC2034
state=/var/lib/provision-lab # for lab.d
# shellcheck source=/dev/null
. scripts/lab.d/locks.sh
# shellcheck source=/dev/null
. scripts/lab.d/trees.sh

say() { printf 'cloud image: %s\n' "$*" >&2; }
die() {
        say "$*"
        exit 1
}

packages=systemd-sysv,udev,dbus,openssh-server,cloud-init,linux-image-cloud-amd64,initramfs-tools,zstd,netbase,sudo

furnish() { # ROOT: what makes it a guest of ours
        local root=$1
        mkdir -p "$root/etc/cloud/cloud.cfg.d" "$root/etc/initramfs-tools"
        cat >"$root/etc/cloud/cloud.cfg.d/90_lab.cfg" <<'CONF'
datasource_list: [NoCloud]
manage_etc_hosts: true
cloud_init_modules: [seed_random, write-files, set_hostname, update_hostname, users-groups, ssh]
cloud_config_modules: []
cloud_final_modules: []
CONF
        printf 'MODULES=list\nCOMPRESS=zstd\n' >"$root/etc/initramfs-tools/conf.d/lab"
        printf '%s\n' virtio_pci virtio_blk ext4 crc32c_generic >"$root/etc/initramfs-tools/modules"
        echo '/dev/vda / ext4 rw,noatime 0 0' >"$root/etc/fstab"
        chroot "$root" update-initramfs -u
        find "$root/lib/modules" -name '*.ko' -regextype egrep \
                ! -regex '.*/(virtio[^/]*|(net_)?failover|isofs|cdrom|sr_mod|scsi[^/]*|libata|(lib)?ahci)(/.*|\.ko)' -delete
        chroot "$root" depmod "$(basename "$root"/lib/modules/*)"
        chroot "$root" systemctl enable systemd-networkd
        chroot "$root" systemctl mask apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer \
                fstrim.timer systemd-networkd-wait-online.service getty@tty1.service ssh-keygen.service \
                cloud-config.service cloud-final.service e2scrub_reap.service proc-sys-fs-binfmt_misc.automount \
                systemd-binfmt.service systemd-pstore.service systemd-update-utmp.service
        rm -f "$root"/etc/ssh/ssh_host_* "$root/etc/machine-id" "$root"/var/cache/apt/*.bin
        rm -rf "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,man,locale}
        : >"$root/etc/machine-id"
}

if [[ ${1-} == furnish ]]; then
        furnish "$2"
        exit
fi

recipe=$({
        declare -p packages
        declare -f furnish
} | sha256sum)
image=$cache/cloud-${recipe:0:8}
if [[ ! -d $image ]]; then
        cache_make
        lock_make "$cache/lock-cloud" 900 || die "$cache/lock-cloud is held for 15 minutes: look for a hanging mmdebstrap"
fi
if [[ ! -d $image ]]; then
        command -v mmdebstrap >/dev/null || die "mmdebstrap: not found; install what the tests need with: scripts/setup --test"
        say "making it, which takes a minute"
        new=$cache/.new-cloud
        rm -rf --one-file-system "$new"
        # other checkouts' stay for as long as they are used every day
        find "$cache" -maxdepth 1 -name 'cloud-*' -type d -mmin +1440 -exec rm -rf --one-file-system {} +
        mkdir -p "$new"
        mapfile -t options < <(apt_settings | sed 's/^/--aptopt=/')
        mapfile -t mirrors < <(apt_mirrors bookworm)
        # in namespaces of its own and bound to our life
        setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --mount-proc \
                mmdebstrap --quiet --mode=root --variant=minbase --include="$packages" "${options[@]}" \
                --customize-hook="bash '$PWD/tests/lab/cloud_image.sh' furnish \"\$1\"" bookworm "$new/tree" "${mirrors[@]}" \
                >"$cache/cloud.log" 2>&1 </dev/null || die "mmdebstrap failed ($(grep -m 1 '^E: ' "$cache/cloud.log" || tail -n 1 "$cache/cloud.log")): see $cache/cloud.log"
        cp "$new"/tree/boot/vmlinuz-* "$new/kernel"
        cp "$new"/tree/boot/initrd.img-* "$new/initrd"
        rm -rf "$new"/tree/boot/* "$new"/tree/dev/*
        mke2fs -q -t ext4 -d "$new/tree" -E root_owner=0:0 "$new/disk.raw" 700M
        rm -rf --one-file-system "$new/tree"
        mv "$new" "$image"
fi
touch "$image"
printf '%s\n' "$image"
