/* Volumes, and what is done to the disks that they are. */
#include <errno.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <unistd.h>

#include "means/libvirt_library.h"

/* clang-format off */
#define FUNCTIONS(X)                                                                      \
        X(virConnectGetStoragePoolCapabilities) X(virStoragePoolLookupByName) X(virStoragePoolFree) X(virStoragePoolRefresh) X(virStoragePoolGetInfo)          \
        X(virStorageVolLookupByName) X(virStorageVolLookupByPath) X(virStorageVolGetXMLDesc)  \
        X(virStorageVolCreateXML) X(virStorageVolCreateXMLFrom) X(virStorageVolResize)        \
        X(virStorageVolDelete) X(virStorageVolUpload) X(virStorageVolFree)                    \
        X(virDomainLookupByName) X(virDomainIsActive) X(virDomainBlockResize)                 \
        X(virDomainFree) X(virStreamNew) X(virStreamSparseSendAll)        \
        X(virStreamFinish) X(virStreamFree)
/* clang-format on */

LIBVIRT_PART(libvirt_volumes, FUNCTIONS);

int session_pool_types(struct session *session, char **ret_xml, struct error *error)
{
        *ret_xml = virt.virConnectGetStoragePoolCapabilities(session->connection, 0);
        if (*ret_xml || libvirt_last_error_is(VIR_ERR_NO_SUPPORT))
                return 0;
        return libvirt_fail(error, "tell", "which pools there can be");
}

/* ---- finding ---- */

int volume_find(struct session *session, const char *pool, const char *path, struct volume_handle *ret_volume,
        struct error *error)
{
        struct volume_handle found = {0};

        if (path)
                found.volume = virt.virStorageVolLookupByPath(session->connection, path);
        else
                found.pool = virt.virStoragePoolLookupByName(session->connection, pool);
        if (!found.volume && !found.pool && !libvirt_last_error_is(VIR_ERR_NO_STORAGE_VOL) &&
                !libvirt_last_error_is(VIR_ERR_NO_STORAGE_POOL))
                return libvirt_fail(error, "find", path ? "the volume" : "the pool");
        *ret_volume = found;
        return 0;
}

/* An inactive pool has no volumes, and what vanished meanwhile isn't there. */
static bool is_absent(void)
{
        return libvirt_last_error_is(VIR_ERR_NO_STORAGE_VOL) ||
               libvirt_last_error_is(VIR_ERR_NO_STORAGE_POOL) ||
               libvirt_last_error_is(VIR_ERR_OPERATION_INVALID);
}

int volume_xml(struct volume_handle *volume, const char *name, char **ret_xml, struct error *error)
{
        if (!volume->volume && volume->pool)
                volume->volume = virt.virStorageVolLookupByName(volume->pool, name);
        if (volume->volume)
                *ret_xml = virt.virStorageVolGetXMLDesc(volume->volume, 0);
        if (!*ret_xml && (volume->volume || volume->pool) && !is_absent())
                return libvirt_fail(error, "show", "the volume");
        return 0;
}

void volume_handle_done(struct volume_handle *volume)
{
        if (volume->volume)
                virt.virStorageVolFree(volume->volume);
        if (volume->pool)
                virt.virStoragePoolFree(volume->pool);
        *volume = (struct volume_handle) {0};
}

static virStorageVolPtr find(struct session *session, const char *path, struct error *error)
{
        virStorageVolPtr volume = virt.virStorageVolLookupByPath(session->connection, path);

        if (!volume)
                libvirt_fail(error, "find", "the volume");
        return volume;
}

static virStoragePoolPtr find_pool(struct session *session, const char *name, struct error *error)
{
        virStoragePoolPtr pool = virt.virStoragePoolLookupByName(session->connection, name);

        if (!pool)
                libvirt_fail(error, "find", "the pool");
        return pool;
}

/* ---- changing ---- */

int session_refresh_pool(struct session *session, const char *name, bool *ret_is_busy, struct error *error)
{
        virStoragePoolPtr pool = find_pool(session, name, error);
        int result = 0;

        if (!pool)
                return -1;
        *ret_is_busy = false;
        if (virt.virStoragePoolRefresh(pool, 0) < 0) {
                *ret_is_busy =
                        libvirt_last_error_is(VIR_ERR_INTERNAL_ERROR); /* its word for a pool with jobs */
                result = libvirt_fail(error, "look at what is in", "the pool");
        }
        virt.virStoragePoolFree(pool);
        return result;
}

int session_pool_room(struct session *session, const char *name, uint64_t *ret_bytes, struct error *error)
{
        virStoragePoolPtr pool = find_pool(session, name, error);
        virStoragePoolInfo info;
        int result = 0;

        if (!pool)
                return -1;
        if (virt.virStoragePoolGetInfo(pool, &info) < 0)
                result = libvirt_fail(error, "tell the room in", "the pool");
        else
                *ret_bytes = info.available;
        virt.virStoragePoolFree(pool);
        return result;
}

int session_create_volume(struct session *session, const char *pool_name, const char *xml,
        const char *original, struct error *error)
{
        virStoragePoolPtr pool = find_pool(session, pool_name, error);
        virStorageVolPtr volume = NULL, from = NULL;

        if (!pool)
                return -1;
        if (original)
                from = find(session, original, error);
        if (from)
                volume = virt.virStorageVolCreateXMLFrom(pool, xml, from, 0);
        else if (!original)
                volume = virt.virStorageVolCreateXML(pool, xml, 0);
        if (!volume && (from || !original))
                libvirt_fail(error, from ? "copy" : "create", "the volume");
        if (from)
                virt.virStorageVolFree(from);
        if (volume)
                virt.virStorageVolFree(volume);
        virt.virStoragePoolFree(pool);
        return volume ? 0 : -1;
}

int session_grow_volume(struct session *session, const char *path, uint64_t bytes, struct error *error)
{
        virStorageVolPtr volume = find(session, path, error);
        int result = 0;

        if (!volume)
                return -1;
        if (virt.virStorageVolResize(volume, bytes, 0) < 0)
                result = libvirt_fail(error, "grow", "the volume");
        virt.virStorageVolFree(volume);
        return result;
}

int session_delete_volume(struct session *session, const char *path, struct error *error)
{
        CLEANUP(volume_handle_done) struct volume_handle found = {0};

        if (volume_find(session, NULL, path, &found, error) < 0)
                return -1;
        if (found.volume && virt.virStorageVolDelete(found.volume, 0) < 0 && !is_absent())
                return libvirt_fail(error, "delete", "the volume");
        return 0;
}

/* ---- disks of guests ---- */

/* *ret_domain stays NULL when it isn't there or doesn't run. */
static int find_running(
        struct session *session, const char *guest, virDomainPtr *ret_domain, struct error *error)
{
        virDomainPtr domain;
        int active;

        domain = virt.virDomainLookupByName(session->connection, guest);
        if (!domain)
                return libvirt_last_error_is(VIR_ERR_NO_DOMAIN) ? 0
                                                                : libvirt_fail(error, "find", "the guest");
        active = virt.virDomainIsActive(domain);
        if (active == 1) {
                *ret_domain = domain;
                return 0;
        }
        if (active < 0)
                libvirt_fail(error, "tell the state of", "the guest");
        virt.virDomainFree(domain);
        return active;
}

int session_grow_disk(struct session *session, const char *guest, const char *path, uint64_t bytes,
        bool *ret_runs, struct error *error)
{
        virDomainPtr domain = NULL;
        int result = 0;

        if (find_running(session, guest, &domain, error) < 0)
                return -1;
        *ret_runs = domain != NULL;
        if (!domain)
                return 0;
        if (virt.virDomainBlockResize(domain, path, bytes, VIR_DOMAIN_BLOCK_RESIZE_BYTES) < 0)
                result = libvirt_fail(error, "grow a disk of", "the running guest");
        virt.virDomainFree(domain);
        return result;
}

/* ---- sending a file ---- */

struct sending {
        const struct upload *upload;
        uint64_t at;
        int number; /* errno of what went wrong here */
};

/* The library calls these for the next bytes, to learn whether a hole comes next, and to go past it. */
static int send_bytes(virStreamPtr stream, char *buffer, size_t size, void *context)
{
        struct sending *sending = context;
        ssize_t count;

        (void)stream;
        do
                count = read(sending->upload->fd, buffer, size);
        while (count < 0 && errno == EINTR);
        if (count < 0) {
                sending->number = errno;
                return -1;
        }
        sending->at += (uint64_t)count;
        sending->upload->progress(sending->upload->context, sending->at);
        return (int)count;
}

static int find_section(virStreamPtr stream, int *in_data, long long *length, void *context)
{
        struct sending *sending = context;
        int fd = sending->upload->fd;
        off_t here = (off_t)sending->at, data = lseek(fd, here, SEEK_DATA), end;

        (void)stream;
        *in_data = data == here;
        if (data == here)
                end = lseek(fd, here, SEEK_HOLE);
        else
                end = data > here ? data
                                  : (off_t)sending->upload->size; /* ENXIO: nothing but a hole is left */
        if (end < here || lseek(fd, here, SEEK_SET) < 0) {
                sending->number = errno;
                return -1;
        }
        *length = end - here;
        return 0;
}

static int skip_hole(virStreamPtr stream, long long length, void *context)
{
        struct sending *sending = context;

        (void)stream;
        sending->at += (uint64_t)length;
        sending->upload->progress(sending->upload->context, sending->at);
        if (lseek(sending->upload->fd, (off_t)sending->at, SEEK_SET) >= 0)
                return 0;
        sending->number = errno;
        return -1;
}

static int send_rest(virStreamPtr stream, struct sending *sending, struct error *error)
{
        if (virt.virStreamSparseSendAll(stream, send_bytes, find_section, skip_hole, sending) == 0 &&
                virt.virStreamFinish(stream) == 0)
                return 0;
        if (!sending->number)
                return libvirt_fail(error, "take", "the file");
        errno = sending->number;
        return error_set_errno(error, ERROR_FAILED, "the file can't be read to its end");
}

int session_upload(
        struct session *session, const char *path, const struct upload *upload, struct error *error)
{
        virStorageVolPtr volume = find(session, path, error);
        virStreamPtr stream = volume ? virt.virStreamNew(session->connection, 0) : NULL;
        struct sending sending = {.upload = upload, .at = upload->offset};
        int result = -1;

        if (volume && !stream)
                libvirt_fail(error, "begin to take", "the file");
        if (stream && lseek(upload->fd, (off_t)upload->offset, SEEK_SET) < 0)
                error_set_errno(error, ERROR_FAILED, "the file can't be read");
        else if (stream && virt.virStorageVolUpload(volume, stream, upload->offset,
                                   upload->size - upload->offset, VIR_STORAGE_VOL_UPLOAD_SPARSE_STREAM) < 0)
                libvirt_fail(error, "begin to take", "the file");
        else if (stream)
                result = send_rest(stream, &sending, error);
        if (stream)
                virt.virStreamFree(stream);
        if (volume)
                virt.virStorageVolFree(volume);
        return result;
}
