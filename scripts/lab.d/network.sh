# shellcheck shell=bash disable=SC2154 # state, net, key, ... are set by scripts/lab
# One /24 a host, a pair of links into the host's network namespace, and one nftables table that lets all of them out.

nft_table='inet provision-lab'

network_open() { # the machine's side, once for all hosts; global lock held
        local policy
        printf '%s\n' "$net" >"$state/net.new" && mv "$state/net.new" "$state/net" # it is read without the lock
        sysctl_raise net.ipv4.ip_forward 1
        sysctl_raise fs.inotify.max_user_instances 8192
        nft -f - <<END
table $nft_table
delete table $nft_table
table $nft_table {
        chain postrouting {
                type nat hook postrouting priority srcnat; policy accept;
                ip saddr $net.0.0/16 ip daddr != $net.0.0/16 masquerade
        }
}
END
        # An accept of ours can't overrule a drop in another table, and Docker's and ufw's FORWARD drop what they don't know.
        policy=$(nft list chain ip filter FORWARD 2>/dev/null) || return 0
        if [[ $policy == *'policy drop'* && $policy != *provision-lab* ]]; then
                nft insert rule ip filter FORWARD ip saddr "$net.0.0/16" accept comment '"provision-lab"'
                nft insert rule ip filter FORWARD ip daddr "$net.0.0/16" accept comment '"provision-lab"'
        fi
}

forward_rules() { # the handles of ours in a table that isn't
        nft -a list chain ip filter FORWARD 2>/dev/null | sed -n 's/.*comment "provision-lab".*# handle //p'
}

network_close() {
        local handle
        for handle in $(forward_rules); do nft delete rule ip filter FORWARD handle "$handle"; done
        nft delete table "${nft_table% *}" "${nft_table#* }" 2>/dev/null || true
        sysctl_restore
}

# sysctl_raise NAME VALUE: remembers what it was; sysctl_restore puts it back unless somebody changed it meanwhile
sysctl_raise() {
        local file=/proc/sys/${1//.//} was
        was=$(<"$file")
        ((was < $2)) || return 0
        printf '%s %s %s\n' "$file" "$was" "$2" >>"$state/sysctl"
        printf '%s\n' "$2" >"$file"
}

sysctl_restore() {
        local file was ours
        [[ -e $state/sysctl ]] || return 0
        while read -r file was ours; do
                [[ $(<"$file") != "$ours" ]] || printf '%s\n' "$was" >"$file"
        done <"$state/sysctl"
        rm -f "$state/sysctl"
}

subnet_clashes() { # a route inside it, or one other than the default that covers it
        local routes
        routes=$(ip -4 route show table all root "$1" && ip -4 route show match "$1")
        grep -qv '^default' <<<"$routes" && [[ -n $routes ]]
}

# network_free COUNT: prints so many N whose NET.N.0/24 no host, address or route of this machine has to do with
network_free() {
        local n=0 left=$1 used
        used=" $(cat "$state"/hosts/*/net 2>/dev/null | tr '\n' ' ')"
        while ((left > 0 && ++n < 255)); do
                [[ $used != *" $n "* ]] || continue
                ! subnet_clashes "$net.$n.0/24" || continue
                printf '%s\n' "$n"
                left=$((left - 1))
        done
}

uplink_mtu() {
        local device
        device=$(ip -4 route show default | sed -n 's/.* dev \([^ ]*\).*/\1/p' | head -n 1)
        cat "/sys/class/net/$device/mtu" 2>/dev/null || echo 1500
}

# link_make NAME: the host's namespace exists before the host does, so its network is up from its first moment
link_make() {
        local dir=$state/hosts/$1 n mtu
        n=$(<"$dir/net")
        mtu=$(uplink_mtu)
        link_remove "$1"
        : >"$dir/netns"
        unshare --net="$dir/netns" true
        ip link add "plab-$n" mtu "$mtu" type veth peer name host0 mtu "$mtu" netns "$dir/netns"
        ip addr add "$net.$n.1/24" dev "plab-$n"
        ip link set "plab-$n" up
        nsenter --net="$dir/netns" ip -batch - <<END
link set lo up
addr add $net.$n.2/24 dev host0
link set host0 up
route add default via $net.$n.1
END
}

link_remove() {
        local dir=$state/hosts/$1
        [[ ! -e $dir/net ]] || ip link del "plab-$(<"$dir/net")" 2>/dev/null || true
        while mountpoint -q "$dir/netns"; do umount "$dir/netns" || umount -l "$dir/netns"; done
        rm -f "$dir/netns"
}
