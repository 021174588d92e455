/* What only one may have: sorted, the same things stand side by side. */
#include "config/claims.h"

void claims_take(struct claims *claims, struct claim claim)
{
        *array_add(&claims->list) = claim;
}

bool hosts_meet(const struct strings *a, const struct strings *b)
{
        if (!a || !b || a->count == 0 || b->count == 0)
                return true;
        for (array_each(char *, host, a))
                if (strings_has(b, *host))
                        return true;
        return false;
}

static int compare_things(const struct claim *a, const struct claim *b)
{
        int order = strcmp(a->scope, b->scope);

        return order != 0 ? order : strcmp(a->thing, b->thing);
}

/* Within the same thing, whose comes first: files keep the order they were read in, which their names don't
 * tell; so the list's own order decides. */
static int compare(const void *a, const void *b)
{
        const struct claim *const *first = a, *const *second = b;
        int order = compare_things(*first, *second);

        return order != 0 ? order : (*first > *second) - (*first < *second);
}

static void judge(const struct claim *const *sorted, size_t at, struct problems *problems)
{
        for (size_t i = at; i-- > 0 && compare_things(sorted[i], sorted[at]) == 0;) {
                CLEANUP(string_free) char *place = NULL;

                if (!hosts_meet(sorted[i]->hosts, sorted[at]->hosts))
                        continue;
                place = place_format(&sorted[i]->place);
                problems_add(problems, &sorted[at]->place, "%s: %s is taken already, at %s",
                        sorted[at]->label, sorted[at]->thing, place);
                return;
        }
}

void claims_judge(struct claims *claims, struct problems *problems)
{
        ARRAY(const struct claim *) sorted = {0};

        for (array_each(struct claim, claim, &claims->list))
                *array_add(&sorted) = claim;
        if (sorted.count > 0)
                qsort(sorted.items, sorted.count, sizeof(*sorted.items), compare);
        for (size_t i = 1; i < sorted.count; i++)
                judge(sorted.items, i, problems);
        array_free(&sorted);
}

void claims_done(struct claims *claims)
{
        for (array_each(struct claim, claim, &claims->list)) {
                free(claim->scope);
                free(claim->thing);
                free(claim->label);
        }
        array_free(&claims->list);
}
