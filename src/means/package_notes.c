/* Which packages came with us. That it can't be noted (a full disk) keeps nobody from installing: undo then leaves them. */
#include "means/package_notes.h"

#include "means/manager.h"

#define DIRECTORY "/var/lib/provision"

void package_notes_add_before(struct text *script, enum package_manager manager)
{
        text_format(script,
                "[ -e " PACKAGES_BEFORE " ] || { mkdir -p " DIRECTORY " && { %s; } | sort >" PACKAGES_BEFORE
                ".new &&\n"
                "sync " PACKAGES_BEFORE ".new && mv -f " PACKAGES_BEFORE ".new " PACKAGES_BEFORE "; }\n",
                manager_get(manager)->all);
}

void package_notes_add_after(struct text *script, enum package_manager manager)
{
        text_format(script,
                "[ ! -e " PACKAGES_BEFORE " ] || {\n"
                "{ %s; } | sort | comm -13 " PACKAGES_BEFORE " - | cat - " PACKAGES_ADDED " 2>/dev/null | "
                "sort -u >" PACKAGES_ADDED ".new &&\n"
                "sync " PACKAGES_ADDED ".new && mv -f " PACKAGES_ADDED ".new " PACKAGES_ADDED " && "
                "rm -f " PACKAGES_BEFORE "\n}\n",
                manager_get(manager)->all);
}

/* What a transaction brought that was cut off is known by what there was before it. */
void package_notes_add_left(struct text *script, enum package_manager manager)
{
        text_format(script,
                "installed=$({ %s; } | sort)\n"
                "left_over=$({ [ ! -e " PACKAGES_ADDED " ] || echo \"$installed\" | grep -Fxf " PACKAGES_ADDED
                "\n"
                "[ ! -e " PACKAGES_BEFORE " ] || echo \"$installed\" | comm -13 " PACKAGES_BEFORE
                " -; } | sort -u)\n",
                manager_get(manager)->all);
}

/* What libvirt rewrites whenever it reads it says nothing of what somebody has done. */
void package_notes_add_changed(struct text *script, enum package_manager manager)
{
        text_format(script,
                "changed=$([ ! \"$left_over\" ] || { %s; } | grep -v "
                "'^/etc/libvirt/\\(qemu\\|nwfilter\\|storage\\)/')\n",
                manager_get(manager)->changed);
}

void package_notes_add_remove_changed(struct text *script, enum package_manager manager, const char *remove)
{
        package_notes_add_changed(script, manager);
        text_format(script,
                "configured=$([ ! \"$changed\" ] || echo \"$changed\" | while read -r path; do\n"
                "%s \"$path\" | sed 's/: .*//'; done | sort -u)\n"
                "[ ! \"$configured\" ] || { %s $configured || exit\n"
                "left_over=$(echo \"$left_over\" | grep -vxF \"$configured\"); }\n",
                manager_get(manager)->owner, remove);
}

void package_notes_add_probe(struct text *script)
{
        text_add(script, "left_over=; [ ! -d " DIRECTORY " ] || case $manager in\n");
        for (enum package_manager manager = PACKAGES_APT; manager < PACKAGE_MANAGERS; manager++) {
                text_format(script, "%s)\n", package_manager_name(manager));
                package_notes_add_left(script, manager);
                package_notes_add_changed(script, manager);
                text_format(script,
                        "[ ! \"$left_over\" ] || %s $left_over 2>/dev/null | " PACKAGED_UNITS
                        " | sed 's/^/=added-unit /';;\n",
                        manager_get(manager)->files);
        }
        text_add(script,
                "esac\nfor name in $left_over; do echo \"=added $name\"; done\n"
                "[ ! \"$left_over\" ] || [ ! \"$changed\" ] || echo \"$changed\" | sed 's/^/=changed /'\n");
}

void package_notes_add_forget(struct text *script)
{
        text_add(script,
                "rm -f " PACKAGES_ADDED " " PACKAGES_BEFORE " " PACKAGES_ADDED ".new " PACKAGES_BEFORE
                ".new; find " DIRECTORY " -depth -type d -empty -delete 2>/dev/null || :\n");
}
