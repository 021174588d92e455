/* The I/O thread's loop. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "link/loop.h"
#include "link/spawn.h"

#define EVENTS_AT_ONCE 64

struct loop {
        pthread_t thread;
        int epoll_fd;
        int wake_fd;
        struct watch wake;
        void (*woken)(void *context);
        void *context;
        struct epoll_event events[EVENTS_AT_ONCE]; /* the batch under way */
        int event_count;
        struct timer *timers; /* the earliest first */
        struct child *children;
        bool is_ending;

        pthread_mutex_t mutex; /* of what follows */
        pthread_cond_t called;
        struct job *first, *last;
};

struct child {
        struct loop *loop;
        struct child *next;
        pid_t pid;
        int fd;
        struct watch watch;
};

static void wake_ready(void *context)
{
        struct loop *loop = context;
        uint64_t count;

        while (read(loop->wake_fd, &count, sizeof(count)) > 0)
                ;
        loop->woken(loop->context);
}

static struct job *take_jobs(struct loop *loop)
{
        struct job *jobs;

        pthread_mutex_lock(&loop->mutex);
        jobs = loop->first;
        if (jobs) {
                loop->first = jobs->next;
                jobs->next = NULL;
                jobs->is_queued = false;
                if (!loop->first)
                        loop->last = NULL;
        }
        pthread_mutex_unlock(&loop->mutex);
        return jobs;
}

static size_t count_jobs(struct loop *loop)
{
        size_t count = 0;

        pthread_mutex_lock(&loop->mutex);
        for (const struct job *job = loop->first; job; job = job->next)
                count++;
        pthread_mutex_unlock(&loop->mutex);
        return count;
}

/* Jobs that post themselves again wait for the next round, so that descriptors get their turn. */
static void run_jobs(struct loop *loop)
{
        struct job *job;

        for (size_t left = count_jobs(loop); left && (job = take_jobs(loop)); left--)
                job->run(job->context);
}

static void expire_timers(struct loop *loop)
{
        int64_t now = clock_now_ns();
        struct timer *timer;

        while ((timer = loop->timers) && timer->at.at_ns <= now) {
                timer_end(timer);
                timer->expired(timer->context);
        }
}

static void *loop_run(void *context)
{
        struct loop *loop = context;

        while (!loop->is_ending) {
                const struct timer *next = loop->timers;
                int wait_ms = count_jobs(loop) ? 0 : next ? deadline_left_ms(next->at) : -1;

                loop->event_count = epoll_wait(loop->epoll_fd, loop->events, EVENTS_AT_ONCE, wait_ms);
                for (int i = 0; i < loop->event_count; i++) {
                        struct watch *watch = loop->events[i].data.ptr;

                        if (watch) /* NULL: ended by what came before it in this batch */
                                watch->ready(watch->context);
                }
                loop->event_count = 0;
                expire_timers(loop);
                run_jobs(loop);
        }
        return NULL;
}

static void child_free(struct child *child)
{
        struct child **at = &child->loop->children;

        while (*at != child)
                at = &(*at)->next;
        *at = child->next;
        watch_end(&child->watch);
        fd_close(&child->fd);
        free(child);
}

static void child_ended(void *context)
{
        struct child *child = context;

        if (waitpid(child->pid, NULL, WNOHANG) != 0)
                child_free(child);
}

/* Those that can't be watched are looked after whenever another comes. */
static void reap_unwatched(struct loop *loop)
{
        for (struct child *next, *child = loop->children; child; child = next) {
                next = child->next;
                if (child->fd < 0)
                        child_ended(child);
        }
}

void loop_reap(struct loop *loop, pid_t pid)
{
        struct child *child = memory_new(1, sizeof(*child));

        reap_unwatched(loop);
        *child = (struct child) {.loop = loop, .next = loop->children, .pid = pid, .fd = spawn_watch_fd(pid)};
        loop->children = child;
        if (child->fd >= 0)
                watch_begin(&child->watch, loop, child->fd, child_ended, child);
}

static void loop_free(struct loop *loop)
{
        for (struct child *next, *child = loop->children; child; child = next) {
                next = child->next; /* one that still runs is none of ours any more */
                child_free(child);
        }
        fd_close(&loop->epoll_fd);
        fd_close(&loop->wake_fd);
        pthread_mutex_destroy(&loop->mutex);
        pthread_cond_destroy(&loop->called);
        free(loop);
}

/* Signals are the other threads': among them the SIGPIPE of a pipe whose reader has gone. */
static int start_thread(struct loop *loop)
{
        sigset_t all, before;
        int failed;

        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        failed = pthread_create(&loop->thread, NULL, loop_run, loop);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        return failed;
}

int loop_start(void (*woken)(void *context), void *context, struct loop **ret_loop, struct error *error)
{
        struct loop *loop = memory_new(1, sizeof(*loop));

        loop->woken = woken;
        loop->context = context;
        pthread_mutex_init(&loop->mutex, NULL);
        pthread_cond_init(&loop->called, NULL);
        loop->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
        if (loop->wake_fd < 0 || loop->epoll_fd < 0) {
                error_set_errno(error, ERROR_FAILED, "the I/O thread can't get a descriptor");
                loop_free(loop);
                return -1;
        }
        watch_begin(&loop->wake, loop, loop->wake_fd, wake_ready, loop);
        errno = start_thread(loop);
        if (errno) {
                error_set_errno(error, ERROR_FAILED, "the I/O thread can't be started");
                loop_free(loop);
                return -1;
        }
        *ret_loop = loop;
        return 0;
}

static void end(void *context)
{
        struct loop *loop = context;

        loop->is_ending = true;
}

void loop_stop(struct loop *loop)
{
        struct job job = {0};

        loop_post(loop, &job, end, loop);
        pthread_join(loop->thread, NULL);
        loop_free(loop);
}

void loop_wake(struct loop *loop)
{
        const uint64_t one = 1;
        int saved = errno;
        ssize_t ignored = write(loop->wake_fd, &one, sizeof(one));

        (void)ignored; /* full means that the wake-up is already on its way */
        errno = saved;
}

void loop_post(struct loop *loop, struct job *job, void (*run)(void *context), void *context)
{
        pthread_mutex_lock(&loop->mutex);
        if (!job->is_queued) {
                *job = (struct job) {.run = run, .context = context, .is_queued = true};
                if (loop->last)
                        loop->last->next = job;
                else
                        loop->first = job;
                loop->last = job;
        }
        pthread_mutex_unlock(&loop->mutex);
        if (!pthread_equal(pthread_self(), loop->thread))
                loop_wake(loop);
}

void loop_cancel(struct loop *loop, struct job *job)
{
        pthread_mutex_lock(&loop->mutex);
        if (job->is_queued) {
                struct job *before = NULL;

                for (struct job *other = loop->first; other != job; other = other->next)
                        before = other;
                if (before)
                        before->next = job->next;
                else
                        loop->first = job->next;
                if (loop->last == job)
                        loop->last = before;
                job->is_queued = false;
        }
        pthread_mutex_unlock(&loop->mutex);
}

struct call {
        struct loop *loop;
        void (*run)(void *context);
        void *context;
        bool is_done;
};

static void run_call(void *context)
{
        struct call *call = context;
        struct loop *loop = call->loop;

        call->run(call->context);
        pthread_mutex_lock(&loop->mutex);
        call->is_done = true;
        pthread_cond_broadcast(&loop->called);
        pthread_mutex_unlock(&loop->mutex);
}

void loop_call(struct loop *loop, void (*run)(void *context), void *context)
{
        struct call call = {.loop = loop, .run = run, .context = context};
        struct job job = {0};

        loop_post(loop, &job, run_call, &call);
        pthread_mutex_lock(&loop->mutex);
        while (!call.is_done)
                pthread_cond_wait(&loop->called, &loop->mutex);
        pthread_mutex_unlock(&loop->mutex);
}

void watch_begin(struct watch *watch, struct loop *loop, int fd, void (*ready)(void *context), void *context)
{
        struct epoll_event event = {
                .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
                .data.ptr = watch,
        };

        *watch = (struct watch) {.loop = loop, .fd = fd, .ready = ready, .context = context};
        if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0)
                watch->loop =
                        NULL; /* a plain file, which is always ready, or no memory: a deadline ends it */
}

void watch_end(struct watch *watch)
{
        struct loop *loop = watch->loop;

        if (!loop)
                return;
        epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, watch->fd, NULL);
        for (int i = 0; i < loop->event_count; i++)
                if (loop->events[i].data.ptr == watch)
                        loop->events[i].data.ptr = NULL;
        watch->loop = NULL;
}

void timer_set(struct timer *timer, struct loop *loop, struct deadline at, void (*expired)(void *context),
        void *context)
{
        struct timer *before = NULL, *after;

        timer_end(timer);
        if (!at.at_ns)
                return;
        for (after = loop->timers; after && after->at.at_ns <= at.at_ns; after = after->next)
                before = after;
        *timer = (struct timer) {.loop = loop,
                .at = at,
                .expired = expired,
                .context = context,
                .next = after,
                .previous = before};
        if (after)
                after->previous = timer;
        if (before)
                before->next = timer;
        else
                loop->timers = timer;
}

void timer_end(struct timer *timer)
{
        if (!timer->loop)
                return;
        if (timer->next)
                timer->next->previous = timer->previous;
        if (timer->previous)
                timer->previous->next = timer->next;
        else
                timer->loop->timers = timer->next;
        timer->loop = NULL;
}
