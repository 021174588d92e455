/* What a step makes. */
#include "phases/step_things.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "config/storage.h"
#include "plan/firewalld.h"
#include "plan/seed.h"

static void packages(const struct step *step, const struct answers *answers, struct owned_list *things)
{
        (void)answers;
        for (array_each(char *, name, &step->packages.names))
                owned_add(things, "package", *name, NULL);
}

static void unit(const struct step *step, const struct answers *answers, struct owned_list *things)
{
        const struct unit_state *found = answers_unit(answers, step->unit.name);
        CLEANUP(string_free) char *before = NULL;

        if (found && found->exists)
                before = string_format("%s, %s",
                        found->file_state && *found->file_state ? found->file_state : "no file",
                        found->active ? "active" : "inactive");
        owned_add(things, "unit", step->unit.name, before);
}

static void sysctl(const struct step *step, const struct answers *answers, struct owned_list *things)
{
        const struct sysctl_state *found = answers_sysctl(answers, step->sysctl->key);

        owned_add(things, "sysctl", step->sysctl->key, found && found->exists ? found->value : NULL);
}

static void group(const struct step *step, const struct answers *answers, struct owned_list *things)
{
        (void)answers;
        owned_add(things, "group", step->group.name, NULL);
}

static void group_member(const struct step *step, const struct answers *answers, struct owned_list *things)
{
        CLEANUP(string_free) char *name = string_format("%s/%s", step->group.name, step->group.member);

        (void)answers;
        owned_add(things, "group-member", name, NULL);
}

/* With what is missing above it, which comes with it. */
static void own_path(
        const struct file_state *found, const char *path, const char *before, struct owned_list *things)
{
        size_t known = found && found->missing ? strlen(found->missing) : strlen(path);

        for (size_t length = known; path[length]; length++) {
                CLEANUP(string_free) char *above = path[length] == '/' ? string_copy_n(path, length) : NULL;

                if (above)
                        owned_add(things, "file", above, NULL);
        }
        owned_add(things, "file", path, before);
}

static void file(const struct step *step, const struct answers *answers, struct owned_list *things)
{
        const struct file_state *found = answers_file(answers, step->file->path);
        CLEANUP(string_free) char *before = NULL;

        if (found && found->exists)
                before = string_format("%s, mode %04o, owner %s, group %s, sha256 %s", found->what,
                        (unsigned)found->mode, found->owner, found->group,
                        found->sha256 ? found->sha256 : "unknown");
        own_path(found, step->file->path, before, things);
}

/* Whoever wrote it there before was one of us. */
static void balancer(const struct step *step, const struct answers *answers, struct owned_list *things)
{
        const struct file_state *found = answers_file(answers, HAPROXY_OURS);

        (void)step;
        if (found)
                own_path(found, HAPROXY_OURS, NULL, things);
}

static void firewall(const struct step *step, const struct answers *answers, struct owned_list *things)
{
        const struct file_state *found = answers_file(answers, NFTABLES_FILE);

        (void)step;
        if (found)
                own_path(found, NFTABLES_FILE, NULL, things);
}

/* What is only adopted was somebody else's before; its mark says so, too. */
static void network(const struct step *step, const struct answers *answers, struct owned_list *things)
{
        (void)answers;
        owned_add(things, "network", step->network.wanted->network.name,
                step->network.found ? step->network.found->uuid : NULL);
}

static void pool(const struct step *step, const struct answers *answers, struct owned_list *things)
{
        const struct file_state *there = answers_file(answers, step->pool.wanted->path);

        if (there && !there->exists)
                own_path(there, step->pool.wanted->path, NULL, things);
        owned_add(things, "pool", step->pool.wanted->name, step->pool.found ? step->pool.found->uuid : NULL);
}

#define OUR_DIRECTORY "/var/lib/provision"

/* A file of ours in a directory of ours. Takes the path. */
static void own_file(char *path, struct owned_list *things)
{
        CLEANUP(string_free) char *directory = string_copy_n(path, (size_t)(strrchr(path, '/') - path));

        if (strncmp(path, OUR_DIRECTORY "/", strlen(OUR_DIRECTORY "/")) == 0)
                for (size_t length = strlen(OUR_DIRECTORY); directory[length]; length++)
                        if (directory[length] == '/') {
                                CLEANUP(string_free) char *above = string_copy_n(directory, length);

                                owned_add(things, "file", above, NULL);
                        }
        owned_add(things, "file", directory, NULL);
        owned_add(things, "file", path, NULL);
        free(path);
}

static void own_volume(const char *kind, const char *pool, const char *volume, struct owned_list *things)
{
        CLEANUP(string_free) char *name = string_format("%s/%s", pool, volume);

        owned_add(things, kind, name, NULL);
}

/* What is only fetched again, or made anew, is as much ours as before. */
static void image(const struct step *step, const struct answers *answers, struct owned_list *things)
{
        (void)answers;
        own_volume("image", step->image.wanted->pool, step->image.volume, things);
}

static void volume(const struct step *step, const struct answers *answers, struct owned_list *things)
{
        const struct disk_config *disk = step->volume.disk;
        CLEANUP(string_free) char *name = disk_volume_name(step->volume.guest, disk);

        (void)answers;
        own_volume("volume", disk->pool, name, things);
        own_file(disk_note_path(disk->pool, name), things);
}

static void seed(const struct step *step, const struct answers *answers, struct owned_list *things)
{
        (void)answers;
        own_file(guest_seed_path(step->seed.guest->name), things);
        own_file(seed_host_key_path(step->seed.guest), things);
        own_file(seed_note_path(step->seed.guest), things);
        owned_add(things, "guest-key", step->seed.guest->name, NULL);
}

static void ignition(const struct step *step, const struct answers *answers, struct owned_list *things)
{
        (void)answers;
        own_file(guest_ignition_path(step->seed.guest->name), things);
}

static void served_ignition(const struct step *step, const struct answers *answers, struct owned_list *things)
{
        (void)answers;
        own_file(string_copy(step->made_ignition->path), things);
}

static void guest(const struct step *step, const struct answers *answers, struct owned_list *things)
{
        CLEANUP(string_free) char *console = guest_console_path(step->guest.config->name);

        (void)answers;
        owned_add(things, "guest", step->guest.config->name,
                step->guest.found ? step->guest.found->uuid : NULL);
        if (step->guest.config->console_log)
                owned_add(things, "file", console, NULL);
}

static void note(const struct step *step, const struct answers *answers, struct owned_list *things)
{
        (void)answers;
        own_file(string_copy(step->note.path), things);
}

static void firewalld(const struct step *step, const struct answers *answers, struct owned_list *things)
{
        (void)answers;
        if (step->firewalld.ours.count > 0)
                own_file(string_copy(FIREWALLD_NOTE), things);
}

static void (*const makers[STEP_KINDS])(
        const struct step *step, const struct answers *answers, struct owned_list *things) = {
        [STEP_PACKAGES_INSTALL] = packages,
        [STEP_UNIT] = unit,
        [STEP_SYSCTL] = sysctl,
        [STEP_GROUP_CREATE] = group,
        [STEP_GROUP_MEMBER] = group_member,
        [STEP_FILE] = file,
        [STEP_BALANCER_WRITE] = balancer,
        [STEP_FIREWALL_LOAD] = firewall,
        [STEP_FIREWALLD_OPEN] = firewalld,
        [STEP_NETWORK_DEFINE] = network,
        [STEP_POOL_DEFINE] = pool,
        [STEP_IMAGE_FETCH] = image,
        [STEP_VOLUME_CREATE] = volume,
        [STEP_SEED] = seed,
        [STEP_IGNITION] = ignition,
        [STEP_IGNITION_SERVE] = served_ignition,
        [STEP_GUEST_DEFINE] = guest,
        [STEP_NOTE] = note,
};

void step_things(const struct step *step, const struct answers *answers, struct owned_list *things)
{
        if (makers[step->kind])
                makers[step->kind](step, answers, things);
}

void step_unmakes(const struct step *step, struct owned_list *things)
{
        CLEANUP(string_free) char *member = NULL;

        switch (step->kind) {
        case STEP_PACKAGES_REMOVE:
                packages(step, NULL, things);
                break;
        case STEP_SYSCTL_FORGET:
                owned_add(things, "sysctl", step->forget.key, NULL);
                break;
        case STEP_GROUP_LEAVE:
                member = string_format("%s/%s", step->group.name, step->group.member);
                owned_add(things, "group-member", member, NULL);
                break;
        case STEP_GROUP_DELETE:
                owned_add(things, "group", step->group.name, NULL);
                break;
        case STEP_FILE_REMOVE:
                owned_add(things, "file", step->path, NULL);
                break;
        case STEP_NETWORK_REMOVE:
                owned_add(things, "network", step->network.found->network.name, NULL);
                break;
        case STEP_POOL_REMOVE:
                owned_add(things, "pool", step->pool.found->name, NULL);
                break;
        case STEP_GUEST_REMOVE:
                owned_add(things, "guest", step->guest.found->defined.name, NULL);
                break;
        case STEP_KEY_FORGET:
                owned_add(things, "guest-key", step->key.guest, NULL);
                break;
        case STEP_VOLUME_REMOVE:
                own_volume("volume", step->doomed->pool, step->doomed->name, things);
                own_volume("image", step->doomed->pool, step->doomed->name, things);
                break;
        default:
                break;
        }
}
