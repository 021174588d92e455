/* Running one of OpenSSH's own tools. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "link/helper.h"
#include "link/spawn.h"

#define LONGEST_OUTPUT (4 * 1024 * 1024)

struct pipe_end {
        int fd;
        struct watch watch;
        struct text *text;
};

struct helper {
        struct loop *loop;
        pid_t pid;
        int pid_fd;
        struct watch exited;
        struct timer limit;
        struct pipe_end ends[2];
        struct helper_result result;
        void (*done)(void *context, const struct helper_result *result);
        void *context;
};

static void end_pipe(struct pipe_end *end)
{
        watch_end(&end->watch);
        fd_close(&end->fd);
}

static void helper_free(struct helper *helper)
{
        timer_end(&helper->limit);
        watch_end(&helper->exited);
        fd_close(&helper->pid_fd);
        for (int i = 0; i < 2; i++)
                end_pipe(&helper->ends[i]);
        text_done(&helper->result.out);
        text_done(&helper->result.err);
        free(helper);
}

static void finish(struct helper *helper)
{
        helper->done(helper->context, &helper->result);
        helper_free(helper);
}

/* What it wrote is in the pipes when it has ended; a grandchild that holds them open isn't waited for. */
static void read_pipe(struct pipe_end *end)
{
        char bytes[16384];
        ssize_t count;

        while (end->fd >= 0 && (count = read(end->fd, bytes, sizeof(bytes))) != -1) {
                if (count == 0)
                        end_pipe(end);
                else if (end->text->length < LONGEST_OUTPUT)
                        text_add_n(end->text, bytes, (size_t)count);
        }
}

static void pipe_ready(void *context)
{
        read_pipe(context);
}

static void process_exited(void *context)
{
        struct helper *helper = context;
        int status;

        if (waitpid(helper->pid, &status, WNOHANG) <= 0)
                return;
        helper->result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        for (int i = 0; i < 2; i++)
                read_pipe(&helper->ends[i]);
        finish(helper);
}

static void end_process(struct helper *helper)
{
        kill(-helper->pid, SIGKILL);
        waitpid(helper->pid, NULL, 0); /* it is dying: this takes no time */
}

static void limit_expired(void *context)
{
        struct helper *helper = context;

        end_process(helper);
        helper->result.status = -1;
        finish(helper);
}

void helper_cancel(struct helper *helper)
{
        if (!helper)
                return;
        end_process(helper);
        helper_free(helper);
}

static int launch(struct helper *helper, const char *const argv[], struct error *error)
{
        CLEANUP(fd_close) int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
        CLEANUP(fd_close) int out = -1, err = -1;

        if (null < 0)
                return error_set_errno(error, ERROR_FAILED, "/dev/null can't be opened");
        if (spawn_pipe(false, &helper->ends[0].fd, &out, error) < 0 ||
                spawn_pipe(false, &helper->ends[1].fd, &err, error) < 0 ||
                spawn(argv, (int[]) {null, out, err}, &helper->pid, error) < 0)
                return -1;
        helper->pid_fd = spawn_watch_fd(helper->pid);
        if (helper->pid_fd >= 0)
                return 0;
        error_set_errno(error, ERROR_FAILED, "%s can't be watched", argv[0]);
        end_process(helper);
        return -1;
}

int helper_start(struct loop *loop, const char *const argv[], int limit_s,
        void (*done)(void *context, const struct helper_result *result), void *context,
        struct helper **ret_helper, struct error *error)
{
        struct helper *helper = memory_new(1, sizeof(*helper));

        *helper = (struct helper) {.loop = loop, .pid_fd = -1, .done = done, .context = context};
        helper->ends[0] = (struct pipe_end) {.fd = -1, .text = &helper->result.out};
        helper->ends[1] = (struct pipe_end) {.fd = -1, .text = &helper->result.err};
        if (launch(helper, argv, error) < 0) {
                helper_free(helper);
                return -1;
        }
        for (int i = 0; i < 2; i++)
                watch_begin(&helper->ends[i].watch, loop, helper->ends[i].fd, pipe_ready, &helper->ends[i]);
        watch_begin(&helper->exited, loop, helper->pid_fd, process_exited, helper);
        timer_set(&helper->limit, loop, deadline_in_s(limit_s), limit_expired, helper);
        *ret_helper = helper;
        return 0;
}
