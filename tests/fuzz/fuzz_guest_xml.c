/* Whatever a machine calls its guest's XML: a guest or one sentence, and what is read can be written and read again. */
#include <stdint.h>

#include "means/guest_xml.h"
#include "topology/guest_differences.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

/* What a wish always has. */
static void complete(struct guest *guest)
{
        for (array_each(struct guest_disk, disk, &guest->disks))
                if (!disk->path)
                        disk->path = string_copy("/srv/x");
        if (!guest->memory_max_kib)
                guest->memory_max_kib = guest->memory_kib;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
        CLEANUP(string_free)
        char *text = string_copy_n((const char *)bytes, strnlen((const char *)bytes, count));
        CLEANUP(guest_done) struct guest guest = {0}, again = {0};
        CLEANUP(xml_node_done) struct xml_node found = {0};
        CLEANUP(strings_done) struct strings unmodelled = {0}, ignored = {0};
        CLEANUP(guest_differences_done) struct guest_differences differences = {0};
        CLEANUP(string_free) char *xml = NULL, *redefined = NULL;
        CLEANUP(error_done) struct error error = {0};

        if (guest_xml_read(text, &guest, &unmodelled, &error) < 0)
                return 0;
        complete(&guest);
        xml = guest_xml_write(&guest, "11111111-2222-8333-8444-555555555555", NULL);
        if (guest_xml_read(xml, &again, &ignored, &error) < 0)
                __builtin_trap();
        guest_compare(&guest, &again, &differences);
        if (differences.list.count && unmodelled.count == 0)
                __builtin_trap();
        if (xml_node_parse(text, &found, &error) < 0)
                __builtin_trap();
        redefined = guest_xml_write(&guest, "11111111-2222-8333-8444-555555555555", &found);
        return redefined[0] != '<';
}
