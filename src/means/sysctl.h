/* Where a kernel setting is found, and where we keep it for the next boot. */
#pragma once

/* Below /proc/sys; owned by the caller. A key has dots between its parts, and a slash where a part's name has
 * a dot
 * ("net.ipv4.conf.eth0/1.forwarding"), or the other way round, as sysctl.d(5) has it. NULL for a key that
 * would lead out of /proc/sys. */
char *sysctl_path(const char *key);

/* The file in /etc/sysctl.d that holds this key alone; owned by the caller. */
char *sysctl_drop_in(const char *key);
