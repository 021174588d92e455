/* The throw-away guest: booted by KVM if that works, else by emulation, and what that proved is written down.
 *
 * Its disk lies in /run, made for one attempt and removed after it; one that a killed run left there is removed by the
 * next run, and the guest itself by libvirt when the session ends. */
#include <sys/random.h>
#include <time.h>

#include "base/shell.h"
#include "means/canary.h"
#include "means/canary_boot.h"
#include "means/canary_guest.h"
#include "means/libvirt_parts.h"
#include "means/script.h"

#define DIRECTORY   CANARY_NOTES
#define PROOF       DIRECTORY "/proof"
#define VERSION_ONE "1"
#define HARDWARE    "hardware"
#define CLEANUP_S   10 /* what taking away may take when the step's own time is over */

/* canary_image.S */
extern const char canary_image[];
extern const unsigned canary_image_length;

static const char *const accelerator_words[] = {[CANARY_KVM] = "kvm", [CANARY_TCG] = "tcg"};

/* ---- the proof ---- */

static void add_fingerprint(struct text *script)
{
        text_add(script,
                "read -r boot </proc/sys/kernel/random/boot_id || :\n"
                "kvm=no-kvm; [ ! -e /dev/kvm ] || kvm=kvm\n"
                "set --; for f in /usr/bin/qemu-system-x86_64 /usr/libexec/qemu-kvm /usr/bin/qemu-kvm "
                "/usr/sbin/libvirtd /usr/sbin/virtqemud; do [ ! -e \"$f\" ] || set -- \"$@\" \"$f\"; done\n"
                "now=; [ $# = 0 ] || now=$(stat -L -c %n:%s:%Y \"$@\")\n"
                "set -- $now; IFS=,; now=\"$boot $kvm,$*\"; unset IFS\n");
}

void canary_add_probe(struct text *script)
{
        add_fingerprint(script);
        text_add(script, "proof=; [ ! -r " PROOF " ] || read -r proof <" PROOF " || :\n"
                         "printf 'canary.proof %s\\ncanary.now %s\\n' \"$proof\" \"$now\"\n");
}

/* Cuts the next word off; "" when there is none. */
static char *take_word(const char **text)
{
        size_t length = strcspn(*text, " ");
        char *word = string_copy_n(*text, length);

        *text += length;
        *text += strspn(*text, " ");
        return word;
}

/* What stands behind the line's first word, owned by the caller; "" when there is no such line. */
static char *take_line(const char *printed, const char *word)
{
        const char *line = strstr(printed, word);

        if (!line || (line > printed && line[-1] != '\n'))
                return string_copy("");
        line += strlen(word);
        return string_copy_n(line, strcspn(line, "\n"));
}

void canary_read(const char *printed, struct canary_state *ret_state)
{
        CLEANUP(string_free)
        char *proof = take_line(printed, "canary.proof "), *now = take_line(printed, "canary.now ");
        const char *rest = proof, *now_rest = now;
        CLEANUP(string_free) char *version = take_word(&rest), *accelerator = take_word(&rest);
        CLEANUP(string_free) char *boot = take_word(&rest), *fingerprint = take_word(&rest);
        CLEANUP(string_free) char *boot_now = take_word(&now_rest), *fingerprint_now = take_word(&now_rest);

        *ret_state = (struct canary_state) {0};
        if (!string_equal(version, VERSION_ONE) || !*fingerprint)
                return;
        if (!string_equal(boot, boot_now)) {
                ret_state->why = string_copy("the machine was booted since the last one");
                return;
        }
        if (!string_equal(fingerprint, fingerprint_now)) {
                ret_state->why = string_copy("QEMU, libvirt or /dev/kvm has changed since the last one");
                return;
        }
        for (enum canary_accelerator i = CANARY_KVM; i <= CANARY_TCG; i++)
                if (string_equal(accelerator, accelerator_words[i]))
                        ret_state->accelerator = i;
        ret_state->proven = ret_state->accelerator != CANARY_NONE;
        if (ret_state->proven && *rest)
                ret_state->why = string_copy(rest);
}

/* ---- the attempt ---- */

struct attempt {
        char *name, *image;
        bool has_hardware; /* for KVM, as the processor says */
        char *now;         /* boot and fingerprint, as they were before */
        enum canary_accelerator accelerator;
        char *no_kvm; /* why it wasn't KVM; NULL: it was */
};

static void attempt_done(struct attempt *attempt)
{
        free(attempt->name);
        free(attempt->image);
        free(attempt->now);
        free(attempt->no_kvm);
}

static void name_attempt(struct deadline deadline, struct attempt *attempt)
{
        int left_ms = deadline_left_ms(deadline);
        long long until = (long long)time(NULL) + (left_ms < 0 ? 3600 : left_ms / 1000);
        unsigned random = 0;

        if (getrandom(&random, sizeof(random), 0) < 0)
                random = (unsigned)clock_now_ns();
        attempt->name = string_format(CANARY_NAME "%lld-%08x", until, random);
        attempt->image = string_format(DIRECTORY "/%s.img", attempt->name);
}

/* Puts the image there, of a size that a BIOS takes for a disk's, and learns the fingerprint, and whether the processor has
 * what KVM needs. */
static int put_image(
        struct link *link, struct deadline deadline, struct attempt *attempt, struct error *error)
{
        CLEANUP(text_done) struct text script = {0};
        CLEANUP(output_done) struct output output = {0};
        CLEANUP(string_free) char *said = NULL;
        struct command command = {.input = canary_image, .input_length = canary_image_length};

        script_begin(&script);
        text_add(&script,
                "[ \"$(uname -m)\" = x86_64 ] || {\n"
                "echo \"there is no guest to try for processors of type $(uname -m)\" >&2; exit 1; }\n"
                "umask 022; mkdir -p " DIRECTORY " || exit 1\n"
                "find " DIRECTORY " -name '" CANARY_NAME "*' -mmin +10 -exec rm -f {} +\n"
                "image=");
        shell_add_word(&script, attempt->image);
        text_add(&script,
                "; cat >\"$image\" && dd of=\"$image\" bs=1024 seek=1024 count=0 2>/dev/null || exit 1\n");
        add_fingerprint(&script);
        text_add(&script, "grep -qwE 'vmx|svm' /proc/cpuinfo && echo " HARDWARE "\necho \"$now\"\n");
        command.script = text_string(&script);
        if (link_run(link, &command, deadline, &output, error) < 0)
                return -1;
        if (output.status != 0) {
                said = script_last_line(&output.err);
                return error_set(error, ERROR_FAILED, "%s",
                        said ? said : "the guest's disk can't be written to " DIRECTORY);
        }
        attempt->has_hardware = strstr(text_string(&output.out), HARDWARE "\n") != NULL;
        attempt->now = script_last_line(&output.out);
        return 0;
}

/* Takes the image away and, when the guest was well, leaves the proof. */
static int put_proof(struct link *link, const struct attempt *attempt, bool is_well, struct deadline deadline,
        struct error *error)
{
        CLEANUP(text_done) struct text script = {0};
        CLEANUP(string_free) char *proof = NULL;
        struct work work = {.link = link, .deadline = deadline};

        script_begin(&script);
        text_add(&script, "rm -f ");
        shell_add_word(&script, attempt->image);
        text_add(&script, "\n");
        if (is_well) {
                proof = string_format(VERSION_ONE " %s %s %s", accelerator_words[attempt->accelerator],
                        attempt->now ? attempt->now : "", attempt->no_kvm ? attempt->no_kvm : "");
                text_add(&script, "umask 022; printf '%s\\n' ");
                shell_add_word(&script, proof);
                text_add(&script, " >" PROOF ".new && mv -f " PROOF ".new " PROOF "\n");
        }
        return script_run(&work, text_string(&script), NULL, 0, error);
}

int canary_carry_out(struct libvirt *libvirt, struct link *link, const struct step *step,
        struct deadline deadline, struct error *error)
{
        CLEANUP(attempt_done) struct attempt attempt = {0};
        struct canary_trial trial = {.has_kvm_device = step->canary.has_kvm_device};
        CLEANUP(error_done) struct error left = {0}; /* the attempt's own error tells more */

        if (canary_image_length == 0)
                return error_set(
                        error, ERROR_FAILED, "this build has no guest to try: use one made on x86_64");
        name_attempt(deadline, &attempt);
        if (put_image(link, deadline, &attempt, error) < 0)
                return -1;
        trial.name = attempt.name;
        trial.image = attempt.image;
        trial.has_hardware = attempt.has_hardware;
        if (canary_boot(libvirt, link, &trial, deadline, &attempt.accelerator, &attempt.no_kvm, error) < 0) {
                put_proof(link, &attempt, false, deadline_in_s(CLEANUP_S), &left);
                return -1;
        }
        return put_proof(link, &attempt, true, deadline_in_s(CLEANUP_S), error);
}
