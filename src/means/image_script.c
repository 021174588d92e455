/* What a machine does to get an image, as scripts for its shell; the header has the theory. */
#include "means/image_script.h"

#include "base/memory.h"
#include "base/shell.h"
#include "config/storage.h"
#include "means/script.h"

static const char functions[] =
        "fail() { printf '%s\\n' \"$1\" >&2; exit 1; }\n"
        "size_of() { stat -c %s -- \"$1\" 2>/dev/null || echo 0; }\n"
        "free_bytes() { set -- $(stat -f -c '%a %S' -- \"$directory\"); echo $(($1 * $2)); }\n"
        "sum_of() { sum=$(sha256sum <\"$1\") || fail \"$part can't be read to its end\"; printf '%s' "
        "\"${sum%% *}\"; }\n"
        "label() { ! command -v restorecon >/dev/null || restorecon -- \"$1\"; }\n"
        "[ ! -f \"$final\" ] || exit 0\n" /* by a run that was cut off before libvirt was told */
        "[ -d \"$directory\" ] || fail \"the pool's directory $directory isn't there\"\n";

/* QEMU's own mark: a qcow2 that is taken for raw, or the other way round, gives guests that don't boot. What its header
 * leads to, QEMU opens as root: an image that names a file of the machine would hand that to a guest. "Incompatible
 * features" are what a reader must know to read it; the five that QEMU has are: dirty, corrupt, external data file,
 * another compression, extended L2 entries (docs/interop/qcow2.txt of QEMU). */
static const char finishing[] =
        "field() { od -An -v -tx1 -j $1 -N $2 -- \"$part\" | tr -d ' \\n'; }\n"
        "refuse() { rm -f -- \"$part\"; fail \"what $origin holds $1\"; }\n"
        "anew='with qemu-img convert, and correct its sha256'\n"
        "check_qcow2() {\n"
        "[ \"$(size_of \"$part\")\" -ge 104 ] || refuse 'ends within the header of a qcow2: correct the "
        "file, and its sha256'\n"
        "case $(field 4 4) in\n"
        "00000002) features=0000000000000000 ;;\n"
        "00000003) features=$(field 72 8) ;;\n"
        "*) refuse \"is of a version of qcow2 that nobody knows: make it anew, $anew\" ;;\n"
        "esac\n"
        "[ \"$(field 8 8)\" = 0000000000000000 ] || refuse \"is itself based on another file: make it one "
        "file, "
        "$anew\"\n"
        "[ \"$(field 32 4)\" = 00000000 ] || refuse \"is encrypted, and guests have no key: decrypt it, "
        "$anew\"\n"
        "low=$((0x${features#????????}))\n"
        "[ $((low & 4)) = 0 ] || refuse \"keeps its data in another file: make it one file, $anew\"\n"
        "[ $((low & 2)) = 0 ] || refuse 'is marked as corrupt: mend it, with qemu-img check, and correct its "
        "sha256'\n"
        "[ \"${features%????????}$((low & ~31))\" = 000000000 ] || "
        "refuse \"has a feature of qcow2 that nobody knows: make it anew without, $anew\"\n"
        "}\n"
        "finish() {\n"
        "[ \"$(head -c 3 -- \"$part\")\" = QFI ] && is=qcow2 || is=raw\n"
        "[ $is = $format ] || refuse \"is $is, and the image's format is $format: set format = $is\"\n"
        "[ $is = raw ] || check_qcow2\n"
        "sync \"$part\" || fail \"$part can't be written to its disk\"\n"
        "chmod 0644 -- \"$part\" && mv -fT -- \"$part\" \"$final\" && sync \"$directory\" || "
        "fail \"$part can't be renamed to $final\"\n"
        "label \"$final\"\n"
        "}\n";

static const char finish_sent[] = "echo 'verifying the checksum'\n"
                                  "is=$(sum_of \"$part\") || exit\n"
                                  "[ \"$is\" = \"$sha256\" ] || { rm -f -- \"$part\"; fail \"the checksum of "
                                  "$origin is $is, not $sha256 as "
                                  "wanted: correct sha256, or the file; what had arrived was removed\"; }\n"
                                  "finish\n";

/* ---- fetching ---- */

static const char locking[] =
        "waited=0 last=\n"
        "while :; do\n"
        "exec 9>>\"$part\"\n"
        "until flock -n 9; do\n"
        "[ $waited -lt $patience ] || fail \"another transfer of it is under way and was waited for: "
        "$(size_of "
        "\"$part\") bytes have arrived\"\n"
        "[ $waited -gt 0 ] || echo 'another transfer of it is under way: waiting for that'\n"
        "waited=$((waited + 1)) here=$(size_of \"$part\")\n"
        "[ \"$here\" = \"$last\" ] || echo \"$here bytes\"\n"
        "last=$here; sleep 1\n"
        "done\n"
        "[ ! -f \"$final\" ] || { [ -s \"$part\" ] || rm -f -- \"$part\"; exit 0; }\n"
        "[ \"$part\" -ef /proc/self/fd/9 ] && break\nsleep 1\n" /* else that one has renamed it meanwhile, or removed it */
        "done\n";

/* The headers of every answer on the way are in the file, the last one's behind the others'. */
static const char following[] =
        "total_bytes() {\n"
        "cr=$(printf '\\r') length='' range=''\n"
        "while read -r name value rest; do\n"
        "case $name in\n"
        "HTTP/*) length='' range='' ;;\n"
        "[Cc]ontent-[Ll]ength:) length=${value%\"$cr\"} ;;\n"
        "[Cc]ontent-[Rr]ange:) range=${rest##*/}; range=${range%\"$cr\"} ;;\n"
        "esac\n"
        "done <\"$temporary/headers\"\n"
        "case ${range:-$length} in '' | *[!0-9]*) echo 0 ;; *) echo \"${range:-$length}\" ;; esac\n"
        "}\n"
        "follow() {\n" /* PID. Who has nothing new to say is silent: by that slow is told from stuck. */
        "last=\n"
        "while kill -0 $1 2>/dev/null && kill -0 $$ 2>/dev/null; do\n"
        "here=$(size_of \"$part\") total=$(total_bytes)\n"
        "if [ \"$here $total\" = \"$last\" ]; then :\n"
        "elif [ $total = 0 ]; then echo \"$here bytes\"; else echo \"$here of $total bytes\"; fi\n"
        "last=\"$here $total\"\n"
        "left=$((total - here)) free=$(free_bytes)\n"
        "if [ $left -gt $free ]; then echo \"$left $free\" >\"$temporary/full\"; kill $1; fi\n"
        "sleep 1\n"
        "done 2>/dev/null\n"
        "}\n";

/* -q: root's own .curlrc stays out of this. A transfer that stands still for a minute is tried again. */
static const char getting[] =
        "get() {\n"
        ": >\"$temporary/headers\"\n"
        "curl -q --fail --location --max-redirs 10 --proto =http,https --proto-redir =http,https "
        "--netrc-optional --silent --show-error --connect-timeout 30 --speed-limit 1 --speed-time 60 "
        "--dump-header \"$temporary/headers\" --write-out '%{http_code}' --continue-at - --output \"$part\" "
        "--globoff --url \"$url\" >\"$temporary/code\" 2>\"$temporary/said\" &\n"
        "curl=$!\n"
        "follow $curl 9>&- & follower=$!\n"
        "wait $curl; status=$?\n"
        "kill $follower 2>/dev/null; wait $follower 2>/dev/null\n"
        "[ ! -s \"$temporary/full\" ] || status=full\n"
        "code=$(cat \"$temporary/code\") said=$(sed -n 's/^curl: ([0-9]*) //p' \"$temporary/said\" | head -n "
        "1)\n"
        "}\n";

/* What curl's exit status means: worth another try, or the end. EXIT CODES in curl(1). */
static const char judging[] =
        "full() {\n"
        "rm -f -- \"$part\"\n"
        "fail \"there is no room for $url in $directory: $1; what had arrived was removed, so that guests "
        "can write\"\n"
        "}\n"
        "judge() {\n"
        "case $status in\n"
        "full) read -r left free <\"$temporary/full\"; full \"$left more bytes are needed and $free are "
        "free\" ;;\n"
        "23) [ \"$(free_bytes)\" -gt 1048576 ] || full \"$(free_bytes) bytes are free\"\n"
        "fail \"$part can't be written: $said\" ;;\n"
        "22) case $code in\n"
        "408 | 429 | 5[0-9][0-9]) why=\"the server of $url answers $code\" ;;\n"
        "401 | 403 | 407) fail \"the server of $url answers $code: it doesn't let the machine have it\" ;;\n"
        "404 | 410) fail \"the server of $url answers $code: there is no such file; correct the url\" ;;\n"
        "*) fail \"the server of $url answers $code\" ;;\n"
        "esac ;;\n"
        "35 | 51 | 53 | 54 | 58 | 59 | 60 | 66 | 77 | 80 | 82 | 83 | 90 | 91)\n"
        "fail \"the server of $url can't be trusted: TLS says: $said\" ;;\n"
        "47) fail \"$url leads on and on: more than 10 redirections\" ;;\n"
        "127) fail \"the machine has no curl to fetch $url with\" ;;\n"
        "5 | 6 | 7 | 16 | 18 | 28 | 52 | 55 | 56 | 92 | 95 | 96) why=\"$url was not fetched: $said\" ;;\n"
        "*) fail \"$url can't be fetched: ${said:-curl ended with status $status}\" ;;\n"
        "esac\n"
        "}\n";

/* As long as something arrives it goes on; five times in a row without is the end. */
static const char fetching[] =
        "fetch() {\n"
        "attempt=1 pause=1\n"
        "while :; do\n"
        "before=$(size_of \"$part\")\n"
        "get\n"
        "[ \"$status\" != 0 ] || return 0\n"
        "[ \"$status$code\" != 22416 ] || return 0\n" /* nothing behind what is there: the checksum tells */
        "if [ \"$status\" = 33 ]; then\n"
        "echo 'the server can not go on where it was: from the beginning'; : >\"$part\"; continue\n"
        "fi\n"
        "judge\n"
        "[ \"$(size_of \"$part\")\" -le \"$before\" ] || { attempt=1 pause=1; }\n"
        "[ $attempt -lt 5 ] || fail \"$why; tried $attempt times\"\n"
        "echo \"$why; trying again in $pause s\"; sleep $pause\n"
        "attempt=$((attempt + 1)) pause=$((pause * 2))\n"
        "done\n"
        "}\n"
        "temporary=$(mktemp -d) || fail 'there is no room for temporary files'\n"
        "trap 'rm -rf -- \"$temporary\"; [ -s \"$part\" ] || rm -f -- \"$part\"' EXIT\n"
        "resumed=$(size_of \"$part\")\n"
        "[ \"$resumed\" = 0 ] || echo \"going on behind $resumed bytes that are there\"\n"
        "while :; do\n"
        "fetch\n"
        "echo \"$(size_of \"$part\") of $(size_of \"$part\") bytes\"\n"
        "echo 'verifying the checksum'\n"
        "is=$(sum_of \"$part\") || exit\n"
        "[ \"$is\" != \"$sha256\" ] || break\n"
        "if [ \"$resumed\" = 0 ]; then\n"
        "rm -f -- \"$part\"\n"
        "fail \"the checksum of $url is $is, not $sha256 as wanted: correct sha256, or the url; what had "
        "arrived was "
        "removed\"\n"
        "fi\n"
        "echo 'what was there before is no part of it: from the beginning'; : >\"$part\"; resumed=0\n"
        "done\n"
        "finish\n";

char *image_part_name(const char *volume)
{
        return volume_part_name(volume);
}

static void add_variable(struct text *script, const char *name, const char *value)
{
        text_format(script, "%s=", name);
        shell_add_word(script, value);
        text_add(script, "\n");
}

static void begin(struct text *script, const struct image_config *wanted, const struct image_place *place)
{
        CLEANUP(string_free) char *part_name = image_part_name(place->volume);
        CLEANUP(string_free) char *part = string_format("%s/%s", place->directory, part_name);
        CLEANUP(string_free) char *final = string_format("%s/%s", place->directory, place->volume);

        script_begin(script);
        text_add(script, "umask 077\n");
        add_variable(script, "directory", place->directory);
        add_variable(script, "part", part);
        add_variable(script, "final", final);
        add_variable(script, "sha256", wanted->sha256);
        add_variable(script, "format", wanted->is_raw ? "raw" : "qcow2");
        add_variable(script, "origin", wanted->url ? wanted->url : wanted->file);
        text_add(script, functions);
        text_add(script, finishing);
}

void image_add_fetch(struct text *script, const struct image_config *wanted, const struct image_place *place,
        int patience_s)
{
        begin(script, wanted, place);
        add_variable(script, "url", wanted->url);
        text_format(script, "patience=%d\n", patience_s);
        text_add(script, locking);
        text_add(script, following);
        text_add(script, getting);
        text_add(script, judging);
        text_add(script, fetching);
}

void image_add_finish(struct text *script, const struct image_config *wanted, const struct image_place *place)
{
        begin(script, wanted, place);
        text_add(script, finish_sent);
}
