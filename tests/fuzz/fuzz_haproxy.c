/* Whatever stands in a haproxy.cfg: a model, never a crash and never a leak. What can be written of that is read back as the same. */
#include <stdint.h>
#include <stdlib.h>

#include "plan/haproxy.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
        CLEANUP(string_free) char *text = string_copy_n((const char *)bytes, count);
        CLEANUP(string_free) char *written = NULL, *again = NULL, *fingerprint = NULL, *same = NULL;
        CLEANUP(haproxy_done) struct haproxy found = {0}, back = {0};
        CLEANUP(error_done) struct error error = {0};

        haproxy_read(text, &found);
        written = haproxy_write(&found, &fingerprint, &error);
        if (!written)
                return 0;
        haproxy_read(written, &back);
        again = haproxy_write(&back, &same, &error);
        if (back.skipped.count > 0 || !string_equal(written, again) || !string_equal(fingerprint, same))
                abort();
        return 0;
}
