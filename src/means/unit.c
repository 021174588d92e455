/* Units of the machine: how systemd is reached, and what is known about a unit however it was asked for.
 *
 * systemd's private socket comes first: it leads to process 1 directly, and also works while the system bus
 * is being upgraded. The system bus is the other way, systemctl the last. */
#include <string.h>

#include "base/memory.h"
#include "base/shell.h"
#include "means/script.h"
#include "means/systemd.h"
#include "means/unit.h"

static const struct systemd_way ways[] = {
        {"/run/systemd/private", {"systemd-stdio-bridge", "--bus-path=unix:path=/run/systemd/private"},
                false},
        {"/run/dbus/system_bus_socket", {"systemd-stdio-bridge"}, true},
};

#define WAYS    (sizeof(ways) / sizeof(ways[0]))
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

static const struct {
        const char *result;
        const char *words;
} job_results[] = {
        {"failed", "it failed"},
        {"timeout", "it took longer than its unit allows"},
        {"dependency", "a unit that it needs failed"},
        {"canceled", "another job took its place"},
        {"skipped", "its conditions don't hold"},
        {"assert", "its assertions don't hold"},
        {"unsupported", "this systemd can't do it"},
        {"collected", "systemd has forgotten the unit"},
        {"once", "it may run only once"},
};

const struct unit_call unit_calls[UNIT_ACTIONS] = {
        [UNIT_ENABLE] = {"EnableUnitFiles", false, 2},
        [UNIT_DISABLE] = {"DisableUnitFiles", false, 1},
        [UNIT_MASK] = {"MaskUnitFiles", false, 2},
        [UNIT_UNMASK] = {"UnmaskUnitFiles", false, 1},
        [UNIT_START] = {"StartUnit", true, 0},
        [UNIT_STOP] = {"StopUnit", true, 0},
        [UNIT_RESTART] = {"RestartUnit", true, 0},
        [UNIT_RELOAD] = {"ReloadUnit", true, 0},
};

static void clear(struct unit_state *unit)
{
        free(unit->active_state);
        free(unit->file_state);
        free(unit->load_error);
        free(unit->service_type);
}

void units_prepare(const struct survey *survey, struct answers *answers)
{
        for (array_each(struct unit_state, unit, &answers->units))
                clear(unit);
        answers->units.count = 0;
        for (array_each(const struct question, question, &survey->questions)) {
                struct unit_state *unit;

                if (question->kind != ASK_UNIT)
                        continue;
                unit = array_add(&answers->units);
                unit->name = question->subject;
                unit->active_state = string_copy("inactive");
                unit->file_state = string_copy("");
        }
}

bool unit_can_be_listed(const char *name)
{
        return !name[strspn(name, LETTERS "0123456789:-_.\\@")] && !strstr(name, "@.");
}

void unit_set_load_state(struct unit_state *unit, const char *state)
{
        unit->exists = strcmp(state, "not-found") != 0;
}

void unit_set_file_state(struct unit_state *unit, const char *state)
{
        string_replace(&unit->file_state, state);
}

void unit_set_active_state(struct unit_state *unit, const char *state)
{
        string_replace(&unit->active_state, state);
        unit->active = strcmp(state, "active") == 0;
        unit->failed = strcmp(state, "failed") == 0;
        unit->changing = !unit->active && !unit->failed && strcmp(state, "inactive") != 0;
}

void unit_set_sub_state(struct unit_state *unit, const char *state)
{
        unit->restarting = strncmp(state, "auto-restart", strlen("auto-restart")) == 0;
}

bool unit_is_service(const char *name)
{
        const char *suffix = strrchr(name, '.');

        return suffix && strcmp(suffix, ".service") == 0;
}

void unit_set_type(struct unit_state *unit, const char *type)
{
        if (*type && unit_is_service(unit->name))
                string_replace(&unit->service_type, type);
}

/* " (exit-code, status 3)", of what systemctl show says on its first three lines. */
static void add_result(struct text *story, char **rest)
{
        const char *result = "", *code = "", *status = "";
        const struct {
                const char *name;
                const char **value;
        } keys[] = {{"Result=", &result}, {"ExecMainCode=", &code}, {"ExecMainStatus=", &status}};

        for (char *line; (line = strsep(rest, "\n")) && *line;)
                for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
                        if (strncmp(line, keys[i].name, strlen(keys[i].name)) == 0)
                                *keys[i].value = line + strlen(keys[i].name);
        if (!*result || strcmp(result, "success") == 0)
                return;
        text_format(story, " (%s", result);
        if (strcmp(code, "1") == 0)
                text_format(story, ", status %s", status);
        else if (*code && strcmp(code, "0") != 0)
                text_format(story, ", signal %s", status);
        text_add(story, ")");
}

/* Of the journal only what belongs to its last start. What the unit itself writes is without the start's identifier when
   journald reads it after the unit has ended: of that, all since the second of the start. */
char *unit_story(struct link *link, const char *name, struct deadline deadline)
{
        CLEANUP(text_done) struct text script = {0}, story = {0};
        CLEANUP(output_done) struct output output = {0};
        struct command command = {.keep = 4096};
        struct error error = {0}; /* the story only adds to an error that is told anyway */
        char *rest;

        script_begin(&script);
        text_add(&script, "unit=");
        shell_add_word(&script, name);
        text_add(&script, "\nsystemctl show -p Result -p ExecMainCode -p ExecMainStatus -- \"$unit\"; echo\n"
                          "run=$(systemctl show -p InvocationID --value -- \"$unit\")\n"
                          "if [ \"$run\" ]; then\n"
                          "began=$(TZ=UTC systemctl show -p InactiveExitTimestamp --value -- \"$unit\")\n"
                          "set -- _SYSTEMD_INVOCATION_ID=$run + INVOCATION_ID=$run"
                          " + _SYSTEMD_UNIT=\"$unit\" _TRANSPORT=stdout ${began:+--since \"$began\"}\n"
                          "else set -- -u \"$unit\"; fi\n"
                          "journalctl --sync 2>/dev/null\n" /* its last words may be on their way still */
                          "TZ=UTC journalctl -q --no-pager -n 5 -o cat \"$@\"\n");
        command.script = text_string(&script);
        if (link_run(link, &command, deadline, &output, &error) < 0) {
                error_done(&error);
                return string_copy("");
        }
        rest = output.out.data;
        add_result(&story, &rest);
        for (char *line, *before = NULL; (line = strsep(&rest, "\n"));) {
                if (!*line)
                        continue;
                text_format(&story, "%s%.160s", before ? " | " : "; its journal ends: ", line);
                before = line;
        }
        return text_take(&story);
}

const char *unit_job_words(const char *result)
{
        for (size_t i = 0; i < sizeof(job_results) / sizeof(job_results[0]); i++)
                if (strcmp(result, job_results[i].result) == 0)
                        return job_results[i].words;
        return result;
}

int units_answer(struct link *link, const struct survey *survey, struct deadline deadline,
        struct answers *answers, enum unit_reach *ret_reach, struct error *error)
{
        for (size_t i = 0; i < WAYS; i++) {
                units_prepare(survey, answers);
                if (answers->units.count == 0 || systemd_ask(link, &ways[i], deadline, answers) >= 0) {
                        *ret_reach = UNITS_ANSWERED;
                        return 0;
                }
                if (deadline_passed(deadline))
                        return error_set(error, ERROR_DEADLINE,
                                "systemd was asked about units and has not answered in time");
        }
        units_prepare(survey, answers);
        *ret_reach = UNITS_OUT_OF_REACH;
        return 0;
}

int unit_change(const struct work *work, struct error *error)
{
        for (size_t i = 0; i < WAYS; i++) {
                struct error cut = {0};
                bool is_reached = false;

                if (systemd_change(work, &ways[i], &is_reached, &cut) == 0)
                        return 0;
                if (is_reached || cut.kind != ERROR_FAILED)
                        return error_move(error, &cut);
                error_done(&cut); /* there are other ways */
        }
        return systemctl_change(work, error);
}
