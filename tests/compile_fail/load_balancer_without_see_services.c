/* A load balancer without see_services. */
#include "means/load_balancer.h"

static int other_write_services(const struct work *work, struct error *error)
{
        (void)work;
        return error_set(error, ERROR_FAILED, "never run");
}

static int other_ensure_wan_access(const struct work *work, struct error *error)
{
        (void)work;
        return error_set(error, ERROR_FAILED, "never run");
}

LOAD_BALANCER(other); /* expect: other_see_services */

int main(void)
{
        return 0;
}
