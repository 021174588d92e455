/* A ProxyCommand. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "link/proxy.h"
#include "link/spawn.h"

struct proxy {
        pid_t pid;
        int fd;
        int complaints; /* its stderr: memory that needn't be emptied while it runs */
};

static int start(struct proxy *proxy, const char *command, struct error *error)
{
        CLEANUP(string_free) char *line = string_format("exec %s", command);
        const char *const argv[] = {"sh", "-c", line, NULL};
        CLEANUP(fd_close) int theirs = -1;
        int pair[2];

        proxy->complaints = memfd_create("stderr", MFD_CLOEXEC);
        if (proxy->complaints < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
                return error_set_errno(error, ERROR_FAILED, "ProxyCommand: no descriptors");
        proxy->fd = pair[0];
        theirs = pair[1];
        fcntl(proxy->fd, F_SETFL, O_NONBLOCK);
        return spawn(argv, (int[]) {theirs, theirs, proxy->complaints}, &proxy->pid, error);
}

struct proxy *proxy_start(const char *command, int *ret_fd, struct error *error)
{
        struct proxy *proxy = memory_new(1, sizeof(*proxy));

        *proxy = (struct proxy) {.fd = -1, .complaints = -1};
        if (start(proxy, command, error) < 0) {
                proxy_free(proxy);
                return NULL;
        }
        *ret_fd = proxy->fd;
        return proxy;
}

void proxy_free(struct proxy *proxy)
{
        if (!proxy)
                return;
        fd_close(&proxy->fd);
        fd_close(&proxy->complaints);
        if (proxy->pid > 0) {
                kill(-proxy->pid, SIGKILL);
                waitpid(proxy->pid, NULL, 0); /* it is dying: this takes no time */
        }
        free(proxy);
}

char *proxy_said(const struct proxy *proxy)
{
        char bytes[513] = "", *line;
        struct stat status;
        off_t start = 0;

        if (fstat(proxy->complaints, &status) == 0 && status.st_size > 512)
                start = status.st_size - 512;
        if (pread(proxy->complaints, bytes, 512, start) <= 0)
                return NULL;
        bytes[strcspn(bytes, "\r")] = '\0';
        while (*bytes && bytes[strlen(bytes) - 1] == '\n')
                bytes[strlen(bytes) - 1] = '\0';
        line = strrchr(bytes, '\n');
        return string_copy(line ? line + 1 : bytes);
}
