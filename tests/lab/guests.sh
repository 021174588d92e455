# Guests on a host that has its packages, from a kernel and an initramfs that the test makes: they come up, stay as they are,
# are changed while they run, mended after drift, and restarted only when that is allowed. Sourced by the tests, which say
# which Debian: guests RELEASE PREFIX.
# shellcheck shell=bash disable=SC2016 # what stands in single quotes is for the host's shell
. "$(dirname "${BASH_SOURCE[0]}")/lab.sh"
. "$(dirname "${BASH_SOURCE[0]}")/tiny_guest.sh"

# The configuration: what the lab has anyway, and one guest whose keys and parts stand in guest_keys and guest_parts.
write_conf() {
        {
                cat "$scratch/lab.conf"
                printf 'guest "tiny" {\n'
                printf '        kernel = "/srv/tiny/vmlinuz"\n        initrd = "/srv/tiny/initrd"\n'
                printf '        memory_max = "160MiB"\n        vcpus_max = 2\n%s\n%s\n}\n' "$guest_keys" "$guest_parts"
                [ -z "${more:-}" ] || printf '%s\n' "$more"
        } >"$scratch/host.conf"
}

lan='nic "lan" { network = "lab" address = "192.168.150.20" }'
plain='memory = "96MiB"
        command_line = "console=ttyS0 name=tiny"'

answers_at() { # HOST ADDRESS
        on "$1" "for i in \$(seq 180); do ping -q -c1 -W1 $2 >/dev/null && exit 0; done; exit 1" && return
        echo "$2 does not answer; the console says:"
        on "$1" 'tail -5 /var/log/libvirt/qemu/tiny-console.log'
        return 1
}

is_silent_at() { # HOST ADDRESS
        on "$1" "for i in \$(seq 30); do ping -q -c1 -W1 $2 >/dev/null || exit 0; done; exit 1"
}

# Another wish is planned in these words, carried out as planned, and found done; the guest is the same process all the time.
changes_live() { # HOST WORDS
        local before after planned
        before=$(on "$1" 'cat /run/libvirt/qemu/tiny.pid')
        write_conf
        exits 7 plan --check "$scratch/host.conf" && says "change guest tiny while it runs: $2" || return 1
        planned=$(sed -n 's/.*: \([0-9]*\) steps\{0,1\} to do.*/\1/p' "$scratch/out")
        promoted && says "done, $planned step" && converged || return 1
        after=$(on "$1" 'cat /run/libvirt/qemu/tiny.pid')
        [ "$before" = "$after" ] || { echo "it was restarted"; return 1; }
}

has_memory() { on "$1" "virsh -q dominfo tiny | grep -E 'Used memory: +$(($2 * 1024)) KiB'"; }
link_is() { on "$1" "virsh -q domif-getlink tiny 52:54:00:00:09:01 | grep -w '$2'"; }
cd_holds() { on "$1" "virsh -q domblklist tiny | grep -E 'sda +$2'"; }
plug_of() { on "$1" "virsh -q domiflist tiny | grep 52:54:00:00:09:01 | grep -w '$2'"; }

live() { # HOST
        local host=$1 second

        guest_keys=${plain/96MiB/128MiB}
        case_is "memory grows while it runs" changes_live "$host" "memory is 96 MiB, wanted 128 MiB"
        case_is "the guest has it" has_memory "$host" 128
        guest_keys="$guest_keys
        vcpus = 2"
        case_is "a processor is added while it runs" changes_live "$host" "vcpus is 1, wanted 2"
        second='nic "second" { network = "lab" mac = "52:54:00:00:09:01" address = "192.168.150.21" }'
        guest_parts="$lan
        $second"
        case_is "a nic is added while it runs" changes_live "$host" "lacks nic 52:54:00:00:09:01 in network lab"
        case_is "the guest answers there, too" answers_at "$host" 192.168.150.21
        guest_parts="$lan
        ${second/\}/link = down \}}"
        case_is "its link goes down while it runs" changes_live "$host" "the link of nic 52:54:00:00:09:01 is up, wanted down"
        case_is "it is down" link_is "$host" down
        guest_parts="$lan
        $second"
        case_is "and up again" changes_live "$host" "the link of nic 52:54:00:00:09:01 is down, wanted up"
        guest_parts="$lan
        ${second/192.168.150.21/192.168.150.22}"
        write_conf
        case_is "another fixed address needs nothing of the guest" promoted
        case_is "that changes nothing twice" converged
        guest_parts="$lan
        nic \"second\" { network = \"lab-mgmt\" mac = \"52:54:00:00:09:01\" }"
        case_is "it is plugged into another network while it runs" \
                changes_live "$host" "nic 52:54:00:00:09:01 is in network lab, wanted lab-mgmt"
        case_is "there it is" plug_of "$host" lab-mgmt
        guest_parts=$lan
        case_is "a nic is removed while it runs" changes_live "$host" "has nic 52:54:00:00:09:01 in network lab-mgmt, not wanted"
        guest_keys="$guest_keys
        iso = \"/srv/tiny/initrd\""
        case_is "a CD is put in while it runs" changes_live "$host" "iso is none, wanted /srv/tiny/initrd"
        case_is "it is in the drive" cd_holds "$host" /srv/tiny/initrd
        guest_keys=${guest_keys%iso*}
        case_is "and taken out" changes_live "$host" "iso is /srv/tiny/initrd, wanted none"
        case_is "the drive is empty" cd_holds "$host" -
}

waits_for_start() { # HOST: the definition says it at once, what runs stays, and a run that may restarts it
        local before after
        before=$(on "$1" 'cat /run/libvirt/qemu/tiny.pid')
        guest_keys="${guest_keys/name=tiny/name=tiny again=yes}"
        write_conf
        promoted && says "guest tiny goes on as it is until it is started again" && converged || return 1
        after=$(on "$1" 'cat /run/libvirt/qemu/tiny.pid')
        [ "$before" = "$after" ] || { echo "it was restarted"; return 1; }
        on "$1" 'virsh -q dumpxml --inactive tiny | grep -q again=yes' || return 1
        exits 0 --allow-restart "$scratch/host.conf" && says "restart guest tiny" && converged || return 1
        on "$1" 'grep -q again=yes /proc/$(cat /run/libvirt/qemu/tiny.pid)/cmdline'
}

blocks_foreign() { # HOST: somebody else's guest of the wanted name stays as it is
        on "$1" 'cat >/root/theirs.xml && virsh -q define /root/theirs.xml' <<'XML' || return 1
<domain type='qemu'>
  <name>theirs</name><memory unit='MiB'>32</memory>
  <os><type arch='x86_64'>hvm</type></os>
  <devices><interface type='user'/></devices>
</domain>
XML
        more='guest "theirs" { memory = "96MiB" nic "lan" { network = "lab" } }'
        write_conf
        exits 5 --phase kvm "$scratch/host.conf" && says "guest theirs is there, is not ours and differs" &&
                says "memory is 32 MiB, wanted 96 MiB" && says "has <interface type='user'>" || return 1
        on "$1" 'virsh -q undefine theirs'
        more=''
        write_conf
        converged
}

drift() { # HOST
        local host=$1

        case_is "a guest that was switched off is started" mends "$host" "start guest tiny" 'virsh -q destroy tiny'
        case_is "one that no longer starts with the host does again" mends "$host" \
                "let guest tiny start with the machine" 'virsh -q autostart --disable tiny'
        case_is "one that stands still goes on" mends "$host" "let guest tiny go on" 'virsh -q suspend tiny'
        case_is "one that would be gone once it is off is defined" mends "$host" "would be gone once it is off" \
                'virsh -q undefine tiny'
        case_is "a link that was pulled is plugged in" mends "$host" "is down, wanted up" \
                'virsh -q domif-setlink tiny $(virsh -q domiflist tiny | awk "{ print \$5 }") down'
        case_is "a definition that was edited says again what it should" mends "$host" "define guest tiny again" \
                'virsh -q dumpxml --inactive tiny | sed "s/again=yes/again=no/" >/root/e.xml && virsh -q define /root/e.xml'
        case_is "a guest that is gone is made again" mends "$host" "define guest tiny" \
                'virsh -q destroy tiny; virsh -q undefine tiny'
        case_is "it answers" answers_at "$host" 192.168.150.20
        case_is "a reboot is forgotten by nobody" rebooted "$host"
        case_is "the guest is back" answers_at "$host" 192.168.150.20
}

rebooted() {
        scripts/lab crash "$1" && scripts/lab start "$1" && promoted && converged
}

is_off() { on "$1" 'virsh -q domstate tiny | grep -x "shut off"'; }

switched_off() { # HOST
        guest_keys="$guest_keys
        running = false"
        write_conf
        promoted && says "shut guest tiny down" && says "don't let guest tiny start with the machine" && converged &&
                is_off "$1" || return 1
        guest_keys=${guest_keys%running*}
        write_conf
        promoted && converged
}

by_uefi() { # HOST WORD
        more="guest \"efi\" { memory = \"160MiB\" firmware = $2 autostart = false nic \"lan\" { network = \"lab\" } }"
        write_conf
        promoted && converged && on "$1" 'virsh -q domstate efi | grep -x running; virsh -q dumpxml efi | grep -q pflash' ||
                return 1
        on "$1" 'virsh -q destroy efi; virsh -q undefine --nvram efi'
        more=''
        write_conf
}

# Numbered guests, MACs and addresses counted up.
ten_at_once() { # HOST
        more='guest "many" {
        count = 10
        memory = "96MiB"
        kernel = "/srv/tiny/vmlinuz"
        initrd = "/srv/tiny/initrd"
        command_line = "console=ttyS0"
        nic "lan" { network = "lab" address = "192.168.150.101" }
}'
        write_conf
        promoted && converged || return 1
        on "$1" 'for i in $(seq 101 110); do
                for try in $(seq 120); do ping -q -c1 -W1 192.168.150.$i >/dev/null && continue 2; done
                echo "192.168.150.$i is silent; the console and the leases say:"
                tail -5 /var/log/libvirt/qemu/many-$((i - 100))-console.log
                virsh -q net-dhcp-leases lab; virsh -q list
                exit 1; done'
}

guests() { # RELEASE PREFIX
        lab_begin_with_packages "$2" 1 "$1"
        cp "$scratch/host.conf" "$scratch/lab.conf"
        local host=${2}1 guest_keys=$plain guest_parts=$lan more=''

        write_conf
        case_is "kernel and initramfs are made" tiny_guest_put "$host"
        case_is "a plan for a $1 host shows the guest, too" exits 0 plan "$scratch/host.conf"
        case_is "it says so" says "define guest tiny (96 MiB, 1 vcpu)"
        case_is "the host is promoted, and has its guest" promoted
        case_is "the guest answers at its fixed address" answers_at "$host" 192.168.150.20
        case_is "it is marked as ours" on "$host" 'virsh -q dumpxml tiny | grep -q "provision:owner.*guest=.tiny"'
        case_is "a second run changes nothing" converged
        live "$host"
        case_is "what can't change while it runs waits for its next start" waits_for_start "$host"
        case_is "it answers" answers_at "$host" 192.168.150.20
        case_is "somebody else's guest blocks, with every difference" blocks_foreign "$host"
        drift "$host"
        case_is "a guest that is to be off is shut down, and started again" switched_off "$host"
        case_is "a guest starts by UEFI, whose firmware is installed for it" by_uefi "$host" uefi
        case_is "and by UEFI with secure boot" by_uefi "$host" uefi-secure
        case_is "ten guests are made, and all answer" ten_at_once "$host"
        lab_sum
}
