/* Whether a port of the machine takes connections: one is made, and closed as soon as it is there. */
#include <errno.h>

#include "base/memory.h"
#include "link/parts.h"
#include "link/port.h"

struct knock {
        struct link *link;
        const char *host;
        unsigned port;
        struct far *far; /* NULL: closed, or never opened */

        /* Under the mutex. */
        bool is_over;
        struct error error; /* set: nobody opened */
};

static void tell(struct knock *knock, const struct error *why)
{
        pthread_mutex_lock(&knock->link->links->mutex);
        if (why && !knock->is_over)
                error_set(&knock->error, why->kind, "%s", error_text(why));
        knock->is_over = true;
        pthread_cond_broadcast(&knock->link->changed);
        pthread_mutex_unlock(&knock->link->links->mutex);
}

static void opened(void *context)
{
        tell(context, NULL);
}

static void failed(void *context, bool is_lost, const struct error *why)
{
        (void)is_lost;
        tell(context, why);
}

static bool ready(void *context)
{
        (void)context; /* what it has to say is nothing to us */
        return false;
}

static const struct far_user user = {.opened = opened, .failed = failed, .ready = ready};

static void begin(void *context)
{
        struct knock *knock = context;
        struct link *link = knock->link;

        if (link->state != LINK_READY) /* it failed just now */
                return;
        knock->far = link->session ? session_tcp(link->session, knock->host, knock->port, &user, knock)
                                   : port_connect(link->links->loop, knock->host, knock->port, &user, knock);
}

static void end(void *context)
{
        struct knock *knock = context;

        if (knock->far)
                knock->far->class->close(knock->far);
}

int link_knock(
        struct link *link, const char *host, unsigned port, struct deadline deadline, struct error *error)
{
        struct knock knock = {.link = link, .host = host, .port = port};
        int result = 0;

        if (link_wait(link, deadline, error) < 0)
                return -1;
        loop_call(link->links->loop, begin, &knock);
        pthread_mutex_lock(&link->links->mutex);
        while (!knock.is_over && link->state == LINK_READY &&
                link_wait_for_change(link, deadline) != ETIMEDOUT)
                ;
        if (link->state == LINK_FAILED)
                result = error_set(error, link->error.kind, "%s", error_text(&link->error));
        else if (!knock.is_over)
                result = error_set(error, ERROR_DEADLINE, "%s port %u: no connection in time", host, port);
        else if (error_is_set(&knock.error))
                result = error_set(
                        error, ERROR_FAILED, "%s port %u: %s", host, port, error_text(&knock.error));
        pthread_mutex_unlock(&link->links->mutex);
        loop_call(link->links->loop, end, &knock);
        error_done(&knock.error);
        return result;
}
