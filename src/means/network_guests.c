/* Running guests' ends of a network whose bridge is made anew. */
#include "means/network_guests.h"

#include "base/shell.h"
#include "means/network_xml.h"
#include "means/script.h"
#include "means/xml_tree.h"

#define TENTHS 200 /* of a second that a new bridge is waited for */

static int find_taps(const char *guest, const char *network, struct strings *ret_taps, struct error *error)
{
        CLEANUP(xml_node_done) struct xml_node domain = {0};
        const struct xml_node *devices;

        if (xml_node_parse(guest, &domain, error) < 0)
                return -1;
        devices = xml_node_child(&domain, "devices");
        for (size_t i = 0; devices && i < devices->children.count; i++) {
                const struct xml_node *device = &devices->children.items[i];
                const char *source = xml_node_property(xml_node_child(device, "source"), "network");
                const char *tap = xml_node_property(xml_node_child(device, "target"), "dev");

                if (string_equal(device->name, "interface") && tap && string_equal(source, network))
                        strings_add(ret_taps, tap);
        }
        return 0;
}

static int find_bridge(const struct listed *network, struct watch *watch, struct error *error)
{
        CLEANUP(network_done) struct network read = {0};
        CLEANUP(strings_done) struct strings unmodelled = {0};

        if (network_xml_read(network->definition, &read, &unmodelled, error) < 0)
                return -1;
        if (read.mode != NETWORK_BRIDGE) /* such a bridge isn't libvirt's and stays */
                watch->bridge = STEAL(read.bridge);
        return 0;
}

int watch_find(struct session *session, const char *network, struct watch *watch, struct error *error)
{
        const struct inventory_scope scope = {.kinds = 1U << LIBVIRT_GUEST | 1U << LIBVIRT_NETWORK};
        CLEANUP(inventory_done) struct inventory inventory = {0};

        if (inventory_read(session, &scope, &inventory, error) < 0)
                return -1;
        for (array_each(const struct listed, guest, &inventory.kinds[LIBVIRT_GUEST]))
                if (guest->running && find_taps(guest->running, network, &watch->taps, error) < 0)
                        return error_prefix(error, "guest %s", guest->name);
        for (array_each(const struct listed, listed, &inventory.kinds[LIBVIRT_NETWORK]))
                if (string_equal(listed->name, network) && find_bridge(listed, watch, error) < 0)
                        return -1;
        return 0;
}

static bool has_work(const struct watch *watch)
{
        return watch->bridge && watch->taps.count;
}

/* The number of the interface tells a new bridge from the old. It is read before the watch begins, so that it can't be the
 * new one's already; 0: there is none. */
static int read_number(struct link *link, struct deadline deadline, const char *bridge,
        unsigned long *ret_number, struct error *error)
{
        CLEANUP(text_done) struct text script = {0};
        CLEANUP(output_done) struct output output = {0};
        struct command command = {0};

        text_add(&script, "number=0; bridge=");
        shell_add_word(&script, bridge);
        text_add(&script, "; f=/sys/class/net/$bridge/ifindex; [ ! -e \"$f\" ] || read -r number <\"$f\"; "
                          "echo \"$number\"\n");
        command.script = text_string(&script);
        if (link_run(link, &command, deadline, &output, error) < 0)
                return -1;
        *ret_number = strtoul(text_string(&output.out), NULL, 10);
        return 0;
}

static void write_script(struct watch *watch, unsigned long old_number)
{
        struct text *script = &watch->script;

        script_begin(script);
        text_add(script, "trap '' HUP; bridge=");
        shell_add_word(script, watch->bridge);
        text_add(script, "; set -- ");
        shell_add_words(script, &watch->taps);
        text_format(script, "\ntries=%d old=%lu\n", TENTHS, old_number);
        text_add(script,
                "is_new() { number=$old; [ ! -e \"/sys/class/net/$bridge/bridge\" ] ||\n"
                "read -r number <\"/sys/class/net/$bridge/ifindex\"; [ \"$number\" != \"$old\" ]; }\n"
                "until is_new; do\n"
                "[ \"$tries\" -gt 0 ] || { echo 'it has not come' >&2; exit 1; }\n"
                "tries=$((tries - 1)); sleep 0.1; done\n"
                "status=0; for tap; do [ ! -e \"/sys/class/net/$tap\" ] ||\n"
                "ip link set dev \"$tap\" master \"$bridge\" || status=1; done; exit $status\n");
}

int taps_watch_begin(struct link *link, struct deadline deadline, struct watch *watch, struct error *error)
{
        unsigned long old_number;

        if (!has_work(watch))
                return 0;
        if (read_number(link, deadline, watch->bridge, &old_number, error) < 0)
                return -1;
        write_script(watch, old_number);
        watch->command = (struct command) {.script = text_string(&watch->script)};
        watch->running = link_start(link, &watch->command, deadline);
        return 0;
}

int taps_watch_end(struct watch *watch, struct error *error)
{
        CLEANUP(output_done) struct output output = {0};
        CLEANUP(string_free) char *said = NULL;

        if (!watch->running)
                return 0;
        if (link_finish(STEAL(watch->running), &output, error) < 0)
                return -1;
        if (output.status == 0)
                return 0;
        said = script_last_line(&output.err);
        return error_set(error, ERROR_FAILED, "guests' interfaces can't be put on bridge %s again: %s",
                watch->bridge, said ? said : "nothing is known about why");
}

/* A watch that nobody waited for is waited for here: the command's memory is ours. */
void watch_done(struct watch *watch)
{
        CLEANUP(error_done) struct error ignored = {0}; /* another error is on its way to the user */

        taps_watch_end(watch, &ignored);
        strings_done(&watch->taps);
        text_done(&watch->script);
        free(watch->bridge);
        *watch = (struct watch) {0};
}
