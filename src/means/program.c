/* Running a program here. It has a process group of its own: Ctrl-C reaches it by us only, and it is ended with all that it
 * has started. Should we be killed, it finds nobody to talk to at its next word. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "link/spawn.h"
#include "means/program.h"

#define LOOK_MS      100  /* between looks whether somebody said stop */
#define END_S        5    /* after SIGTERM */
#define LONGEST_LINE 8192 /* the rest of it is another */

struct program_run {
        const struct program *program;
        pid_t pid;
        int out; /* -1: at its end */
        struct text line;
};

static void end_line(struct program_run *run)
{
        if (run->line.length)
                run->program->line(run->program->context, run->line.data);
        text_clear(&run->line);
}

static void take(struct program_run *run, const char *bytes, size_t count)
{
        for (size_t i = 0; i < count; i++) {
                if (bytes[i] == '\n' || bytes[i] == '\r' || run->line.length == LONGEST_LINE)
                        end_line(run);
                if (bytes[i] != '\n' && bytes[i] != '\r' && bytes[i])
                        text_add_n(&run->line, &bytes[i], 1);
        }
}

/* What there is of its output now. */
static void read_output(struct program_run *run)
{
        char bytes[4096];
        ssize_t count;

        while (run->out >= 0 && (count = read(run->out, bytes, sizeof(bytes))) != 0) {
                if (count < 0 && errno == EINTR)
                        continue;
                if (count < 0)
                        return;
                take(run, bytes, (size_t)count);
        }
        fd_close(&run->out);
}

/* A moment, or until it says something. */
static void wait_a_moment(const struct program_run *run, struct deadline deadline)
{
        struct pollfd output = {.fd = run->out, .events = POLLIN};

        poll(&output, 1, deadline_left_ms(deadline_min(deadline, deadline_in_ms(LOOK_MS))));
}

/* 1: it has ended. Whoever it has started may keep the pipe open for ever, so that its end tells nothing. */
static int has_ended(struct program_run *run, int *ret_status)
{
        int status;
        pid_t ended = waitpid(run->pid, &status, WNOHANG);

        if (ended == 0 || (ended < 0 && errno == EINTR))
                return 0;
        *ret_status = ended < 0 ? -1 : WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        return 1;
}

static void end(struct program_run *run)
{
        struct deadline patience = deadline_in_s(END_S);
        int status;

        kill(-run->pid, SIGTERM);
        while (!has_ended(run, &status)) {
                if (deadline_passed(patience)) {
                        kill(-run->pid, SIGKILL);
                        while (waitpid(run->pid, &status, 0) < 0 && errno == EINTR)
                                ;
                        break;
                }
                wait_a_moment(run, patience);
                read_output(run);
        }
        kill(-run->pid, SIGKILL); /* whom it has left behind */
}

static int start(struct program_run *run, struct error *error)
{
        CLEANUP(fd_close) int null = open("/dev/null", O_RDONLY | O_CLOEXEC), theirs = -1;

        if (null < 0)
                return error_set_errno(error, ERROR_FAILED, "/dev/null can't be opened");
        if (spawn_pipe(false, &run->out, &theirs, error) < 0)
                return -1;
        return spawn(run->program->argv, (int[]) {null, theirs, theirs}, &run->pid, error);
}

static int wait_for(struct program_run *run, struct deadline deadline, int *ret_status, struct error *error)
{
        const struct program *program = run->program;

        while (!has_ended(run, ret_status)) {
                bool is_stopped = program->must_stop && program->must_stop(program->context);

                if (is_stopped || deadline_passed(deadline)) {
                        end(run);
                        return is_stopped
                                       ? error_set(error, ERROR_INTERRUPTED, "%s was ended", program->argv[0])
                                       : error_set(error, ERROR_DEADLINE, "%s didn't come to its end",
                                                 program->argv[0]);
                }
                wait_a_moment(run, deadline);
                read_output(run);
        }
        return 0;
}

int program_run(const struct program *program, struct deadline deadline, int *ret_status, struct error *error)
{
        struct program_run run = {.program = program, .out = -1};
        int result = start(&run, error);

        if (result == 0)
                result = wait_for(&run, deadline, ret_status, error);
        read_output(&run);
        end_line(&run);
        text_done(&run.line);
        fd_close(&run.out);
        return result;
}
