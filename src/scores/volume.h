/* What is planned for guests' disks, for the Score of their guests. */
#pragma once

#include "config/wish.h"
#include "plan/answers.h"
#include "plan/survey.h"

/* Asks for all that is to be known of its disks. */
void volumes_ask(const struct wish *wish, const struct guest_config *guest, struct survey *survey);

/* One of its disks is to be made anew under the same name: a guest that runs is shut down for that. */
bool volumes_end_guest(
        const struct wish *wish, const struct answers *answers, const struct guest_config *guest);
