#!/usr/bin/env bash
# Machines that boot over the network of a host: an empty guest that installs itself by what its MAC address is given, with
# the real ignition, and boots from its disk from then on; and what others do to what it was served.
# shellcheck disable=SC2016 # what stands in single quotes is for the shell inside
. "$(dirname "$0")/network_guest.sh"

host=nb1
server="provision-boot-lab.service"
directory=/var/lib/provision/boot/lab
base=http://192.168.150.1:8080
entry=mac/52-54-00-00-6e-01.ipxe

lab_begin_with_packages nb 1
scripts/lab conf --prefix nb >"$scratch/lab.conf"

is() { # WANTED COMMAND…
        local wanted=$1 found
        shift
        found=$("$@")
        [ "$found" = "$wanted" ] || { echo "$*: $found, wanted $wanted"; return 1; }
}

# ---- configurations ----

ignition() { # TEXT: what is in the one file that it writes
        jq -n --arg text "$1" '{ignition: {version: "3.3.0"}, storage: {files: [
                {path: "/etc/hostname", mode: 420, overwrite: true, contents: {source: "data:,alone"}},
                {path: "/etc/given", mode: 420, contents: {source: "data:,\($text | @uri)"}}]}}' >"$scratch/guest.ign"
}

boots() { # MACHINES: the lab's host.conf, a boot server, and these machines
        {
                cat "$scratch/lab.conf"
                cat <<END
unit "nginx.service" { masked = true }
packages { install = {"ipxe"} }
boot_server "lab" {
        network = "lab"
        kernel = "$files/kernel"
        initramfs = "$files/initramfs"
        root_image = "$files/root_image"
        loaders = "/usr/lib/ipxe"
        arguments = "console=ttyS0 quiet server={url} ignition.config.url={ignition}"
        $1
}
guest "alone" {
        memory = 256MiB
        boot = {disk, network}
        disk "root" { pool = lab size = 64MiB }
        nic "lan" { network = "lab" mac = "52:54:00:00:6e:01" address = "192.168.150.20" }
        ready { console = "from its disk: alone is up, with what Ignition was given" within = "8min" }
}
END
        } >"$scratch/host.conf"
}

# The guest's own configuration leads to the rack's.
those="machine \"alone\" { ignition_url = \"$base/ignition/52-54-00-00-6e-07.ign\" }
        machine \"rack7\" { mac = \"52:54:00:00:6E:07\" ignition = \"guest.ign\" }"
another='machine "rack8" { mac = "52:54:00:00:6E:08" ignition = "guest.ign" arguments = "rack=8;a=[b] c" }'

# ---- what it was asked for ----

asked() { # every request: its path, the answer, and who it was
        inside 'journalctl -q -o cat -t provision_boot' | sed -n 's/.*"GET \([^ ]*\) [^"]*" \([0-9]*\) .* "\([^"/ ]*\)[^"]*"$/\1 \2 \3/p'
}

installed_step_by_step() {
        asked | uniq >"$scratch/asked"
        diff "$scratch/asked" - <<END
/boot.ipxe 200 iPXE
/$entry 200 iPXE
/kernel 200 iPXE
/initramfs 200 iPXE
/ignition/52-54-00-00-6e-01.ign 200 Ignition
/ignition/52-54-00-00-6e-07.ign 200 Ignition
/root_image 200 Wget
/kernel 200 Wget
/initramfs 200 Wget
/up/alone 404 Wget
END
}

boots_from_its_disk_again() {
        mends "$host" "start guest alone" 'virsh -q destroy alone' || return 1
        is 1 grep -c '^/boot.ipxe ' <(asked) && is 2 grep -c '^/up/alone ' <(asked)
}

gets() { # STATUS PATH
        is "$1" net curl -s --noproxy "*" --max-time 5 -o /dev/null -w '%{http_code}' "$base/$2"
}

listens_only_there() {
        is "192.168.150.1:8080" inside 'ss -Hltnp | awk "/nginx/ { print \$4 }"'
}

network_tells_it() {
        inside 'virsh -q net-dumpxml lab' | grep -F "<bootp file='$base/boot.ipxe'/>"
}

# A machine on the network's bridge, of which there is only the card.
card_is_plugged() {
        inside 'ip link add card type veth peer name plug && ip link set plug master virbr-lab up && ip link set card up &&
                timeout 30 sh -c "until grep -q 3 /sys/class/net/virbr-lab/brif/plug/state; do sleep 0.1; done"' # it forwards
}

is_told() { # WANTED ARCHITECTURE [USER-CLASS]
        is "192.168.150.1 $1" net python3 tests/lab/dhcp_ask.py card "${@:2}"
}

loader_is_fetched() { # NAME
        net curl -sS --noproxy "*" --max-time 10 -o "$scratch/loader" "tftp://192.168.150.1/$1" &&
                inside "cat /usr/lib/ipxe/$1" | cmp - "$scratch/loader"
}

# ---- what others do ----

back_after_a_crash() {
        scripts/lab crash "$host" && scripts/lab start "$host" && promoted && gets 200 boot.ipxe && converged
}

configuration_behind_its_back() {
        on "$host" "sed -i s/8080/8081/ /etc/nginx/provision-boot-lab.conf && systemctl restart $server" || return 1
        ! gets 200 boot.ipxe >/dev/null || { echo "it answers still"; return 1; }
        exits 7 plan --check "$scratch/host.conf" && says "reload unit $server" && promoted && gets 200 boot.ipxe && converged
}

another_ignition() {
        local file=$directory/ignition/52-54-00-00-6e-07.ign
        ignition "another text"
        exits 7 plan --check "$scratch/host.conf" && says "$file" && promoted && inside "grep -q another%20text $file" && converged
}

machine_comes() {
        boots "$those $another"
        promoted && gets 200 mac/52-54-00-00-6e-08.ipxe && gets 200 ignition/52-54-00-00-6e-08.ign && converged &&
                inside "grep -F ' rack=8;a=[b] c || exit' $directory/mac/52-54-00-00-6e-08.ipxe"
}

machine_goes() {
        boots "$those"
        promoted && gets 404 mac/52-54-00-00-6e-08.ipxe && gets 404 ignition/52-54-00-00-6e-08.ign && gets 200 "$entry" && converged
}

all_goes() {
        exits 0 undo --yes "$scratch/host.conf" && inside "! ls $directory /etc/nginx/provision-boot-lab.conf 2>/dev/null | grep . && ! pgrep nginx"
}

files=$(network_guest_make) || files=
ignition "what Ignition was given"
boots "$those"
case_is "kernel, initramfs and root image are made" [ -s "$files/root_image" ]
case_is "a plan shows the whole way" exits 7 plan --check "$scratch/host.conf"
case_is "it says that the server is started" says "start unit $server"
case_is "an empty guest installs itself over the network, boots from its disk and reports" promoted
case_is "it asked for one thing after the other, and ignition for its configuration and the one that it leads to" installed_step_by_step
case_is "a second run changes nothing" converged
case_is "the network's DHCP names the server" network_tells_it
case_is "the server listens in that network only" listens_only_there
case_is "a card is on the network's bridge" card_is_plugged
case_is "iPXE is told where its script is" is_told "$base/boot.ipxe" 0 iPXE
case_is "a BIOS is told to fetch iPXE first" is_told undionly.kpxe 0
case_is "UEFI, too" is_told snponly.efi 7
case_is "UEFI that calls itself otherwise, too" is_told snponly.efi 9
case_is "iPXE can be fetched for a BIOS" loader_is_fetched undionly.kpxe
case_is "and for UEFI" loader_is_fetched snponly.efi
case_is "switched off and started, the guest boots from its disk by itself" boots_from_its_disk_again
case_is "a machine that nobody knows is told so" gets 404 mac/52-54-00-00-6e-99.ipxe
case_is "an edited script is put back" mends "$host" "$directory/$entry" "echo shell >>$directory/$entry"
case_is "a removed one as well" mends "$host" "$directory/$entry" "rm $directory/$entry"
case_is "and a kernel that is cut off" mends "$host" "$directory/kernel" "truncate -s 1000 $directory/kernel"
case_is "a stopped server is started" mends "$host" "start unit $server" "systemctl stop $server"
case_is "one that no longer starts with the host does again" mends "$host" "enable unit $server" "systemctl -q disable $server"
case_is "one that was given another configuration reads its own again" configuration_behind_its_back
case_is "it is back after a crash of the host" back_after_a_crash
case_is "another Ignition configuration is served" another_ignition
case_is "a machine that is added has its script" machine_comes
case_is "one that is removed has none" machine_goes
case_is "undone, nothing of it is left" all_goes
lab_sum
