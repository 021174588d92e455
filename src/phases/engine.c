/* The engine's threads: one worker a machine, at most `parallel` at a time, and the way to stop them. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "link/link.h"
#include "link/mark.h"
#include "phases/engine.h"
#include "phases/host_run.h"
#include "phases/met.h"

struct engine {
        const struct config *config;
        const struct engine_options *options;
        struct report *report;
        struct links *links;
        struct met *met;
        struct engine_result *result;
        char nonce[NONCE_LENGTH + 1];
        int ended_fd;       /* counts workers that have ended */
        atomic_size_t next; /* the first machine that no worker has taken */
};

/* What a signal handler may touch: how often it was asked to stop, what becomes readable when it is, how many steps are
 * being carried out, and the links of the run under way. */
static atomic_int interruptions;
static atomic_int interrupted_fd = -1;
static atomic_int steps_in_hand;
static _Atomic(struct links *) interruptible;

static void count_one(int fd)
{
        const uint64_t one = 1;
        int saved = errno;
        ssize_t ignored = write(fd, &one, sizeof(one));

        (void)ignored; /* full: it is readable already */
        errno = saved;
}

void engine_interrupt(void)
{
        struct links *links = atomic_load(&interruptible);
        int fd = atomic_load(&interrupted_fd);

        if (fd >= 0)
                count_one(fd);
        /* Looking and connecting needn't come to their end: nothing is half done. */
        if ((atomic_fetch_add(&interruptions, 1) > 0 || atomic_load(&steps_in_hand) == 0) && links)
                links_interrupt(links);
}

static int is_interrupted(void)
{
        return atomic_load(&interruptions) > 0;
}

static void *work(void *argument)
{
        struct engine *engine = argument;
        size_t mine;

        while ((mine = atomic_fetch_add(&engine->next, 1)) < engine->config->hosts.count) {
                const struct host_run run = {
                        .config = engine->config,
                        .options = engine->options,
                        .host = &engine->config->hosts.items[mine],
                        .report = engine->report,
                        .links = engine->links,
                        .met = engine->met,
                        .is_interrupted = is_interrupted,
                        .interrupted_fd = atomic_load(&interrupted_fd),
                        .steps_in_hand = &steps_in_hand,
                        .nonce = engine->nonce,
                };

                host_run(&run, &engine->result->hosts.items[mine]);
        }
        count_one(engine->ended_fd);
        return NULL;
}

/* Signals are the main thread's: a worker that was interrupted in a library call might leave it half done. */
static int start_workers(
        struct engine *engine, pthread_t *threads, size_t wanted, size_t *ret_started, struct error *error)
{
        sigset_t all, before;
        int status = 0;

        sigfillset(&all);
        pthread_sigmask(SIG_BLOCK, &all, &before);
        for (*ret_started = 0; *ret_started < wanted && status == 0; *ret_started += status == 0)
                status = pthread_create(&threads[*ret_started], NULL, work, engine);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        if (*ret_started == 0)
                return error_set(error, ERROR_FAILED, "no worker thread could be started (error %d)", status);
        return 0; /* fewer workers take longer, that is all */
}

/* Meanwhile somebody who asks to stop is told what that means. */
static void wait_for_workers(const struct engine *engine, size_t running)
{
        struct pollfd fds[] = {{.fd = engine->ended_fd, .events = POLLIN},
                {.fd = atomic_load(&interrupted_fd), .events = POLLIN}};
        uint64_t ended;

        while (running) {
                if (poll(fds, 2, -1) < 0)
                        continue; /* by the signal itself */
                if (fds[0].revents && read(engine->ended_fd, &ended, sizeof(ended)) == sizeof(ended))
                        running -= ended;
                if (!fds[1].revents)
                        continue;
                fds[1].fd = -1;
                if (atomic_load(&steps_in_hand) && atomic_load(&interruptions) == 1)
                        report_event(engine->report, &(struct event) {.kind = EVENT_WARNING,
                                                             .text = "stopping as asked, when the steps in "
                                                                     "hand are done; asked once "
                                                                     "more, at once"});
        }
}

static int open_fds(struct engine *engine, struct error *error)
{
        int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

        engine->ended_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        atomic_store(&interrupted_fd, fd);
        if (fd < 0 || engine->ended_fd < 0)
                return error_set_errno(error, ERROR_FAILED, "no descriptor to wait with");
        if (atomic_load(&interruptions))
                count_one(fd);
        return 0;
}

static void close_fds(struct engine *engine)
{
        int fd = atomic_exchange(&interrupted_fd, -1);

        fd_close(&fd);
        fd_close(&engine->ended_fd);
}

static void report_end(const struct engine *engine, int64_t began_ns)
{
        struct event event = {.kind = EVENT_RUN_DONE, .elapsed_ms = (clock_now_ns() - began_ns) / 1000000};

        for (array_each(const struct host_result, host, &engine->result->hosts)) {
                event.hosts++;
                event.hosts_failed += host->kind != ERROR_NONE;
                event.hosts_changed += host->kind == ERROR_NONE && (host->steps_done || host->steps_planned);
        }
        report_event(engine->report, &event);
}

int engine_run(const struct config *config, const struct engine_options *options, struct report *report,
        struct engine_result *ret_result, struct error *error)
{
        struct engine engine = {.config = config, .options = options, .report = report, .result = ret_result};
        size_t wanted = options->parallel < config->hosts.count ? options->parallel : config->hosts.count;
        pthread_t *threads = memory_new(wanted, sizeof(*threads));
        int64_t began_ns = clock_now_ns();
        size_t started = 0;
        int status;

        report_event(report, &(struct event) {.kind = EVENT_RUN_START, .hosts = config->hosts.count});
        for (size_t i = 0; i < config->hosts.count; i++)
                array_add(&ret_result->hosts)->host = &config->hosts.items[i];
        nonce_make(engine.nonce);
        engine.met = met_new();
        status = open_fds(&engine, error);
        if (status == 0)
                status = links_start(&engine.links, error);
        if (status == 0) {
                atomic_store(&interruptible, engine.links);
                status = start_workers(&engine, threads, wanted, &started, error);
                wait_for_workers(&engine, started);
                for (size_t i = 0; i < started; i++)
                        pthread_join(threads[i], NULL);
                atomic_store(&interruptible, NULL);
                links_stop(engine.links);
        }
        close_fds(&engine);
        met_free(engine.met);
        free(threads);
        if (status == 0)
                report_end(&engine, began_ns);
        return status;
}

void engine_result_done(struct engine_result *result)
{
        array_free(&result->hosts);
}
