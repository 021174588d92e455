/* Nights of a lab, told to a recorder as the engine would tell them: what history, report and status are tested with. */
#pragma once

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "phases/recorder_parts.h"

/* Everything at once that could carry a page or a terminal away. */
#define HOSTILE                                                                                              \
        "</pre><script>document.title='owned'</script><img src=x onerror=alert(1)> \033[2J\033]0;owned\007 " \
        "\"'&\xe2\x80\xae\xff"

struct night {
        struct config config;
        struct store *store;
        struct recorder *recorder;
};

static inline void night_begin(struct night *night, const char *const *names, const char *command)
{
        const struct history_run about = {
                .controller = (char *)"controller",
                .user = (char *)"root",
                .pid = 4711,
                .command = (char *)command,
                .verb = (char *)"promote",
                .phase = (char *)"kvm",
        };
        struct error error = {0};

        *night = (struct night) {0};
        for (size_t i = 0; names[i]; i++) {
                struct host_config *host = array_add(&night->config.hosts);
                CLEANUP(string_free) char *address = string_format("root@10.77.1.%zu", i + 2);

                host->name = string_copy(names[i]);
                if (kvm_host_uri_parse(address, &host->connect, &error) < 0)
                        abort();
        }
        if (store_open(STORE_WRITE, &night->store, &error) < 0 ||
                recorder_new(night->store, &night->config, &about, &night->recorder, &error) < 0)
                abort();
}

static inline void night_tell(struct night *night, struct event event)
{
        event.at_us = event.at_us ? event.at_us : INT64_C(1795545990000000);
        recorder_take(night->recorder, &event);
}

#define TELL(night, ...) night_tell((night), (struct event) {__VA_ARGS__})

/* From here on so much time has passed since the run began. */
static inline void night_at(struct night *night, int64_t ms)
{
        night->recorder->began_ns = clock_now_ns() - ms * 1000000;
}

static inline void night_reach_linux(struct night *night, const char *host)
{
        night_at(night, 0);
        TELL(night, EVENT_PHASE_START, .host = host, .phase = "linux");
        night_at(night, 210);
        TELL(night, EVENT_HOST_CONNECTED, .host = host, .phase = "linux", .machine_id = host);
        TELL(night, EVENT_PHASE_DONE, .host = host, .phase = "linux", .elapsed_ms = 210);
        TELL(night, EVENT_PHASE_START, .host = host, .phase = "kvm");
}

static inline void night_step(struct night *night, const char *host, const char *score, const char *sentence,
        const char *output, int64_t took_ms, const struct error *error)
{
        const struct event step = {
                .host = host, .phase = "kvm", .score = score, .step = sentence, .step_kind = score};
        struct event event = step;

        event.kind = EVENT_STEP_ANNOUNCED;
        night_tell(night, event);
        night_at(night, recorder_now_ms(night->recorder) + took_ms);
        if (output) {
                event.kind = EVENT_STEP_PROGRESS;
                event.text = output;
                night_tell(night, event);
        }
        event = step;
        event.kind = error ? EVENT_STEP_FAILED : EVENT_STEP_DONE;
        event.error = error;
        event.elapsed_ms = took_ms;
        night_tell(night, event);
}

static inline void night_host_ends(struct night *night, const char *host, const char *phase, int64_t took_ms,
        size_t steps, const struct error *error, const char *note)
{
        TELL(night, error ? EVENT_PHASE_FAILED : EVENT_PHASE_DONE, .host = host, .phase = phase,
                .error = error, .elapsed_ms = took_ms, .steps_done = steps);
        TELL(night, EVENT_HOST_DONE, .host = host, .phase = phase, .error = error, .elapsed_ms = took_ms,
                .steps_done = steps, .text = note);
}

static inline void night_close(struct night *night)
{
        recorder_free(night->recorder);
        store_close(night->store);
        config_done(&night->config);
}

static inline void night_end(struct night *night, size_t changed, size_t failed, int exit_status)
{
        struct error error = {0};

        night_at(night, 50000);
        TELL(night, EVENT_RUN_DONE, .hosts = night->config.hosts.count, .hosts_changed = changed,
                .hosts_failed = failed);
        if (recorder_finish(night->recorder, exit_status, &error) < 0)
                abort();
        night_close(night);
}

/* Run 1: all is well but one. Run 2: one mended, one new failure, a block, one machine gone. */
static const char *const night_names[] = {
        "lab1", "lab2", "lab3", "lab4", "lab5-with-a-rather-long-name.example.net", NULL};

static const struct error night_full = {ERROR_FAILED,
        (char *)"install packages qemu-system-x86: E: You don't have enough free space " HOSTILE};
static const struct error night_gone = {
        ERROR_UNREACHABLE, (char *)"no answer from 10.77.1.5 port 22 within 30 s"};
static const struct error night_blocked = {
        ERROR_BLOCKED, (char *)"network lab isn't ours: mtu is 1500, wanted 9000"};

static inline void record_first_night(void)
{
        static const char install[] =
                "install packages libvirt-daemon-system, qemu-system-x86, dnsmasq-base, nftables";
        struct night night;

        night_begin(&night, night_names, "provision --phase kvm nightly.conf");
        for (size_t i = 0; night_names[i]; i++) {
                night_reach_linux(&night, night_names[i]);
                if (i == 1) {
                        night_step(&night, night_names[i], "packages", install, "E: full", 900, &night_full);
                        night_host_ends(&night, night_names[i], "kvm", 1200, 0, &night_full, NULL);
                        continue;
                }
                night_step(&night, night_names[i], "packages", install, "Setting up nftables", 21000, NULL);
                night_step(&night, night_names[i], "canary", "boot a throw-away guest", NULL, 4100, NULL);
                night_host_ends(&night, night_names[i], "kvm", 26000, 2, NULL, "guests run by KVM");
        }
        night_end(&night, 4, 1, 1);
}

static inline void record_second_night(void)
{
        static const char install[] =
                "install packages libvirt-daemon-system, qemu-system-x86, dnsmasq-base, nftables";
        struct night night;

        night_begin(&night, night_names, "provision --phase kvm nightly.conf");
        night_reach_linux(&night, "lab1");
        night_step(&night, "lab1", "packages", install, HOSTILE, 48000, NULL);
        night_step(&night, "lab1", "unit", "start unit libvirtd.socket", NULL, 300, NULL);
        night_host_ends(&night, "lab1", "kvm", 49000, 2, NULL, "guests run by KVM");
        night_reach_linux(&night, "lab2");
        TELL(&night, EVENT_WARNING, .host = "lab2", .phase = "kvm", .score = "canary",
                .text = "guests run by emulation " HOSTILE);
        night_host_ends(&night, "lab2", "kvm", 230, 0, NULL, "guests run by TCG");
        night_reach_linux(&night, "lab3");
        night_step(&night, "lab3", "packages", install,
                "dpkg: error processing archive "
                "/var/cache/apt/archives/qemu-system-x86_1%3a7.2+dfsg-7+deb12u7_amd64.deb "
                "(--unpack): " HOSTILE,
                7300, &night_full);
        night_host_ends(&night, "lab3", "kvm", 7600, 0, &night_full, NULL);
        night_at(&night, 0);
        TELL(&night, EVENT_PHASE_START, .host = "lab4", .phase = "linux");
        night_host_ends(&night, "lab4", "linux", 30000, 0, &night_gone, NULL);
        night_reach_linux(&night, night_names[4]);
        TELL(&night, EVENT_BLOCKED, .host = night_names[4], .phase = "kvm", .score = "network",
                .text = "network lab isn't ours: mtu is 1500, wanted 9000");
        night_host_ends(&night, night_names[4], "kvm", 240, 0, &night_blocked, NULL);
        night_end(&night, 1, 3, 1);
}

/* A run that is in the middle of a step for as long as the store is open. */
static inline void record_unfinished_night(struct night *night)
{
        night_begin(night, night_names, "provision --phase kvm nightly.conf");
        night_reach_linux(night, "lab1");
        TELL(night, EVENT_STEP_ANNOUNCED, .host = "lab1", .phase = "kvm", .score = "packages",
                .step = "install packages a", .step_kind = "packages.install");
}
