/* One machine's libvirt, with deadlines.
 *
 * Theory of operation. libvirt's calls block for as long as its connection is up, and its library neither takes a
 * descriptor nor lends its own. So every job runs on a thread, and whoever waits for it in vain finds the library's
 * descriptor by the address of its peer, the Unix socket that the link made for this libvirt, and shuts it down: the
 * blocked call fails at once, and the thread can always be joined. (On a local link the socket is libvirt's own; should two
 * sessions of one process use that, both are cut.)
 *
 * Nothing is said goodbye to: at the end the connection is cut first, so that closing it costs no round trip. The library
 * writes to connections that may be closed: whoever uses it ignores SIGPIPE. */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "config/storage.h"
#include "means/libvirt_parts.h"

/* Where libvirt listens: for all drivers (libvirtd, or virtproxyd in front of the modular daemons), or, without
 * virtproxyd, for QEMU, whose daemon asks the others. */
static const struct {
        const char *path;
        const char *bridge[3]; /* for a link that can't forward sockets */
} doors[] = {
        {"/run/libvirt/libvirt-sock", {"virt-ssh-helper", "qemu:///system"}},
        {"/run/libvirt/virtqemud-sock", {"nc", "-U", "/run/libvirt/virtqemud-sock"}},
};

struct libvirt {
        struct link *link;
        char *uri;               /* NULL: by the link */
        struct session *session; /* NULL: not open */
        int patience_s;          /* with one that doesn't answer a survey; 0: until that has to be answered */
        pthread_mutex_t lock;    /* of what follows */
        const char *local_path;  /* where the library was last told to connect; lent by the link */
        bool is_cut;
};

/* ---- cutting ---- */

static bool leads_to(int fd, const char *path)
{
        struct sockaddr_un peer = {0};
        socklen_t length = sizeof(peer) - 1;

        return getpeername(fd, (struct sockaddr *)&peer, &length) == 0 && peer.sun_family == AF_UNIX &&
               string_equal(peer.sun_path, path);
}

/* A copy is looked at and shut down, since the number itself may be closed and given away meanwhile. */
static void cut_all_to(const char *path)
{
        DIR *descriptors = opendir("/proc/self/fd");
        const struct dirent *entry;

        while (descriptors && (entry = readdir(descriptors))) {
                int fd = (int)strtol(entry->d_name, NULL, 10); /* "." and ".." are 0: no harm */
                CLEANUP(fd_close) int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);

                if (copy >= 0 && leads_to(copy, path))
                        shutdown(copy, SHUT_RDWR);
        }
        if (descriptors)
                closedir(descriptors);
}

static void cut(struct libvirt *libvirt)
{
        pthread_mutex_lock(&libvirt->lock);
        libvirt->is_cut = true;
        if (libvirt->local_path)
                cut_all_to(libvirt->local_path);
        pthread_mutex_unlock(&libvirt->lock);
}

/* False when nothing may be connected to any more. */
static bool note_path(struct libvirt *libvirt, const char *local_path)
{
        bool is_cut;

        pthread_mutex_lock(&libvirt->lock);
        libvirt->local_path = local_path;
        is_cut = libvirt->is_cut;
        pthread_mutex_unlock(&libvirt->lock);
        return !is_cut;
}

/* ---- opening ---- */

/* The address of the daemon behind a local socket, whose path may hold anything. */
static char *make_uri(const char *path)
{
        struct text uri = {0};

        text_add(&uri, "qemu+unix:///system?socket=");
        for (const char *c = path; *c; c++) {
                if (isalnum((unsigned char)*c) || strchr("/._-", *c))
                        text_add_n(&uri, c, 1);
                else
                        text_format(&uri, "%%%02X", (unsigned char)*c);
        }
        return text_take(&uri);
}

static int open_door(struct libvirt *libvirt, size_t door, struct error *error)
{
        const char *path = doors[door].path, *local_path;
        CLEANUP(strings_done) struct strings bridge = {0};
        CLEANUP(string_free) char *uri = NULL, *why = NULL;

        for (size_t i = 0; i < sizeof(doors[door].bridge) / sizeof(char *) && doors[door].bridge[i]; i++)
                strings_add(&bridge, doors[door].bridge[i]);
        if (link_listen_socket(libvirt->link, path, &bridge, &local_path, error) < 0)
                return -1;
        if (!note_path(libvirt, local_path))
                return error_set(error, ERROR_DEADLINE, "libvirt was not reached in time");
        uri = make_uri(local_path);
        if (session_open(uri, &libvirt->session, error) == 0)
                return 0;
        if (link_stream_error(libvirt->link, path, &why))
                error_prefix(error, "%s: %s", path, why);
        return -1;
}

static int open_by_link(struct libvirt *libvirt, struct error *error)
{
        struct error first = {0}; /* is the one that tells: the second door is for few machines */

        for (size_t door = 0; door < sizeof(doors) / sizeof(doors[0]); door++) {
                CLEANUP(error_done) struct error failure = {0};

                if (open_door(libvirt, door, &failure) == 0) {
                        error_done(&first);
                        return 0;
                }
                if (!error_is_set(&first))
                        error_move(&first, &failure);
        }
        return error_move(error, &first);
}

/* The daemon may have been restarted since the session was opened: that shows when it is asked something. */
static int ensure_open(struct libvirt *libvirt, struct error *error)
{
        CLEANUP(error_done) struct error gone = {0}; /* then it is opened again */
        CLEANUP(string_free) char *version = NULL;

        if (libvirt->session && session_version(libvirt->session, &version, &gone) == 0)
                return 0;
        session_close(STEAL(libvirt->session));
        if (libvirt->uri)
                return session_open(libvirt->uri, &libvirt->session, error);
        return open_by_link(libvirt, error);
}

/* ---- jobs ---- */

struct task {
        struct libvirt *libvirt;
        libvirt_job *job;
        void *context;
        pthread_t thread;
        bool has_thread;
        struct error error;
        int result;
};

static void *run_task(void *argument)
{
        struct task *task = argument;

        task->result = ensure_open(task->libvirt, &task->error);
        if (task->result == 0)
                task->result = task->job(task->libvirt->session, task->context, &task->error);
        return NULL;
}

static void begin(struct task *task)
{
        task->libvirt->is_cut = false;
        task->has_thread = pthread_create(&task->thread, NULL, run_task, task) == 0;
}

static bool join_by(pthread_t thread, struct deadline deadline)
{
        const struct timespec at = {deadline.at_ns / 1000000000, deadline.at_ns % 1000000000};

        if (!deadline.at_ns)
                return pthread_join(thread, NULL) == 0;
        return pthread_clockjoin_np(thread, NULL, CLOCK_MONOTONIC, &at) == 0;
}

/* Cut again and again: the thread may have been just about to connect. */
void libvirt_cut_off(struct libvirt *libvirt, pthread_t thread)
{
        do
                cut(libvirt);
        while (!join_by(thread, deadline_in_ms(50)));
}

/* patience_s limits how long libvirt may take from now on, if the machine is there; 0: no limit. */
static int end(struct task *task, struct deadline deadline, int patience_s, struct error *error)
{
        CLEANUP(error_done) struct error lost = {0};
        struct libvirt *libvirt = task->libvirt;
        struct deadline limit = deadline;
        bool in_time;

        if (!task->has_thread)
                return error_set(error, ERROR_FAILED, "no thread can be started for libvirt");
        if (libvirt->link && link_wait(libvirt->link, deadline, &lost) < 0) {
                libvirt_cut_off(libvirt, task->thread);
                error_done(&task->error);
                return error_move(error, &lost);
        }
        if (patience_s)
                limit = deadline_min(deadline, deadline_in_s(patience_s));
        in_time = join_by(task->thread, limit);
        if (!in_time)
                libvirt_cut_off(libvirt, task->thread);
        if (task->result >= 0)
                return task->result;
        if (!in_time)
                error_set(error, ERROR_DEADLINE, "libvirt has not answered in time");
        else if (!libvirt->link || link_wait(libvirt->link, deadline, error) == 0)
                error_move(error, &task->error);
        error_done(&task->error);
        return -1;
}

int libvirt_run(struct libvirt *libvirt, libvirt_job *job, void *context, struct deadline deadline,
        struct error *error)
{
        struct task task = {.libvirt = libvirt, .job = job, .context = context};

        begin(&task);
        return end(&task, deadline, 0, error);
}

/* ---- answering a survey ---- */

struct wanted {
        struct inventory_scope scope;
        struct strings guests; /* lent by the survey */
        struct wanted_volumes volumes;
        bool addresses;
        struct inventory inventory;
};

static void wanted_done(struct wanted *wanted)
{
        array_free(&wanted->guests);
        wanted_volumes_done(&wanted->volumes);
        inventory_done(&wanted->inventory);
}

static void want_volumes(const struct survey *survey, struct wanted_volumes *ret_volumes)
{
        for (array_each(const struct question, question, &survey->questions))
                if (question->kind == ASK_VOLUME)
                        *array_add(&ret_volumes->list) = (struct wanted_volume) {
                                .pool = question->pool,
                                .name = question->subject,
                                .path = question->pool_path
                                                ? volume_path(question->pool_path, question->subject)
                                                : NULL,
                        };
}

static bool find_wanted(const struct survey *survey, struct wanted *wanted)
{
        bool all_guests = survey_asks(survey, ASK_GUESTS);

        for (array_each(const struct question, question, &survey->questions))
                if (question->kind == ASK_GUEST)
                        strings_take(&wanted->guests, question->subject);
        wanted->addresses = survey_asks(survey, ASK_ADDRESSES);
        wanted->scope = (struct inventory_scope) {
                .kinds = (survey_asks(survey, ASK_NETWORKS) ? 1U << LIBVIRT_NETWORK : 0U) |
                         (survey_asks(survey, ASK_POOLS) ? 1U << LIBVIRT_POOL : 0U) |
                         (all_guests || wanted->guests.count ? 1U << LIBVIRT_GUEST : 0U),
                .guests = all_guests ? NULL : &wanted->guests,
                .volumes = &wanted->volumes,
                .capabilities = survey_asks(survey, ASK_FIRMWARE),
                .pool_types = survey_asks(survey, ASK_POOL_TYPES),
        };
        want_volumes(survey, &wanted->volumes);
        return wanted->scope.kinds || wanted->scope.capabilities || wanted->scope.pool_types ||
               wanted->volumes.list.count;
}

struct libvirt_asking {
        struct task task;
        struct wanted wanted;
        struct deadline deadline;
};

static int read_wanted(struct session *session, void *context, struct error *error)
{
        struct wanted *wanted = context;

        if (inventory_read(session, &wanted->scope, &wanted->inventory, error) < 0)
                return -1;
        return wanted->addresses ? guest_addresses_read(session, &wanted->inventory, error) : 0;
}

static int answer(struct wanted *wanted, struct answers *answers, struct error *error)
{
        const struct inventory *inventory = &wanted->inventory;

        answers->libvirt = REACH_ANSWERED;
        answers->libvirt_version = STEAL(wanted->inventory.version);
        if (networks_answer(inventory, answers, error) < 0 || pools_answer(inventory, answers, error) < 0 ||
                guests_answer(inventory, answers, error) < 0 ||
                firmware_answer(inventory, answers, error) < 0 ||
                volumes_answer(&wanted->volumes, answers, error) < 0)
                return -1;
        return 0;
}

struct libvirt_asking *libvirt_ask(
        struct libvirt *libvirt, const struct survey *survey, struct deadline deadline)
{
        struct libvirt_asking *asking = memory_new(1, sizeof(*asking));

        if (!find_wanted(survey, &asking->wanted)) {
                free(asking);
                return NULL;
        }
        asking->task = (struct task) {.libvirt = libvirt, .job = read_wanted, .context = &asking->wanted};
        asking->deadline = deadline;
        begin(&asking->task);
        return asking;
}

int libvirt_answer(struct libvirt_asking *asking, struct answers *answers, struct error *error)
{
        CLEANUP(error_done) struct error failure = {0};
        int result, patience_s;

        if (!asking)
                return 0;
        patience_s = asking->task.libvirt->patience_s;
        result = end(&asking->task, asking->deadline, patience_s, &failure);
        if (result == 0) {
                result = answer(&asking->wanted, answers, error);
        } else if (failure.kind == ERROR_FAILED ||
                   (failure.kind == ERROR_DEADLINE && !deadline_passed(asking->deadline))) {
                answers->libvirt = REACH_NOT_YET;
                answers->libvirt_silent_s = failure.kind == ERROR_DEADLINE ? patience_s : 0;
                answers->libvirt_why = STEAL(failure.text);
                result = 0;
        } else {
                error_move(error, &failure);
        }
        wanted_done(&asking->wanted);
        free(asking);
        return result;
}

struct libvirt *libvirt_new(struct link *link)
{
        struct libvirt *libvirt = memory_new(1, sizeof(*libvirt));

        libvirt->link = link;
        pthread_mutex_init(&libvirt->lock, NULL);
        return libvirt;
}

struct libvirt *libvirt_new_at(const char *uri, const char *socket)
{
        struct libvirt *libvirt = libvirt_new(NULL);

        libvirt->uri = string_copy(uri);
        libvirt->local_path = socket;
        return libvirt;
}

void libvirt_set_patience(struct libvirt *libvirt, int patience_s)
{
        libvirt->patience_s = patience_s;
}

void libvirt_free(struct libvirt *libvirt)
{
        if (!libvirt)
                return;
        if (libvirt->session) {
                cut(libvirt);
                session_close(libvirt->session);
        }
        pthread_mutex_destroy(&libvirt->lock);
        free(libvirt->uri);
        free(libvirt);
}
