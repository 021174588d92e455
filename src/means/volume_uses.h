/* What depends on volumes of ours and isn't ours: asked on the machine once libvirt has told what there is. */
#pragma once

#include "base/text.h"
#include "link/link.h"
#include "plan/answers.h"

/* For ASK_VOLUME_USES: fills in the users of answers->volumes, the others of answers->pools, and answers->parts. */
int volume_uses_answer(struct link *link, const struct survey *survey, struct deadline deadline,
        struct answers *answers, struct error *error);

/* The two halves of that, both pure. */
void volume_uses_script(const struct survey *survey, const struct answers *answers, struct text *script);
int volume_uses_read(
        const char *output, const struct survey *survey, struct answers *answers, struct error *error);
