/* Installing packages: one transaction for all that is missing, with whatever manager the machine has.
 *
 * What all four are told: ask nothing, take no recommendations, and remove nothing (for apt that needs
 * saying). Where another one is at work we wait for it, as long as the step may take. Lists of what can be
 * had are fetched again only when there are none, when they are a day old, or when something can't be had
 * with them: most of a transaction's time would go into fetching what is there already.
 *
 * pacman is the exception: to refresh its lists and then install without upgrading everything leaves a
 * machine half new and half old, which Arch doesn't support, and to upgrade everything isn't ours to decide.
 * So its lists are fetched where there are none, and lists that are too old are an error that says what to
 * do. */
#include <string.h>

#include "base/memory.h"
#include "base/shell.h"
#include "means/long_step.h"
#include "means/manager.h"
#include "means/package_leavings.h"
#include "means/package_notes.h"
#include "means/package_said.h"
#include "means/script.h"

#define KEEP (256U << 10)

/* What a manager's own wait ends before our deadline, so that it can still say what it waited for: the first time, when
 * it may have to read its lists, and later. Where less than LAST_TRY_MS is left, it isn't begun again. */
#define MARGIN_S       5
#define LATER_MARGIN_S 2
#define LAST_TRY_MS    3500

/* What rpm says of the lock that every transaction of the machine takes, whoever asks for it; with another reason in
 * the parentheses it is no lock. */
#define RPM_LOCKED ".rpm.lock (Resource temporarily unavailable)"

/* Pattern-Only: a name is a name; apt-get would take zlib1g.dev for a regular expression and install what matches. */
#define APT_OPTIONS                                                                                       \
        "-y -q -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0 " \
        "-o DPkg::Lock::Timeout=$left -o APT::Cmd::Pattern-Only=true --no-remove"

#define APT_REMOVE_OPTIONS \
        "-y -q -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=$left -o APT::Cmd::Pattern-Only=true"

/* What apt tells dpkg to unpack it links to in a directory, which stays behind when it is killed. (A directory for all that
 * is temporary, or a /tmp of its own, would be seen by packages' scripts: they run programs there, as other users, too.) */
static const char apt_leavings[] =
        "for left in \"${TMPDIR:-/tmp}\"/apt-dpkg-install-*; do\n"
        "[ ! -d \"$left\" ] || [ -L \"$left\" ] || [ ! -O \"$left\" ] || [ \"$left\" -ot \"$1/script\" ] ||\n"
        "is_open /var/lib/dpkg/lock-frontend || rm -rf -- \"$left\"; done\n";

/* apt gives lists the times they have on their server: when they were fetched is seen by the directory. */
static const struct transaction apt = {
        .before = "export DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a APT_LISTCHANGES_FRONTEND=none\n"
                  "export UCF_FORCE_CONFFOLD=1\n"
                  "has_lists() {\n"
                  "set -- /var/lib/apt/lists/*Packages*; [ -e \"$1\" ] || return\n"
                  "[ \"$(find /var/lib/apt/lists /var/lib/apt/lists/partial -maxdepth 0 -mtime -1)\" ]\n"
                  "}\n",
        .has_lists = "has_lists",
        .refresh = "apt-get -q update",
        .install = "apt-get install " APT_OPTIONS " --no-install-recommends --",
        .may_remove = "dpkg --no-act --purge --",
        .remove = "apt-get purge " APT_REMOVE_OPTIONS " --",
        .remove_only = "apt-get remove " APT_REMOVE_OPTIONS " --",
        .repair = "dpkg --force-confdef --force-confold --configure -a\n"
                  "exec apt-get install -f " APT_OPTIONS "\n",
        .leavings = apt_leavings,
        .stale = {"Unable to locate package", "no installation candidate", "Failed to fetch"},
        .locked = {"E: Could not get lock", "is another process using it", "locked by another process"},
        .holder = "It is held by",
        .complaints = {"E: ", "dpkg: error", " depends on ", "The following packages will be REMOVED",
                " : Depends:", "Waiting for cache lock"},
};

static const struct transaction dnf = {
        .before = "",
        .has_lists = "true", /* dnf knows how old they may be */
        .refresh = "dnf -y makecache --refresh",
        .install = "dnf -y --setopt=install_weak_deps=False install --",
        .may_remove = "rpm -e --test --",
        .remove = "dnf -y --noautoremove remove --",
        .stale = {"No match for argument", "Unable to find a match", "Failed to download",
                "Status code: 404"},
        .locked = {RPM_LOCKED, "Failed to obtain rpm transaction lock"}, /* dnf 4, dnf 5 */
        .complaints = {"Error: ", "error: ", "RPM: error: ", "No match for argument", " Problem", "  - "},
};

/* 100 to 103: updates, a reboot or a restart are advised; 106: a repository was skipped. */
static const struct transaction zypper = {
        .before = "",
        .has_lists = "true", /* zypper refreshes by itself */
        .refresh = "zypper --non-interactive refresh",
        .install = "zypper --non-interactive install --no-recommends --",
        .may_remove = "rpm -e --test --",
        .remove = "zypper --non-interactive remove --",
        .stale = {"not found in package names", "No provider of", "not found on medium"},
        .locked = {"System management is locked", RPM_LOCKED},
        .complaints = {"Problem: ", "No provider of", "Error: ", "error: ", "System management is locked"},
        .success = {100, 101, 102, 103, 106},
};

static const struct transaction pacman = {
        .before = "has_lists() { set -- /var/lib/pacman/sync/*.db; [ -e \"$1\" ]; }\n",
        .has_lists = "has_lists",
        .refresh = "pacman -Sy --noconfirm --noprogressbar",
        .install = "pacman -S --needed --noconfirm --noprogressbar --",
        .may_remove = "pacman -Rp --noconfirm --",
        .remove = "pacman -R --noconfirm --noprogressbar --", /* with n it would not keep them */
        .repair = "[ ! -e " PACMAN_LOCK " ] || is_open " PACMAN_LOCK " || rm -f " PACMAN_LOCK "\n",
        .locked = {"unable to lock database"},
        .complaints = {"error: ", ":: unable to satisfy", ":: removing ", " are in conflict"},
};

static const struct transaction *const transactions[PACKAGE_MANAGERS] = {
        [PACKAGES_APT] = &apt,
        [PACKAGES_DNF] = &dnf,
        [PACKAGES_ZYPPER] = &zypper,
        [PACKAGES_PACMAN] = &pacman,
};

/* ---- the transaction as a long step ---- */

/* The same packages again are the same step: whether that goes on there is seen by its name. */
static int run(const struct work *work, const char *script, struct output *ret_output, struct error *error)
{
        const struct step *step = work->step;
        const char *leavings = transactions[step->packages.manager]->leavings;
        CLEANUP(string_free) char *names = strings_join(&step->packages.names, " ");
        CLEANUP(string_free) char *tidy = leavings ? string_format("%s%s", script_is_open, leavings) : NULL;
        const struct long_step long_step = {
                .kind = step_kind_name(step->kind),
                .content = names,
                .sentence = step->sentence,
                .script = script,
                .leavings = tidy,
                .keep = KEEP,
        };

        return long_step_run(work, &long_step, ret_output, error);
}

static int seconds_left(struct deadline deadline, int margin_s)
{
        int left_ms = deadline_left_ms(deadline);

        if (left_ms < 0)
                return 24 * 60 * 60;
        return left_ms / 1000 > margin_s ? left_ms / 1000 - margin_s : 0;
}

/* ---- the three kinds of step ---- */

enum job { JOB_INSTALL, JOB_REPAIR, JOB_REMOVE };

enum lists { LISTS_IF_OLD, LISTS_REFRESH };

static void begin(
        struct text *script, const struct transaction *transaction, const struct work *work, bool waits)
{
        text_clear(script);
        script_begin(script);
        text_add(script, script_is_open);
        text_add(script, transaction->before);
        if (waits)
                text_add(script, "sleep 1\n");
        text_format(script, "left=%d\n", seconds_left(work->deadline, waits ? LATER_MARGIN_S + 1 : MARGIN_S));
}

static void add_install(
        struct text *script, const struct transaction *transaction, const struct step *step, enum lists lists)
{
        if (lists == LISTS_REFRESH)
                text_format(script, "%s || exit\n", transaction->refresh);
        else
                text_format(script, "{ %s; } || %s || exit\n", transaction->has_lists, transaction->refresh);
        package_notes_add_before(script, step->packages.manager);
        text_format(script, "%s ", transaction->install);
        shell_add_words(script, &step->packages.names);
        text_add(script, "\nstatus=$?\n");
        package_notes_add_after(script, step->packages.manager);
        text_add(script, "exit $status\n");
}

/* Those that somebody has removed since are left out, and those that others need. */
static void add_remove(struct text *script, const struct transaction *transaction, const struct step *step)
{
        package_notes_add_going(script, step->packages.manager);
        text_format(script,
                "if [ \"$left_over\" ]; then\n"
                "said=$(%s $left_over) || { status=$?; echo \"$said\"; exit $status; }\n",
                transaction->may_remove);
        package_leavings_add_before(script, step->packages.manager);
        if (transaction->remove_only)
                package_notes_add_remove_changed(script, step->packages.manager, transaction->remove_only);
        text_format(script, "[ ! \"$left_over\" ] || %s $left_over || exit\n", transaction->remove);
        package_leavings_add_after(script, step->packages.manager);
        text_add(script, "fi\n");
        package_notes_add_forget(script);
}

/* What is left of the time, and is too short for another try. 0 when it has passed. */
static int wait_out(const struct work *work, struct error *error)
{
        const struct command command = {.script = "exec sleep 60"};
        CLEANUP(output_done) struct output output = {0};
        struct error own = {0};

        if (deadline_passed(work->deadline) ||
                link_run(work->link, &command, work->deadline, &output, &own) == 0)
                return 0;
        if (own.kind != ERROR_DEADLINE)
                return error_move(error, &own);
        error_done(&own);
        return 0;
}

/* Somebody has held the lock all the time. */
static int lock_error(const struct work *work, const char *line, int64_t began_ns, struct error *error)
{
        static const char waiting[] = "Waiting for cache lock: ";
        size_t length;

        if (wait_out(work, error) < 0)
                return -1;
        if (strncmp(line, waiting, strlen(waiting)) == 0)
                line += strlen(waiting);
        for (length = strlen(line); length && line[length - 1] == '.';)
                length--;
        return error_set(error, ERROR_DEADLINE,
                "another package manager is at work and was waited for, %d s: %.*s; let it end, or end it, "
                "then run "
                "again",
                (int)((clock_now_ns() - began_ns) / 1000000000), length < 300 ? (int)length : 300, line);
}

static int transact(const struct work *work, enum job job, struct error *error)
{
        const struct step *step = work->step;
        const struct transaction *transaction = transactions[step->packages.manager];
        CLEANUP(text_done) struct text script = {0};
        enum lists lists = LISTS_IF_OLD;
        int64_t began_ns = clock_now_ns();
        bool waits = false;

        for (;;) {
                CLEANUP(output_done) struct output output = {0};
                CLEANUP(string_free) char *lock = NULL;
                int left_ms;

                begin(&script, transaction, work, waits);
                if (job == JOB_REPAIR)
                        text_add(&script, transaction->repair);
                else if (job == JOB_REMOVE)
                        add_remove(&script, transaction, step);
                else
                        add_install(&script, transaction, step, lists);
                if (run(work, text_string(&script), &output, error) < 0)
                        return -1;
                if (package_is_success(transaction, output.status))
                        return 0;
                lock = package_lock_line(transaction, &output);
                left_ms = deadline_left_ms(work->deadline);
                if (lock && left_ms >= 0 && left_ms < LAST_TRY_MS)
                        return lock_error(work, lock, began_ns, error);
                waits = lock != NULL;
                if (waits) {
                        if (work->progress)
                                work->progress->line(work->progress->context, lock);
                        continue;
                }
                if (lists == LISTS_REFRESH || job != JOB_INSTALL ||
                        !package_says_one_of(&output, transaction->stale, 4))
                        return package_error(transaction, &output, error);
                lists = LISTS_REFRESH;
        }
}

int packages_install(const struct work *work, struct error *error)
{
        if (!transactions[work->step->packages.manager])
                return error_set(error, ERROR_BLOCKED, "the machine has no package manager that we know");
        return transact(work, JOB_INSTALL, error);
}

int packages_repair(const struct work *work, struct error *error)
{
        const struct transaction *transaction = transactions[work->step->packages.manager];

        return transaction && transaction->repair ? transact(work, JOB_REPAIR, error) : 0;
}

int packages_remove(const struct work *work, struct error *error)
{
        if (!transactions[work->step->packages.manager])
                return error_set(error, ERROR_BLOCKED, "the machine has no package manager that we know");
        return transact(work, JOB_REMOVE, error);
}
