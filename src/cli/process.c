/* What the program arranges with the kernel. */
#include <ctype.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/memory.h"
#include "cli/process.h"
#include "phases/engine.h"

#define STACK_SIZE (1024 * 1024)

/* A run has a dozen threads a machine, most of them short. The C library keeps 40 MiB of ended threads' stacks to give them
 * out again: five of the usual size, which makes a thread cost twice as much. */
static void limit_stacks(void)
{
        pthread_attr_t attributes;

        pthread_attr_init(&attributes);
        pthread_attr_setstacksize(&attributes, STACK_SIZE);
        pthread_setattr_default_np(&attributes);
        pthread_attr_destroy(&attributes);
}

void process_prepare(void)
{
        for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
                /* Opened the wrong way round: its use fails, as it would have. The lowest free one is fd. */
                if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0)
                        _exit(error_exit_status(ERROR_FAILED));
        }
        prctl(PR_SET_DUMPABLE, 0);
        signal(SIGPIPE, SIG_IGN);
        limit_stacks();
}

static void stop(int signal_number)
{
        static atomic_int times;

        (void)signal_number;
        if (atomic_fetch_add(&times, 1) >= 2)
                _exit(error_exit_status(ERROR_INTERRUPTED));
        engine_interrupt();
}

char *process_user(void)
{
        const char *sudo = getenv("SUDO_USER");
        struct passwd user, *found = NULL;
        char buffer[4096];
        CLEANUP(string_free) char *number = string_format("%u", (unsigned)geteuid());
        const char *name = number;

        if (getpwuid_r(geteuid(), &user, buffer, sizeof(buffer), &found) == 0 && found)
                name = user.pw_name;
        return sudo && sudo[0] ? string_format("%s, for %s", name, sudo) : string_copy(name);
}

const char *process_owner(void)
{
        static char *owner; /* for as long as the program runs */
        CLEANUP(string_free) char *user = process_user();
        char machine[HOST_NAME_MAX + 1] = "somewhere";

        if (owner)
                return owner;
        gethostname(machine, sizeof(machine) - 1);
        owner = string_format("%s@%s", user, machine);
        for (char *c = owner; *c; c++)
                if (isspace((unsigned char)*c))
                        *c = '_';
        return owner;
}

void process_catch_signals(void)
{
        static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
        struct sigaction action = {.sa_handler = stop, .sa_flags = SA_RESTART};
        struct sigaction before;

        sigfillset(&action.sa_mask);
        for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
                /* Whoever started us with a signal ignored (nohup, a shell's &) wants it so. */
                if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
                        sigaction(signals[i], &action, NULL);
        }
}
