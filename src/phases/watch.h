/* What a run has started has to stay up.
 *
 * A service of Type=notify and its kin says when it is up, and is believed. Of any other one systemd knows only that its
 * process was begun; one that dies at once is active in a look that comes too soon. So such a service counts as started when two
 * looks that are WATCH_STAYS_MS apart have found it running since the same moment; meanwhile there usually is something else to
 * do. One that ends and that systemd starts again may still get up, as one does that needs another; it has WATCH_LIMIT_S from the first look
 * on, and a few looks at least. */
#pragma once

#include "plan/answers.h"

#define WATCH_STAYS_MS 1000
#define WATCH_LIMIT_S  10
#define WATCH_LOOKS    5

struct watched {
        char *unit;     /* owned */
        char *sentence; /* owned: of the step that started it */
        unsigned looks; /* that found it, the first of them at */
        int64_t began_ns;
        int64_t since_us; /* since when it was found running; 0: it wasn't yet */
        int64_t seen_ns;  /* when it was first found so */
};

enum watch_verdict { WATCH_STAYS, WATCH_GOES_ON, WATCH_FAILED };

/* What a look says of it; for WATCH_FAILED with words: "has failed since". Pure but for what it notes. */
enum watch_verdict watched_judge(
        struct watched *watched, const struct unit_state *found, int64_t now_ns, const char **ret_words);
