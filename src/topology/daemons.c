/* libvirt's daemons, as systemd knows them. */
#include <stddef.h>

#include "topology/daemons.h"

/* virtlogd is never stopped: it holds the other end of the consoles of running guests. */
const struct daemon daemons_monolithic[] = {
        {"libvirtd.socket", "libvirtd.service", true, true},
        {"libvirtd-ro.socket", "libvirtd.service", false, false},
        {"libvirtd-admin.socket", "libvirtd.service", false, false},
        {"virtlogd.socket", NULL, false, false},
        {0},
};

/* The -ro and -admin sockets of these come and go with their services. */
const struct daemon daemons_modular[] = {
        {"virtqemud.socket", "virtqemud.service", true, false},
        {"virtnetworkd.socket", "virtnetworkd.service", true, false},
        {"virtstoraged.socket", "virtstoraged.service", true, true},
        {"virtnodedevd.socket", "virtnodedevd.service", false, false},
        {"virtsecretd.socket", "virtsecretd.service", false, false},
        {"virtnwfilterd.socket", "virtnwfilterd.service", false, false},
        {"virtinterfaced.socket", "virtinterfaced.service", false, false},
        {"virtproxyd.socket", "virtproxyd.service", false, false},
        {"virtlogd.socket", NULL, false, false},
        {0},
};
