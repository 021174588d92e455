#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/locked.h"
#include "cli/preflight.h"
#include "cli/say.h"
#include "config/problems.h"
#include "means/bmc.h"
#include "means/installer.h"
#include "means/opnsense.h"
#include "state/directories.h"

static int check_image(const char *path, struct error *error)
{
        CLEANUP(fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        struct stat status;

        if (fd < 0 || fstat(fd, &status) < 0)
                return error_set_errno(error, ERROR_CONFIG, "%s can't be read", path);
        if (!S_ISREG(status.st_mode))
                return error_set(error, ERROR_CONFIG, "%s is no file", path);
        return 0;
}

/* What leads to machines that the hosts reach. */
static void find_problems_of_others(const struct config *config, struct problems *problems)
{
        for (array_each(const struct machine_config, machine, &config->machines)) {
                CLEANUP(error_done) struct error error = {0};

                if (bmc_check_files(machine, &error) < 0)
                        problems_add(problems, &machine->object.place, "machine \"%s\": %s", machine->name,
                                error_text(&error));
        }
        for (array_each(const struct opnsense_config, opnsense, &config->opnsenses)) {
                CLEANUP(error_done) struct error error = {0};

                if (opnsense_check_files(opnsense, &error) < 0)
                        problems_add(problems, &opnsense->object.place, "opnsense \"%s\": %s", opnsense->name,
                                error_text(&error));
        }
}

static void find_problems(const struct config *config, bool is_undo, struct problems *problems)
{
        for (array_each(const struct image_config, image, &config->images)) {
                CLEANUP(error_done) struct error error = {0};

                if (image->file && !is_undo && check_image(image->file, &error) < 0)
                        problems_add(problems, &image->object.place, "image \"%s\": file: %s", image->name,
                                error_text(&error));
        }
        for (array_each(const struct cluster_config, cluster, &config->clusters)) {
                CLEANUP(error_done) struct error error = {0};

                if (cluster->installer.program && !is_undo &&
                        installer_check(&cluster->installer, &error) < 0)
                        problems_add(problems, &cluster->object.place, "cluster \"%s\": %s", cluster->name,
                                error_text(&error));
        }
        find_problems_of_others(config, problems);
        for (array_each(const struct host_config, host, &config->hosts)) {
                CLEANUP(error_done) struct error error = {0};
                CLEANUP(locked_done) struct locked password = {0};

                if (!host->become_password_file)
                        continue;
                if (locked_read_line(host->become_password_file, &password, &error) < 0)
                        problems_add(problems, &host->place, "host \"%s\": the password file: %s", host->name,
                                error_text(&error));
        }
}

int preflight_check(const struct config *config, bool is_undo, struct error *error)
{
        CLEANUP(problems_done) struct problems problems = {0};
        CLEANUP(strings_done) struct strings sentences = {0};
        size_t count;

        find_problems(config, is_undo, &problems);
        count = problems_report(&problems, &config->file_names, &sentences);
        for (array_each(char *, sentence, &sentences))
                say_problem(*sentence);
        if (count == 0)
                return 0;
        return error_set(error, ERROR_CONFIG, "%zu problem%s with what the configuration names", count,
                count == 1 ? "" : "s");
}

int preflight_secrets(const struct config *config, struct error *error)
{
        for (array_each(const struct guest_config, guest, &config->guests)) {
                CLEANUP(string_free) char *directory = NULL;

                if (guest->cloud_init.is_wanted)
                        return keys_dir("guests", &directory, error);
        }
        return 0;
}
