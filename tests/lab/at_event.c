/* Runs a program that prints events, and does something at one of them:
 *
 *     at_event WHICH DELAY-MS ACTION PROGRAM ARGUMENT…
 *
 * WHICH is a number (of the events that aren't progress, from 1 on) or a text that the event's line holds; ACTION is "kill",
 * which is SIGKILL, or a script for sh. What the program prints is passed on. The exit status is the program's, 137 for one
 * that was killed; 100: it ended without that event. */
#include <ctype.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static bool is_boundary(const char *line)
{
        return strstr(line, "\"event\":\"") && !strstr(line, "\"event\":\"step-progress\"");
}

static pid_t start(char **arguments, FILE **ret_events)
{
        int ends[2];
        pid_t child;

        if (pipe(ends) < 0 || (child = fork()) < 0)
                return -1;
        if (child == 0) {
                prctl(PR_SET_PDEATHSIG, SIGKILL);
                dup2(ends[1], STDOUT_FILENO);
                close(ends[0]);
                close(ends[1]);
                execvp(arguments[0], arguments);
                _exit(127);
        }
        close(ends[1]);
        *ret_events = fdopen(ends[0], "r");
        return child;
}

static void act(pid_t child, const char *delay, const char *action)
{
        const long ms = atol(delay);
        const struct timespec wait = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

        nanosleep(&wait, NULL);
        if (strcmp(action, "kill") == 0)
                kill(child, SIGKILL);
        else if (system(action) != 0)
                fprintf(stderr, "at_event: failed: %s\n", action);
}

int main(int argc, char **argv)
{
        FILE *events = NULL;
        char *line = NULL;
        size_t size = 0;
        long number = 0, wanted;
        bool has_acted = false;
        pid_t child;
        int status;

        if (argc < 5 || (child = start(argv + 4, &events)) < 0)
                return 2;
        wanted = isdigit((unsigned char)argv[1][0]) ? atol(argv[1]) : -1;
        while (getline(&line, &size, events) > 0) {
                number += is_boundary(line);
                if (!has_acted && (wanted > 0 ? number == wanted : strstr(line, argv[1]) != NULL)) {
                        act(child, argv[2], argv[3]);
                        has_acted = true;
                }
                fputs(line, stdout);
                fflush(stdout);
        }
        free(line);
        fclose(events);
        waitpid(child, &status, 0);
        if (!has_acted)
                return 100;
        return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
