/* A web server of a host from which machines of one of its networks boot, and the texts that it takes: the one place
 * that writes iPXE's language and this nginx's configuration. Pure. */
#pragma once

#include <stdbool.h>

#include "base/array.h"
#include "topology/ip.h"
#include "topology/mac_address.h"

/* What it serves, below its own directory and by the same names in its URLs. */
#define BOOT_ENTRY      "boot.ipxe"
#define BOOT_KERNEL     "kernel"
#define BOOT_INITRAMFS  "initramfs"
#define BOOT_ROOT_IMAGE "root_image"

struct boot_machine {
        char *name;
        struct mac_address mac;
        bool has_mac;                     /* else it is the guest's of that name */
        char *ignition;                   /* the text (JSON), or NULL */
        char *ignition_url, *ignition_ca; /* what it was made of, or NULL */
        bool gets_ignition;               /* else: it will have one, which only it may fetch */
        struct ip_address address;        /* that the network leases to it; family 0: whichever */
        char *arguments;                  /* after the server's own; or NULL */
};

struct boot_server {
        char *name;
        char *network;
        struct ip_address address; /* the host's in that network */
        unsigned port;
        bool has_initramfs, has_root_image;
        char *arguments; /* for every machine's kernel; or NULL */
        char *loaders;   /* struct network's */
        ARRAY(struct boot_machine) machines;
};

/* Paths on the host and the unit's name; owned by the caller. */
char *boot_server_directory(const struct boot_server *server);
char *boot_server_nginx_path(const struct boot_server *server);
/* Touched whenever it has read its configuration. */
char *boot_server_loaded_path(const struct boot_server *server);
char *boot_server_unit(const struct boot_server *server);

/* Where a machine's Ignition comes that holds secrets. Nobody on the host finds the way to it but the server. */
char *boot_server_private_directory(const struct boot_server *server);
char *boot_server_secret_path(const struct boot_server *server, const struct boot_machine *machine);

/* The URL of something below its directory; owned by the caller. */
char *boot_server_url(const struct boot_server *server, const char *file);

/* Where below the directory a machine's own files are: "mac/52-54-00-00-30-01.ipxe"; owned by the caller. */
char *boot_machine_file(const struct boot_machine *machine, const char *directory, const char *suffix);

/* Kernel arguments that iPXE hands on as they are: there is no quote in its language that survives until the kernel.
 * {url}, {ignition} and {root_image} in them are URLs; what isn't there for the machine (NULL: any) is an error. */
int boot_arguments_check(const struct boot_server *server, const struct boot_machine *machine,
        const char *arguments, struct error *error);

/* The texts, for arguments that were checked; owned by the caller. */
char *boot_server_write_entry(const struct boot_server *server);
char *boot_server_write_machine(const struct boot_server *server, const struct boot_machine *machine);
char *boot_server_write_nginx(const struct boot_server *server);
char *boot_server_write_unit(const struct boot_server *server);

void boot_server_done(struct boot_server *server);
