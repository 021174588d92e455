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
#include "means/script.h"

#define KEEP (256U << 10)

/* What a manager's own wait ends before our deadline, so that it can still say what it waited for. */
#define MARGIN_S 5

#define COMPLAINTS 6
#define LOCKED     4

/* What rpm says of the lock that every transaction of the machine takes, whoever asks for it; with another reason in
 * the parentheses it is no lock. */
#define RPM_LOCKED ".rpm.lock (Resource temporarily unavailable)"

struct transaction {
        const char *before;     /* shell text: environment */
        const char *has_lists;  /* a shell command that succeeds when lists are there and new enough */
        const char *refresh;    /* a shell command that fetches them */
        const char *install;    /* a shell command; names follow. It may wait $left seconds for a lock */
        const char *may_remove; /* a shell command that fails when others need one of these; names follow */
        const char *remove;     /* a shell command; names follow */
        const char *
                remove_only; /* the same, but for what is configured; NULL: what was changed is kept anyway */
        const char *repair;  /* shell text, or NULL: nothing to repair */
        const char *stale[4];               /* what it says when other lists might help */
        const char *locked[LOCKED];         /* what it says when it ends because another one is at work */
        const char *holder;                 /* what it says of who that is, or NULL */
        const char *complaints[COMPLAINTS]; /* how lines begin, or with a blank in front: what they hold, that
                                               tell of an error */
        int success[6];                     /* exit statuses other than 0 that are no failure */
};

/* Pattern-Only: a name is a name; apt-get would take zlib1g.dev for a regular expression and install what matches. */
#define APT_OPTIONS                                                                                       \
        "-y -q -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0 " \
        "-o DPkg::Lock::Timeout=$left -o APT::Cmd::Pattern-Only=true --no-remove"

#define APT_REMOVE_OPTIONS \
        "-y -q -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=$left -o APT::Cmd::Pattern-Only=true"

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

/* What stands behind a manager's words, for people. */
static const struct {
        const char *words;
        const char *cause;
} causes[] = {
        {"No space left on device", "a disk of the machine is full"},
        {"enough free space", "a disk of the machine is full"},
        {"more space needed", "a disk of the machine is full"},
        {"Read-only file system", "a disk of the machine can't be written to"},
        {"Unable to locate package", "no repository of the machine has it"},
        {"No match for argument", "no repository of the machine has it"},
        {"not found in package names", "no repository of the machine has it"},
        {"No provider of", "no repository of the machine has it"},
        {"target not found",
                "no repository of the machine has it; its lists may be too old, so try pacman -Syu"},
        {"failed retrieving file",
                "its lists may be too old; upgrade the machine with pacman -Syu and run again"},
        {"Packages need to be removed",
                "it would take packages away that are in its way, which is yours to decide"},
};

/* ---- what came back ---- */

static bool says(const struct output *output, const char *words)
{
        return strstr(text_string(&output->err), words) || strstr(text_string(&output->out), words);
}

static bool says_one_of(const struct output *output, const char *const *words, size_t count)
{
        for (size_t i = 0; i < count && words[i]; i++)
                if (says(output, words[i]))
                        return true;
        return false;
}

/* The first line with these words; NULL: none has them. Owned by the caller. */
static char *line_with(const struct output *output, const char *words)
{
        const char *const texts[] = {text_string(&output->err), text_string(&output->out)};

        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
                const char *line = strstr(texts[i], words);

                if (!line)
                        continue;
                while (line > texts[i] && line[-1] != '\n' && line[-1] != '\r')
                        line--;
                return string_copy_n(line, strcspn(line, "\r\n"));
        }
        return NULL;
}

/* What tells of another one that was still at work in the end. NULL: nothing does. Owned by the caller. */
static char *lock_line(const struct transaction *transaction, const struct output *output)
{
        char *line = NULL;

        if (says_one_of(output, transaction->locked, LOCKED) && transaction->holder)
                line = line_with(output, transaction->holder);
        for (size_t i = 0; !line && i < LOCKED && transaction->locked[i]; i++)
                line = line_with(output, transaction->locked[i]);
        return line;
}

static bool is_success(const struct transaction *transaction, int status)
{
        for (size_t i = 0; i < sizeof(transaction->success) / sizeof(transaction->success[0]); i++)
                if (status == transaction->success[i])
                        return true;
        return status == 0;
}

/* A beginning, or, where it starts with a blank, words anywhere in the line. */
static bool is_complaint(const struct transaction *transaction, const char *line)
{
        for (size_t i = 0; i < COMPLAINTS && transaction->complaints[i]; i++) {
                const char *words = transaction->complaints[i];

                if (*words == ' ' ? strstr(line, words) != NULL : strncmp(line, words, strlen(words)) == 0)
                        return true;
        }
        return false;
}

/* The first lines that tell of an error. One that ends with a colon goes on in the next. */
static void add_complaints(
        const struct transaction *transaction, const char *text, struct strings *complaints)
{
        CLEANUP(text_done) struct text whole = {0};

        while (*text && complaints->count < 3) {
                size_t length = strcspn(text, "\n"), blanks = strspn(text, " ");
                CLEANUP(string_free) char *line = string_copy_n(text, length);

                text += length + (text[length] == '\n');
                if (!whole.length && !is_complaint(transaction, line))
                        continue;
                while (length > blanks && strchr(" \r", line[length - 1]))
                        line[--length] = '\0';
                text_format(&whole, "%s%s", whole.length ? " " : "", line + blanks);
                if (length > blanks && line[length - 1] == ':')
                        continue;
                if (!strings_has(complaints, text_string(&whole)))
                        strings_add(complaints, text_string(&whole));
                text_clear(&whole);
        }
}

static int transaction_error(
        const struct transaction *transaction, const struct output *output, struct error *error)
{
        CLEANUP(strings_done) struct strings complaints = {0};
        CLEANUP(string_free) char *said = NULL;

        add_complaints(transaction, text_string(&output->err), &complaints);
        add_complaints(transaction, text_string(&output->out), &complaints);
        said = complaints.count ? strings_join(&complaints, "; ") : script_last_line(&output->err);
        if (!said)
                said = script_last_line(&output->out);
        if (!said)
                said = string_format("it ended with status %d and said nothing", output->status);
        for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
                if (says(output, causes[i].words))
                        return error_set(error, ERROR_FAILED, "%s: %.600s", causes[i].cause, said);
        return error_set(error, ERROR_FAILED, "%.600s", said);
}

/* ---- the transaction as a long step ---- */

/* The same packages again are the same step: whether that goes on there is seen by its name. */
static int run(const struct work *work, const char *script, struct output *ret_output, struct error *error)
{
        const struct step *step = work->step;
        CLEANUP(string_free) char *names = strings_join(&step->packages.names, " ");
        const struct long_step long_step = {
                .kind = step_kind_name(step->kind),
                .content = names,
                .sentence = step->sentence,
                .script = script,
                .keep = KEEP,
        };

        return long_step_run(work, &long_step, ret_output, error);
}

static int seconds_left(struct deadline deadline)
{
        int left_ms = deadline_left_ms(deadline);

        if (left_ms < 0)
                return 24 * 60 * 60;
        return left_ms / 1000 > MARGIN_S ? left_ms / 1000 - MARGIN_S : 0;
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
        text_format(script, "left=%d\n", seconds_left(work->deadline));
        if (waits)
                text_add(script, "sleep 1\n");
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

/* Those that somebody has removed since are left out. */
static void add_remove(struct text *script, const struct transaction *transaction, const struct step *step)
{
        package_notes_add_left(script, step->packages.manager);
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

static int transact(const struct work *work, enum job job, struct error *error)
{
        const struct step *step = work->step;
        const struct transaction *transaction = transactions[step->packages.manager];
        CLEANUP(text_done) struct text script = {0};
        enum lists lists = LISTS_IF_OLD;
        bool waits = false;

        for (;;) {
                CLEANUP(output_done) struct output output = {0};
                CLEANUP(string_free) char *lock = NULL;

                begin(&script, transaction, work, waits);
                if (job == JOB_REPAIR)
                        text_add(&script, transaction->repair);
                else if (job == JOB_REMOVE)
                        add_remove(&script, transaction, step);
                else
                        add_install(&script, transaction, step, lists);
                if (run(work, text_string(&script), &output, error) < 0)
                        return -1;
                if (is_success(transaction, output.status))
                        return 0;
                lock = lock_line(transaction, &output);
                if (lock && seconds_left(work->deadline) == 0)
                        return error_set(error, ERROR_DEADLINE,
                                "another package manager is at work and was waited for: %.300s", lock);
                waits = lock != NULL;
                if (waits) {
                        if (work->progress)
                                work->progress->line(work->progress->context, lock);
                        continue;
                }
                if (lists == LISTS_REFRESH || job != JOB_INSTALL ||
                        !says_one_of(&output, transaction->stale, 4))
                        return transaction_error(transaction, &output, error);
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
