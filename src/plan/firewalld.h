/* What zones of firewalld let in. Each opening is one string: "public 443/tcp", or for some addresses only, as firewalld
 * itself writes it, 'public rule family="ipv4" source address="203.0.113.0/24" port port="443" protocol="tcp" accept'. Pure.
 *
 * Nothing in firewalld can say whose an opening is, so those that we made are noted on the machine, one a line, before they
 * are made. */
#pragma once

#include "base/array.h"
#include "topology/firewall.h"

#define FIREWALLD_NOTE "/var/lib/provision/firewalld"

/* Adds those of a zone that stand for the firewall. */
void firewalld_openings(const struct firewall *firewall, const char *zone, struct strings *openings);

/* "443/tcp in zone public"; owned by the caller. */
char *firewalld_words(const char *opening);

/* It lets in this TCP port. */
bool firewalld_opens(const char *opening, unsigned port);
