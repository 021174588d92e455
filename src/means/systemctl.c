/* Units by systemctl, for machines to whose systemd no stream leads: no socket forwarding and no
 * systemd-stdio-bridge. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/shell.h"
#include "means/script.h"
#include "means/unit.h"

static const char *const verbs[UNIT_ACTIONS] = {
        [UNIT_ENABLE] = "enable",
        [UNIT_DISABLE] = "disable",
        [UNIT_MASK] = "mask",
        [UNIT_UNMASK] = "unmask",
        [UNIT_START] = "start",
        [UNIT_STOP] = "stop",
        [UNIT_RESTART] = "restart",
        [UNIT_RELOAD] = "reload",
};

/* Times of day are printed in words that change from version to version, times since the boot as plain
 * microseconds; boot_us leads from one to the other. */
static void read_line(struct unit_state *unit, int64_t boot_us, char *line)
{
        char *value = line, *key = strsep(&value, "=");
        long long since_boot_us;

        if (!value)
                return;
        if (strcmp(key, "LoadState") == 0)
                unit_set_load_state(unit, value);
        else if (strcmp(key, "ActiveState") == 0)
                unit_set_active_state(unit, value);
        else if (strcmp(key, "SubState") == 0)
                unit_set_sub_state(unit, value);
        else if (strcmp(key, "Type") == 0)
                unit_set_type(unit, value);
        else if (strcmp(key, "RemainAfterExit") == 0)
                unit->remains = strcmp(value, "yes") == 0;
        else if (strcmp(key, "NeedDaemonReload") == 0)
                unit->stale = strcmp(value, "yes") == 0;
        else if (strcmp(key, "UnitFileState") == 0)
                unit_set_file_state(unit, value);
        else if (strcmp(key, "LoadError") == 0 && *value)
                string_replace(&unit->load_error, value);
        else if (strcmp(key, "ActiveEnterTimestampMonotonic") == 0 &&
                 sscanf(value, "%lld", &since_boot_us) == 1)
                unit->since_us = since_boot_us > 0 ? boot_us + since_boot_us : 0;
}

static void read_units(struct answers *answers, char *printed)
{
        char *line = strsep(&printed, "\n");
        double now_s = 0, up_s = 0;
        size_t index = 0;

        if (line)
                sscanf(line, "%lf %lf", &now_s, &up_s);
        while (index < answers->units.count && (line = strsep(&printed, "\n"))) {
                if (*line)
                        read_line(&answers->units.items[index], (int64_t)((now_s - up_s) * 1e6), line);
                else
                        index++;
        }
}

int systemctl_answer(struct link *link, const struct survey *survey, struct deadline deadline,
        struct answers *answers, struct error *error)
{
        CLEANUP(text_done) struct text script = {0};
        CLEANUP(output_done) struct output output = {0};
        struct command command = {0};

        units_prepare(survey, answers);
        script_begin(&script);
        text_add(&script, "read -r up _ </proc/uptime; echo \"$(date +%s.%N) $up\"\n");
        for (array_each(const struct unit_state, unit, &answers->units)) {
                text_add(&script, "systemctl show -p LoadState -p ActiveState -p SubState -p UnitFileState "
                                  "-p LoadError -p Type -p RemainAfterExit -p NeedDaemonReload "
                                  "-p ActiveEnterTimestampMonotonic -- ");
                shell_add_word(&script, unit->name);
                text_add(&script, "; echo\n");
        }
        command.script = text_string(&script);
        if (link_run(link, &command, deadline, &output, error) < 0)
                return -1;
        read_units(answers, output.out.data);
        return 0;
}

int systemctl_change(const struct work *work, struct error *error)
{
        CLEANUP(text_done) struct text script = {0};

        script_begin(&script);
        text_add(&script, "unit=");
        shell_add_word(&script, work->step->unit.name);
        if (work->step->unit.action == UNIT_START || work->step->unit.action == UNIT_RESTART)
                text_add(&script, "\nsystemctl reset-failed -- \"$unit\" "
                                  "$(systemctl show -p Triggers --value -- \"$unit\") 2>/dev/null");
        text_format(&script, "\nsaid=$(systemctl %s -- \"$unit\"", verbs[work->step->unit.action]);
        text_add(&script, " 2>&1) || { echo \"${said%%See *}\" >&2; exit 1; }\n");
        return script_run(work, text_string(&script), NULL, 0, error);
}
