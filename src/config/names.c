/* How names are spelt. All of them end up in other programs' hands (a file's name, a command's argument, a
 * line of dnsmasq's configuration), so each rule is the narrowest that real names need. */
#include <string.h>

#include "config/names.h"

#define DIGITS  "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

static int check_labels(const char *name, struct error *error)
{
        for (const char *label = name; *label;) {
                size_t length = strcspn(label, ".");

                if (length == 0 || length > 63 || label[0] == '-' || label[length - 1] == '-')
                        return error_set(error, ERROR_CONFIG,
                                "\"%.80s\" is not a DNS name: between its dots stand 1 to 63 letters, digits "
                                "and '-', "
                                "with no '-' at either end",
                                name);
                label += length;
                if (*label == '.' && *++label == '\0')
                        return error_set(error, ERROR_CONFIG, "\"%.80s\" ends in a dot: leave it out", name);
        }
        return 0;
}

static int check_wildcard(const char *name, struct error *error)
{
        if (name[0] != '*')
                return check_labels(name, error);
        if (name[1] != '.' || !name[2])
                return error_set(error, ERROR_CONFIG,
                        "\"%.80s\" is not a wildcard: write \"*.\" and the domain that all names are below",
                        name);
        return check_labels(name + 2, error);
}

static int check_unit(const char *name, struct error *error)
{
        static const char *const types[] = {
                "service", "socket", "target", "timer", "path", "mount", "automount", "swap", "slice"};
        const char *dot = strrchr(name, '.');

        for (size_t i = 0; dot && dot != name && i < sizeof(types) / sizeof(types[0]); i++)
                if (strcmp(dot + 1, types[i]) == 0)
                        return 0;
        return error_set(error, ERROR_CONFIG,
                "\"%.80s\" doesn't end in a type of unit: write \"%.80s.service\", or .socket, .target, "
                ".timer, .path, "
                ".mount, .automount, .swap, .slice",
                name, name);
}

/* The key is a path below /proc/sys, as it is or with dots for slashes. */
static int check_sysctl(const char *key, struct error *error)
{
        size_t names = 0;

        for (const char *name = key; name; names++) {
                size_t length = strcspn(name, "./");

                if (length == 0 || (names == 0 && !name[length]))
                        return error_set(error, ERROR_CONFIG,
                                "\"%.80s\" is not a sysctl: write it as sysctl -a does, "
                                "\"net.ipv4.ip_forward\"",
                                key);
                name = name[length] ? name + length + 1 : NULL;
        }
        return 0;
}

const struct name_rule name_of_object = {
        .what = "a name",
        .first = LETTERS DIGITS "_+",
        .others = LETTERS DIGITS "._+-",
        .longest = 100,
        .right = "letters, digits, '.', '_', '+' and '-', not starting with '-' or '.'",
};

const struct name_rule name_of_interface = {
        .what = "an interface",
        .first = LETTERS DIGITS "_",
        .others = LETTERS DIGITS "._-",
        .longest = 15, /* IFNAMSIZ and its NUL */
        .right = "letters, digits, '.', '_' and '-', not starting with '-' or '.'",
};

const struct name_rule name_in_dns = {
        .what = "a DNS name",
        .first = LETTERS DIGITS,
        .others = LETTERS DIGITS ".-",
        .longest = 253,
        .right = "letters, digits, '-' and dots between them",
        .check = check_labels,
};

const struct name_rule name_or_wildcard_in_dns = {
        .what = "a DNS name or wildcard",
        .first = LETTERS DIGITS "*",
        .others = LETTERS DIGITS ".-",
        .longest = 253,
        .right = "letters, digits, '-' and dots between them, and \"*.\" at most in front",
        .check = check_wildcard,
};

const struct name_rule name_of_unit = {
        .what = "a systemd unit",
        .first = LETTERS DIGITS ":_\\",
        .others = LETTERS DIGITS ":_.\\@-",
        .longest = 255,
        .right = "letters, digits, ':', '_', '.', '\\', '@' and '-', not starting with '-', '.' or '@'",
        .check = check_unit,
};

const struct name_rule name_of_sysctl = {
        .what = "a sysctl",
        .first = LETTERS DIGITS "_",
        .others = LETTERS DIGITS "./_-",
        .longest = 255,
        .right = "letters, digits, '_', '-' and dots or slashes between them",
        .check = check_sysctl,
};

const struct name_rule name_of_account = {
        .what = "a user or group",
        .first = LETTERS "_",
        .others = LETTERS DIGITS "._-",
        .longest = 31,
        .right = "letters, digits, '.', '_' and '-', starting with a letter or '_'",
};

const struct name_rule name_of_package = {
        .what = "a package",
        .first = LETTERS DIGITS,
        .others = LETTERS DIGITS "+._~:-",
        .longest = 128,
        .right = "letters, digits, '+', '.', '_', '~', ':' and '-', starting with a letter or digit",
};

const struct name_rule name_of_service = {
        .what = "a load balancer, service or server",
        .first = LETTERS DIGITS "_",
        .others = LETTERS DIGITS "._-",
        .longest = 60,
        .right = "letters, digits, '.', '_' and '-', not starting with '-' or '.'",
};

/* It becomes part of a name of nftables. */
const struct name_rule name_of_firewall = {
        .what = "a firewall",
        .first = LETTERS DIGITS "_",
        .others = LETTERS DIGITS "_-",
        .longest = 60,
        .right = "letters, digits, '_' and '-', not starting with '-'",
};

int name_check(const struct name_rule *rule, const char *name, struct error *error)
{
        size_t length = strlen(name);

        if (length == 0)
                return error_set(error, ERROR_CONFIG, "\"\" is not %s: it has %s", rule->what, rule->right);
        if (!strchr(rule->first, name[0]) || name[1 + strspn(name + 1, rule->others)] != '\0')
                return error_set(
                        error, ERROR_CONFIG, "\"%.80s\" is not %s: it has %s", name, rule->what, rule->right);
        if (length > rule->longest)
                return error_set(error, ERROR_CONFIG,
                        "\"%.80s\" has %zu letters: the name of %s has at most %zu", name, length, rule->what,
                        rule->longest);
        return rule->check ? rule->check(name, error) : 0;
}
