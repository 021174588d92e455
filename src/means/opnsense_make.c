/* A change of what an OPNsense has, or both of a pair: made on all, or on none. */
#include "means/opnsense_parts.h"

static void making_done(struct opnsense_making *making)
{
        opnsense_state_done(&making->before);
        opnsense_objects_done(&making->own);
        opnsense_log_done(&making->log);
}

static int begin(struct opnsense_making *making, const struct opnsense_config *config, unsigned areas,
        struct error *error)
{
        const struct work *work = making->work;

        if (opnsense_open(work->opnsenses, config, work->deadline, &making->session, error) < 0)
                return -1;
        making->log.session = making->session;
        making->wanted = &work->step->opnsense.wanted;
        return opnsense_look(making->session, areas, areas, work->deadline, &making->before, error);
}

int opnsense_read_back(struct opnsense_making *making, enum opnsense_area area, struct error *error)
{
        CLEANUP(opnsense_state_done) struct opnsense_state after = {0};
        CLEANUP(opnsense_changes_done) struct opnsense_changes changes = {0};
        CLEANUP(string_free) char *words = NULL;

        if (opnsense_look(making->session, 1U << area, 1U << area, making->work->deadline, &after, error) < 0)
                return -1;
        opnsense_compare(area, making->wanted, &after.objects, &changes);
        if (changes.list.count == 0)
                return 0;
        words = opnsense_changes_words(&changes);
        return error_set(error, ERROR_FAILED,
                "OPNsense %s has saved something else than it was sent, as it does with fields that its "
                "version doesn't "
                "know: it would still take this: %s",
                making->session->config->name, words);
}

/* ---- what fails ---- */

static int put_back(struct opnsense_making *makings, size_t count, opnsense_load *load, struct error *error)
{
        int result = 0;

        for (size_t i = count; i-- > 0;) {
                CLEANUP(error_done) struct error failure = {0};

                if (makings[i].log.done.count == 0 ||
                        (opnsense_undo(&makings[i].log, &failure) == 0 &&
                                load(&makings[i], deadline_in_s(OPNSENSE_APPLY_S), &failure) == 0))
                        continue;
                if (result == 0)
                        error_move(error, &failure);
                result = -1;
        }
        return result;
}

static bool has_begun(const struct opnsense_making *makings, size_t count)
{
        for (size_t i = 0; i < count; i++)
                if (makings[i].log.done.count > 0)
                        return true;
        return false;
}

static int fail(struct opnsense_making *makings, size_t count, opnsense_load *load, struct error *failure,
        struct error *error)
{
        CLEANUP(error_done) struct error undoing = {0};

        if (failure->kind == ERROR_UNREACHABLE || !has_begun(makings, count))
                return error_move(error, failure);
        if (put_back(makings, count, load, &undoing) == 0)
                return error_set(
                        error, failure->kind, "%s (what was there before was put back)", error_text(failure));
        return error_set(error, failure->kind, "%s; and what was there before couldn't be put back: %s",
                error_text(failure), error_text(&undoing));
}

/* ---- on all ---- */

int opnsense_make_on_all(const struct work *work, unsigned areas, opnsense_make *make, opnsense_load *load,
        struct error *error)
{
        struct opnsense_making makings[OPNSENSE_MEMBERS] = {0};
        const struct opnsense_config *const *members = work->step->opnsense.members;
        CLEANUP(error_done) struct error failure = {0};
        size_t count = 0;
        int result = 0;

        for (; count < OPNSENSE_MEMBERS && members[count] && result == 0; count++) {
                makings[count].work = work;
                result = begin(&makings[count], members[count], areas, error);
        }
        if (result == 0) {
                for (size_t i = 0; i < count && result == 0; i++)
                        result = make(&makings[i], &failure);
                if (result < 0)
                        fail(makings, count, load, &failure, error);
        }
        for (size_t i = 0; i < count; i++)
                making_done(&makings[i]);
        return result;
}
