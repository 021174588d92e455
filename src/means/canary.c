/* The throw-away guest: booted by KVM if that works, else by emulation, and what that proved is written down.
 *
 * Its disk lies in /run, made for one attempt and removed after it; one that a killed run left there is removed by the
 * next run, and the guest itself by libvirt when the session ends. */
#include <ctype.h>
#include <sys/random.h>
#include <time.h>

#include "base/shell.h"
#include "means/canary.h"
#include "means/canary_guest.h"
#include "means/libvirt_parts.h"
#include "means/script.h"

#define DIRECTORY   "/run/provision/canary"
#define PROOF       DIRECTORY "/proof"
#define VERSION_ONE "1"
#define CLEANUP_S   10 /* what taking away may take when the step's own time is over */
#define WHY_LONGEST 300

/* canary_image.S */
extern const char canary_image[];
extern const unsigned canary_image_length;

/* A guest under KVM is up within a second or two. A /dev/kvm that can't really do it may hang QEMU, and libvirt with it. */
#define KVM_S 40
/* Emulation has no bad hardware to find, but on a machine under heavy load it was seen to starve for 10 s. */
#define TCG_ATTEMPTS 3

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
        struct canary_guest guest;
        char *name, *image;
        char *now;    /* boot and fingerprint, as they were before */
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
        attempt->guest.name = attempt->name;
        attempt->guest.image = attempt->image;
}

/* Puts the image there, of a size that a BIOS takes for a disk's, and learns the fingerprint. */
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
        text_add(&script, "echo \"$now\"\n");
        command.script = text_string(&script);
        if (link_run(link, &command, deadline, &output, error) < 0)
                return -1;
        if (output.status != 0) {
                said = script_last_line(&output.err);
                return error_set(error, ERROR_FAILED, "%s",
                        said ? said : "the guest's disk can't be written to " DIRECTORY);
        }
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
                proof = string_format(VERSION_ONE " %s %s %s", accelerator_words[attempt->guest.accelerator],
                        attempt->now ? attempt->now : "", attempt->no_kvm ? attempt->no_kvm : "");
                text_add(&script, "umask 022; printf '%s\\n' ");
                shell_add_word(&script, proof);
                text_add(&script, " >" PROOF ".new && mv -f " PROOF ".new " PROOF "\n");
        }
        return script_run(&work, text_string(&script), NULL, 0, error);
}

static int boot(struct session *session, void *context, struct error *error)
{
        struct attempt *attempt = context;

        if (canary_guest_sweep(session, error) < 0)
                return -1;
        return canary_guest_boot(session, &attempt->guest, error);
}

/* One line of what can stand in the proof. */
static char *make_why(const char *text)
{
        char *why = string_format("with KVM %.*s", WHY_LONGEST, text);

        for (char *c = why; *c; c++)
                if (iscntrl((unsigned char)*c))
                        *c = ' ';
        return why;
}

/* Each under a name of its own: a guest that QEMU or the kernel doesn't let go of keeps its name. */
static int boot_as(struct libvirt *libvirt, enum canary_accelerator accelerator, struct deadline deadline,
        struct attempt *attempt, struct error *error)
{
        CLEANUP(string_free)
        char *name = string_format("%s-%s", attempt->name, accelerator_words[accelerator]);
        int result;

        attempt->guest.accelerator = accelerator;
        attempt->guest.name = name;
        result = libvirt_run(libvirt, boot, attempt, deadline, error);
        attempt->guest.name = attempt->name;
        return result;
}

static int boot_by_any(struct libvirt *libvirt, bool has_kvm_device, struct deadline deadline,
        struct attempt *attempt, struct error *error)
{
        CLEANUP(error_done) struct error failure = {0}; /* of KVM: the reason to try TCG */
        struct deadline kvm_by = deadline_min(deadline, deadline_in_s(KVM_S));

        if (has_kvm_device) {
                if (boot_as(libvirt, CANARY_KVM, kvm_by, attempt, &failure) == 0)
                        return 0;
                if (failure.kind != ERROR_FAILED &&
                        (failure.kind != ERROR_DEADLINE || deadline_passed(deadline)))
                        return error_move(error, &failure);
                attempt->no_kvm = make_why(error_text(&failure));
        } else {
                attempt->no_kvm = string_copy("there is no /dev/kvm");
        }
        for (int i = 1; boot_as(libvirt, CANARY_TCG, deadline, attempt, error) < 0; i++) {
                if (i == TCG_ATTEMPTS || error->kind != ERROR_FAILED || deadline_passed(deadline))
                        return error_prefix(error, "no guest boots: %s; by emulation", attempt->no_kvm);
                error_done(error);
        }
        return 0;
}

int canary_carry_out(struct libvirt *libvirt, struct link *link, const struct step *step,
        struct deadline deadline, struct error *error)
{
        CLEANUP(attempt_done) struct attempt attempt = {0};
        CLEANUP(error_done) struct error left = {0}; /* the attempt's own error tells more */

        if (canary_image_length == 0)
                return error_set(
                        error, ERROR_FAILED, "this build has no guest to try: use one made on x86_64");
        name_attempt(deadline, &attempt);
        if (put_image(link, deadline, &attempt, error) < 0)
                return -1;
        if (boot_by_any(libvirt, step->canary.has_kvm_device, deadline, &attempt, error) < 0) {
                put_proof(link, &attempt, false, deadline_in_s(CLEANUP_S), &left);
                return -1;
        }
        return put_proof(link, &attempt, true, deadline_in_s(CLEANUP_S), error);
}
