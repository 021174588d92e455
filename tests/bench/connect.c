/* Opens and closes a link to the first machine of a host.conf, N times in one process, and prints the milliseconds
 * of CPU that one connection costs: the key exchange and the login, which no tool can do without. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "config/config.h"
#include "link/link.h"

static double cpu_ms(void)
{
        struct rusage usage;

        getrusage(RUSAGE_SELF, &usage);
        return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
               (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
}

int main(int argc, char **argv)
{
        CLEANUP(error_done) struct error error = {0};
        CLEANUP(config_done) struct config config = {0};
        CLEANUP(strings_done) struct strings files = {0}, problems = {0};
        const struct config_overrides overrides = {0};
        int rounds = argc > 2 ? atoi(argv[2]) : 0;
        struct links *links;
        double before;

        if (rounds < 1) {
                fprintf(stderr, "usage: connect CONF ROUNDS\n");
                return 2;
        }
        strings_add(&files, argv[1]);
        if (config_load(&files, &overrides, &config, &problems, &error) < 0 ||
                links_start(&links, &error) < 0) {
                fprintf(stderr, "connect: %s\n", error_text(&error));
                return 1;
        }
        before = cpu_ms();
        for (int i = 0; i < rounds; i++) {
                struct link *link = link_open(links, &config.hosts.items[0], deadline_in_s(30));

                if (link_wait(link, deadline_in_s(30), &error) < 0) {
                        fprintf(stderr, "connect: %s\n", error_text(&error));
                        return 1;
                }
                link_close(link);
        }
        printf("%.2f\n", (cpu_ms() - before) / rounds);
        links_stop(links);
        return 0;
}
