#include "topology/boot_server.h"

#include <string.h>
#include <sys/socket.h>

#include "base/memory.h"
#include "base/text.h"

#define LONGEST_ARGUMENTS 1500 /* of an x86 kernel's 2047, URLs not yet put in */

char *boot_server_directory(const struct boot_server *server)
{
        return string_format("/var/lib/provision/boot/%s", server->name);
}

char *boot_server_private_directory(const struct boot_server *server)
{
        return string_format("/var/lib/provision/boot/%s/private", server->name);
}

char *boot_server_secret_path(const struct boot_server *server, const struct boot_machine *machine)
{
        CLEANUP(string_free) char *directory = boot_server_private_directory(server);
        CLEANUP(string_free) char *file = boot_machine_file(machine, "ignition", "ign");

        return string_format("%s/%s", directory, file);
}

char *boot_server_nginx_path(const struct boot_server *server)
{
        return string_format("/etc/nginx/provision-boot-%s.conf", server->name);
}

char *boot_server_loaded_path(const struct boot_server *server)
{
        return string_format("/run/provision-boot-%s/loaded", server->name);
}

char *boot_server_unit(const struct boot_server *server)
{
        return string_format("provision-boot-%s.service", server->name);
}

static void add_socket(const struct boot_server *server, struct text *text)
{
        char address[IP_TEXT];
        bool is_ipv6 = server->address.family == AF_INET6;

        text_format(text, "%s%s%s:%u", is_ipv6 ? "[" : "", ip_address_format(&server->address, address),
                is_ipv6 ? "]" : "", server->port);
}

char *boot_server_url(const struct boot_server *server, const char *file)
{
        struct text text = {0};

        text_add(&text, "http://");
        add_socket(server, &text);
        text_format(&text, "/%s", file);
        return text_take(&text);
}

/* With hyphens, as iPXE writes it in ${netX/mac:hexhyp}. */
char *boot_machine_file(const struct boot_machine *machine, const char *directory, const char *suffix)
{
        const uint8_t *mac = machine->mac.bytes;

        return string_format("%s/%02x-%02x-%02x-%02x-%02x-%02x.%s", directory, mac[0], mac[1], mac[2], mac[3],
                mac[4], mac[5], suffix);
}

/* ---- kernel arguments ---- */

enum word { WORD_URL, WORD_IGNITION, WORD_ROOT_IMAGE, WORDS };

static const char *const words[WORDS] = {"{url}", "{ignition}", "{root_image}"};

/* The word that text begins with; WORDS: none. */
static enum word word_at(const char *text)
{
        enum word word = 0;

        while (word < WORDS && strncmp(text, words[word], strlen(words[word])) != 0)
                word++;
        return word;
}

static int check_word(const struct boot_server *server, const struct boot_machine *machine, const char *at,
        struct error *error)
{
        enum word word = word_at(at);

        if (word == WORDS)
                return error_set(error, ERROR_CONFIG,
                        "\"%.40s\" is none of {url}, {ignition} and {root_image}, for which braces are kept",
                        at);
        if (word == WORD_ROOT_IMAGE && !server->has_root_image)
                return error_set(error, ERROR_CONFIG,
                        "{root_image} has no URL: add root_image = \"FILE\" to the boot_server");
        if (word == WORD_IGNITION && machine && !machine->ignition && !machine->gets_ignition)
                return error_set(error, ERROR_CONFIG,
                        "{ignition} has no URL for machine \"%s\": add ignition = \"FILE\" to it, or name it "
                        "in a cluster that has an installer",
                        machine->name);
        return 0;
}

/* A word of its own that iPXE takes for the end of the command, or the start of a remark. */
static bool ends_command(const char *word, size_t length)
{
        static const char *const ends[] = {"||", "&&", ";"};

        for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
                if (length == strlen(ends[i]) && strncmp(word, ends[i], length) == 0)
                        return true;
        return word[0] == '#';
}

int boot_arguments_check(const struct boot_server *server, const struct boot_machine *machine,
        const char *arguments, struct error *error)
{
        if (strlen(arguments) > LONGEST_ARGUMENTS)
                return error_set(error, ERROR_CONFIG, "%zu bytes are too many for a kernel: at most %d",
                        strlen(arguments), LONGEST_ARGUMENTS);
        for (const char *at = arguments; *at; at++) {
                bool is_start = *at != ' ' && (at == arguments || at[-1] == ' ');

                if (*at < ' ' || *at > '~' || strchr("\"'\\$", *at))
                        return error_set(error, ERROR_CONFIG,
                                "iPXE can't hand \"%.40s\" on to a kernel: only letters, digits and signs of "
                                "ASCII are possible, without quotes, '$' and '\\'",
                                at);
                if (is_start && ends_command(at, strcspn(at, " ")))
                        return error_set(error, ERROR_CONFIG,
                                "\"%.*s\" is a command's end or a remark for iPXE: leave it out",
                                (int)strcspn(at, " "), at);
                if (*at == '{' && check_word(server, machine, at, error) < 0)
                        return -1;
        }
        return 0;
}

static char *word_url(const struct boot_server *server, const struct boot_machine *machine, enum word word)
{
        CLEANUP(string_free) char *file = boot_machine_file(machine, "ignition", "ign");
        CLEANUP(string_free) char *base = boot_server_url(server, "");

        if (word == WORD_IGNITION)
                return boot_server_url(server, file);
        if (word == WORD_ROOT_IMAGE)
                return boot_server_url(server, BOOT_ROOT_IMAGE);
        return string_copy_n(base, strlen(base) - 1);
}

static void add_arguments(const struct boot_server *server, const struct boot_machine *machine,
        const char *arguments, struct text *text)
{
        if (!arguments)
                return;
        text_add(text, " ");
        while (*arguments) {
                enum word word = word_at(arguments);
                CLEANUP(string_free) char *url = NULL;

                if (word == WORDS) {
                        text_add_n(text, arguments++, 1);
                        continue;
                }
                url = word_url(server, machine, word);
                text_add(text, url);
                arguments += strlen(words[word]);
        }
}

/* ---- texts ---- */

/* An unknown machine goes on to the next thing that it can boot from. */
char *boot_server_write_entry(const struct boot_server *server)
{
        CLEANUP(string_free) char *url = boot_server_url(server, "mac/");

        return string_format("#!ipxe\nchain %s${netX/mac:hexhyp}.ipxe || exit\n", url);
}

char *boot_server_write_machine(const struct boot_server *server, const struct boot_machine *machine)
{
        CLEANUP(string_free) char *kernel = boot_server_url(server, BOOT_KERNEL);
        CLEANUP(string_free) char *initramfs = boot_server_url(server, BOOT_INITRAMFS);
        struct text text = {0};

        text_format(&text, "#!ipxe\nkernel %s", kernel);
        if (server->has_initramfs)
                text_add(&text, " initrd=" BOOT_INITRAMFS);
        add_arguments(server, machine, server->arguments, &text);
        add_arguments(server, machine, machine->arguments, &text);
        text_add(&text, " || exit\n");
        if (server->has_initramfs)
                text_format(&text, "initrd %s || exit\n", initramfs);
        text_add(&text, "boot || exit\n");
        return text_take(&text);
}

static void add_location(struct text *text, const char *file)
{
        text_format(text, "                location = /%s {}\n", file);
}

/* Whoever else asks for it is refused, as far as addresses tell. */
static void add_secret(
        const struct boot_server *server, const struct boot_machine *machine, struct text *text)
{
        CLEANUP(string_free) char *file = boot_machine_file(machine, "ignition", "ign");
        char address[IP_TEXT];

        text_format(text,
                "                location = /%s {\n                        alias "
                "/run/provision-boot-%s/%s;\n",
                file, server->name, file);
        if (machine->address.family)
                text_format(text, "                        allow %s;\n                        deny all;\n",
                        ip_address_format(&machine->address, address));
        text_add(text, "                }\n");
}

static void add_locations(const struct boot_server *server, struct text *text)
{
        add_location(text, BOOT_ENTRY);
        add_location(text, BOOT_KERNEL);
        if (server->has_initramfs)
                add_location(text, BOOT_INITRAMFS);
        if (server->has_root_image)
                add_location(text, BOOT_ROOT_IMAGE);
        for (array_each(const struct boot_machine, machine, &server->machines)) {
                CLEANUP(string_free) char *script = boot_machine_file(machine, "mac", "ipxe");
                CLEANUP(string_free) char *ignition = boot_machine_file(machine, "ignition", "ign");

                add_location(text, script);
                if (machine->ignition)
                        add_location(text, ignition);
                else if (machine->gets_ignition)
                        add_secret(server, machine, text);
        }
}

/* Each file by its name: what a machine had that is no longer in the configuration is there, but isn't served. */
char *boot_server_write_nginx(const struct boot_server *server)
{
        CLEANUP(string_free) char *directory = boot_server_directory(server);
        struct text text = {0};

        text_format(&text,
                "# Made by provision: what machines of network %s boot from.\n"
                "pid /run/provision-boot-%s/nginx.pid;\n"
                "error_log stderr;\n"
                "events {}\n"
                "http {\n"
                "        access_log syslog:server=unix:/dev/log,nohostname,tag=provision_boot;\n",
                server->network, server->name);
        for (size_t i = 0; i < 5; i++) {
                static const char *const kinds[] = {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"};

                text_format(&text, "        %s_temp_path /run/provision-boot-%s/%s;\n", kinds[i],
                        server->name, kinds[i]);
        }
        text_add(&text, "        types {}\n        default_type application/octet-stream;\n        server {\n"
                        "                listen ");
        add_socket(server, &text);
        text_format(&text, ";\n                root %s;\n", directory);
        add_locations(server, &text);
        text_add(&text, "                location / { return 404; }\n        }\n}\n");
        return text_take(&text);
}

static bool has_secrets(const struct boot_server *server)
{
        for (array_each(const struct boot_machine, machine, &server->machines))
                if (machine->gets_ignition)
                        return true;
        return false;
}

/* nginx' workers are nobody, whom each distribution calls otherwise: no mode of a file would let them read it and keep others
 * out. But the way to it can be theirs alone. */
static char *write_binding(const struct boot_server *server)
{
        CLEANUP(string_free) char *directory = boot_server_private_directory(server);

        if (!has_secrets(server))
                return string_copy("");
        return string_format(
                "BindReadOnlyPaths=%s/ignition:/run/provision-boot-%s/ignition\n", directory, server->name);
}

/* The network that has its address may come after it: then it is tried again. */
char *boot_server_write_unit(const struct boot_server *server)
{
        CLEANUP(string_free) char *binding = write_binding(server);
        CLEANUP(string_free) char *path = boot_server_nginx_path(server);
        CLEANUP(string_free) char *loaded = boot_server_loaded_path(server);

        return string_format("# Made by provision: what it runs is in %s.\n"
                             "[Unit]\n"
                             "Description=Web server that machines of network %s boot from\n"
                             "Wants=network-online.target\n"
                             "After=network-online.target libvirtd.service virtnetworkd.service\n"
                             "StartLimitIntervalSec=0\n"
                             "\n"
                             "[Service]\n"
                             "Type=forking\n"
                             "RuntimeDirectory=provision-boot-%s\n"
                             "%s"
                             "PIDFile=/run/provision-boot-%s/nginx.pid\n"
                             "ExecStartPre=/usr/sbin/nginx -t -q -c %s\n"
                             "ExecStart=/usr/sbin/nginx -c %s\n"
                             "ExecStartPost=/usr/bin/touch %s\n"
                             "ExecReload=/usr/sbin/nginx -t -q -c %s\n"
                             "ExecReload=/usr/sbin/nginx -s reload -c %s\n"
                             "ExecReload=/usr/bin/touch %s\n"
                             "KillMode=mixed\n"
                             "Restart=always\n"
                             "RestartSec=2\n"
                             "\n"
                             "[Install]\n"
                             "WantedBy=multi-user.target\n",
                path, server->network, server->name, binding, server->name, path, path, loaded, path, path,
                loaded);
}

void boot_server_done(struct boot_server *server)
{
        for (array_each(struct boot_machine, machine, &server->machines)) {
                free(machine->name);
                free(machine->ignition);
                free(machine->ignition_url);
                free(machine->ignition_ca);
                free(machine->arguments);
        }
        array_free(&server->machines);
        free(server->name);
        free(server->network);
        free(server->arguments);
        free(server->loaders);
        *server = (struct boot_server) {0};
}
