/* libvirt's volumes: what there is. */
#include "means/libvirt_parts.h"
#include "means/volume_xml.h"

int volumes_answer(const struct wanted_volumes *volumes, struct answers *answers, struct error *error)
{
        for (array_each(const struct wanted_volume, wanted, &volumes->list)) {
                struct volume_state *state;
                uint64_t length;

                if (!wanted->xml)
                        continue;
                state = array_add(&answers->volumes);
                state->pool = string_copy(wanted->pool);
                if (volume_xml_read(wanted->xml, state, &length, error) < 0)
                        return error_prefix(error, "volume %s of pool %s", wanted->name, wanted->pool);
        }
        return 0;
}
