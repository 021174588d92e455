/* Private sockets here that lead to sockets and ports there.
 *
 * They lie in one directory a process, which only we can enter. Its owner holds a lock on it, so that a later run
 * can tell what a crash left behind, and removes that. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/memory.h"
#include "link/parts.h"

#define PREFIX "provision-link."

struct listener {
        struct link *link;
        struct listener *next;
        char *local_path;
        char *path;    /* there; or the host that has the port */
        unsigned port; /* 0: path is a socket's */
        struct strings bridge;
        int fd;
        struct watch watch;
};

/* Everything in it is a socket of ours; anything else makes rmdir fail, and stays. */
static void remove_directory(int parent, const char *name, int fd)
{
        int copy = dup(fd);
        DIR *directory = copy < 0 ? NULL : fdopendir(copy);
        const struct dirent *entry;

        if (!directory) {
                fd_close(&copy);
                return;
        }
        rewinddir(directory);
        while ((entry = readdir(directory)))
                if (strncmp(entry->d_name, "socket.", 7) == 0)
                        unlinkat(fd, entry->d_name, 0);
        closedir(directory);
        unlinkat(parent, name, AT_REMOVEDIR);
}

/* One that is ours, and that nobody holds the lock of. */
static void remove_leftover(int parent, const char *name)
{
        CLEANUP(fd_close) int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        struct stat status;

        if (fd < 0 || fstat(fd, &status) < 0 || status.st_uid != geteuid())
                return;
        if (flock(fd, LOCK_EX | LOCK_NB) == 0)
                remove_directory(parent, name, fd);
}

static void remove_leftovers(const char *parent)
{
        DIR *directory = opendir(parent);
        const struct dirent *entry;

        if (!directory)
                return;
        while ((entry = readdir(directory)))
                if (strncmp(entry->d_name, PREFIX, sizeof(PREFIX) - 1) == 0)
                        remove_leftover(dirfd(directory), entry->d_name);
        closedir(directory);
}

static const char *parent_directory(void)
{
        const char *runtime = getenv("XDG_RUNTIME_DIR");

        /* A socket's path has room for 107 bytes. After su the variable may still name somebody else's directory. */
        return runtime && runtime[0] == '/' && strlen(runtime) < 60 && access(runtime, W_OK | X_OK) == 0
                       ? runtime
                       : "/tmp";
}

/* Between making and locking another run may take it for a leftover: then there is nothing at its name. */
static int make_directory(struct links *links, struct error *error)
{
        const char *parent = parent_directory();

        remove_leftovers(parent);
        for (int attempt = 0; attempt < 10; attempt++) {
                CLEANUP(string_free) char *path = string_format("%s/" PREFIX "XXXXXX", parent);
                CLEANUP(fd_close) int fd = -1;
                struct stat here, there;

                if (!mkdtemp(path))
                        break;
                fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
                if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0 || fstat(fd, &here) < 0 ||
                        stat(path, &there) < 0 || here.st_ino != there.st_ino)
                        continue;
                links->socket_directory = STEAL(path);
                links->socket_directory_fd = STEAL_FD(fd);
                return 0;
        }
        return error_set_errno(error, ERROR_FAILED, "no directory for sockets can be made in %s", parent);
}

void listen_directory_remove(struct links *links)
{
        if (!links->socket_directory)
                return;
        remove_directory(AT_FDCWD, links->socket_directory, links->socket_directory_fd);
        fd_close(&links->socket_directory_fd);
        string_free(&links->socket_directory);
}

static void listener_ready(void *context)
{
        struct listener *listener = context;
        int near;

        while ((near = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0)
                if (listener->port)
                        stream_to_port(listener->link, listener->path, listener->port, near);
                else
                        stream_to_socket(listener->link, listener->path, &listener->bridge, true, near);
}

static void listener_free(struct listener *listener)
{
        watch_end(&listener->watch);
        fd_close(&listener->fd);
        if (listener->local_path)
                unlink(listener->local_path);
        strings_done(&listener->bridge);
        free(listener->local_path);
        free(listener->path);
        free(listener);
}

static int bind_socket(struct listener *listener, struct error *error)
{
        struct links *links = listener->link->links;
        struct sockaddr_un address = {.sun_family = AF_UNIX};

        if (!links->socket_directory && make_directory(links, error) < 0)
                return -1;
        listener->local_path = string_format("%s/socket.%u", links->socket_directory, links->socket_count++);
        strncpy(address.sun_path, listener->local_path, sizeof(address.sun_path) - 1);
        listener->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (listener->fd < 0 || bind(listener->fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
                chmod(listener->local_path, 0600) < 0 || listen(listener->fd, 64) < 0)
                return error_set_errno(
                        error, ERROR_FAILED, "no socket can be made at %s", listener->local_path);
        return 0;
}

/* One is enough for a socket or a port: each connection to it is a stream of its own. */
static const struct listener *find(const struct link *link, const char *path, unsigned port)
{
        for (const struct listener *listener = link->listeners; listener; listener = listener->next)
                if (listener->port == port && string_equal(listener->path, path))
                        return listener;
        return NULL;
}

int listener_new(struct link *link, const char *path, unsigned port, const struct strings *bridge,
        const char **ret_path, struct error *error)
{
        const struct listener *known = find(link, path, port);
        struct listener *listener;

        if (known) {
                *ret_path = known->local_path;
                return 0;
        }
        listener = memory_new(1, sizeof(*listener));
        *listener = (struct listener) {.link = link, .fd = -1, .path = string_copy(path), .port = port};
        if (bridge)
                strings_copy(&listener->bridge, bridge);
        if (bind_socket(listener, error) < 0) {
                listener_free(listener);
                return -1;
        }
        watch_begin(&listener->watch, link->links->loop, listener->fd, listener_ready, listener);
        listener->next = link->listeners;
        link->listeners = listener;
        *ret_path = listener->local_path;
        return 0;
}

void listeners_free(struct link *link)
{
        while (link->listeners) {
                struct listener *listener = link->listeners;

                link->listeners = listener->next;
                listener_free(listener);
        }
}
