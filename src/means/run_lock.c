/* The lock: its script, and this side of the stream. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/shell.h"
#include "means/run_lock.h"
#include "means/script.h"

#define DIRECTORY "/run/provision"
#define NAME      "the run's lock"

#define BEAT_S   15
#define SILENT_S 60 /* so three signs of life may get lost */

/* A run that is being killed at this moment isn't worth a word. */
#define MOMENT_S 2

struct run_lock {
        int fd;
        pthread_t thread; /* that gives the signs of life */
        atomic_bool is_lost;
};

/* ---- the script ---- */

const char run_lock_probe[] = "[ ! -r " DIRECTORY "/lock ] || { read -r lock <" DIRECTORY "/lock || :\n"
                              "echo \"=lock $lock\"; }\n";

/* What is left of this run on a connection that was lost: the script that has the run's nonce in its arguments. */
static const char mine[] = "holder= && [ ! -r lock.holder ] || read -r holder <lock.holder || :\n"
                           "case $holder in *\" $run \"*) old=${holder%% *}\n"
                           "! grep -q \"$run\" \"/proc/$old/cmdline\" 2>/dev/null || [ \"$old\" = $$ ] || "
                           "kill -KILL \"$old\";;\n"
                           "esac\n";

/* The lock's descriptor is the shell's alone: a child that outlived it would go on holding. */
static const char hold[] = "n= && [ ! -s lock ] || read -r n <lock || :\n"
                           "case $n in ''|*[!0-9]*) n=0;; esac\n"
                           "next=$((n + 1 + n % 2))\n"
                           "echo $next >lock\n"
                           "printf '%s %s %s %s %s\\n' $$ $run \"$who\" $(date +%s) \"$words\" >lock.holder\n"
                           "echo \"taken $n\"\n"
                           "while [ \"$(exec 9>&-; timeout $silent head -c 1)\" ]; do :; done\n"
                           "rm -f lock.holder\n"
                           "echo $((next + 1)) >lock\n";

static void add_setting(struct text *script, const char *name, const char *value)
{
        text_format(script, "%s=", name);
        shell_add_word(script, value);
        text_add(script, "\n");
}

/* One line of at most 500 bytes, whatever stands there. */
static void add_words(struct text *script, const char *words)
{
        CLEANUP(string_free) char *line = string_copy_n(words, strnlen(words, 500));

        for (char *byte = line; *byte; byte++)
                if ((unsigned char)*byte < ' ')
                        *byte = ' ';
        add_setting(script, "words", line);
}

void run_lock_script(const struct run_lock_wish *wish, struct text *script)
{
        script_begin(script);
        add_setting(script, "run", wish->run);
        add_setting(script, "who", wish->who);
        add_words(script, wish->words);
        text_format(script, "silent=%d\n", SILENT_S);
        text_add(script, "command -v flock >/dev/null || { echo none; exit; }\n"
                         "umask 022; mkdir -p " DIRECTORY " && cd " DIRECTORY " || exit\n"
                         "[ ! -L lock ] || { echo 'lock is a symbolic link: remove it' >&2; exit; }\n"
                         "exec 9>>lock || exit\n");
        text_add(script, mine);
        text_format(script,
                "flock -w %d 9 || {\n"
                "holder= && [ ! -r lock.holder ] || read -r holder <lock.holder || :\n"
                "printf 'held %%s %%s\\n' $(date +%%s) \"$holder\"\n"
                "flock -w %d 9 || exit; }\n",
                MOMENT_S, wish->wait_s);
        text_add(script, hold);
}

/* ---- what it says ---- */

static void add_age(struct text *text, long long seconds)
{
        if (seconds < 60)
                text_format(text, "%lld s", seconds);
        else if (seconds < 3600)
                text_format(text, "%lld min", seconds / 60);
        else
                text_format(text, "%lld h %lld min", seconds / 3600, seconds / 60 % 60);
}

/* "NOW PROCESS RUN WHO SINCE WORDS" */
char *run_lock_holder(const char *line)
{
        struct text text = {0};
        char who[256], date[64];
        long long now, since;
        int words = 0;
        struct tm utc;
        time_t at;

        if (sscanf(line, "%lld %*s %*s %255s %lld %n", &now, who, &since, &words) < 3 || !words ||
                !line[words])
                return string_copy("somebody who doesn't say who it is");
        at = (time_t)since;
        if (!gmtime_r(&at, &utc))
                return string_copy(who);
        strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S UTC", &utc);
        text_format(&text, "%s (\"%.200s\"), since %s, for ", who, line + words, date);
        add_age(&text, now > since ? now - since : 0);
        return text_take(&text);
}

/* A line without its newline; NULL: the stream has ended, or the time has. Owned by the caller. */
static char *read_line(int fd, struct deadline deadline)
{
        CLEANUP(text_done) struct text line = {0};
        char byte;

        for (;;) {
                struct pollfd readable = {.fd = fd, .events = POLLIN};
                int ready = poll(&readable, 1, deadline_left_ms(deadline));

                if (ready < 0 && errno == EINTR)
                        continue;
                if (ready <= 0 || read(fd, &byte, 1) != 1)
                        return NULL;
                if (byte == '\n')
                        return text_take(&line);
                text_add_n(&line, &byte, 1);
        }
}

static int held_error(const char *holder, const struct run_lock_wish *wish, struct error *error)
{
        if (wish->wait_s)
                return error_set(error, ERROR_BLOCKED,
                        "another run is at work on it and did not end in the %d s that it was waited for: %s",
                        wish->wait_s, holder);
        return error_set(error, ERROR_BLOCKED,
                "another run is at work on it: %s; run again when it has ended, or wait for it by --wait "
                "10min",
                holder);
}

static int ended_error(struct link *link, struct deadline deadline, struct error *error)
{
        CLEANUP(string_free) char *why = NULL;

        if (deadline_passed(deadline))
                return error_set(error, ERROR_DEADLINE, "the machine did not give the run's lock in time");
        if (link_wait(link, deadline, error) < 0)
                return -1;
        link_stream_error(link, NAME, &why);
        return error_set(
                error, ERROR_FAILED, "the run's lock can't be taken%s%s", why ? ": " : "", why ? why : "");
}

/* ---- signs of life ---- */

static void *beat(void *context)
{
        struct run_lock *lock = context;

        for (;;) {
                struct pollfd end = {.fd = lock->fd, .events = POLLIN | POLLRDHUP};
                int ready = poll(&end, 1, BEAT_S * 1000);

                if (ready > 0 || (ready == 0 && send(lock->fd, ".", 1, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 &&
                                         errno != EAGAIN))
                        break;
        }
        atomic_store(&lock->is_lost, true);
        return NULL;
}

static int lock_new(int *fd, struct run_lock **ret_lock, struct error *error)
{
        struct run_lock *lock = memory_new(1, sizeof(*lock));

        lock->fd = STEAL_FD(*fd);
        if (pthread_create(&lock->thread, NULL, beat, lock) == 0) {
                *ret_lock = lock;
                return 0;
        }
        fd_close(&lock->fd);
        free(lock);
        return error_set(error, ERROR_FAILED, "no thread could be started to keep the run's lock");
}

int run_lock_take(struct link *link, const struct run_lock_wish *wish, struct deadline deadline,
        struct run_lock **ret_lock, struct error *error)
{
        CLEANUP(text_done) struct text script = {0};
        CLEANUP(string_free) char *line = NULL, *holder = NULL;
        CLEANUP(fd_close) int fd = -1;
        unsigned found;

        run_lock_script(wish, &script);
        if (link_open_script(link, NAME, text_string(&script), &fd, error) < 0)
                return -1;
        line = read_line(fd, deadline);
        if (line && strncmp(line, "held ", 5) == 0) {
                holder = run_lock_holder(line + 5);
                if (wish->wait_s)
                        wish->held(wish->context, holder);
                free(line);
                line = read_line(fd, wish->wait_s ? deadline_in_s(wish->wait_s) : deadline);
                if (!line && link_wait(link, deadline, error) == 0)
                        return held_error(holder, wish, error);
        }
        if (line && strcmp(line, "none") == 0)
                return error_set(error, ERROR_BLOCKED,
                        "there is no flock, by which one run at a time is seen to: install util-linux");
        if (error_is_set(error))
                return -1;
        if (!line || sscanf(line, "taken %u", &found) != 1)
                return ended_error(link, deadline, error);
        if (lock_new(&fd, ret_lock, error) < 0)
                return -1;
        return !holder && found == wish->seen && found % 2 == 0;
}

bool run_lock_is_lost(const struct run_lock *lock)
{
        return atomic_load(&lock->is_lost);
}

void run_lock_release(struct run_lock *lock)
{
        if (!lock)
                return;
        shutdown(lock->fd, SHUT_RDWR);
        pthread_join(lock->thread, NULL);
        fd_close(&lock->fd);
        free(lock);
}
