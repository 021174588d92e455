/* Whatever a machine calls its pool's or volume's XML: a pool, a volume, or one sentence. */
#include <stdint.h>

#include "means/pool_xml.h"
#include "means/volume_xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
        CLEANUP(string_free)
        char *text = string_copy_n((const char *)bytes, strnlen((const char *)bytes, count));
        CLEANUP(answers_done) struct answers answers = {0};
        CLEANUP(error_done) struct error no_pool = {0}, no_volume = {0};
        struct pool_state *pool = array_add(&answers.pools);
        struct volume_state *volume = array_add(&answers.volumes);
        uint64_t length;

        if (pool_xml_read(text, pool, &no_pool) == 0 && (!pool->type || !pool->path))
                __builtin_trap();
        if (volume_xml_read(text, volume, &length, &no_volume) == 0 &&
                (!volume->name || !volume->path || !volume->format))
                __builtin_trap();
        return 0;
}
