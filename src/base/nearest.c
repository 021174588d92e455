/* What somebody probably meant: the least Levenshtein distance, letter case not counted. */
#include <ctype.h>
#include <string.h>

#include "base/nearest.h"

#define LONGEST 64 /* longer words are not compared: no name here is that long */

static size_t least(size_t a, size_t b, size_t c)
{
        size_t ab = a < b ? a : b;

        return ab < c ? ab : c;
}

static size_t edits(const char *a, const char *b)
{
        size_t row[LONGEST + 1], length_a = strlen(a), length_b = strlen(b);

        for (size_t j = 0; j <= length_b; j++)
                row[j] = j;
        for (size_t i = 1; i <= length_a; i++) {
                size_t diagonal = row[0];

                row[0] = i;
                for (size_t j = 1; j <= length_b; j++) {
                        int same = tolower((unsigned char)a[i - 1]) == tolower((unsigned char)b[j - 1]);
                        size_t cost = least(row[j] + 1, row[j - 1] + 1, diagonal + !same);

                        diagonal = row[j];
                        row[j] = cost;
                }
        }
        return row[length_b];
}

const char *nearest_word(const char *word, const char *const *candidates, size_t count)
{
        const char *best = NULL;
        size_t best_edits = (strlen(word) + 2) / 3 + 1;

        if (strlen(word) > LONGEST)
                return NULL;
        for (size_t i = 0; i < count; i++) {
                size_t distance;

                if (strlen(candidates[i]) > LONGEST)
                        continue;
                distance = edits(word, candidates[i]);
                if (distance < best_edits) {
                        best = candidates[i];
                        best_edits = distance;
                }
        }
        return best;
}
