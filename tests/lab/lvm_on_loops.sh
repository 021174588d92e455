#!/bin/sh
# LVM on a host whose kernel has no device mapper. LVM's own tools keep a volume group on a loop device, and are told not to
# turn to the kernel (global/activation = 0); they are called by this script, which shows each logical volume as a loop
# device of just the part of the group that it lies on. One linear segment a volume is all that it can show.
#
#   lvm_on_loops.sh begin MIB   puts itself before the tools, and prints the device that a volume group can be made of
#   lvcreate, lvs, … (its names) what those do
#
# Loop devices are the kernel's, not the host's: each is held open by a unit, and gone with that, also when the host goes.
export LC_ALL=C LVM_SUPPRESS_FD_WARNINGS=1
me=${0##*/} shown=/run/lvm-on-loops
tools='lvs vgchange lvcreate lvremove lvrename lvextend'

keep() { # losetup's options: prints the device
        loop=$(losetup --find --show "$@" 9>&-) &&
                systemd-run -q --service-type=exec --unit="keep-${loop##*/}" -p StandardInput="file:$loop" sleep infinity 9>&- &&
                losetup --detach "$loop" && echo "$loop"
}

begin() { # MIB
        [ -e /dev/loop-control ] || mknod /dev/loop-control c 10 237
        for i in $(seq 0 63); do [ -e "/dev/loop$i" ] || mknod "/dev/loop$i" b 7 "$i"; done
        mkdir -p $shown
        truncate -s "$1M" /var/tmp/physical-volume
        device=$(keep /var/tmp/physical-volume)
        printf '%s\n' 'global { activation = 0 }' "devices { global_filter = [ \"a|^$device\$|\", \"r|.*|\" ] }" >/etc/lvm/lvmlocal.conf
        for tool in $tools; do ln -sf "$0" "/usr/sbin/$tool"; done
        echo "$device"
}

set_size() { # LOOP BYTES: while it is in use, which losetup can't (lo_sizelimit of struct loop_info64)
        perl -e 'open(my $loop, "<", $ARGV[0]) or die $!;
                my $status = "\0" x 232;
                ioctl($loop, 0x4C05, $status) or die $!;
                substr($status, 32, 8) = pack("Q", $ARGV[1]);
                ioctl($loop, 0x4C04, $status) or die $!;' "$1" "$2"
}

show() {
        /usr/sbin/lvm lvs --noheadings --units b --nosuffix -o vg_name,lv_name,lv_uuid,devices,lv_size,vg_extent_size 2>/dev/null >$shown.list
        for volume in "$shown"/*; do
                [ ! -e "$volume" ] || grep -q " ${volume##*/} " $shown.list ||
                        { systemctl stop "keep-$(sed 's,/dev/,,' "$volume")" 9>&-; rm "$volume"; }
        done
        find /dev -xdev -mindepth 2 -maxdepth 2 -lname '/dev/loop*' -delete
        while read -r group name uuid device size extent; do
                start=${device##*(} start=$(((1 << 20) + ${start%)} * extent)) # behind LVM's own mebibyte
                if [ -e "$shown/$uuid" ]; then
                        set_size "$(cat "$shown/$uuid")" "$size"
                else
                        keep --offset $start --sizelimit "$size" "${device%(*}" >"$shown/$uuid"
                fi
                mkdir -p "/dev/$group" && ln -s "$(cat "$shown/$uuid")" "/dev/$group/$name"
        done <$shown.list
}

exec 9>$shown.lock
flock 9
case $me in
lvm_on_loops.sh) begin "$2" ;;
lvs) /usr/sbin/lvm lvs "$@" 2>/dev/null | sed 's/-wi-XX----/-wi-a-----/' ;;
vgchange) show ;;
lvcreate) /usr/sbin/lvm lvcreate -Zn -Wn "$@" && show ;;
*) /usr/sbin/lvm "$me" "$@" && show ;;
esac
