/* libvirt's daemons, as systemd knows them. */
#include <stddef.h>

#include "topology/daemons.h"

/* virtlogd is never stopped: it holds the other end of the consoles of running guests. */
const struct daemon daemons_monolithic[] = {
        {"libvirtd.socket", "libvirtd.service", true},
        {"libvirtd-ro.socket", "libvirtd.service", false},
        {"libvirtd-admin.socket", "libvirtd.service", false},
        {"virtlogd.socket", NULL, false},
        {0},
};

/* The -ro and -admin sockets of these come and go with their services. */
const struct daemon daemons_modular[] = {
        {"virtqemud.socket", "virtqemud.service", true},
        {"virtnetworkd.socket", "virtnetworkd.service", true},
        {"virtstoraged.socket", "virtstoraged.service", true},
        {"virtnodedevd.socket", "virtnodedevd.service", false},
        {"virtsecretd.socket", "virtsecretd.service", false},
        {"virtnwfilterd.socket", "virtnwfilterd.service", false},
        {"virtinterfaced.socket", "virtinterfaced.service", false},
        {"virtproxyd.socket", "virtproxyd.service", false},
        {"virtlogd.socket", NULL, false},
        {0},
};
