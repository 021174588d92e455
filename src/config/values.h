/* From a value's text to what it means, one function a kind. */
#pragma once

#include "config/config.h"

struct value {
        const char *text;
        const struct place *place; /* paths are relative to the file that they stand in */
};

/* Fills in *target, or appends to it where it is an array. ERROR_CONFIG in words: what came, what would be
 * right. */
typedef int value_parse(const struct value *value, void *target, struct error *error);

value_parse value_string;     /* char * */
value_parse value_strings;    /* struct strings, one more */
value_parse value_sysctl_key; /* char *, with dots between names and a slash where a name has a dot */
value_parse value_sysctl;     /* char *, what a sysctl can hold */
value_parse value_boolean;    /* bool */
value_parse value_duration;   /* int, seconds */
value_parse value_mtu;        /* unsigned */
value_parse value_mode;       /* mode_t */
value_parse value_host_key;   /* enum host_key_policy */
value_parse value_network;    /* enum network_mode */
value_parse value_file_type;  /* enum file_type */
value_parse value_connect;    /* struct kvm_host_uri */
value_parse value_mac;        /* struct mac_address */
value_parse value_ip;         /* struct ip_address */
value_parse value_subnet;     /* struct subnet */
value_parse value_ranges;     /* struct network: one more of its ranges */
value_parse value_local_path; /* char *, a file of this machine: ~/ expanded, relative to the configuration */
value_parse value_remote_path; /* char *, a file of the host: absolute, without "..", normalized */
value_parse value_remote_paths;
value_parse value_content;      /* struct file_config: content and its length */
value_parse value_from;         /* as value_content, from a file of this machine */
value_parse value_pool_type;    /* enum pool_type */
value_parse value_image_format; /* bool: is it raw */
value_parse value_sha256;       /* char *, lower-case */
value_parse value_url;          /* char *, http or https */
value_parse value_pin;    /* char *: "sha256//" and the sum of a public key in base64, as libcurl takes it */
value_parse value_memory; /* uint64_t, KiB: whole MiB */
value_parse value_size;   /* uint64_t, bytes: whole KiB */
value_parse value_count;  /* unsigned, 1 to 999 */
value_parse value_port;   /* unsigned, 1 to 65535 */
value_parse value_cluster_flavor;   /* enum cluster_flavor */
value_parse value_link;             /* bool: up */
value_parse value_firmware;         /* enum guest_firmware */
value_parse value_boot;             /* struct guest_config: one more of what it boots from */
value_parse value_blob_from;        /* as value_from, of any size that a kernel or a root image has */
value_parse value_text_from;        /* char *, what a file of this machine says */
value_parse value_ignition_from;    /* char *, a file's Ignition configuration, checked */
value_parse value_authorities_from; /* char *, a file's certificates (PEM) */
value_parse value_ignition_url;     /* char *, where Ignition fetches another configuration */
value_parse value_ssh_keys;         /* struct strings, one more: a line of authorized_keys */
value_parse value_ssh_keys_from;    /* struct strings, those of a file of this machine, at least one */

/* A path relative to the file of a place, ~/ expanded; owned by the caller. */
int path_beside(const struct place *place, const char *path, char **ret_path, struct error *error);

/* The text may be a value: UTF-8, no control characters (but tab and newline in text_allowed), not too long.
 */
int value_check(const char *text, bool text_allowed, struct error *error);
