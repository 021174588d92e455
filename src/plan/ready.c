/* When a guest counts as up. */
#include "plan/ready.h"

#include "base/sha256.h"
#include "base/text.h"

bool ready_is_wanted(const struct guest_config *guest)
{
        for (int kind = 0; kind < READY_KINDS; kind++)
                if (guest->ready.wanted[kind])
                        return true;
        return false;
}

char *ready_words(const struct guest_config *guest, enum ready_kind kind)
{
        const struct ready_config *ready = &guest->ready;

        switch (kind) {
        case READY_SSH:
                return string_format("SSH as %s", ready->ssh_user);
        case READY_TCP:
                return string_format("TCP port %u", ready->tcp_port);
        case READY_HTTP:
                return string_format("HTTP %s", ready->http);
        case READY_CONSOLE:
                return string_format("\"%s\" on its console", ready->console);
        default:
                return string_copy("an address");
        }
}

char *guest_process_path(const struct guest_config *guest)
{
        return string_format("/run/libvirt/qemu/%s.pid", guest->name);
}

char *ready_note_path(const struct guest_config *guest)
{
        return string_format(READY_NOTES "/%s", guest->name);
}

char *ready_note(const struct guest_config *guest, int64_t since_us)
{
        CLEANUP(text_done) struct text wish = {0};
        CLEANUP(string_free) char *fingerprint = NULL;

        for (int kind = 0; kind < READY_KINDS; kind++) {
                CLEANUP(string_free) char *words = ready_words(guest, (enum ready_kind)kind);

                if (guest->ready.wanted[kind])
                        text_format(&wish, "%d %s\n", kind, words);
        }
        fingerprint = sha256_hex(text_string(&wish), wish.length);
        return string_format("ready 1 %lld %s\n", (long long)since_us, fingerprint);
}
