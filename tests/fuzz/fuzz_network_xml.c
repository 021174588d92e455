/* Whatever a machine calls its network's XML: a network or one sentence, and what is read can be written and read again. */
#include <stdint.h>

#include "means/network_xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
        CLEANUP(string_free)
        char *text = string_copy_n((const char *)bytes, strnlen((const char *)bytes, count));
        CLEANUP(network_done) struct network network = {0}, again = {0};
        CLEANUP(strings_done) struct strings unmodelled = {0}, differences = {0}, ignored = {0};
        CLEANUP(string_free) char *xml = NULL;
        CLEANUP(error_done) struct error error = {0};

        if (network_xml_read(text, &network, &unmodelled, &error) < 0)
                return 0;
        xml = network_xml_write(&network, "11111111-2222-8333-8444-555555555555");
        if (network_xml_read(xml, &again, &ignored, &error) < 0)
                __builtin_trap();
        network_differences(&network, &again, &differences);
        if (differences.count && unmodelled.count == 0)
                __builtin_trap();
        return 0;
}
