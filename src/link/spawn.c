/* Starting a program here. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "link/spawn.h"

extern char **environ;

static int set_up(
        posix_spawnattr_t *attributes, posix_spawn_file_actions_t *actions, const int descriptors[3])
{
        sigset_t none, all;
        int failed = 0;

        sigemptyset(&none);
        sigfillset(&all);
        posix_spawnattr_setpgroup(attributes, 0);
        posix_spawnattr_setsigmask(attributes, &none);
        posix_spawnattr_setsigdefault(attributes, &all);
        posix_spawnattr_setflags(
                attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
        for (int i = 0; i < 3 && !failed; i++)
                failed = posix_spawn_file_actions_adddup2(actions, descriptors[i], i);
        return failed;
}

int spawn(const char *const argv[], const int descriptors[3], pid_t *ret_pid, struct error *error)
{
        posix_spawnattr_t attributes;
        posix_spawn_file_actions_t actions;
        pid_t pid;
        int failed;

        posix_spawnattr_init(&attributes);
        posix_spawn_file_actions_init(&actions);
        failed = set_up(&attributes, &actions, descriptors);
        if (!failed)
                failed = posix_spawnp(&pid, argv[0], &actions, &attributes, (char *const *)argv, environ);
        posix_spawn_file_actions_destroy(&actions);
        posix_spawnattr_destroy(&attributes);
        if (failed) {
                errno = failed;
                return error_set_errno(error, ERROR_FAILED, "%s can't be started", argv[0]);
        }
        *ret_pid = pid;
        return 0;
}

int spawn_watch_fd(pid_t pid)
{
        return (int)syscall(SYS_pidfd_open, pid, 0); /* glibc has a name for it since 2.36 only */
}

int spawn_pipe(bool is_input, int *ret_ours, int *ret_theirs, struct error *error)
{
        int ends[2], ours;

        if (pipe2(ends, O_CLOEXEC) < 0)
                return error_set_errno(error, ERROR_FAILED, "no pipe could be made");
        ours = ends[is_input ? 1 : 0];
        fcntl(ours, F_SETFL, fcntl(ours, F_GETFL) | O_NONBLOCK);
        *ret_ours = ours;
        *ret_theirs = ends[is_input ? 0 : 1];
        return 0;
}
