/* A copy of this machine's root that a test may wreck: an overlay in memory, in namespaces of the test's own,
 * without a network but with kernel settings of its own where they are a network's. Nothing of it can be left
 * behind, not even by a test that is killed: the namespaces end with the last process in them, and that dies
 * with its parent. */
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A directory that every machine has and nobody needs; hidden below what is mounted there, for us alone. */
#define THROW_AWAY_AT "/mnt"

static int throw_away_old_root = -1;

/* Runs tests (a function that returns what main is to return) in namespaces of their own. Where there is no
 * right to make them the process goes on without, and throw_away_enter fails. */
static int throw_away_run(int (*tests)(void))
{
        int status = 0;
        pid_t child;

        if (unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC) < 0)
                return tests();
        fflush(NULL);
        child = fork();
        if (child == 0) {
                prctl(PR_SET_PDEATHSIG, SIGKILL);
                mount("", "/", "", MS_REC | MS_PRIVATE, "");
                mount("proc", "/proc", "proc", 0, "");
                exit(tests());
        }
        while (waitpid(child, &status, 0) < 0 && errno == EINTR)
                ;
        _exit(WIFEXITED(status) ? WEXITSTATUS(status)
                                : 1); /* no more processes can be started here, as by exit */
}

static int throw_away_mount(void)
{
        static const char *const passed_on[] = {"dev", "sys"};

        if (geteuid() != 0 || mount("tmpfs", THROW_AWAY_AT, "tmpfs", 0, "size=512m") < 0)
                return -1;
        mkdir(THROW_AWAY_AT "/upper", 0755);
        mkdir(THROW_AWAY_AT "/work", 0755);
        mkdir(THROW_AWAY_AT "/root", 0755);
        if (mount("overlay", THROW_AWAY_AT "/root", "overlay", 0,
                    "lowerdir=/,upperdir=" THROW_AWAY_AT "/upper,workdir=" THROW_AWAY_AT "/work") < 0)
                return -1;
        for (size_t i = 0; i < sizeof(passed_on) / sizeof(passed_on[0]); i++) {
                char from[16], to[64];

                snprintf(from, sizeof(from), "/%s", passed_on[i]);
                snprintf(to, sizeof(to), THROW_AWAY_AT "/root/%s", passed_on[i]);
                if (mount(from, to, "", MS_BIND | MS_REC, "") < 0)
                        return -1;
        }
        if (mount("tmpfs", THROW_AWAY_AT "/root/tmp", "tmpfs", 0, "mode=1777") < 0 ||
                mount("tmpfs", THROW_AWAY_AT "/root/run", "tmpfs", 0, "mode=0755") < 0)
                return -1;
        return mount("proc", THROW_AWAY_AT "/root/proc", "proc", 0, "");
}

/* From here on / is the copy. False where this machine doesn't allow it: skip, then. */
static bool throw_away_enter(void)
{
        throw_away_old_root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (throw_away_mount() < 0) {
                fprintf(stderr, "skipped: no throw-away root (needs root and overlayfs): %s\n",
                        strerror(errno));
                umount2(THROW_AWAY_AT, MNT_DETACH);
                close(throw_away_old_root);
                throw_away_old_root = -1;
                return false;
        }
        return chroot(THROW_AWAY_AT "/root") == 0 && chdir("/") == 0;
}

static bool throw_away_is_entered(void)
{
        return throw_away_old_root >= 0;
}

static void throw_away_leave(void)
{
        if (fchdir(throw_away_old_root) < 0 || chroot(".") < 0)
                abort();
        close(throw_away_old_root);
        throw_away_old_root = -1;
        umount2(THROW_AWAY_AT, MNT_DETACH);
}
