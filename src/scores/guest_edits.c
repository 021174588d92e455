/* What follows for a guest that runs from being otherwise than wished. */
#include "scores/guest_edits.h"

#include "base/text.h"

bool guest_is_expected(const struct guest_look *look)
{
        for (array_each(const struct guest_disk, disk, &look->wanted->disks))
                if (!disk->path)
                        return true;
        return look->expected;
}

struct step *guest_step(const struct guest_look *look, enum step_kind kind, const char *sentence, ...)
{
        CLEANUP(string_free) char *text = NULL;
        struct step *step;
        va_list arguments;

        va_start(arguments, sentence);
        text = string_vformat(sentence, arguments);
        va_end(arguments);
        step = plan_add(look->plan, kind, "%s", text);
        step->guest.config = look->config;
        step->guest.found = look->found;
        step->guest.wanted = memory_new(1, sizeof(*step->guest.wanted));
        guest_copy(step->guest.wanted, look->wanted);
        step->expected = guest_is_expected(look);
        return step;
}

static bool has_part(const struct guest_differences *differences, enum guest_part part)
{
        for (array_each(const struct guest_difference, difference, &differences->list))
                if (difference->part == part)
                        return true;
        return false;
}

/* Asked for together with the change of the definition, and not again. */
void guest_forget_memory_kept(struct guest_look *look)
{
        size_t kept = 0;

        for (array_each(struct guest_difference, difference, &look->running.list)) {
                if (difference->part == GUEST_MEMORY &&
                        look->found->running.memory_kib > look->wanted->memory_kib &&
                        !has_part(&look->defined, GUEST_MEMORY))
                        free(difference->words);
                else
                        look->running.list.items[kept++] = *difference;
        }
        look->running.list.count = kept;
}

static bool is_editable(const struct guest_look *look, enum guest_part part)
{
        const struct guest *wanted = look->wanted, *running = &look->found->running;

        switch (part) {
        case GUEST_MEMORY:
                return wanted->memory_kib <= running->memory_max_kib;
        case GUEST_VCPUS:
                return wanted->vcpus > running->vcpus && wanted->vcpus <= running->vcpus_max;
        case GUEST_HAS_NIC: /* its system has to let go of it, and may not: asked once, with its definition */
                return has_part(&look->defined, GUEST_HAS_NIC);
        case GUEST_OTHER_PART:
                return false;
        default:
                return true;
        }
}

/* It runs otherwise than wished in a way that only another start mends. */
static bool needs_restart(const struct guest_look *look)
{
        for (array_each(const struct guest_difference, difference, &look->running.list))
                if (!is_editable(look, difference->part))
                        return true;
        return false;
}

static void plan_edit(const struct guest_look *look, const struct guest_difference *difference)
{
        static const enum guest_edit_kind kinds[] = {
                [GUEST_MEMORY] = GUEST_EDIT_MEMORY,
                [GUEST_VCPUS] = GUEST_EDIT_VCPUS,
                [GUEST_CD] = GUEST_EDIT_CD,
                [GUEST_LACKS_DISK] = GUEST_EDIT_ADD_DISK,
                [GUEST_LACKS_NIC] = GUEST_EDIT_ADD_NIC,
                [GUEST_HAS_NIC] = GUEST_EDIT_REMOVE_NIC,
                [GUEST_OTHER_NIC] = GUEST_EDIT_CHANGE_NIC,
        };
        struct step *step = guest_step(look, STEP_GUEST_CHANGE, "change guest %s while it runs: %s",
                look->wanted->name, difference->words);
        struct guest_edit *edit = &step->guest.edit;

        edit->kind = kinds[difference->part];
        if (difference->disk)
                edit->disk = guest_find_disk(step->guest.wanted, difference->disk->target);
        if (difference->part == GUEST_HAS_NIC)
                edit->nic = guest_find_nic(&look->found->running, &difference->nic->mac);
        else if (difference->nic)
                edit->nic = guest_find_nic(step->guest.wanted, &difference->nic->mac);
}

void guest_plan_edits(const struct guest_look *look)
{
        if (!look->found->ours || (look->may_restart && needs_restart(look)))
                return;
        for (array_each(const struct guest_difference, difference, &look->running.list))
                if (is_editable(look, difference->part))
                        plan_edit(look, difference);
}

bool guest_plan_restart(const struct guest_look *look)
{
        struct guest_differences rest = {0};
        CLEANUP(string_free) char *words = NULL;

        if (!needs_restart(look))
                return false;
        for (array_each(const struct guest_difference, difference, &look->running.list))
                if (look->may_restart || !is_editable(look, difference->part))
                        *array_add(&rest.list) = *difference; /* borrowed */
        words = guest_differences_words(&rest);
        array_free(&rest.list);
        if (!look->found->ours)
                plan_warn(look->plan, "guest %s is not ours and runs otherwise than it is defined: %s",
                        look->wanted->name, words);
        else if (look->may_restart)
                guest_step(look, STEP_GUEST_RESTART, "restart guest %s: %s", look->wanted->name, words);
        else
                plan_warn(look->plan,
                        "guest %s goes on as it is until it is started again (%s); --allow-restart would do "
                        "that now",
                        look->wanted->name, words);
        return look->found->ours && look->may_restart;
}

void guest_look_done(struct guest_look *look)
{
        if (look->wanted)
                guest_done(look->wanted);
        free(look->wanted);
        guest_differences_done(&look->defined);
        guest_differences_done(&look->running);
}
