/* Running one of OpenSSH's own tools. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "link/helper.h"
#include "link/spawn.h"

#define LONGEST_OUTPUT (4 * 1024 * 1024)

struct pipe_end {
        struct helper *helper;
        int fd; /* -1: at its end */
        struct watch watch;
        struct text *text;
};

struct helper {
        struct loop *loop;
        pid_t pid;
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

static void pipe_ready(void *context)
{
        struct pipe_end *end = context;
        struct helper *helper = end->helper;
        char bytes[16384];
        ssize_t count;

        while ((count = read(end->fd, bytes, sizeof(bytes))) > 0)
                if (end->text->length < LONGEST_OUTPUT)
                        text_add_n(end->text, bytes, (size_t)count);
        if (count == 0)
                end_pipe(end);
        if (helper->ends[0].fd < 0 && helper->ends[1].fd < 0)
                finish(helper);
}

static void limit_expired(void *context)
{
        struct helper *helper = context;

        kill(-helper->pid, SIGKILL);
        helper->result.was_too_slow = true;
        finish(helper);
}

void helper_cancel(struct helper *helper)
{
        if (!helper)
                return;
        kill(-helper->pid, SIGKILL);
        helper_free(helper);
}

static int launch(struct helper *helper, const char *const argv[], struct error *error)
{
        CLEANUP(fd_close) int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
        CLEANUP(fd_close) int out = -1;
        CLEANUP(fd_close) int err = -1;

        if (null < 0)
                return error_set_errno(error, ERROR_FAILED, "/dev/null can't be opened");
        if (spawn_pipe(false, &helper->ends[0].fd, &out, error) < 0 ||
                spawn_pipe(false, &helper->ends[1].fd, &err, error) < 0)
                return -1;
        return spawn(argv, (int[]) {null, out, err}, &helper->pid, error);
}

int helper_start(struct loop *loop, const char *const argv[], int limit_s,
        void (*done)(void *context, const struct helper_result *result), void *context,
        struct helper **ret_helper, struct error *error)
{
        struct helper *helper = memory_new(1, sizeof(*helper));

        *helper = (struct helper) {.loop = loop, .done = done, .context = context};
        helper->ends[0] = (struct pipe_end) {.helper = helper, .fd = -1, .text = &helper->result.out};
        helper->ends[1] = (struct pipe_end) {.helper = helper, .fd = -1, .text = &helper->result.err};
        if (launch(helper, argv, error) < 0) {
                helper_free(helper);
                return -1;
        }
        loop_reap(loop, helper->pid);
        for (int i = 0; i < 2; i++)
                watch_begin(&helper->ends[i].watch, loop, helper->ends[i].fd, pipe_ready, &helper->ends[i]);
        timer_set(&helper->limit, loop, deadline_in_s(limit_s), limit_expired, helper);
        *ret_helper = helper;
        return 0;
}

const char *helper_complaint(const struct helper_result *result)
{
        char *line = result->err.data;

        if (result->was_too_slow)
                return "it did not end in time";
        if (!line || !*line)
                return "it said nothing";
        line[strcspn(line, "\r\n")] = '\0';
        return line;
}
