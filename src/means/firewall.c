/* Our table of nftables: loaded in a way that lets nobody lock himself out.
 *
 * What the machine has before is kept, and a timer of its own systemd's is to bring that back. Then the new table comes, in one
 * transaction, and a connection is made as this run's own was. Only when somebody has answered there, the file is
 * written, by which the table comes back after a reboot, and the timer goes. Whatever happens in between, to us, to the
 * connection or to the machine, what was there before is there again. */
#include "base/memory.h"
#include "link/link.h"
#include "means/file.h"
#include "means/script.h"
#include "plan/nftables.h"

#define RESCUE    "provision-firewall-rescue"
#define NEW       NFTABLES_RUN "/new"
#define BEFORE    NFTABLES_RUN "/before"
#define RESCUE_S  60
#define CONNECT_S 30

/* A timer that is still there is another run's, which was cut off. */
static const char functions[] =
        "fail() { echo \"$1\" >&2; exit 1; }\n"
        "take_back() { systemctl stop " RESCUE ".timer 2>/dev/null; nft -f - <" BEFORE "; }\n";

static const char load[] =
        "mkdir -p -m 0755 " NFTABLES_RUN "\n"
        "cat >" NEW "\n"
        "[ \"$(wc -c <" NEW ")\" = \"$length\" ] || fail 'only a part of the rules arrived'\n"
        "said=$(nft -c -f " NEW
        " 2>&1) || fail \"nft doesn't accept them: $(printf '%s\\n' \"$said\" | head -n 1)\"\n"
        "! systemctl -q is-active " RESCUE ".timer || take_back\n"
        "{ printf '%s\\n' 'table " NFTABLES_TABLE "' 'delete table " NFTABLES_TABLE "'\n"
        "nft list table " NFTABLES_TABLE " 2>/dev/null || :; } >" BEFORE " && [ -s " BEFORE
        " ] || fail 'what there is now can'\\''t be "
        "kept'\n"
        "said=$(systemd-run -q --collect --unit=" RESCUE " --on-active=\"$rescue_s\" "
        "--timer-property=AccuracySec=1s sh -c 'nft -f - <" BEFORE
        "' 2>&1) || fail \"systemd makes no timer: $said\"\n"
        "nft -f " NEW " || { take_back; exit 1; }\n"
        "nft list table " NFTABLES_TABLE " | cat >" NFTABLES_LOADED "\n";

static const char confirm[] = "systemctl -q is-active " RESCUE
                              ".timer || fail 'the machine has taken it back, because it took too long'\n"
                              "systemctl stop " RESCUE ".timer\n"
                              "rm -f " NEW " " BEFORE "\n";

static int run(const struct work *work, const char *text, struct error *error)
{
        CLEANUP(text_done) struct text script = {0};

        script_begin(&script);
        text_add(&script, functions);
        text_add(&script, text);
        return script_run(work, text_string(&script), NULL, 0, error);
}

static int load_for_a_while(const struct work *work, struct error *error)
{
        const char *text = work->step->firewall.text;
        CLEANUP(text_done) struct text script = {0};

        script_begin(&script);
        text_add(&script, functions);
        text_format(&script, "length=%zu rescue_s=%d\n", strlen(text), RESCUE_S);
        text_add(&script, load);
        return script_run(work, text_string(&script), text, strlen(text), error);
}

/* A login, and a command that ran to its end. */
static int connect_anew(const struct work *work, struct error *error)
{
        struct deadline limit = deadline_min(work->deadline, deadline_in_s(CONNECT_S));
        const struct command command = {.script = "exit 0\n"};
        CLEANUP(output_done) struct output output = {0};
        struct link *link;
        int result;

        if (link_is_local(work->link))
                return 0;
        link = link_open_beside(work->link, limit);
        result = link_run(link, &command, limit, &output, error);
        link_close(link);
        return result;
}

static int write_file(const struct work *work, struct error *error)
{
        const struct file_config file = {
                .path = (char *)NFTABLES_FILE,
                .type = FILE_REGULAR,
                .content = work->step->firewall.text,
                .content_length = strlen(work->step->firewall.text),
                .mode = 0644,
                .owner = (char *)"root",
                .group = (char *)"root",
        };

        return file_put(work, &file, error);
}

/* What went wrong is told, whatever becomes of the way back: the timer goes it, too. */
static int take_back(const struct work *work, const char *what, struct error *error)
{
        CLEANUP(error_done) struct error failure = {0};

        run(work, "take_back\n", &failure);
        error->kind = ERROR_FAILED;
        return error_prefix(error, "%s, so what was there before is there again", what);
}

int firewall_load(const struct work *work, struct error *error)
{
        if (load_for_a_while(work, error) < 0)
                return -1;
        if (connect_anew(work, error) < 0)
                return take_back(work, "with these rules the machine takes no new connection of ours", error);
        if (write_file(work, error) < 0)
                return take_back(work, "the rules can't be kept for the next boot", error);
        return run(work, confirm, error);
}

int firewall_remove(const struct work *work, struct error *error)
{
        return run(work,
                "! nft list table " NFTABLES_TABLE " >/dev/null 2>&1 || nft delete table " NFTABLES_TABLE "\n"
                "rm -rf " NFTABLES_RUN "\n",
                error);
}
