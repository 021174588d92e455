/* A guest's SSH host key.
 *
 * One file a guest, named after it and its machine, which OpenSSH's own tool makes: the private half in OpenSSH's form,
 * in which the public half can be read, too. It is made under a name of its own and then linked to its place, so that of
 * two runs at the same time one takes the other's key. */
#include "means/guest_key.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/text.h"
#include "link/key_file.h"
#include "link/spawn.h"
#include "state/directories.h"

#define LARGEST     4096 /* an ed25519 key has 400 bytes */
#define KNOWN_HOSTS ".known_hosts"

char *guest_key_name(const struct host_config *host, const char *guest)
{
        return string_format("%s@%s", guest, host->name); /* no name has an @ in it */
}

/* What it complained about is the last thing in complaints. */
static int run(const char *const argv[], int complaints, struct error *error)
{
        CLEANUP(fd_close) int null = open("/dev/null", O_RDWR | O_CLOEXEC);
        char said[256] = "";
        ssize_t count;
        int status;
        pid_t pid;

        if (spawn(argv, (int[]) {null, complaints, complaints}, &pid, error) < 0)
                return -1;
        while (waitpid(pid, &status, 0) < 0)
                if (errno != EINTR)
                        return error_set_errno(error, ERROR_FAILED, "%s can't be waited for", argv[0]);
        if (status == 0)
                return 0;
        count = pread(complaints, said, sizeof(said) - 1, 0);
        said[count > 0 ? strcspn(said, "\r\n") : 0] = '\0';
        return error_set(error, ERROR_FAILED, "%s: %s", argv[0], *said ? said : "it failed and said nothing");
}

/* In a directory of its own, where ssh-keygen leaves the public half, too. */
static int make_in(const char *directory, const char *name, const char *path, struct error *error)
{
        CLEANUP(string_free) char *private = string_format("%s/key", directory);
        CLEANUP(string_free) char *public = string_format("%s/key.pub", directory);
        CLEANUP(string_free) char *log = string_format("%s/log", directory);
        CLEANUP(fd_close) int complaints = open(log, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        const char *const argv[] = {
                "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", private, NULL};
        int result = 0;

        if (complaints < 0)
                return error_set_errno(error, ERROR_FAILED, "making %s", log);
        if (run(argv, complaints, error) < 0)
                result = -1;
        else if (link(private, path) < 0 && errno != EEXIST)
                result = error_set_errno(error, ERROR_FAILED, "making %s", path);
        unlink(private);
        unlink(public);
        unlink(log);
        return result;
}

static int make(const char *keys, const char *name, const char *path, struct error *error)
{
        CLEANUP(string_free) char *directory = string_format("%s/.new.XXXXXX", keys);
        int result;

        if (!mkdtemp(directory))
                return error_set_errno(error, ERROR_FAILED, "making a directory in %s", keys);
        result = make_in(directory, name, path, error);
        rmdir(directory);
        return result;
}

/* 0: it isn't there. */
static int read_private(const char *path, struct guest_key *key, struct error *error)
{
        CLEANUP(fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        ssize_t count;

        if (fd < 0 && errno == ENOENT)
                return 0;
        key->private_half = locked_with_room(LARGEST);
        count = fd < 0 ? -1 : read(fd, key->private_half.bytes, LARGEST);
        if (count < 0)
                return error_set_errno(error, ERROR_FAILED, "reading %s", path);
        key->private_half.length = (size_t)count;
        return 1;
}

static int read_public(const char *path, struct guest_key *key, struct error *error)
{
        CLEANUP(key_file_done) struct key_file file = {0};
        CLEANUP(string_free) char *base64 = NULL;

        if (key_file_read(path, &file, error) < 0)
                return error_prefix(error, "%s", path);
        if (file.is_encrypted || !string_equal(file.type, "ssh-ed25519"))
                return error_set(
                        error, ERROR_FAILED, "%s is no ed25519 key without a password: remove it", path);
        base64 = base64_encode(file.public_key, file.public_length);
        key->public_half = string_format("%s %s", file.type, base64);
        return 0;
}

int guest_key_read(const struct host_config *host, const struct guest_config *guest,
        struct guest_key *ret_key, struct error *error)
{
        CLEANUP(guest_key_done) struct guest_key key = {0};
        CLEANUP(string_free) char *keys = NULL, *name = guest_key_name(host, guest->name), *path = NULL;
        int found;

        if (keys_dir("guests", &keys, error) < 0)
                return -1;
        path = string_format("%s/%s", keys, name);
        found = read_private(path, &key, error);
        if (found == 0) {
                if (make(keys, name, path, error) < 0)
                        return -1;
                found = read_private(path, &key, error);
        }
        if (found < 0 || read_public(path, &key, error) < 0)
                return -1;
        *ret_key = key;
        key = (struct guest_key) {0};
        return 0;
}

/* ---- known_hosts ---- */

static bool is_key(const char *text)
{
        static const char type[] = "ssh-ed25519 ";
        static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";

        return strncmp(text, type, strlen(type)) == 0 && text[strlen(type)] &&
               strspn(text + strlen(type), base64) == strlen(text) - strlen(type);
}

/* All of it or nothing: others may read the file meanwhile. */
static int write_whole(const char *path, const char *content, struct error *error)
{
        CLEANUP(string_free) char *new = string_format("%s.XXXXXX", path);
        CLEANUP(fd_close) int fd = mkostemp(new, O_CLOEXEC);
        size_t length = strlen(content);

        if (fd >= 0 && write(fd, content, length) == (ssize_t)length && rename(new, path) == 0)
                return 0;
        error_set_errno(error, ERROR_FAILED, "writing %s", path);
        if (fd >= 0)
                unlink(new);
        return -1;
}

int guest_known_hosts(const struct host_config *host, const struct guest_config *guest,
        const char *public_half, char **ret_path, struct error *error)
{
        CLEANUP(string_free)
        char *keys = NULL, *name = guest_key_name(host, guest->name), *path = NULL, *line = NULL;

        if (!is_key(public_half))
                return error_set(
                        error, ERROR_FAILED, "guest %s: \"%.80s\" is no host key", guest->name, public_half);
        if (keys_dir("guests", &keys, error) < 0)
                return -1;
        path = string_format("%s/%s" KNOWN_HOSTS, keys, name);
        line = string_format("* %s\n", public_half);
        if (write_whole(path, line, error) < 0)
                return -1;
        *ret_path = STEAL(path);
        return 0;
}

/* ---- the way back ---- */

static int remove_file(const char *keys, const char *name, const char *suffix, struct error *error)
{
        CLEANUP(string_free) char *path = string_format("%s/%s%s", keys, name, suffix);

        if (unlink(path) < 0 && errno != ENOENT)
                return error_set_errno(error, ERROR_FAILED, "removing %s", path);
        return 0;
}

int guest_key_forget(const struct host_config *host, const char *guest, struct error *error)
{
        CLEANUP(string_free) char *keys = NULL, *name = guest_key_name(host, guest);

        if (keys_dir("guests", &keys, error) < 0 || remove_file(keys, name, KNOWN_HOSTS, error) < 0)
                return -1;
        return remove_file(keys, name, "", error);
}

void guest_key_done(struct guest_key *key)
{
        locked_done(&key->private_half);
        free(key->public_half);
        *key = (struct guest_key) {0};
}
