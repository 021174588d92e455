/* A machine with one of the package managers, a copy of this one that is theirs alone, with a repository that the test makes.
 * What runs is what runs on any machine: the probe, the step, the probe again. */
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/memory.h"
#include "means/parts.h"
#include "means/probe.h"
#include "throw_away_root.h"

/* ---- repositories: mkpackage NAME [DEPENDS-ON [CONFLICTS-WITH [RUN-AFTER]]], then publish -----------------
 */

static const char rpm_repository[] =
        "mkpackage() {\n"
        "{ printf 'Name: %s\\nVersion: 1\\nRelease: 2\\nSummary: x\\nLicense: x\\nBuildArch: noarch\\n' $1\n"
        "[ -z \"$2\" ] || echo \"Requires: $2\"; [ -z \"$3\" ] || echo \"Conflicts: $3\"\n"
        "echo \"Provides: old-$1\"\n"
        "printf '%%description\\nx\\n%%files\\n'\n"
        "[ -z \"$4\" ] || printf '%%post\\n%s\\n' \"$4\"; } >/tmp/$1.spec\n"
        "rpmbuild -bb --quiet --define '_topdir /tmp/rpmbuild' --define '_rpmdir /repo' /tmp/$1.spec\n"
        "}\n"
        "publish() { createrepo_c -q /repo; }\n"
        /* Debian's rpm has its database in the home directory, so as not to be mistaken for the machine's
           own. */
        "mkdir -p /etc/rpm; echo '%_dbpath /var/lib/rpm' >/etc/rpm/macros\n";

static const char pacman_repository[] =
        "mkpackage() {\n"
        "mkdir -p /tmp/p; cd /tmp/p\n"
        "printf 'pkgname = %s\\npkgbase = %s\\npkgver = 1-2\\npkgdesc = x\\narch = any\\nsize = "
        "0\\nbuilddate = 1\\n"
        "packager = x\\nurl = x\\n' $1 $1 >.PKGINFO\n"
        "[ -z \"$2\" ] || echo \"depend = $2\" >>.PKGINFO; [ -z \"$3\" ] || echo \"conflict = $3\" "
        ">>.PKGINFO\n"
        "tar --zstd -cf /repo/$1-1-2-any.pkg.tar.zst .PKGINFO\n"
        "}\n"
        "publish() { cd /repo; repo-add -q t.db.tar.gz *.zst 2>/dev/null; }\n";

static const char apt_repository[] =
        "mkpackage() {\n"
        "mkdir -p /tmp/d/DEBIAN; cd /tmp\n"
        "{ printf 'Package: %s\\nVersion: 1\\nArchitecture: all\\nMaintainer: x <x@x>\\nDescription: x\\n' "
        "$1\n"
        "[ -z \"$2\" ] || echo \"Depends: $2\"; [ -z \"$3\" ] || echo \"Conflicts: $3\"; } "
        ">d/DEBIAN/control\n"
        "[ -z \"$4\" ] || { printf '#!/bin/sh\\n[ \"$1\" != configure ] || { %s; }\\n' \"$4\" "
        ">d/DEBIAN/postinst\n"
        "chmod 755 d/DEBIAN/postinst; }\n"
        "[ -z \"$5\" ] || { mkdir -p d$(dirname $5); echo x >d$5; echo $5 >d/DEBIAN/conffiles; }\n"
        "[ -z \"$6\" ] || { mkdir -p d$(dirname $6); head -c 3000000 /dev/urandom >d$6; }\n"
        "dpkg-deb -b d /repo/$1.deb >/dev/null; rm -r d\n"
        "}\n"
        "publish() { cd /repo; dpkg-scanpackages -m . 2>/dev/null >Packages; }\n";

static const struct manager_here {
        enum package_manager manager;
        const char *release;    /* os-release of the machine that it is to be */
        const char *repository; /* shell functions */
        const char *configure;  /* shell text: only our repository, nothing of the network's */
} managers_here[] = {
        {PACKAGES_DNF, "ID=fedora\nVERSION_ID=40", rpm_repository,
                "rm -rf /etc/yum.repos.d /var/cache/dnf; mkdir -p /etc/yum.repos.d\n"
                "printf '[t]\\nname=t\\nbaseurl=file:///repo\\ngpgcheck=0\\n' >/etc/yum.repos.d/t.repo\n"},
        {PACKAGES_ZYPPER, "ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"", rpm_repository,
                "rm -rf /etc/zypp/repos.d /var/cache/zypp; mkdir -p /etc/zypp/repos.d\n"
                "printf '[t]\\nname=t\\nbaseurl=file:///repo\\ngpgcheck=0\\nautorefresh=0\\nenabled=1\\n' "
                ">/etc/zypp/repos.d/t.repo\n"},
        {PACKAGES_PACMAN, "ID=arch", pacman_repository,
                "printf '[options]\\nArchitecture = auto\\nSigLevel = Never\\n[t]\\nServer = "
                "file:///repo\\n' "
                ">/etc/pacman.conf\n"},
        {PACKAGES_APT, "ID=debian", apt_repository,
                "rm -rf /etc/apt/sources.list* /var/lib/apt/lists/*\n"
                "echo 'deb [trusted=yes] file:/repo ./' >/etc/apt/sources.list\n"},
};

/* ---- one machine a test ---- */

struct machine {
        const struct manager_here *here;
        struct links *links;
        struct link *link;
        struct host_config host;
        struct answers answers;
        struct survey survey;
        struct strings progress;
};

static struct machine machine;

static inline void shell(const char *format, ...) __attribute__((format(printf, 1, 2)));

static inline void shell(const char *format, ...)
{
        CLEANUP(string_free) char *text = NULL, *script = NULL;
        va_list arguments;

        va_start(arguments, format);
        text = string_vformat(format, arguments);
        va_end(arguments);
        script = string_format("set -e; export HOME=/root; cd /\n%s%s", machine.here->repository, text);
        if (system(script) != 0)
                fail_msg("the test's own script failed:\n%s", text);
}

static inline void add_progress(void *context, const char *line)
{
        strings_add(context, line);
}

static inline void release_is(const char *release)
{
        FILE *file;

        unlink("/etc/os-release");
        file = fopen("/etc/os-release", "w");
        assert_non_null(file);
        fprintf(file, "%s\n", release);
        fclose(file);
}

static inline bool machine_begin(const struct manager_here *here)
{
        static char name[] = "here";
        struct error error = {0};

        machine = (struct machine) {.here = here, .host = {.name = name, .connect.is_local = 1}};
        if (!throw_away_enter())
                return false;
        release_is(here->release);
        shell("mkdir -p /repo; chmod 755 / /repo\n%s", here->configure);
        assert_int_equal(links_start(&machine.links, &error), 0);
        machine.link = link_open(machine.links, &machine.host, deadline_in_s(10));
        return true;
}

static inline void machine_end(void)
{
        link_close(machine.link);
        links_stop(machine.links);
        answers_done(&machine.answers);
        survey_done(&machine.survey);
        strings_done(&machine.progress);
        throw_away_leave();
}

/* What is in the survey. */
static inline void look_again(void)
{
        CLEANUP(text_done) struct text script = {0};
        CLEANUP(output_done) struct output output = {0};
        CLEANUP(error_done) struct error error = {0};
        struct command command = {.keep = PROBE_KEEP};

        answers_done(&machine.answers);
        machine.answers = (struct answers) {0};
        probe_script(&machine.survey, &script);
        command.script = text_string(&script);
        if (link_run(machine.link, &command, deadline_in_s(30), &output, &error) < 0 ||
                probe_read(&machine.survey, &output, &machine.answers, &error) < 0)
                fail_msg("%s", error_text(&error));
        assert_string_equal(package_manager_name(machine.answers.machine.manager),
                package_manager_name(machine.here->manager));
}

static inline void look(const char *name)
{
        answers_done(&machine.answers); /* which borrow from it */
        machine.answers = (struct answers) {0};
        survey_done(&machine.survey);
        machine.survey = (struct survey) {0};
        survey_ask(&machine.survey, ASK_MACHINE, NULL);
        survey_ask_package(&machine.survey, PACKAGES_UNKNOWN, name);
        look_again();
}

static inline const char *version_of(const char *name)
{
        const struct package_state *package;

        look(name);
        package = answers_package(&machine.answers, name);
        assert_non_null(package);
        return package->installed ? package->version : "none";
}

static int (*const performers[STEP_KINDS])(const struct work *work, struct error *error) = {
        [STEP_PACKAGES_REPAIR] = packages_repair,
        [STEP_PACKAGES_INSTALL] = packages_install,
        [STEP_PACKAGES_REMOVE] = packages_remove,
};

static inline int carry_out_all(
        enum step_kind kind, const struct strings *names, int seconds, struct error *error)
{
        const struct means_progress progress = {.line = add_progress, .context = &machine.progress};
        static char sentence[] = "install what is missing";
        struct step step = {.kind = kind, .sentence = sentence, .packages.manager = machine.here->manager};
        const struct work work = {
                .link = machine.link,
                .step = &step,
                .deadline = deadline_in_s(seconds),
                .progress = &progress,
        };
        int result;

        strings_copy(&step.packages.names, names);
        result = performers[kind](&work, error);
        strings_done(&step.packages.names);
        return result;
}

static inline int carry_out(
        enum step_kind kind, const char *name, const char *other, int seconds, struct error *error)
{
        CLEANUP(strings_done) struct strings names = {0};

        if (name)
                strings_add(&names, name);
        if (other)
                strings_add(&names, other);
        return carry_out_all(kind, &names, seconds, error);
}

static inline void install(const char *name, const char *other)
{
        CLEANUP(error_done) struct error error = {0};

        if (carry_out(STEP_PACKAGES_INSTALL, name, other, 60, &error) < 0)
                fail_msg("%s: %s", package_manager_name(machine.here->manager), error_text(&error));
}

/* ---- a test with a manager ---- */

struct situation {
        enum package_manager manager;
        void (*test)(void);
};

static inline void run(void **state)
{
        const struct situation *situation = *state;
        const struct manager_here *here = managers_here;

        while (here->manager != situation->manager)
                here++;
        if (!machine_begin(here))
                skip();
        situation->test();
        machine_end();
}

/* What a failed test left. */
static inline int clean_up(void **state)
{
        (void)state;
        if (throw_away_is_entered())
                throw_away_leave();
        return 0;
}

#define WITH(name_of_manager, id, function)                                              \
        {                                                                                \
#name_of_manager "_" #function, run, NULL, clean_up, &(struct situation) \
                {                                                                        \
                        id, function                                                     \
                }                                                                        \
        }
#define WITH_ALL(function)                                                          \
        WITH(dnf, PACKAGES_DNF, function), WITH(zypper, PACKAGES_ZYPPER, function), \
                WITH(pacman, PACKAGES_PACMAN, function), WITH(apt, PACKAGES_APT, function)
