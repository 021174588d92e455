/* What a guest may not share with the others of its machine, whoever made them. */
#include "scores/guest_conflicts.h"

/* The configuration says what it has: if that were the same, it would have been refused. */
static bool is_wished(const struct guest_state *other, const struct wish *wish)
{
        for (array_each(const struct guest_config *, guest, &wish->guests))
                if (other->ours && string_equal((*guest)->name, other->defined.name))
                        return true;
        return false;
}

static bool has_mac(const struct guest_state *guest, const struct mac_address *mac)
{
        return guest_find_nic(&guest->defined, mac) ||
               (guest->running.name && guest_find_nic(&guest->running, mac));
}

static bool judge(
        const struct guest_look *look, const struct guest_state *other, const struct nic_config *nic)
{
        char mac[MAC_ADDRESS_TEXT];

        if (!has_mac(other, &nic->mac))
                return false;
        mac_address_format(&nic->mac, mac);
        if (look->found && has_mac(look->found, &nic->mac)) {
                plan_warn(look->plan,
                        "guests %s and %s both have a nic with MAC address %s: in one network neither is "
                        "reached "
                        "reliably; give one of them another",
                        look->wanted->name, other->defined.name, mac);
                return false;
        }
        plan_block(look->plan,
                "nic %s of guest %s: MAC address %s is that of guest %s, which is there%s: give one of them "
                "another",
                nic->name, look->wanted->name, mac, other->defined.name,
                other->ours ? "" : " and is not ours");
        return true;
}

bool guest_shares_mac(const struct guest_look *look, const struct wish *wish)
{
        bool is_blocked = false;

        for (array_each(const struct guest_state, other, &look->answers->guests))
                for (array_each(const struct nic_config, nic, &look->config->nics))
                        if (!string_equal(other->defined.name, look->wanted->name) && !is_wished(other, wish))
                                is_blocked = judge(look, other, nic) || is_blocked;
        return is_blocked;
}
