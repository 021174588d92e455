/* Checks, when compiling, that a story of Scores holds: each needs only what Scores before it give.
 *
 * A story is an X macro with a row a Score, SCORE(phase, score, needs, gives), in the order in which they
 * run. Its rows become blocks, each inside the one before, and in each `so_far` is what the machine can do by
 * then. */
#pragma once

/* clang-format off */
#define STORY_HOLDS(STORY)                                                       \
        _Pragma("GCC diagnostic push")                                           \
        _Pragma("GCC diagnostic ignored \"-Wshadow\"")                           \
        static inline __attribute__((unused)) void story_holds(void)             \
        {                                                                        \
                enum { so_far = 0 };                                             \
                STORY(STORY_GOES_ON)                                             \
                STORY(STORY_ENDS)                                                \
        }                                                                        \
        _Pragma("GCC diagnostic pop")                                            \
        _Static_assert(1, "takes the semicolon")
/* clang-format on */

#define STORY_GOES_ON(phase, score, needs, gives)                                   \
        _Static_assert(((needs) & ~so_far) == 0,                                    \
                "phase " #phase ": " #score " needs what nothing before it gives"); \
        enum { then = so_far | (gives) };                                           \
        {                                                                           \
                enum { so_far = then };

#define STORY_ENDS(...) }
