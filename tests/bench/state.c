/* What the store costs: "RUN_MS STEP_MS", medians. RUN: opening it, and keeping a run that finds nothing to do. STEP: what
 * a step adds, its package owned and on the disk before it is carried out. In PROVISION_HOME. */
#include <stdio.h>
#include <stdlib.h>

#include "base/deadline.h"
#include "phases/recorder.h"

#define RUNS  200
#define STEPS 200

static int compare(const void *a, const void *b)
{
        const double *x = a, *y = b;

        return (*x > *y) - (*x < *y);
}

static double median(double *values, size_t count)
{
        qsort(values, count, sizeof(*values), compare);
        return values[count / 2];
}

static double since(int64_t began_ns)
{
        return (double)(clock_now_ns() - began_ns) / 1e6;
}

#define HOST .host = "lab1", .phase = "kvm"
#define STEP HOST, .score = "packages", .step = "install packages a", .step_kind = "packages.install"

static void tell(struct recorder *recorder, struct event event)
{
        recorder_take(recorder, &event);
}

static int keep_steps(struct recorder *recorder, double *costs, struct error *error)
{
        CLEANUP(owned_list_done) struct owned_list things = {0};

        for (int i = 0; i < STEPS; i++) {
                CLEANUP(string_free) char *name = string_format("package-%d", i);
                int64_t began_ns = clock_now_ns();

                owned_list_done(&things);
                owned_add(&things, "package", name, NULL);
                tell(recorder, (struct event) {EVENT_STEP_ANNOUNCED, STEP});
                if (recorder_step_begins(recorder, "lab1", &things, error) < 0)
                        return -1;
                tell(recorder, (struct event) {EVENT_STEP_DONE, STEP});
                costs[i] = since(began_ns);
        }
        return 0;
}

static int keep_run(const struct config *config, double *step_costs, struct error *error)
{
        const struct history_run about = {.controller = (char *)"bench",
                .user = (char *)"bench",
                .command = (char *)"provision host.conf",
                .verb = (char *)"promote",
                .phase = (char *)"kvm"};
        struct recorder *recorder = NULL;
        struct store *store = NULL;
        int result;

        if (store_open(STORE_WRITE, &store, error) < 0)
                return -1;
        result = recorder_new(store, config, &about, &recorder, error);
        if (result == 0) {
                tell(recorder, (struct event) {EVENT_PHASE_START, HOST});
                tell(recorder, (struct event) {EVENT_HOST_CONNECTED, HOST, .machine_id = "m1"});
                if (step_costs)
                        result = keep_steps(recorder, step_costs, error);
                tell(recorder, (struct event) {EVENT_PHASE_DONE, HOST});
                tell(recorder, (struct event) {EVENT_HOST_DONE, HOST});
                if (result == 0)
                        result = recorder_finish(recorder, 0, error);
        }
        recorder_free(recorder);
        store_close(store);
        return result;
}

int main(void)
{
        static double run_costs[RUNS], step_costs[STEPS];
        struct host_config *host;
        struct config config = {0};
        struct error error = {0};

        host = array_add(&config.hosts);
        host->name = string_copy("lab1");
        if (kvm_host_uri_parse("root@10.77.1.2", &host->connect, &error) < 0)
                return 1;
        for (int i = 0; i < RUNS && !error_is_set(&error); i++) {
                int64_t began_ns = clock_now_ns();

                keep_run(&config, NULL, &error);
                run_costs[i] = since(began_ns);
        }
        if (!error_is_set(&error))
                keep_run(&config, step_costs, &error);
        if (error_is_set(&error)) {
                fprintf(stderr, "%s\n", error_text(&error));
                return 1;
        }
        printf("%.2f %.2f\n", median(run_costs, RUNS), median(step_costs, STEPS));
        return 0;
}
