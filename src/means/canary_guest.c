/* One attempt to boot the throw-away guest. */
#include "means/canary_guest.h"

#include <pthread.h>
#include <time.h>

#include "base/deadline.h"
#include "base/xml.h"

#define SILENCE_S \
        10 /* between two lines of it, a BIOS's start included; 0.2 s is what it takes where all is well */
#define GRACE_S   60 /* that the clocks of two controllers may differ */
#define MOST_SAID 65536

#define SAYS        "provision-canary: "
#define SAYS_OK     SAYS "OK"
#define SAYS_PASSED "passed "

/* An element with nothing in it but up to two attributes; NULL: none. */
static void add_leaf(struct xml *xml, const char *element, const char *name, const char *value,
        const char *other_name, const char *other_value)
{
        xml_open(xml, element);
        xml_attribute(xml, name, value);
        xml_attribute(xml, other_name, other_value);
        xml_close(xml, element);
}

static void add_devices(struct xml *xml, const char *image)
{
        xml_open(xml, "devices");
        xml_open(xml, "disk");
        xml_attribute(xml, "type", "file");
        xml_attribute(xml, "device", "disk");
        add_leaf(xml, "driver", "name", "qemu", "type", "raw");
        add_leaf(xml, "source", "file", image, NULL, NULL);
        add_leaf(xml, "target", "dev", "vda", "bus", "virtio");
        add_leaf(xml, "readonly", NULL, NULL, NULL, NULL);
        xml_close(xml, "disk");
        add_leaf(xml, "serial", "type", "pty", NULL, NULL);
        add_leaf(xml, "controller", "type", "usb", "model", "none");
        add_leaf(xml, "memballoon", "model", "none", NULL, NULL);
        xml_close(xml, "devices");
}

static char *write_xml(const struct canary_guest *guest)
{
        struct xml xml = {0};

        xml_open(&xml, "domain");
        xml_attribute(&xml, "type", guest->accelerator == CANARY_KVM ? "kvm" : "qemu");
        xml_element(&xml, "name", guest->name);
        xml_element(&xml, "memory", "32768"); /* KiB */
        xml_open(&xml, "os");
        xml_open(&xml, "type");
        xml_attribute(&xml, "arch", "x86_64");
        xml_content(&xml, "hvm");
        xml_close(&xml, "type");
        xml_close(&xml, "os");
        xml_open(&xml, "features");
        add_leaf(&xml, "acpi", NULL, NULL, NULL, NULL);
        add_leaf(&xml, "apic", NULL, NULL, NULL, NULL);
        xml_close(&xml, "features");
        xml_element(&xml, "on_reboot", "destroy");
        add_devices(&xml, guest->image);
        xml_close(&xml, "domain");
        return xml_take(&xml);
}

/* ---- listening ---- */

struct listening {
        struct transient *guest;
        pthread_mutex_t lock;
        pthread_cond_t changed;
        struct text said;
        bool has_ended;
};

static void *listen_to(void *context)
{
        struct listening *listening = context;
        char buffer[512];
        int count;

        do {
                count = transient_read(listening->guest, buffer, sizeof(buffer));
                pthread_mutex_lock(&listening->lock);
                if (count > 0 && listening->said.length < MOST_SAID)
                        text_add_n(&listening->said, buffer, strnlen(buffer, (size_t)count));
                listening->has_ended = count <= 0;
                pthread_cond_signal(&listening->changed);
                pthread_mutex_unlock(&listening->lock);
        } while (count > 0);
        return NULL;
}

/* A moment, or until it says something or ends; true when it has. */
static bool wait_for_news(struct listening *listening)
{
        struct deadline deadline = deadline_in_ms(500);
        struct timespec at = {deadline.at_ns / 1000000000, deadline.at_ns % 1000000000};
        size_t heard = listening->said.length;

        pthread_cond_clockwait(&listening->changed, &listening->lock, CLOCK_MONOTONIC, &at);
        return listening->has_ended || listening->said.length != heard;
}

/* Until it says that it is well, or ends, or says nothing for too long; true in the first case. */
static bool wait_for_ok(struct listening *listening)
{
        struct deadline silent_by = deadline_in_s(SILENCE_S);
        bool is_ok, is_over = false;

        pthread_mutex_lock(&listening->lock);
        while (!(is_ok = strstr(text_string(&listening->said), SAYS_OK) != NULL) && !is_over) {
                if (wait_for_news(listening)) {
                        silent_by = deadline_in_s(SILENCE_S);
                        is_over = listening->has_ended && !strstr(text_string(&listening->said), SAYS_OK);
                        continue;
                }
                pthread_mutex_unlock(&listening->lock);
                is_over = deadline_passed(silent_by) || !transient_is_running(listening->guest);
                pthread_mutex_lock(&listening->lock);
        }
        pthread_mutex_unlock(&listening->lock);
        return is_ok;
}

/* The last thing that it said, without what all its lines begin with; NULL: nothing. Owned by the caller. */
static char *last_words(const char *said)
{
        const char *last = NULL;

        for (const char *at = said; (at = strstr(at, SAYS)); at++)
                last = at;
        if (!last)
                return NULL;
        last += strlen(SAYS);
        return string_copy_n(last, strcspn(last, "\r\n"));
}

static int fail(const char *said, struct error *error)
{
        CLEANUP(string_free) char *last = last_words(said);

        if (!last)
                return error_set(error, ERROR_FAILED, "the guest says nothing within %d s", SILENCE_S);
        if (strncmp(last, SAYS_PASSED, strlen(SAYS_PASSED)) == 0)
                return error_set(error, ERROR_FAILED, "the guest comes as far as %s and no further",
                        last + strlen(SAYS_PASSED));
        return error_set(error, ERROR_FAILED, "the guest says: %s", last);
}

int canary_guest_boot(struct session *session, const struct canary_guest *guest, struct error *error)
{
        CLEANUP(string_free) char *xml = write_xml(guest);
        struct listening listening = {
                .lock = PTHREAD_MUTEX_INITIALIZER,
                .changed = PTHREAD_COND_INITIALIZER,
        };
        pthread_t thread;
        int result = 0;

        if (transient_create(session, xml, &listening.guest, error) < 0)
                return -1;
        if (pthread_create(&thread, NULL, listen_to, &listening) == 0) {
                bool is_ok = wait_for_ok(&listening);

                transient_end(listening.guest);
                pthread_join(thread, NULL);
                if (!is_ok)
                        result = fail(text_string(&listening.said), error);
        } else {
                result = error_set(error, ERROR_FAILED, "no thread can be started to listen to the guest");
        }
        transient_free(listening.guest);
        text_done(&listening.said);
        return result;
}

/* ---- leftovers ---- */

static bool is_overdue(const char *name)
{
        char *end;
        long until;

        if (strncmp(name, CANARY_NAME, strlen(CANARY_NAME)) != 0)
                return false;
        until = strtol(name + strlen(CANARY_NAME), &end, 10);
        return *end == '-' && until + GRACE_S < time(NULL);
}

int canary_guest_sweep(struct session *session, struct error *error)
{
        CLEANUP(handles_done) struct handles guests = {0};

        if (session_list(session, LIBVIRT_GUEST, LIBVIRT_ACTIVE, &guests, error) < 0)
                return -1;
        for (size_t i = 0; i < guests.count; i++) {
                CLEANUP(error_done) struct error ignored = {0}; /* somebody else may have ended it */

                if (is_overdue(handles_name(&guests, i)))
                        session_act(session, LIBVIRT_GUEST, handles_name(&guests, i), LIBVIRT_STOP, &ignored);
        }
        return 0;
}
