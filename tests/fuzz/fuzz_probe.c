/* Whatever bytes a machine answers with: an answer or one sentence, never a crash and never a leak. */
#include <stdint.h>

#include "means/probe.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
        CLEANUP(survey_done) struct survey survey = {0};
        CLEANUP(answers_done) struct answers answers = {0};
        CLEANUP(output_done) struct output output = {0};
        CLEANUP(error_done) struct error error = {0};

        survey_ask(&survey, ASK_MACHINE, NULL);
        survey_ask_package(&survey, PACKAGES_UNKNOWN, "nftables");
        survey_ask(&survey, ASK_SYSCTL, "net.ipv4.ip_forward");
        survey_ask(&survey, ASK_GROUP, "libvirt");
        survey_ask(&survey, ASK_USER, "alice");
        survey_ask(&survey, ASK_FILE, "/etc/a");
        survey_ask(&survey, ASK_ROUTES, NULL);
        survey_ask(&survey, ASK_INTERFACES, NULL);
        survey_ask(&survey, ASK_NETWORKS, NULL);
        survey_ask(&survey, ASK_CANARY, NULL);
        survey_ask(&survey, ASK_LISTENERS, "6443");
        survey_ask(&survey, ASK_OWN_ADDRESSES, NULL);
        survey_ask(&survey, ASK_BALANCER, NULL);
        survey_ask(&survey, ASK_FIREWALL, NULL);
        survey_ask(&survey, ASK_ZONE, "eth0");
        text_add_n(&output.out, (const char *)bytes, count);
        text_add(&output.err, "sh: 1: grep: not found\n");
        probe_read(&survey, &output, &answers, &error);
        return 0;
}
