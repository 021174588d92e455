/* Runs a command once, its output thrown away, and prints what it cost: "WALL_MS CPU_MS PEAK_KIB STATUS".
 * CPU is user and system time of the command and of the children it waited for. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/deadline.h"

extern char **environ;

static double ms(struct timeval time)
{
        return (double)time.tv_sec * 1e3 + (double)time.tv_usec / 1e3;
}

int main(int argc, char **argv)
{
        posix_spawn_file_actions_t actions;
        struct rusage usage;
        int64_t began_ns;
        int status;
        pid_t child;

        if (argc < 2) {
                fprintf(stderr, "usage: spawn COMMAND [ARGUMENT…]\n");
                return 2;
        }
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
        began_ns = clock_now_ns();
        errno = posix_spawnp(&child, argv[1], &actions, NULL, argv + 1, environ);
        if (errno) {
                fprintf(stderr, "spawn: %s: %s\n", argv[1], strerror(errno));
                return 2;
        }
        if (wait4(child, &status, 0, &usage) < 0) {
                perror("spawn: wait4");
                return 2;
        }
        printf("%.2f %.2f %ld %d\n", (double)(clock_now_ns() - began_ns) / 1e6,
                ms(usage.ru_utime) + ms(usage.ru_stime), usage.ru_maxrss,
                WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
        posix_spawn_file_actions_destroy(&actions);
        return 0;
}
