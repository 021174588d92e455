/* What a machine can do, in words. */
#include "base/text.h"
#include "base/memory.h"
#include "topology/capabilities.h"

static const char *const words_of[] = {
#define CAPABILITY(bit, words) [bit##_INDEX] = words,
        CAPABILITIES(CAPABILITY)
#undef CAPABILITY
};

const char *capability_words(enum capability capability)
{
        for (int i = 0; i < CAPABILITY_COUNT; i++)
                if ((capabilities)capability == (capabilities)1 << i)
                        return words_of[i];
        return NULL;
}

char *capabilities_describe(capabilities set)
{
        struct text text = {0};

        for (int i = 0; i < CAPABILITY_COUNT; i++)
                if (set & ((capabilities)1 << i))
                        text_format(&text, "%s%s", text.length ? ", " : "", words_of[i]);
        if (!text.length)
                text_add(&text, "nothing");
        return text_take(&text);
}
