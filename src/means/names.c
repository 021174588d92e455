/* What networks tell about the names of clusters, asked at the machine. */
#include "means/names.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "base/memory.h"
#include "means/dns.h"

#define ANSWER_S 5 /* one that has to be fetched from elsewhere has its time */
#define AT_ONCE \
        50 /* questions by one connection: dnsmasq takes 100, and they must fit into a stream that nobody reads yet */
#define MOST_CLOSED 3 /* connections, until nothing more is asked */
#define PORT        53

/* One cluster's. The questions of a connection are sent with the first, and answered in their order. */
struct talk {
        int fd;          /* -1: not connected */
        size_t asked;    /* of the answers, those whose questions were sent */
        size_t answered; /* or given up */
        struct names_state state;
};

struct names_asking {
        struct link *link;
        ARRAY(struct talk) talks;
};

static const struct cluster_config *cluster_of(const struct talk *talk)
{
        return talk->state.cluster;
}

/* ---- asking ---- */

static int add_question(
        struct text *questions, const struct name_answer *question, size_t id, struct error *error)
{
        uint8_t message[DNS_QUESTION_SIZE];
        size_t length = dns_question_write(question, (unsigned)id, message);
        const char before[] = {(char)(length >> 8U), (char)length};

        if (length == 0)
                return error_set(error, ERROR_FAILED, "%s is too long to be asked for", question->asked);
        text_add_n(questions, before, sizeof(before));
        text_add_n(questions, (const char *)message, length);
        return 0;
}

static int send_questions(struct talk *talk, struct error *error)
{
        CLEANUP(text_done) struct text questions = {0};
        ssize_t sent;

        for (size_t end = talk->asked + AT_ONCE; talk->asked < end && talk->asked < talk->state.answers.count;
                talk->asked++)
                if (add_question(&questions, &talk->state.answers.items[talk->asked], talk->asked, error) < 0)
                        return -1;
        sent = send(talk->fd, questions.data, questions.length, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent == (ssize_t)questions.length || (sent < 0 && (errno == EPIPE || errno == ECONNRESET)))
                return 0; /* a closed one tells why to who reads */
        return error_set(error, ERROR_FAILED, "only %zd of %zu bytes of questions could be sent", sent,
                questions.length);
}

static int connect_and_ask(struct link *link, struct talk *talk, struct error *error)
{
        char address[IP_TEXT];

        fd_close(&talk->fd);
        ip_address_format(&cluster_of(talk)->dns_server, address);
        if (link_open_tcp(link, address, PORT, &talk->fd, error) < 0)
                return -1;
        return send_questions(talk, error);
}

static bool is_own(const struct answers *answers, const struct ip_address *address)
{
        for (array_each(const struct ip_address, own, &answers->own_addresses))
                if (ip_address_equal(own, address))
                        return true;
        return false;
}

/* Nobody has such a name by chance. */
static void make_label(char label[static 32])
{
        uint64_t random = 0;

        if (getrandom(&random, sizeof(random), 0) != sizeof(random))
                random = (uint64_t)clock_now_ns();
        snprintf(label, 32, "provision-%016llx", (unsigned long long)random);
}

static void begin(
        struct names_asking *asking, const struct cluster_config *cluster, const struct answers *answers)
{
        CLEANUP(error_done) struct error failure = {0};
        struct talk *talk = array_add(&asking->talks);
        char address[IP_TEXT], label[32];

        talk->fd = -1;
        make_label(label);
        names_state_fill(&talk->state, cluster, label);
        if (!is_own(answers, &cluster->dns_server))
                talk->state.why = string_format("the machine hasn't the address %s",
                        ip_address_format(&cluster->dns_server, address));
        else if (connect_and_ask(asking->link, talk, &failure) < 0)
                talk->state.why = STEAL(failure.text);
}

struct names_asking *names_ask(struct link *link, const struct survey *survey, const struct answers *answers)
{
        struct names_asking *asking;

        if (!survey_asks(survey, ASK_NAMES))
                return NULL;
        asking = memory_new(1, sizeof(*asking));
        asking->link = link;
        for (array_each(const struct question, question, &survey->questions))
                if (question->kind == ASK_NAMES)
                        begin(asking, question->cluster, answers);
        return asking;
}

/* ---- what comes back ---- */

enum came { CAME_ANSWER, CAME_END, CAME_NOTHING };

/* CAME_END: the connection was closed, and nobody knows why. CAME_NOTHING: talk->state.why says why. */
static enum came read_bytes(
        struct link *link, struct talk *talk, uint8_t *bytes, size_t count, struct deadline deadline)
{
        CLEANUP(string_free) char *at = NULL, *why = NULL;
        char address[IP_TEXT];

        at = string_format("%s:%u", ip_address_format(&cluster_of(talk)->dns_server, address), PORT);
        while (count) {
                struct pollfd readable = {.fd = talk->fd, .events = POLLIN};
                int ready = poll(&readable, 1, deadline_left_ms(deadline));
                ssize_t got;

                if (ready == 0) {
                        talk->state.why = string_format("no answer from %s port %u about %s within %d s",
                                address, PORT, talk->state.answers.items[talk->answered].asked, ANSWER_S);
                        return CAME_NOTHING;
                }
                got = recv(talk->fd, bytes, count, MSG_DONTWAIT);
                if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
                        if (!link_stream_error(link, at, &why))
                                return CAME_END;
                        talk->state.why =
                                string_format("nobody answers at %s port %u: %s", address, PORT, why);
                        return CAME_NOTHING;
                }
                if (got > 0) {
                        bytes += got;
                        count -= (size_t)got;
                }
        }
        return CAME_ANSWER;
}

static enum came read_answer(struct link *link, struct talk *talk, struct deadline deadline)
{
        CLEANUP(error_done) struct error error = {0};
        CLEANUP(string_free) char *message = NULL;
        uint8_t before[2];
        size_t length;
        enum came came = read_bytes(link, talk, before, sizeof(before), deadline);

        if (came != CAME_ANSWER)
                return came;
        length = (size_t)before[0] << 8U | before[1];
        message = memory_new(length + 1, 1);
        came = read_bytes(link, talk, (uint8_t *)message, length, deadline);
        if (came != CAME_ANSWER)
                return came;
        if (dns_answer_read((const uint8_t *)message, length, (unsigned)talk->answered,
                    &talk->state.answers.items[talk->answered], &error) == 0)
                return CAME_ANSWER;
        talk->state.why = STEAL(error.text);
        return CAME_NOTHING;
}

/* Where dnsmasq would have to ask elsewhere, and can't, it closes the connection: that question stays unanswered. */
static int read_answers(struct link *link, struct talk *talk, struct deadline deadline, struct error *error)
{
        int closed = 0;

        while (talk->answered < talk->state.answers.count) {
                enum came came;

                if (talk->answered == talk->asked && connect_and_ask(link, talk, error) < 0)
                        return -1;
                came = read_answer(link, talk, deadline);
                if (came == CAME_NOTHING)
                        return 0;
                talk->answered++;
                if (came == CAME_END) {
                        if (++closed == MOST_CLOSED)
                                return 0;
                        talk->asked = talk->answered;
                }
        }
        return 0;
}

static void asking_free(struct names_asking *asking)
{
        for (array_each(struct talk, talk, &asking->talks)) {
                fd_close(&talk->fd);
                names_state_done(&talk->state);
        }
        array_free(&asking->talks);
        free(asking);
}

int names_answer(
        struct names_asking *asking, struct deadline deadline, struct answers *answers, struct error *error)
{
        struct deadline limit = deadline_min(deadline, deadline_in_s(ANSWER_S));
        int result = 0;

        for (size_t i = 0; asking && result == 0 && i < asking->talks.count; i++) {
                CLEANUP(error_done) struct error failure = {0};
                struct talk *talk = &asking->talks.items[i];

                if (!talk->state.why && read_answers(asking->link, talk, limit, &failure) < 0)
                        talk->state.why = STEAL(failure.text);
                if (talk->answered < talk->state.answers.count)
                        result = link_wait(asking->link, deadline_in_ms(0), error);
                *array_add(&answers->names) = talk->state;
                talk->state = (struct names_state) {0};
        }
        if (asking)
                asking_free(asking);
        return result;
}
