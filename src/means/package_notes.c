/* Which packages came with us. Where that can't be noted (a full disk) nothing is installed: nobody would ever know. */
#include "means/package_notes.h"

#include "means/manager.h"

#define DIRECTORY "/var/lib/provision"

/* Room for what will have been added is taken at once. */
void package_notes_add_before(struct text *script, enum package_manager manager)
{
        text_format(script,
                "{ [ -e " PACKAGES_BEFORE " ] || { mkdir -p " DIRECTORY
                " && { %s; } | sort -o " PACKAGES_BEFORE ".new &&\n"
                "sync " PACKAGES_BEFORE ".new && mv -f " PACKAGES_BEFORE ".new " PACKAGES_BEFORE "; } &&\n"
                "cp " PACKAGES_BEFORE " " PACKAGES_ADDED ".new; } || {\n"
                "rm -f " PACKAGES_BEFORE ".new " PACKAGES_ADDED ".new; exit 1; }\n",
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
static void add_left(struct text *script, enum package_manager manager)
{
        text_format(script,
                "installed=$({ %s; } | sort)\n"
                "left_over=$({ [ ! -e " PACKAGES_ADDED " ] || echo \"$installed\" | grep -Fxf " PACKAGES_ADDED
                "\n"
                "[ ! -e " PACKAGES_BEFORE " ] || echo \"$installed\" | comm -13 " PACKAGES_BEFORE
                " -; } | sort -u)\n",
                manager_get(manager)->all);
}

/* Until nobody outside needs any: what one of ours that stays needs comes up by and by. */
static void add_split(struct text *script, enum package_manager manager)
{
        text_format(script,
                "ours=$left_over needs= staying=\n"
                "while [ \"$left_over\" ]; do\n"
                "found=$({ %s; } | sort -u)\n"
                "names=$(echo \"$found\" | sed 's/ .*//' | sort -u)\n"
                "names=$(echo \"$left_over\" | grep -xF \"$names\") && [ \"$names\" ] || break\n"
                "needs=$needs$found'\n'\n"
                "left_over=$(echo \"$left_over\" | grep -vxF \"$names\")\n"
                "done\n"
                "[ \"$left_over\" = \"$ours\" ] || {\n"
                "staying=$(echo \"$ours\" | { [ ! \"$left_over\" ] && cat || grep -vxF \"$left_over\"; })\n"
                "needs=$(printf '%%s' \"$needs\" | sed 's/^[^ ]* //' | sort -u | grep -vxF \"$ours\"); }\n",
                manager_get(manager)->needed);
}

void package_notes_add_going(struct text *script, enum package_manager manager)
{
        add_left(script, manager);
        add_split(script, manager);
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
        text_add(script, "ours= left_over= staying= needs=; [ ! -d " DIRECTORY " ] || case $manager in\n");
        for (enum package_manager manager = PACKAGES_APT; manager < PACKAGE_MANAGERS; manager++) {
                text_format(script, "%s)\n", package_manager_name(manager));
                package_notes_add_going(script, manager);
                package_notes_add_changed(script, manager);
                text_format(script,
                        "[ ! \"$ours\" ] || %s $ours 2>/dev/null | " PACKAGED_UNITS
                        " | sed 's/^/=added-unit /';;\n",
                        manager_get(manager)->files);
        }
        text_add(script,
                "esac\nfor name in $ours; do echo \"=added $name\"; done\n"
                "for name in $staying; do echo \"=needed $name\"; done\n"
                "for name in $needs; do echo \"=needs $name\"; done\n"
                "[ ! \"$left_over\" ] || [ ! \"$changed\" ] || echo \"$changed\" | sed 's/^/=changed /'\n");
}

/* What others need is ours still. */
void package_notes_add_forget(struct text *script)
{
        text_add(script, "if [ \"$staying\" ]; then\n"
                         "{ echo \"$staying\" >" PACKAGES_ADDED ".new && sync " PACKAGES_ADDED
                         ".new && mv -f " PACKAGES_ADDED ".new " PACKAGES_ADDED "; } || {\n"
                         "rm -f " PACKAGES_ADDED ".new; exit 1; }\n"
                         "rm -f " PACKAGES_BEFORE " " PACKAGES_BEFORE ".new\n"
                         "else rm -f " PACKAGES_ADDED " " PACKAGES_BEFORE " " PACKAGES_ADDED
                         ".new " PACKAGES_BEFORE ".new; fi\n"
                         "find " DIRECTORY " -depth -type d -empty -delete 2>/dev/null || :\n");
}
