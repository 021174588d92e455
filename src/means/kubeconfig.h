/* A kubeconfig: where a cluster's API is, whose certificate it must show, and who we are there. */
#pragma once

#include "base/locked.h"

struct kubeconfig {
        char *host; /* without brackets */
        unsigned port;
        char *base; /* what paths are added to: "https://api.lab.test:6443", with the name that the certificate has */
        char *ca;          /* PEM */
        char *certificate; /* ours, PEM, with key; or NULL, with token */
        struct locked key, token;
};

/* Reads what its current context says. ERROR_REFUSED, which names the file and what in it isn't right: it can't be read,
 * may be read by others, isn't a kubeconfig, or asks for what isn't done here (a program to be run, no check of the
 * certificate). */
int kubeconfig_read(const char *path, struct kubeconfig *ret_config, struct error *error);
void kubeconfig_done(struct kubeconfig *config);

/* The same as a file, for kubectl and its kin: with one cluster, user and context, all of that name; what it trusts, and
 * more_ca (PEM; NULL: nothing more). ERROR_REFUSED: a token that has what no token has. */
int kubeconfig_write(const struct kubeconfig *config, const char *name, const char *more_ca,
        struct locked *ret_content, struct error *error);
