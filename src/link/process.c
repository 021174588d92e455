/* A process here as a far end: three pipes, and a child that may go on when they are closed. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "link/process.h"
#include "link/spawn.h"

struct process {
        struct far far;
        struct loop *loop;
        int in, out, err;
        struct watch watches[3];
        struct error error;
        bool is_open;
        struct job job;
};

static ssize_t process_read(struct far *far, enum far_half half, void *bytes, size_t size)
{
        struct process *process = (struct process *)far;
        int fd = half == FAR_OUT ? process->out : process->err;
        ssize_t count = fd < 0 ? 0 : read(fd, bytes, size);

        return count < 0 && errno != EAGAIN ? 0 : count;
}

static ssize_t process_write(struct far *far, const void *bytes, size_t count)
{
        struct process *process = (struct process *)far;
        ssize_t taken = process->in < 0 ? -1 : write(process->in, bytes, count);

        return taken < 0 && process->in >= 0 && errno == EAGAIN ? 0 : taken;
}

static void process_end_input(struct far *far)
{
        struct process *process = (struct process *)far;

        watch_end(&process->watches[0]);
        fd_close(&process->in);
}

static void run(void *context)
{
        struct process *process = context;
        const struct far_user *user = process->far.user;
        int rounds = 0;

        if (error_is_set(&process->error)) {
                user->failed(process->far.context, false, &process->error);
                return;
        }
        if (!process->is_open) {
                process->is_open = true;
                user->opened(process->far.context);
        }
        while (user->ready(process->far.context))
                if (++rounds == 64) { /* others get their turn */
                        loop_post(process->loop, &process->job, run, process);
                        return;
                }
}

static void process_touch(struct far *far)
{
        struct process *process = (struct process *)far;

        loop_post(process->loop, &process->job, run, process);
}

static void process_close(struct far *far)
{
        struct process *process = (struct process *)far;
        int *const fds[] = {&process->in, &process->out, &process->err};

        loop_cancel(process->loop, &process->job);
        for (int i = 0; i < 3; i++) {
                watch_end(&process->watches[i]);
                fd_close(fds[i]);
        }
        error_done(&process->error);
        free(process);
}

static const struct far_class process_class = {
        .read = process_read,
        .write = process_write,
        .end_input = process_end_input,
        .touch = process_touch,
        .close = process_close,
};

static void ready(void *context)
{
        struct process *process = context;

        loop_post(process->loop, &process->job, run, process);
}

static int start(struct process *process, const struct strings *argv, struct error *error)
{
        CLEANUP(fd_close) int in = -1, out = -1, err = -1;
        const char **words = memory_new(argv->count + 1, sizeof(*words));
        pid_t pid;
        int done = -1;

        for (size_t i = 0; i < argv->count; i++)
                words[i] = argv->items[i];
        if (spawn_pipe(true, &process->in, &in, error) == 0 &&
                spawn_pipe(false, &process->out, &out, error) == 0 &&
                spawn_pipe(false, &process->err, &err, error) == 0)
                done = spawn(words, (int[]) {in, out, err}, &pid, error);
        free(words);
        if (done < 0)
                return -1;
        loop_reap(process->loop, pid);
        watch_begin(&process->watches[0], process->loop, process->in, ready, process);
        watch_begin(&process->watches[1], process->loop, process->out, ready, process);
        watch_begin(&process->watches[2], process->loop, process->err, ready, process);
        return 0;
}

struct far *process_start(
        struct loop *loop, const struct strings *argv, const struct far_user *user, void *context)
{
        struct process *process = memory_new(1, sizeof(*process));

        *process = (struct process) {
                .far = {.class = &process_class, .user = user, .context = context},
                .loop = loop,
                .in = -1,
                .out = -1,
                .err = -1,
        };
        start(process, argv, &process->error);
        loop_post(loop, &process->job, run, process);
        return &process->far;
}
