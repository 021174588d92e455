/* The writers that stand between a string from outside and what would carry it out: hostile strings go through
 * real shells and real parsers, and must come out as they went in. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/html.h"
#include "base/shell.h"
#include "base/xml.h"

extern char **environ;

#define REPLACEMENT "\xEF\xBF\xBD"

/* U+FFFD in xml, where XML can't hold what stands in text; NULL: the same as text. */
static const struct {
        const char *name, *text, *xml;
} hostile[] = {
        {"nothing", "", NULL},
        {"a word", "libvirtd.service", NULL},
        {"blanks", "  a  b  ", NULL},
        {"an option", "-rf", NULL},
        {"a long option", "--root=/", NULL},
        {"a single quote", "it's", NULL},
        {"only single quotes", "''''", NULL},
        {"a quote that closes and goes on", "'; touch /tmp/owned; '", NULL},
        {"double quotes", "say \"$HOME\"", NULL},
        {"backslashes", "a\\b\\\\c\\", NULL},
        {"a backslash before a quote", "\\'", NULL},
        {"substitutions", "$(id) `id` ${HOME} $((1+1)) $'\\n'", NULL},
        {"operators", "a;b&c|d>e<f&&g||h(i)j", NULL},
        {"patterns", "* ? [a-z] ~ ~root {a,b} !! ^x^y", NULL},
        {"zsh's command path", "=ls", NULL},
        {"an assignment", "PATH=/nowhere", NULL},
        {"a comment", "# not one", NULL},
        {"a percent", "%s%n %1", NULL},
        {"tab and newline", "a\tb\nc\n", NULL},
        {"carriage return", "a\r\nb", NULL},
        {"UTF-8", "K\xC3\xBChlschrank \xE2\x82\xAC \xF0\x9F\x90\xA7", NULL},
        {"XML", "</name><script a='b' c=\"d\">&amp;]]>", NULL},
        {"a comment of XML's", "<!-- x --> <![CDATA[x]]> <?x?>", NULL},
        {"control characters", "\x01\x1B[31m\x08", REPLACEMENT REPLACEMENT "[31m" REPLACEMENT},
        {"delete", "\x7F", NULL},
        {"a lone byte", "a\xFFz", "a" REPLACEMENT "z"},
        {"a cut character", "a\xE2\x82", "a" REPLACEMENT REPLACEMENT},
        {"an overlong slash", "\xC0\xAF", REPLACEMENT REPLACEMENT},
        {"half a pair", "\xED\xA0\x80", REPLACEMENT REPLACEMENT REPLACEMENT},
        {"no character", "\xEF\xBF\xBF", REPLACEMENT REPLACEMENT REPLACEMENT},
        {"beyond Unicode", "\xF4\x90\x80\x80", REPLACEMENT REPLACEMENT REPLACEMENT REPLACEMENT},
};

#define HOSTILE (sizeof(hostile) / sizeof(hostile[0]))

/* Every byte but NUL. */
static void all_bytes(char bytes[static 256])
{
        for (int i = 0; i < 255; i++)
                bytes[i] = (char)(i + 1);
        bytes[255] = '\0';
}

/* Runs a command and returns its exit status; what it wrote to stdout is added to ret_out. */
static int run(const char *const words[], struct text *ret_out)
{
        posix_spawn_file_actions_t actions;
        char buffer[4096];
        ssize_t count;
        int ends[2], status;
        pid_t child;

        assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
        assert_int_equal(posix_spawnp(&child, words[0], &actions, NULL, (char *const *)words, environ), 0);
        posix_spawn_file_actions_destroy(&actions);
        close(ends[1]);
        while ((count = read(ends[0], buffer, sizeof(buffer))) > 0)
                text_add_n(ret_out, buffer, (size_t)count);
        close(ends[0]);
        assert_int_equal(waitpid(child, &status, 0), child);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* sh itself, and shells that read it as sh does. */
static const struct shell {
        const char *program, *applet;
} shells[] = {
        {"sh", NULL},
        {"dash", NULL},
        {"bash", NULL},
        {"busybox", "sh"},
        {"ksh", NULL},
        {"zsh", NULL},
};

static int run_script(const struct shell *shell, const struct text *script, struct text *ret_out)
{
        const char *const words[] = {shell->program, "-c", text_string(script), NULL};
        const char *const with_applet[] = {shell->program, shell->applet, "-c", text_string(script), NULL};

        return run(shell->applet ? with_applet : words, ret_out);
}

static int is_installed(const char *program)
{
        CLEANUP(text_done) struct text ignored = {0};
        const char *const words[] = {"sh", "-c", "command -v \"$1\"", "sh", program, NULL};

        return run(words, &ignored) == 0;
}

typedef void add_word(struct text *text, const char *word);

static void check_shell(const struct shell *shell, add_word *add, const char *name, const char *word)
{
        CLEANUP(text_done) struct text script = {0}, out = {0};

        text_add(&script, "printf %s ");
        add(&script, word);
        assert_int_equal(run_script(shell, &script, &out), 0);
        if (strcmp(text_string(&out), word) != 0)
                fail_msg("%s, %s: \"%s\" came out as \"%s\"", shell->program, name, word, text_string(&out));
}

/* csh and fish read what is between quotes in their own way, so only shell_add_login_word is meant for them. */
static const struct shell login_shells[] = {{"csh", NULL}, {"tcsh", NULL}, {"fish", NULL}};

static void check_word(const struct shell *shell, int is_login, const char *name, const char *word)
{
        if (!is_login)
                check_shell(shell, shell_add_word, name, word);
        if (!strchr(word, '\n'))
                check_shell(shell, shell_add_login_word, name, word);
}

static void check_shells(const struct shell *list, size_t count, int is_login)
{
        char bytes[256];

        all_bytes(bytes);
        for (const struct shell *shell = list; shell < list + count; shell++) {
                if (!is_installed(shell->program)) {
                        print_message("%s isn't installed, so it wasn't asked\n", shell->program);
                        continue;
                }
                for (size_t i = 0; i < HOSTILE; i++)
                        check_word(shell, is_login, hostile[i].name, hostile[i].text);
                check_word(shell, is_login, "every byte", bytes);
                bytes['\n' - 1] = ' ';
                check_word(shell, is_login, "every byte but the newline", bytes);
        }
}

static void a_word_comes_out_of_every_shell_as_it_went_in(void **state)
{
        (void)state;
        check_shells(shells, sizeof(shells) / sizeof(shells[0]), 0);
        check_shells(login_shells, sizeof(login_shells) / sizeof(login_shells[0]), 1);
}

static void words_stay_apart(void **state)
{
        CLEANUP(strings_done) struct strings words = {0};
        CLEANUP(text_done) struct text script = {0}, out = {0}, wanted = {0};

        (void)state;
        strings_add(&words, "printf");
        strings_add(&words, "%s|");
        for (size_t i = 0; i < HOSTILE; i++) {
                strings_add(&words, hostile[i].text);
                text_format(&wanted, "%s|", hostile[i].text);
        }
        shell_add_words(&script, &words);
        assert_int_equal(run_script(&shells[0], &script, &out), 0);
        assert_string_equal(text_string(&out), text_string(&wanted));
}

static void a_word_in_front_is_a_command_and_no_assignment(void **state)
{
        CLEANUP(text_done) struct text script = {0}, out = {0};

        (void)state;
        shell_add_word(&script, "A=1");
        text_add(&script, " 2>/dev/null");
        assert_int_equal(run_script(&shells[0], &script, &out), 127);
}

static void plain_words_stay_readable(void **state)
{
        CLEANUP(text_done) struct text script = {0};

        (void)state;
        shell_add_word(&script, "/usr/bin/apt-get");
        text_add(&script, " ");
        shell_add_word(&script, "two words");
        assert_string_equal(text_string(&script), "/usr/bin/apt-get 'two words'");
}

/* The same string as attribute and as content. */
static char *document(const char *value)
{
        CLEANUP(xml_done) struct xml xml = {0};

        xml_open(&xml, "network");
        xml_attribute(&xml, "name", value);
        xml_open(&xml, "bridge");
        xml_close(&xml, "bridge");
        xml_open(&xml, "title");
        xml_content(&xml, value);
        xml_close(&xml, "title");
        xml_close(&xml, "network");
        return xml_take(&xml);
}

static void check_xml(const char *name, const char *value, const char *wanted)
{
        CLEANUP(string_free) char *text = document(value);
        xmlDoc *parsed =
                xmlReadMemory(text, (int)strlen(text), "test", "UTF-8", XML_PARSE_NONET | XML_PARSE_NOERROR);
        xmlNode *root = parsed ? xmlDocGetRootElement(parsed) : NULL;
        xmlChar *attribute, *content;

        if (!root)
                fail_msg("%s: libxml refuses %s", name, text);
        attribute = xmlGetProp(root, BAD_CAST "name");
        content = xmlNodeGetContent(root);
        if (!string_equal((char *)attribute, wanted) || !string_equal((char *)content, wanted))
                fail_msg("%s: attribute \"%s\", content \"%s\", wanted \"%s\"", name, attribute, content,
                        wanted);
        assert_int_equal(xmlChildElementCount(root), 2);
        xmlFree(attribute);
        xmlFree(content);
        xmlFreeDoc(parsed);
}

static void a_string_comes_out_of_a_parser_as_it_went_in(void **state)
{
        (void)state;
        for (size_t i = 0; i < HOSTILE; i++)
                check_xml(
                        hostile[i].name, hostile[i].text, hostile[i].xml ? hostile[i].xml : hostile[i].text);
        xmlCleanupParser();
}

static void elements_are_written_as_libvirt_writes_them(void **state)
{
        CLEANUP(xml_done) struct xml xml = {0};
        CLEANUP(string_free) char *text = NULL;

        (void)state;
        xml_open(&xml, "ip");
        xml_attribute(&xml, "address", "10.0.0.1");
        xml_attribute(&xml, "family", NULL);
        xml_attribute_format(&xml, "prefix", "%u", 24U);
        xml_open(&xml, "dhcp");
        xml_close(&xml, "dhcp");
        xml_close(&xml, "ip");
        text = xml_take(&xml);
        assert_string_equal(text, "<ip address='10.0.0.1' prefix='24'><dhcp/></ip>");
}

/* ---- HTML ---- */

/* Where HTML's replacements aren't XML's. */
static const struct {
        const char *text, *html;
} differently_in_html[] = {
        {"\x7F", REPLACEMENT},
        {"\xEF\xBF\xBF", REPLACEMENT},
};

static const char *wanted_in_html(size_t i)
{
        for (size_t j = 0; j < sizeof(differently_in_html) / sizeof(differently_in_html[0]); j++)
                if (strcmp(differently_in_html[j].text, hostile[i].text) == 0)
                        return differently_in_html[j].html;
        return hostile[i].xml ? hostile[i].xml : hostile[i].text;
}

static xmlNode *find_element(xmlNode *node, const char *name)
{
        for (; node; node = node->next) {
                xmlNode *found;

                if (node->type != XML_ELEMENT_NODE)
                        continue;
                if (xmlStrEqual(node->name, BAD_CAST name))
                        return node;
                found = find_element(node->children, name);
                if (found)
                        return found;
        }
        return NULL;
}

static void check_html(const char *name, const char *value, const char *wanted)
{
        CLEANUP(html_done) struct html html = {0};
        CLEANUP(string_free) char *page = NULL;
        xmlChar *attribute, *content;
        xmlNode *root, *element;
        htmlDocPtr parsed;

        html_begin(&html, value, "body { margin: 0 }\n");
        html_open(&html, "pre", value);
        html_content(&html, "=");
        html_content(&html, value);
        html_close(&html, "pre");
        page = html_take(&html);
        parsed = htmlReadMemory(
                page, (int)strlen(page), "test", "UTF-8", HTML_PARSE_NONET | HTML_PARSE_NOERROR);
        root = xmlDocGetRootElement(parsed);
        element = find_element(root, "pre");
        if (!element || xmlChildElementCount(element) || find_element(root, "script"))
                fail_msg("%s: %s", name, page);
        attribute = xmlGetProp(element, BAD_CAST "class");
        content = xmlNodeGetContent(element);
        if (strcmp((const char *)attribute, wanted) != 0 || strcmp((const char *)content + 1, wanted) != 0)
                fail_msg("%s: %s", name, page);
        assert_null(element->next ? find_element(element->next, "pre") : NULL);
        xmlFree(attribute);
        xmlFree(content);
        xmlFreeDoc(parsed);
}

static void html_comes_out_of_a_parser_as_it_went_in(void **state)
{
        (void)state;
        for (size_t i = 0; i < HOSTILE; i++)
                check_html(hostile[i].name, hostile[i].text, wanted_in_html(i));
        check_html("C1 controls",
                "a\xC2\x9B"
                "31m",
                "a" REPLACEMENT "31m");
        check_html("an end of the title", "</title><script>alert(1)</script>",
                "</title><script>alert(1)</script>");
        check_html("an attribute's end", "\" onload=\"alert(1)", "\" onload=\"alert(1)");
        xmlCleanupParser();
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_word_comes_out_of_every_shell_as_it_went_in),
                cmocka_unit_test(words_stay_apart),
                cmocka_unit_test(a_word_in_front_is_a_command_and_no_assignment),
                cmocka_unit_test(plain_words_stay_readable),
                cmocka_unit_test(a_string_comes_out_of_a_parser_as_it_went_in),
                cmocka_unit_test(elements_are_written_as_libvirt_writes_them),
                cmocka_unit_test(html_comes_out_of_a_parser_as_it_went_in),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
