/* What is ours among a machine's libvirt objects. */
#include "means/owner.h"

#include <string.h>

#include "base/memory.h"
#include "base/sha256.h"

/* The kind can't hold a blank, so that no two objects have the same. */
static char *digest(const char *kind, const char *name)
{
        CLEANUP(string_free) char *subject = string_format(OWNER_NAMESPACE " %s %s", kind, name);

        return sha256_hex(subject, strlen(subject));
}

/* Version 8, "made in a way of one's own" (RFC 9562), and that document's variant. */
char *owner_uuid(const char *kind, const char *name)
{
        CLEANUP(string_free) char *hex = digest(kind, name);

        return string_format("%.8s-%.4s-8%.3s-8%.3s-%.12s", hex, hex + 8, hex + 12, hex + 15, hex + 18);
}

char *owner_mac(const char *kind, const char *name)
{
        CLEANUP(string_free) char *hex = digest(kind, name);
        const char *last = hex + strlen(hex) - 6;

        return string_format("52:54:00:%.2s:%.2s:%.2s", last, last + 2, last + 4);
}

bool owner_is_us(const char *kind, const char *name, const char *uuid)
{
        CLEANUP(string_free) char *ours = owner_uuid(kind, name);

        return string_equal(ours, uuid);
}
