#include "score_world.h"

static void a_transaction_was_left(struct world *world)
{
        a_transaction_is_under_way(world);
}

static void and_another_step(struct world *world)
{
        struct long_step_state *step = array_add(&world->answers.long_steps);

        step->name = string_copy("provision-image-0123");
        step->words = string_copy("fetch image \"$(lab)\" <&>");
}

static const struct row rows[] = {
        {"nothing was left", {a_fresh_host}, ""},
        {"one is gone on with", {a_fresh_host, a_transaction_was_left},
                "go on with what an earlier run began: install package nginx\n"},
        {"and so is every other", {a_kvm_host, a_transaction_was_left, and_another_step},
                "go on with what an earlier run began: install package nginx\n"
                "go on with what an earlier run began: fetch image \"$(lab)\" <&>\n"},
};

int main(void)
{
        return RUN_ROWS(&score_unfinished, NULL, rows);
}
