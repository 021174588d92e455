/* KVM_HOST("root@hypervisor1"): a struct kvm_host_uri from a literal that the compiler has read.
 *
 *      const struct kvm_host_uri uri = KVM_HOST("ssh://root@hypervisor1:2222");
 *
 * A literal with a flaw doesn't compile, and the error says which flaw. Whatever is accepted here is accepted by
 * kvm_host_uri_parse (a test feeds both the same table); that accepts a little more: IPv6 literals, and more than
 * KVM_HOST_LONGEST characters. For use inside functions.
 *
 * How it works. C17 can't run a function when compiling, but an enumerator may be computed from enumerators that
 * stand before it. So the literal is scanned by a chain of them, one link a character. Each link holds what a loop
 * would hold in variables:
 *
 *      where    in the literal we are: in the user, the host or the port
 *      run      how many characters stand between the last separator and here
 *      number   what the digits before here spell
 *      kind     what the host's last label looks like so far
 *      dots     how many the host has had
 *      is_v4    the host has been four numbers or the beginning of them
 *      is_dash  the last character was a '-'
 *      flaws    what was wrong so far
 *
 * gcc and clang differ in one point only: how a character of a literal becomes a number. */
#pragma once

#include "topology/kvm_host_uri.h"

#define KVM_HOST_LONGEST 95 /* as many links as KVM_HOST_CHAIN has */

/* clang-format off */

/*           flaw          what stands in the compiler's error (gcc shows ' as \') */
#define KVM_HOST_FLAWS(FLAW) \
        FLAW(TOO_LONG,     "the literal is too long to be checked when compiling: use kvm_host_uri_parse") \
        FLAW(NUL,          "there is a NUL in the literal") \
        FLAW(SUFFIX,       "qemu+ssh:// must end in /system") \
        FLAW(PASSWORD,     "a colon stands before the @: a password has no place here") \
        FLAW(AT_TWICE,     "there is more than one @") \
        FLAW(CHARACTER,    "there is a character that neither a user nor a host name can have") \
        FLAW(NO_USER,      "nothing stands before the @") \
        FLAW(USER_START,   "the user starts with other than a letter, a digit or an underscore") \
        FLAW(USER_LENGTH,  "the user has too many letters") \
        FLAW(NO_HOST,      "there is no host") \
        FLAW(LABEL,        "a label of the host is empty, too long, or has a dash at an end") \
        FLAW(NUMBER,       "the host is a number but no IPv4 address") \
        FLAW(PORT_FORM,    "a port needs the form ssh://USER@HOST:PORT") \
        FLAW(PORT,         "the port is not a number from 1 to 65535")

enum kvm_host_flaw_index {
#define KVM_HOST_INDEX(flaw, words) KVM_HOST_##flaw##_INDEX,
        KVM_HOST_FLAWS(KVM_HOST_INDEX)
};

enum kvm_host_flaw {
#define KVM_HOST_BIT(flaw, words) KVM_HOST_##flaw = 1 << KVM_HOST_##flaw##_INDEX,
        KVM_HOST_FLAWS(KVM_HOST_BIT)
};

/* Values of where and of kind; not enumerators, because compilers suspect a mix of those from two enumerations. */
#define KVM_HOST_IN_USER 'u'
#define KVM_HOST_IN_HOST 'h'
#define KVM_HOST_IN_PORT 'p'
#define KVM_HOST_EMPTY   'e'
#define KVM_HOST_DECIMAL 'd'
#define KVM_HOST_HEX     'x'
#define KVM_HOST_WORD    'w'

/* ---- characters ---- */

/* The character at a constant index, 0 behind the end; anything may come for one that no literal may have. */
#ifdef __clang__
/* clang folds an index into a literal. */
#define KVM_HOST_AT(literal, at) ((at) < __builtin_strlen(literal) ? (literal)[at] : 0)
#else
/* gcc folds strspn: the seven bits of the character, each by the set of characters that have it. */
#define KVM_HOST_IS_IN(literal, at, set) \
        (__builtin_strspn(&(literal)[(at) < __builtin_strlen(literal) ? (at) : __builtin_strlen(literal)], set) > 0)
#define KVM_HOST_AT(literal, at) \
        (KVM_HOST_IS_IN(literal, at, "ACEGIKMOQSUWYacegikmoqsuwy13579_-+/") << 0 | \
         KVM_HOST_IS_IN(literal, at, "BCFGJKNORSVWZbcfgjknorsvwz2367_.+:/") << 1 | \
         KVM_HOST_IS_IN(literal, at, "DEFGLMNOTUVWdefglmnotuvw4567_.-/") << 2 | \
         KVM_HOST_IS_IN(literal, at, "HIJKLMNOXYZhijklmnoxyz89_.-+:/") << 3 | \
         KVM_HOST_IS_IN(literal, at, "PQRSTUVWXYZpqrstuvwxyz0123456789_:") << 4 | \
         KVM_HOST_IS_IN(literal, at, "abcdefghijklmnopqrstuvwxyz0123456789.-+:/") << 5 | \
         KVM_HOST_IS_IN(literal, at, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_@") << 6)
#endif

#define KVM_HOST_IS_DIGIT(c) ((c) >= '0' && (c) <= '9')
#define KVM_HOST_IS_HEX(c)   (KVM_HOST_IS_DIGIT(c) || ((c) >= 'a' && (c) <= 'f') || ((c) >= 'A' && (c) <= 'F'))
#define KVM_HOST_IS_WORD(c) \
        (KVM_HOST_IS_DIGIT(c) || ((c) >= 'a' && (c) <= 'z') || ((c) >= 'A' && (c) <= 'Z') || (c) == '_')

/* ---- what frames user, host and port ---- */

#define KVM_HOST_HAS_SCHEME_SSH(s) \
        (KVM_HOST_AT(s, 0) == 's' && KVM_HOST_AT(s, 1) == 's' && KVM_HOST_AT(s, 2) == 'h' && \
         KVM_HOST_AT(s, 3) == ':' && KVM_HOST_AT(s, 4) == '/' && KVM_HOST_AT(s, 5) == '/')
#define KVM_HOST_HAS_SCHEME_QEMU(s) \
        (KVM_HOST_AT(s, 0) == 'q' && KVM_HOST_AT(s, 1) == 'e' && KVM_HOST_AT(s, 2) == 'm' && \
         KVM_HOST_AT(s, 3) == 'u' && KVM_HOST_AT(s, 4) == '+' && KVM_HOST_AT(s, 5) == 's' && \
         KVM_HOST_AT(s, 6) == 's' && KVM_HOST_AT(s, 7) == 'h' && KVM_HOST_AT(s, 8) == ':' && \
         KVM_HOST_AT(s, 9) == '/' && KVM_HOST_AT(s, 10) == '/')
#define KVM_HOST_HAS_SUFFIX_SYSTEM(s, at) \
        (KVM_HOST_AT(s, at) == '/' && KVM_HOST_AT(s, (at) + 1) == 's' && KVM_HOST_AT(s, (at) + 2) == 'y' && \
         KVM_HOST_AT(s, (at) + 3) == 's' && KVM_HOST_AT(s, (at) + 4) == 't' && KVM_HOST_AT(s, (at) + 5) == 'e' && \
         KVM_HOST_AT(s, (at) + 6) == 'm')

#define KVM_HOST_FRAME(s) \
        enum { \
                kvm_length = __builtin_strlen(s), \
                kvm_is_qemu = KVM_HOST_HAS_SCHEME_QEMU(s), \
                kvm_is_uri = kvm_is_qemu || KVM_HOST_HAS_SCHEME_SSH(s), \
                kvm_start = kvm_is_qemu ? 11 : kvm_is_uri ? 6 : 0, \
                kvm_has_suffix = kvm_is_qemu && kvm_length >= 18 && KVM_HOST_HAS_SUFFIX_SYSTEM(s, kvm_length - 7), \
                kvm_end = kvm_has_suffix ? kvm_length - 7 : kvm_length, \
        };

/* ---- the chain: LINK(literal, this character, the next one) ---- */

#define KVM_HOST_CHAIN(LINK, s) \
        LINK(s, 0, 1) LINK(s, 1, 2) LINK(s, 2, 3) LINK(s, 3, 4) LINK(s, 4, 5) \
        LINK(s, 5, 6) LINK(s, 6, 7) LINK(s, 7, 8) LINK(s, 8, 9) LINK(s, 9, 10) \
        LINK(s, 10, 11) LINK(s, 11, 12) LINK(s, 12, 13) LINK(s, 13, 14) LINK(s, 14, 15) \
        LINK(s, 15, 16) LINK(s, 16, 17) LINK(s, 17, 18) LINK(s, 18, 19) LINK(s, 19, 20) \
        LINK(s, 20, 21) LINK(s, 21, 22) LINK(s, 22, 23) LINK(s, 23, 24) LINK(s, 24, 25) \
        LINK(s, 25, 26) LINK(s, 26, 27) LINK(s, 27, 28) LINK(s, 28, 29) LINK(s, 29, 30) \
        LINK(s, 30, 31) LINK(s, 31, 32) LINK(s, 32, 33) LINK(s, 33, 34) LINK(s, 34, 35) \
        LINK(s, 35, 36) LINK(s, 36, 37) LINK(s, 37, 38) LINK(s, 38, 39) LINK(s, 39, 40) \
        LINK(s, 40, 41) LINK(s, 41, 42) LINK(s, 42, 43) LINK(s, 43, 44) LINK(s, 44, 45) \
        LINK(s, 45, 46) LINK(s, 46, 47) LINK(s, 47, 48) LINK(s, 48, 49) LINK(s, 49, 50) \
        LINK(s, 50, 51) LINK(s, 51, 52) LINK(s, 52, 53) LINK(s, 53, 54) LINK(s, 54, 55) \
        LINK(s, 55, 56) LINK(s, 56, 57) LINK(s, 57, 58) LINK(s, 58, 59) LINK(s, 59, 60) \
        LINK(s, 60, 61) LINK(s, 61, 62) LINK(s, 62, 63) LINK(s, 63, 64) LINK(s, 64, 65) \
        LINK(s, 65, 66) LINK(s, 66, 67) LINK(s, 67, 68) LINK(s, 68, 69) LINK(s, 69, 70) \
        LINK(s, 70, 71) LINK(s, 71, 72) LINK(s, 72, 73) LINK(s, 73, 74) LINK(s, 74, 75) \
        LINK(s, 75, 76) LINK(s, 76, 77) LINK(s, 77, 78) LINK(s, 78, 79) LINK(s, 79, 80) \
        LINK(s, 80, 81) LINK(s, 81, 82) LINK(s, 82, 83) LINK(s, 83, 84) LINK(s, 84, 85) \
        LINK(s, 85, 86) LINK(s, 86, 87) LINK(s, 87, 88) LINK(s, 88, 89) LINK(s, 89, 90) \
        LINK(s, 90, 91) LINK(s, 91, 92) LINK(s, 92, 93) LINK(s, 93, 94) LINK(s, 94, 95)
#define KVM_HOST_LAST(name) name##95

/* The characters: 0 outside of user, host and port, '?' for one that none of them may have. */
#define KVM_HOST_READ(s, i, next) \
        enum { kvm_raw##i = KVM_HOST_AT(s, i) }; \
        enum { kvm_c##i = (i) < kvm_start || (i) >= kvm_end ? 0 : KVM_HOST_IS_KNOWN(kvm_raw##i) ? kvm_raw##i : '?' };

#define KVM_HOST_IS_KNOWN(c) (KVM_HOST_IS_WORD(c) || (c) == '.' || (c) == '-' || (c) == '+' || (c) == '@' || (c) == ':')

#define KVM_HOST_OR_IS_AT(s, i, next) || kvm_c##i == '@'

/* Before the first link. */
#define KVM_HOST_BEGIN(s) \
        enum { \
                kvm_where0 = 0 KVM_HOST_CHAIN(KVM_HOST_OR_IS_AT, s) ? KVM_HOST_IN_USER : KVM_HOST_IN_HOST, \
                kvm_run0 = 0, kvm_number0 = 0, kvm_kind0 = KVM_HOST_EMPTY, kvm_dots0 = 0, kvm_is_v4_0 = 1, \
                kvm_is_dash0 = 0, kvm_flaws0 = 0, \
        };

/* From what is so before a character, and the character, to what is so behind it. */
#define KVM_HOST_SCAN(s, i, next) \
        enum { \
                kvm_is_end##i = kvm_c##i == '@' || (kvm_where##i == KVM_HOST_IN_HOST && (kvm_c##i == '.' || kvm_c##i == ':')), \
                kvm_where##next = KVM_HOST_NEXT_WHERE(kvm_where##i, kvm_c##i), \
                kvm_run##next = kvm_is_end##i ? 0 : kvm_run##i + (kvm_c##i != 0), \
                kvm_number##next = KVM_HOST_NEXT_NUMBER(kvm_number##i, kvm_c##i), \
                kvm_kind##next = kvm_where##i == KVM_HOST_IN_HOST ? \
                        KVM_HOST_NEXT_KIND(kvm_kind##i, kvm_run##i, kvm_number##i, kvm_c##i) : kvm_kind##i, \
                kvm_dots##next = kvm_dots##i + (kvm_where##i == KVM_HOST_IN_HOST && kvm_c##i == '.'), \
                kvm_is_v4_##next = kvm_is_v4_##i && (kvm_where##i != KVM_HOST_IN_HOST || kvm_is_end##i || kvm_c##i == 0 || \
                        (KVM_HOST_IS_DIGIT(kvm_c##i) && kvm_number##next <= 255 && !(kvm_run##i > 0 && kvm_number##i == 0))), \
                kvm_is_dash##next = kvm_c##i == 0 ? kvm_is_dash##i : kvm_c##i == '-', \
                kvm_flaws##next = kvm_flaws##i | \
                        (kvm_c##i == 0 ? 0 : \
                         kvm_where##i == KVM_HOST_IN_USER ? KVM_HOST_USER_FLAWS(kvm_run##i, kvm_c##i) : \
                         kvm_where##i == KVM_HOST_IN_HOST ? KVM_HOST_HOST_FLAWS(kvm_run##i, kvm_is_dash##i, kvm_c##i) : \
                         KVM_HOST_PORT_FLAWS(kvm_run##i, kvm_number##next, kvm_c##i)), \
        };

#define KVM_HOST_NEXT_WHERE(where, c) \
        ((c) == '@' ? KVM_HOST_IN_HOST : (c) == ':' && (where) == KVM_HOST_IN_HOST ? KVM_HOST_IN_PORT : (where))

#define KVM_HOST_NEXT_NUMBER(number, c) \
        ((c) == 0 ? (number) : !KVM_HOST_IS_DIGIT(c) ? 0 : (number) > 9999 ? 99999 : 10 * (number) + (c) - '0')

#define KVM_HOST_NEXT_KIND(kind, run, number, c) \
        ((c) == 0 || (c) == ':' ? (kind) : \
         (c) == '.' || (c) == '@' ? KVM_HOST_EMPTY : \
         KVM_HOST_IS_DIGIT(c) && ((kind) == KVM_HOST_EMPTY || (kind) == KVM_HOST_DECIMAL) ? KVM_HOST_DECIMAL : \
         KVM_HOST_IS_HEX(c) && (kind) == KVM_HOST_HEX ? KVM_HOST_HEX : \
         ((c) == 'x' || (c) == 'X') && (kind) == KVM_HOST_DECIMAL && (run) == 1 && (number) == 0 ? KVM_HOST_HEX : \
         KVM_HOST_WORD)

#define KVM_HOST_USER_FLAWS(run, c) \
        ((c) == ':' ? KVM_HOST_PASSWORD : \
         (c) == '@' ? ((run) == 0 ? KVM_HOST_NO_USER : (run) >= KVM_HOST_URI_USER ? KVM_HOST_USER_LENGTH : 0) : \
         (c) == '?' ? KVM_HOST_CHARACTER : \
         (run) == 0 && !KVM_HOST_IS_WORD(c) ? KVM_HOST_USER_START : 0)

#define KVM_HOST_HOST_FLAWS(run, is_dash, c) \
        ((c) == '@' ? KVM_HOST_AT_TWICE : \
         (c) == ':' && !kvm_is_uri ? KVM_HOST_PORT_FORM : \
         (c) == '.' || (c) == ':' ? KVM_HOST_LABEL_FLAWS(run, is_dash) : \
         (c) == '-' ? ((run) == 0 ? KVM_HOST_LABEL : 0) : \
         !KVM_HOST_IS_WORD(c) ? KVM_HOST_CHARACTER : 0)

#define KVM_HOST_LABEL_FLAWS(run, is_dash) ((run) == 0 || (run) > 63 || (is_dash) ? KVM_HOST_LABEL : 0)

#define KVM_HOST_PORT_FLAWS(run, number, c) \
        (!KVM_HOST_IS_DIGIT(c) || ((run) == 0 && (c) == '0') || (number) > 65535 ? KVM_HOST_PORT : 0)

/* Behind the last link: what shows only when all is read. */
#define KVM_HOST_END(s) \
        enum { \
                kvm_flaws = KVM_HOST_LAST(kvm_flaws) | \
                        (kvm_length > KVM_HOST_LONGEST ? KVM_HOST_TOO_LONG : 0) | \
                        (sizeof(s) != kvm_length + 1 ? KVM_HOST_NUL : 0) | \
                        (kvm_is_qemu && !kvm_has_suffix ? KVM_HOST_SUFFIX : 0) | \
                        (KVM_HOST_LAST(kvm_where) != KVM_HOST_IN_HOST || KVM_HOST_LAST(kvm_run) != 0 ? 0 : \
                         KVM_HOST_LAST(kvm_dots) != 0 ? KVM_HOST_LABEL : KVM_HOST_NO_HOST) | \
                        (KVM_HOST_LAST(kvm_where) == KVM_HOST_IN_HOST && KVM_HOST_LAST(kvm_run) != 0 ? \
                         KVM_HOST_LABEL_FLAWS(KVM_HOST_LAST(kvm_run), KVM_HOST_LAST(kvm_is_dash)) : 0) | \
                        (KVM_HOST_LAST(kvm_where) == KVM_HOST_IN_PORT && KVM_HOST_LAST(kvm_run) == 0 ? KVM_HOST_PORT : 0) | \
                        ((KVM_HOST_LAST(kvm_kind) == KVM_HOST_DECIMAL || KVM_HOST_LAST(kvm_kind) == KVM_HOST_HEX) && \
                         !(KVM_HOST_LAST(kvm_is_v4_) && KVM_HOST_LAST(kvm_dots) == 3) ? KVM_HOST_NUMBER : 0), \
        };

#define KVM_HOST_ASSERT(flaw, words) _Static_assert((kvm_flaws & KVM_HOST_##flaw) == 0, "KVM_HOST: " words);

#define KVM_HOST(literal) \
        ({ \
                KVM_HOST_FRAME("" literal) \
                KVM_HOST_CHAIN(KVM_HOST_READ, "" literal) \
                KVM_HOST_BEGIN("" literal) \
                KVM_HOST_CHAIN(KVM_HOST_SCAN, "" literal) \
                KVM_HOST_END("" literal) \
                KVM_HOST_FLAWS(KVM_HOST_ASSERT) \
                kvm_host_uri_of_literal("" literal); \
        })

/* clang-format on */

/* What KVM_HOST makes of a literal without flaws. One that kvm_host_uri_parse refuses all the same ends the program:
 * the two grammars would have come apart. */
struct kvm_host_uri kvm_host_uri_of_literal(const char *literal);
