/* Files, kernel settings and groups for real, in a copy of this machine's root: what is written, what is left alone, and
 * what stays when it goes wrong half-way. The probe then says what is there, with every shell that may be a machine's. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/sysmacros.h>

#include "base/memory.h"
#include "base/sha256.h"
#include "base/shell.h"
#include "means/file.h"
#include "means/parts.h"
#include "means/probe.h"
#include "throw_away_root.h"

static struct links *links;
static struct link *machine_link;
static struct host_config host = {.connect.is_local = 1};

static int begin(void **state)
{
        struct error error = {0};

        (void)state;
        host.name = (char[]) {"here"};
        if (!throw_away_enter())
                return 0;
        assert_int_equal(links_start(&links, &error), 0);
        machine_link = link_open(links, &host, deadline_in_s(10));
        return 0;
}

static int end(void **state)
{
        (void)state;
        if (!throw_away_is_entered())
                return 0;
        link_close(machine_link);
        links_stop(links);
        throw_away_leave();
        return 0;
}

static void need_root(void)
{
        if (!throw_away_is_entered())
                skip();
}

static void shell(const char *script)
{
        if (system(script) != 0)
                fail_msg("the test's own script failed:\n%s", script);
}

static bool holds(const char *path, const char *content)
{
        CLEANUP(string_free) char *script = string_format("printf '%s' | cmp -s - '%s'", content, path);

        return system(script) == 0;
}

static int carry_out(int (*means)(const struct work *work, struct error *error), const struct step *step,
        struct error *error)
{
        const struct work work = {.link = machine_link, .step = step, .deadline = deadline_in_s(20)};

        return means(&work, error);
}

static void succeeds(int (*means)(const struct work *work, struct error *error), const struct step *step)
{
        CLEANUP(error_done) struct error error = {0};

        if (carry_out(means, step, &error) < 0)
                fail_msg("%s", error_text(&error));
}

static void fails(int (*means)(const struct work *work, struct error *error), const struct step *step,
        const char *words)
{
        CLEANUP(error_done) struct error error = {0};

        assert_int_equal(carry_out(means, step, &error), -1);
        if (!strstr(error_text(&error), words))
                fail_msg("wanted \"%s\" in: %s", words, error_text(&error));
}

static struct file_config regular(const char *path, const char *content)
{
        return (struct file_config) {
                .path = (char *)path,
                .type = FILE_REGULAR,
                .content = (char *)content,
                .content_length = strlen(content),
                .mode = 0640,
                .owner = (char[]) {"root"},
                .group = (char[]) {"adm"},
        };
}

static struct stat status_of(const char *path)
{
        struct stat status = {0};

        if (lstat(path, &status) < 0)
                fail_msg("%s: %s", path, strerror(errno));
        return status;
}
