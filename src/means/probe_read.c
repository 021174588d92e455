/* What the probe's script printed becomes answers; probe.h has the theory. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "means/canary.h"
#include "means/firewall_look.h"
#include "means/listeners.h"
#include "means/long_step.h"
#include "means/manager.h"
#include "means/probe.h"
#include "means/probe_parts.h"
#include "means/script.h"
#include "means/sysctl.h"

struct reading {
        const struct survey *survey;
        struct answers *answers;
        struct text_sources texts;
        struct file_state *file; /* whose state is being read */
        struct text canary;      /* what was printed about it */
        char *at, *end;          /* what is left; *end is a NUL */
};

/* The next line, its newline replaced by a NUL; NULL: there is no whole line left. */
static char *next_line(struct reading *reading)
{
        char *line = reading->at, *newline = memchr(line, '\n', (size_t)(reading->end - line));

        if (!newline)
                return NULL;
        *newline = '\0';
        reading->at = newline + 1;
        return line;
}

/* ---- what each section's lines say; false: it makes no sense ---- */

/* "NAME WORDS" */
static bool read_long_step(struct reading *reading, char *line)
{
        const char *name = strsep(&line, " ");
        struct long_step_state *step;

        if (!long_step_is_name(name))
                return true; /* somebody else's directory */
        step = array_add(&reading->answers->long_steps);
        step->name = string_copy(name);
        step->words = string_copy(line && *line ? line : name);
        return true;
}

/* The path of a kernel setting that has no value to be read. */
static bool read_mute(struct reading *reading, const char *path)
{
        for (array_each(struct sysctl_state, sysctl, &reading->answers->sysctls)) {
                CLEANUP(string_free) char *own = sysctl_path(sysctl->key);

                if (string_equal(own, path))
                        return sysctl->is_mute = true;
        }
        return false;
}

/* Names that come one a line. */
static bool read_listed(struct answers *answers, const char *line)
{
        const struct {
                const char *word;
                struct strings *list;
        } lists[] = {
                {"=added ", &answers->added_packages},
                {"=added-unit ", &answers->added_units},
                {"=needed ", &answers->needed_packages},
                {"=needs ", &answers->needing_packages},
                {"=changed ", &answers->changed_files},
                {"=no-group ", &answers->missing_groups},
        };

        for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
                size_t length = strlen(lists[i].word);

                if (strncmp(line, lists[i].word, length) != 0)
                        continue;
                strings_add(lists[i].list, line + length);
                return true;
        }
        return false;
}

static bool read_fact(struct reading *reading, char *line)
{
        struct machine_facts *machine = &reading->answers->machine;
        const struct {
                const char *word;
                bool *fact;
        } flags[] = {
                {"=systemd", &machine->has_systemd},
                {"=kvm", &machine->has_kvm_device},
                {"=reboot", &machine->reboot_required},
                {"=interrupted", &machine->package_db_interrupted},
        };
        unsigned long long number, block;

        for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
                if (strcmp(line, flags[i].word) == 0)
                        return *flags[i].fact = true;
        }
        if (sscanf(line, "=memory %llu", &number) == 1) {
                machine->memory_mib = (unsigned)(number >> 10);
                return true;
        }
        if (sscanf(line, "=space %llu %llu", &number, &block) == 2) {
                machine->root_free_mib = (unsigned)((number >> 10) * block >> 10);
                return true;
        }
        if (sscanf(line, "=user %llu", &number) == 1) {
                machine->is_root = number == 0;
                return true;
        }
        if (read_listed(reading->answers, line))
                return true;
        if (strncmp(line, "=step ", 6) == 0)
                return read_long_step(reading, line + 6);
        if (strncmp(line, "=mute ", 6) == 0)
                return read_mute(reading, line + 6);
        if (strncmp(line, "=lock ", 6) == 0) { /* being written at this moment: as if none were there */
                sscanf(line + 6, "%u", &machine->run_lock);
                return true;
        }
        if (strncmp(line, "=arch ", 6) == 0) {
                string_replace(&machine->arch, line + 6);
                return true;
        }
        for (enum package_manager i = 0; i < PACKAGE_MANAGERS; i++) {
                if (strncmp(line, "=manager ", 9) == 0 && strcmp(line + 9, package_manager_name(i)) == 0) {
                        machine->manager = i;
                        return true;
                }
        }
        return false;
}

static bool add_address(struct answers *answers, const char *address)
{
        size_t count = answers->interfaces.count;

        if (!address || count == 0 || answers->interfaces.items[count - 1].mac)
                return false;
        answers->interfaces.items[count - 1].mac = string_copy(address);
        return true;
}

static bool read_interface(struct reading *reading, char *line)
{
        const char *word = strsep(&line, " ");
        bool is_bridge = strcmp(word, "bridge") == 0;
        struct interface_state *interface;

        if (strcmp(word, "address") == 0) /* of the bridge before */
                return add_address(reading->answers, line);
        if (!line || !*line || (!is_bridge && strcmp(word, "other") != 0))
                return false;
        interface = array_add(&reading->answers->interfaces);
        interface->name = string_copy(line);
        interface->is_bridge = is_bridge;
        return true;
}

static bool read_service(struct reading *reading, char *line)
{
        const char *word = strsep(&line, " ");
        bool is_served = strcmp(word, "served") == 0;
        struct service_state *service;

        if (!line || !*line || (!is_served && strcmp(word, "unserved") != 0))
                return false;
        service = array_add(&reading->answers->services);
        service->network = string_copy(line);
        service->is_served = is_served;
        return true;
}

static bool read_text(struct reading *reading, char *line)
{
        return text_sources_read(&reading->texts, reading->answers, line);
}

static bool read_state(struct reading *reading, char *line)
{
        return file_state_read(reading->answers, &reading->file, line);
}

static bool read_sum(struct reading *reading, char *line)
{
        return file_sum_read(reading->answers, line);
}

static bool read_canary(struct reading *reading, char *line)
{
        text_format(&reading->canary, "%s\n", line);
        return strncmp(line, "canary.", 7) == 0;
}

static bool read_listener(struct reading *reading, char *line)
{
        return listeners_read_line(reading->answers, line);
}

static bool read_firewall(struct reading *reading, char *line)
{
        return firewall_read_line(&reading->answers->firewall, line);
}

static bool read_package(struct reading *reading, char *line)
{
        enum package_manager manager = reading->answers->machine.manager;
        const char *name, *version;
        int is_installed = manager_read_line(manager, line, &name, &version);

        for (array_each(struct package_state, package, &reading->answers->packages)) {
                if (is_installed <= 0 || package->installed || !manager_names(manager, package->name, name))
                        continue;
                package->installed = true;
                package->version = string_copy(version);
        }
        return is_installed >= 0;
}

/* Packages are asked of every manager before it is known which is there: only the questions to that one have
 * an answer. */
static void begin_packages(struct reading *reading)
{
        struct answers *answers = reading->answers;

        for (array_each(const struct question, question, &reading->survey->questions)) {
                if (question->kind != ASK_PACKAGE || answers->machine.manager == PACKAGES_UNKNOWN)
                        continue;
                if (question->manager == PACKAGES_UNKNOWN || question->manager == answers->machine.manager)
                        array_add(&answers->packages)->name = question->subject;
        }
}

/* ---- the sections ---- */

static const struct section {
        const char *name;
        const char *what; /* was to be looked at; for errors */
        bool (*read_line)(struct reading *reading, char *line);
        void (*begin)(struct reading *reading); /* or NULL */
        const char *tool;     /* whose words to quote when it failed; NULL: the package manager's */
        int worst_status;     /* that may still mean that the tool did its work, … */
        const char *harmless; /* … namely when all it said holds this; "" is in everything */
} sections[] = {
        {"facts", "the machine itself", read_fact, NULL, "sh", 0, NULL},
        {"space", "the space on its disk", read_fact, NULL, "stat", 0, NULL},
        {"interfaces", "its network interfaces", read_interface, NULL, "sh", 0, NULL},
        {"services", "what serves its virtual networks", read_service, NULL, "sh", 0, NULL},
        {"texts", "its settings", read_text, NULL, "grep", 2, ""}, /* 2: a file isn't there */
        {"accounts", "its users and groups", read_text, NULL, "grep", 1, ""},
        {"states", "its files", read_state, NULL, "stat", 1, "No such file"}, /* gone since we listed it */
        {"sums", "the content of its files", read_sum, NULL, "sha256sum", 1, ""}, /* 1: not readable */
        {"canary", "what the last canary guest proved", read_canary, NULL, "sh", 0, NULL},
        {"listeners", "where it listens", read_listener, NULL, "sh", 0, NULL},
        {"firewall", "its packet filter", read_firewall, NULL, "sh", 0, NULL},
        /* rpm's status is how many aren't there */
        {"packages", "its packages", read_package, begin_packages, NULL, 125, NULL},
};

/* The first line on stderr that names the tool ("stat: …", "sh: 1: stat: not found") and doesn't hold
 * except; owned, NULL: none. */
static char *find_complaint(const struct output *output, const char *tool, const char *except)
{
        for (const char *line = text_string(&output->err); *line; line += strspn(line, "\n")) {
                size_t line_length = strcspn(line, "\n");
                CLEANUP(string_free) char *copy = string_copy_n(line, line_length);

                if (strstr(copy, tool) && !(except && strstr(copy, except)))
                        return STEAL(copy);
                line += line_length;
        }
        return NULL;
}

static int check_status(const struct section *section, const struct reading *reading,
        const struct output *output, int status, struct error *error)
{
        const struct manager *manager = manager_get(reading->answers->machine.manager);
        const char *tool = section->tool, *harmless = section->harmless;
        CLEANUP(string_free) char *said = NULL;

        if (!tool && manager) {
                tool = manager->complaint;
                harmless = manager->not_found;
        }
        if (status != 0 && tool)
                said = find_complaint(output, tool, status <= section->worst_status ? harmless : NULL);
        if (status <= section->worst_status && !said)
                return 0;
        return error_set(error, ERROR_FAILED,
                "the machine was asked for %s, and the tool for that ended with status %d%s%s", section->what,
                status, said ? ": " : "", said ? said : "");
}

static int read_section(const struct section *section, struct reading *reading, const struct output *output,
        struct error *error)
{
        CLEANUP(string_free) char *said = NULL;
        char name[16];
        int status;

        if (section->begin)
                section->begin(reading);
        for (char *line; (line = next_line(reading));) {
                if (*line != '@') {
                        if (!section->read_line(reading, line))
                                return error_set(error, ERROR_FAILED,
                                        "the machine was asked for %s, and its answer makes no "
                                        "sense: \"%.80s\"",
                                        section->what, line);
                        continue;
                }
                if (sscanf(line, "@%15s %d", name, &status) != 2 || strcmp(name, section->name) != 0)
                        return error_set(error, ERROR_FAILED,
                                "the machine was asked for %s and told \"%.80s\" instead", section->what,
                                line);
                return check_status(section, reading, output, status, error);
        }
        said = script_last_line(&output->err);
        return error_set(error, ERROR_FAILED,
                "the machine was asked for %s, and its shell ended before the answer, with "
                "status %d%s%s",
                section->what, output->status, said ? ": " : "", said ? said : "");
}

void probe_prepare(const struct survey *survey, struct answers *answers)
{
        for (array_each(const struct question, question, &survey->questions)) {
                switch (question->kind) {
                case ASK_SYSCTL:
                        array_add(&answers->sysctls)->key = question->subject;
                        break;
                case ASK_GROUP:
                        array_add(&answers->groups)->name = question->subject;
                        break;
                case ASK_USER:
                        array_add(&answers->users)->name = question->subject;
                        break;
                case ASK_FILE:
                case ASK_PRESENCE:
                        array_add(&answers->files)->path = question->subject;
                        break;
                case ASK_NOTE:
                        array_add(&answers->notes)->path = question->subject;
                        break;
                case ASK_TEXT:
                        array_add(&answers->texts)->path = question->subject;
                        break;
                default:
                        break; /* no subject, or packages, or answered elsewhere */
                }
        }
}

int probe_read(const struct survey *survey, const struct output *output, struct answers *answers,
        struct error *error)
{
        CLEANUP(string_free) char *copy = memory_new(output->out.length + 1, 1);
        struct reading reading = {
                .survey = survey,
                .answers = answers,
                .at = copy,
                .end = copy + output->out.length,
        };
        int result = 0;

        if (output->out_dropped)
                return error_set(
                        error, ERROR_FAILED, "the machine answered with more than %u MiB", PROBE_KEEP >> 20);
        memcpy(copy, text_string(&output->out), output->out.length);
        probe_prepare(survey, answers);
        text_sources_init(&reading.texts, survey, answers);
        for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]) && result == 0; i++)
                result = read_section(&sections[i], &reading, output, error);
        text_sources_done(&reading.texts);
        if (result == 0 && survey_asks(survey, ASK_CANARY))
                canary_read(text_string(&reading.canary), &answers->canary);
        text_done(&reading.canary);
        if (result == 0 && !machine_is_known(&answers->machine))
                return error_set(error, ERROR_FAILED,
                        "the machine doesn't tell its name, kernel, processor or boot: is /proc there?");
        return result;
}
