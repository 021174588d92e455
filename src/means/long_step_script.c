/* The scripts around a long step; long_step.h has the theory. */
#include <string.h>

#include "base/memory.h"
#include "base/sha256.h"
#include "base/shell.h"
#include "means/long_step.h"
#include "means/pace.h"
#include "means/script.h"

#define STEPS   "/run/provision/steps"
#define PREFIX  "provision-"
#define LETTERS "abcdefghijklmnopqrstuvwxyz0123456789.-"

#define LEAST_ROOM (1 << 20) /* bytes; a large transaction says some 200,000 */

/* How long after SIGTERM its processes get SIGKILL: less than an interrupted command's end may take. */
#define STOP_S 4

const char long_step_probe[] = "for words in " STEPS "/*/words; do [ ! -r \"$words\" ] || { "
                               "step=${words%/words}; read -r words <\"$words\" || :\n"
                               "printf '=step %s %s\\n' \"${step##*/}\" \"$words\"; }; done\n";

char *long_step_name(const struct long_step *step)
{
        CLEANUP(string_free) char *hash = sha256_hex(step->content, strlen(step->content));

        return string_format(PREFIX "%s-%.12s", step->kind, hash);
}

bool long_step_is_name(const char *name)
{
        return strncmp(name, PREFIX, sizeof(PREFIX) - 1) == 0 && name[strspn(name, LETTERS)] == '\0' &&
               strlen(name) < 200;
}

/* What the unit runs. The room for its status is there from the beginning. */
static const char runner[] = ". \"$1/environment\"; umask 022; cd /\n"
                             "sh \"$1/script\" >\"$1/out\" 2>\"$1/err\" </dev/null\n"
                             "printf '%3d\\n' $? 1<>\"$1/status.new\"; mv \"$1/status.new\" \"$1/status\"\n";

/* The script has come on stdin and is in no process's arguments. */
static const char directly[] = "directly() { exec </dev/null; umask 022; eval \"$script\"; exit; }\n";

/* There is room for what it will say, too: whoever can't write that may fail half-way. */
static const char has_room[] =
        "has_room() { room=$(stat -f -c '%a * %S' .) && [ $(($room)) -ge $least ]; }\n";

/* A unit that has just ended keeps its name for a moment. */
static const char begin[] =
        "script=$(cat)\n"
        "[ -d /run/systemd/system ] && command -v systemd-run >/dev/null || directly\n"
        "[ ! -d $dir ] || [ -e $dir/status ] || [ \"$(systemctl show -p ActiveState --value $unit)\" != "
        "inactive ] || { tidy; rm -rf $dir; }\n"
        "if [ ! -d $dir ]; then\n"
        "umask 077; rm -rf $dir.new; mkdir -p $dir.new || directly\n"
        "(cd $dir.new; : >out && : >err && export -p >environment && printf '%s\\n' \"$script\" >script &&\n"
        "printf '%s\\n' \"$runner\" >run && printf '%s\\n' \"$words\" >words && printf '%s' \"$leavings\" "
        ">leavings && printf '   \\n' >status.new "
        "&&\n"
        "has_room) 2>/dev/null || { rm -rf $dir.new; directly; }\n"
        "mv $dir.new $dir\n"
        "tries=0; until said=$(systemd-run --quiet --unit=$unit --description=\"provision: $words\" "
        "-p RuntimeMaxSec=$limit -p TimeoutStopSec=$stop /bin/sh $dir/run $dir 2>&1); do\n"
        "tries=$((tries + 1))\n"
        "case $said in *already*) [ $tries -lt 100 ];; *) false;; esac || { rm -rf $dir; directly; }\n"
        "systemctl reset-failed $unit 2>/dev/null; sleep 0.05; done\n"
        "fi\n";

static const char follow[] = "[ -d $dir ] || { echo \"there is no step $unit\" >&2; exit 137; }\n"
                             "pid=$(systemctl show -p MainPID --value $unit)\n"
                             "if [ \"${pid:-0}\" -gt 0 ]; then tail -c +1 -s 0.02 --pid=$pid -f $dir/out\n"
                             "else cat $dir/out; fi\n"
                             "cat $dir/err >&2\n"
                             "if [ -e $dir/status ]; then read -r status <$dir/status\n"
                             "else status=137; result=$(systemctl show -p Result --value $unit)\n"
                             "case $result in success|'') result='somebody has stopped it';; esac\n"
                             "echo \"E: the unit $unit was ended there: $result\" >&2\n"
                             "systemctl reset-failed $unit 2>/dev/null; tidy; fi\n"
                             "rm -rf $dir; exit $status\n";

static const char sample[] =
        "[ -d $dir ] || exit 0\n"
        "group=$(systemctl show -p ControlGroup --value $unit)\n"
        "for root in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do\n"
        "[ ! -e $root$group/cgroup.procs ] || break; done\n"
        "sample() {\n"
        "[ ! -r $root$group/cpu.stat ] || while read -r key value; do [ $key != usage_usec ] || "
        "echo \"cpu $value\"; done <$root$group/cpu.stat\n"
        "echo \"said $(stat -c %s $dir/out)\"\n"
        "for process in $(cat $root$group/cgroup.procs); do\n"
        "[ ! -r /proc/$process/io ] || while read -r key value; do [ $key != wchar: ] || "
        "echo \"wrote $process $value\"; done </proc/$process/io 2>/dev/null; done\n"
        "echo --; }\n";

/* After one that hasn't come to its end. */
static const char tidy[] = "tidy() { [ ! -s $dir/leavings ] || sh $dir/leavings $dir; }\n";

/* The name holds nothing that a shell would see. */
static void add_head(struct text *script, const char *name)
{
        script_begin(script);
        text_format(script, "unit=%s.service dir=" STEPS "/%s\n", name, name);
        text_add(script, tidy);
}

static void add_setting(struct text *script, const char *name, const char *value)
{
        text_format(script, "%s=", name);
        shell_add_word(script, value);
        text_add(script, "\n");
}

void long_step_add_begin(
        struct text *script, const char *name, const char *sentence, const char *leavings, int limit_s)
{
        CLEANUP(string_free) char *words = string_copy(sentence);

        for (char *byte = words; *byte; byte++)
                if ((unsigned char)*byte < ' ')
                        *byte = ' ';
        add_head(script, name);
        add_setting(script, "words", words);
        add_setting(script, "runner", runner);
        add_setting(script, "leavings", leavings ? leavings : "");
        text_format(script, "limit=%d stop=%d least=%d\n", limit_s, STOP_S, LEAST_ROOM);
        text_add(script, directly);
        text_add(script, has_room);
        text_add(script, begin);
        text_add(script, follow);
}

void long_step_add_follow(struct text *script, const char *name)
{
        add_head(script, name);
        text_add(script, follow);
}

void long_step_add_end(struct text *script, const char *name)
{
        add_head(script, name);
        text_add(script, "systemctl stop $unit 2>/dev/null; systemctl reset-failed $unit 2>/dev/null\n"
                         "[ -e $dir/status ] || tidy; rm -rf $dir\n");
}

void long_step_add_samples(struct text *script, const char *name)
{
        add_head(script, name);
        text_add(script, sample);
        text_format(script, "sample; sleep %d; sample\n", PACE_SAMPLE_S);
}
