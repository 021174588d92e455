/* What ~/.ssh/config and its kin say about a host. */
#include <pwd.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "link/ssh_config.h"

/* What % and ~ stand for. */
struct expansion {
        const struct ssh_config *config;
        const char *original;
        char *home;
        char *local_user;
};

static void expansion_init(struct expansion *expansion, const struct ssh_config *config, const char *original)
{
        struct passwd entry, *found = NULL;
        char buffer[4096];

        /* As OpenSSH does: the home is the account's, whatever HOME says. */
        getpwuid_r(geteuid(), &entry, buffer, sizeof(buffer), &found);
        *expansion = (struct expansion) {
                .config = config,
                .original = original,
                .home = string_copy(found ? found->pw_dir : "/"),
                .local_user = string_copy(found ? found->pw_name : "root"),
        };
}

static void expansion_done(struct expansion *expansion)
{
        free(expansion->home);
        free(expansion->local_user);
}

static void expand_token(const struct expansion *expansion, char token, struct text *text)
{
        const struct ssh_config *config = expansion->config;

        switch (token) {
        case '%':
                text_add(text, "%");
                break;
        case 'd':
                text_add(text, expansion->home);
                break;
        case 'h':
                text_add(text, config->host_name);
                break;
        case 'i':
                text_format(text, "%u", (unsigned)getuid());
                break;
        case 'k':
                text_add(text, config->host_key_alias ? config->host_key_alias : expansion->original);
                break;
        case 'n':
                text_add(text, expansion->original);
                break;
        case 'p':
                text_format(text, "%u", config->port);
                break;
        case 'r':
                text_add(text, config->user);
                break;
        case 'u':
                text_add(text, expansion->local_user);
                break;
        default:
                text_add_n(text, (char[]) {'%', token}, 2);
        }
}

/* ${NAME}; returns what follows it. */
static const char *expand_variable(const char *from, struct text *text)
{
        const char *end = strchr(from, '}');
        CLEANUP(string_free) char *name = NULL;
        const char *value;

        if (!end) {
                text_add(text, "${");
                return from;
        }
        name = string_copy_n(from, (size_t)(end - from));
        value = getenv(name);
        text_add(text, value ? value : "");
        return end + 1;
}

static char *expand(const struct expansion *expansion, const char *from, bool is_path)
{
        struct text text = {0};

        if (is_path && from[0] == '~' && (from[1] == '/' || !from[1])) {
                text_add(&text, expansion->home);
                from++;
        }
        while (*from) {
                if (from[0] == '%' && from[1]) {
                        expand_token(expansion, from[1], &text);
                        from += 2;
                } else if (is_path && from[0] == '$' && from[1] == '{') {
                        from = expand_variable(from + 2, &text);
                } else {
                        text_add_n(&text, from++, 1);
                }
        }
        return text_take(&text);
}

static void set_number(const char *value, void *target)
{
        int number = atoi(value); /* NOLINT(cert-err34-c): "none" is 0, too */

        *(int *)target = number > 0 ? number : 0;
}

static void set_string(const char *value, void *target)
{
        char **string = target;

        free(*string);
        *string = strcmp(value, "none") == 0 ? NULL : string_copy(value);
}

static void set_text(const char *value, void *target)
{
        string_replace(target, value);
}

static void add_string(const char *value, void *target)
{
        strings_add(target, value);
}

static void add_words(const char *value, void *target)
{
        while (*(value += strspn(value, " "))) {
                size_t length = strcspn(value, " ");
                CLEANUP(string_free) char *word = string_copy_n(value, length);

                if (strcmp(word, "none") != 0)
                        strings_add(target, word);
                value += length;
        }
}

static void set_yes(const char *value, void *target)
{
        *(bool *)target = strcmp(value, "yes") == 0;
}

static void set_family(const char *value, void *target)
{
        *(int *)target = strcmp(value, "inet") == 0    ? AF_INET
                         : strcmp(value, "inet6") == 0 ? AF_INET6
                                                       : AF_UNSPEC;
}

/* What is read before anything is expanded. */
struct raw {
        struct ssh_config config;
        struct strings identities;
        struct strings user_known_hosts, global_known_hosts;
        char *agent;
        char *proxy_command;
};

static const struct {
        const char *name;
        void (*set)(const char *value, void *target);
        size_t offset;
} keywords[] = {
        {"hostname", set_string, offsetof(struct raw, config.host_name)},
        {"port", set_number, offsetof(struct raw, config.port)},
        {"user", set_string, offsetof(struct raw, config.user)},
        {"identityfile", add_string, offsetof(struct raw, identities)},
        {"identitiesonly", set_yes, offsetof(struct raw, config.identities_only)},
        {"identityagent", set_text, offsetof(struct raw, agent)},
        {"proxyjump", set_string, offsetof(struct raw, config.jump)},
        {"proxycommand", set_string, offsetof(struct raw, proxy_command)},
        {"userknownhostsfile", add_words, offsetof(struct raw, user_known_hosts)},
        {"globalknownhostsfile", add_words, offsetof(struct raw, global_known_hosts)},
        {"hostkeyalias", set_string, offsetof(struct raw, config.host_key_alias)},
        {"addressfamily", set_family, offsetof(struct raw, config.family)},
        {"connecttimeout", set_number, offsetof(struct raw, config.connect_s)},
        {"serveraliveinterval", set_number, offsetof(struct raw, config.alive_s)},
};

static void read_line(const char *line, struct raw *raw)
{
        size_t length = strcspn(line, " ");

        if (!line[length])
                return;
        for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++)
                if (strlen(keywords[i].name) == length && strncasecmp(line, keywords[i].name, length) == 0)
                        keywords[i].set(line + length + 1, (char *)raw + keywords[i].offset);
}

static void raw_done(struct raw *raw)
{
        ssh_config_done(&raw->config);
        strings_done(&raw->identities);
        strings_done(&raw->user_known_hosts);
        strings_done(&raw->global_known_hosts);
        free(raw->agent);
        free(raw->proxy_command);
}

static void finish(struct raw *raw, const char *original)
{
        struct ssh_config *config = &raw->config;
        const char *agent = raw->agent ? raw->agent : "SSH_AUTH_SOCK";
        CLEANUP(expansion_done) struct expansion expansion;

        expansion_init(&expansion, config, original);
        for (array_each(char *, path, &raw->identities))
                strings_take(&config->identities, expand(&expansion, *path, true));
        for (array_each(char *, path, &raw->user_known_hosts))
                strings_take(&config->known_hosts, expand(&expansion, *path, true));
        config->user_known_hosts = config->known_hosts.count;
        for (array_each(char *, path, &raw->global_known_hosts))
                strings_take(&config->known_hosts, expand(&expansion, *path, true));
        if (raw->proxy_command)
                config->proxy_command = expand(&expansion, raw->proxy_command, false);
        if (strcmp(agent, "SSH_AUTH_SOCK") == 0 || agent[0] == '$') {
                const char *value = getenv(agent[0] == '$' ? agent + 1 : agent);

                config->agent = string_copy(value && *value ? value : NULL);
        } else if (strcmp(agent, "none") != 0) {
                config->agent = expand(&expansion, agent, true);
        }
}

int ssh_config_parse(
        const char *printed, const char *original, struct ssh_config *ret_config, struct error *error)
{
        CLEANUP(raw_done) struct raw raw = {0};

        for (const char *line = printed; *line;) {
                size_t length = strcspn(line, "\n");
                CLEANUP(string_free) char *copy = string_copy_n(line, length);

                read_line(copy, &raw);
                line += length + (line[length] == '\n');
        }
        if (!raw.config.host_name || !raw.config.user || !raw.config.port)
                return error_set(
                        error, ERROR_FAILED, "ssh -G %s did not print a host, a user and a port", original);
        finish(&raw, original);
        *ret_config = raw.config;
        raw.config = (struct ssh_config) {0};
        return 0;
}

void ssh_config_done(struct ssh_config *config)
{
        free(config->host_name);
        free(config->user);
        strings_done(&config->identities);
        free(config->agent);
        free(config->jump);
        free(config->proxy_command);
        strings_done(&config->known_hosts);
        free(config->host_key_alias);
        *config = (struct ssh_config) {0};
}

void ssh_config_guess(const char *host, unsigned port, struct ssh_config *ret_config)
{
        struct raw raw = {.config = {.host_name = string_copy(host),
                                  .user = string_copy("root"),
                                  .port = port ? port : 22}};

        add_words("~/.ssh/known_hosts ~/.ssh/known_hosts2", &raw.user_known_hosts);
        add_words("/etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2", &raw.global_known_hosts);
        finish(&raw, host);
        *ret_config = raw.config;
        raw.config = (struct ssh_config) {0};
        raw_done(&raw);
}
