/* A load balancer without ensure_wan_access. */
#include "means/load_balancer.h"

static int other_write_services(const struct work *work, struct error *error)
{
        (void)work;
        return error_set(error, ERROR_FAILED, "never run");
}

static int other_see_services(const struct work *work, struct error *error)
{
        (void)work;
        return error_set(error, ERROR_FAILED, "never run");
}

LOAD_BALANCER(other); /* expect: other_ensure_wan_access */

int main(void)
{
        return 0;
}
