/* How ssh is to be called for a guest. */
#include "cli/guest_ssh.h"

#include "base/shell.h"
#include "means/guest_key.h"

static void add_option(struct strings *words, const char *name, const char *value)
{
        strings_add(words, "-o");
        strings_take(words, string_format("%s=%s", name, value));
}

/* A file's name as ssh reads it from an option: '%' and blanks would mean something. */
static void add_file(struct strings *words, const char *name, const char *path)
{
        CLEANUP(text_done) struct text value = {0};

        text_add(&value, "\"");
        for (const char *c = path; *c; c++) {
                if (*c == '%' || *c == '"' || *c == '\\')
                        text_add_n(&value, *c == '%' ? "%" : "\\", 1);
                text_add_n(&value, c, 1);
        }
        text_add(&value, "\"");
        add_option(words, name, text_string(&value));
}

/* One hop, as the configuration says how the machine is reached. */
static void proxy_words(const struct host_config *host, struct strings *words)
{
        strings_add(words, "ssh");
        if (host->identity)
                add_file(words, "IdentityFile", host->identity);
        if (host->known_hosts)
                add_file(words, "UserKnownHostsFile", host->known_hosts);
        add_option(words, "StrictHostKeyChecking",
                host->host_key_policy == HOST_KEY_STRICT ? "yes" : "accept-new");
        if (host->connect.port) {
                strings_add(words, "-p");
                strings_take(words, string_format("%u", host->connect.port));
        }
        if (host->connect.user[0]) {
                strings_add(words, "-l");
                strings_add(words, host->connect.user);
        }
}

/* For a shell, and before it for ssh, which replaces what follows a '%'. */
static char *proxy_command(const struct host_config *host)
{
        CLEANUP(strings_done) struct strings words = {0};
        CLEANUP(text_done) struct text plain = {0};
        struct text command = {0};

        proxy_words(host, &words);
        shell_add_words(&plain, &words);
        for (const char *c = text_string(&plain); *c; c++) {
                if (*c == '%')
                        text_add(&command, "%");
                text_add_n(&command, c, 1);
        }
        text_add(&command, " -W '[%h]:%p' -- ");
        text_clear(&plain);
        shell_add_word(&plain, host->connect.host);
        for (const char *c = text_string(&plain); *c; c++) {
                if (*c == '%')
                        text_add(&command, "%");
                text_add_n(&command, c, 1);
        }
        return text_take(&command);
}

static const char *user_of(const struct guest_choice *choice)
{
        const struct guest_config *guest = choice->guest;

        if (choice->user)
                return choice->user;
        if (guest->cloud_init.is_wanted && guest->cloud_init.user && guest->cloud_init.user[0])
                return guest->cloud_init.user;
        return guest->ready.ssh_user; /* NULL: as ssh itself says */
}

void guest_ssh_words(const struct guest_choice *choice, const char *address, const char *known_hosts,
        const struct strings *command, struct strings *ret_words)
{
        CLEANUP(string_free) char *alias = guest_key_name(choice->host, choice->guest->name), *proxy = NULL;
        const char *user = user_of(choice);

        strings_add(ret_words, "ssh");
        add_option(ret_words, "HostKeyAlias", alias);
        if (known_hosts) {
                add_file(ret_words, "UserKnownHostsFile", known_hosts);
                add_option(ret_words, "GlobalKnownHostsFile", "/dev/null");
                add_option(ret_words, "StrictHostKeyChecking", "yes");
                add_option(ret_words, "UpdateHostKeys", "no");
        }
        if (choice->host->identity)
                add_file(ret_words, "IdentityFile", choice->host->identity);
        if (!choice->host->connect.is_local) {
                proxy = proxy_command(choice->host);
                add_option(ret_words, "ProxyCommand", proxy);
        }
        if (user) {
                strings_add(ret_words, "-l");
                strings_add(ret_words, user);
        }
        strings_add(ret_words, "--");
        strings_add(ret_words, address);
        strings_copy(ret_words, command);
}
