/* What is ours among a machine's libvirt objects.
 *
 * An object is ours when its UUID is the one that we derive from what it is and how it is called. Every libvirt keeps
 * a UUID, of networks, pools and guests alike, through restarts, edits and `virsh … | virsh …-define`; <metadata> is
 * kept for networks (seen with 9.0 and 11.3) and for guests, but never for pools. So the UUID decides, and where
 * there is <metadata> we write who it was, for people to read. An object that was there before us and says the same
 * keeps its UUID: it is used and stays foreign. */
#pragma once

#include <stdbool.h>

#define OWNER_PREFIX    "provision"
#define OWNER_NAMESPACE "urn:provision:owner:1"

/* "7c0e…-8…-…", owned by the caller; kind is "network" or "pool". */
char *owner_uuid(const char *kind, const char *name);

/* "52:54:00:…" for the bridge of a network: it stays the same when the network is made anew, so that guests keep
 * their way out. Owned by the caller. */
char *owner_mac(const char *kind, const char *name);

bool owner_is_us(const char *kind, const char *name, const char *uuid);
