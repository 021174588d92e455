/* A relay in front of a server that stops or cuts what comes back after so many bytes: a network that fails at any
 * stage one likes. */
#pragma once

#include "sshd.h"

enum relay_fault { RELAY_NONE, RELAY_STALL, RELAY_CUT };

struct relay {
        unsigned port, target;
        int listener;
        pthread_t thread;
        enum relay_fault fault;
        _Atomic size_t limit;  /* bytes from the server that go through */
        _Atomic size_t passed; /* so far, on the last connection */
        _Atomic bool is_ending;
};

SHARED void copy(int from, int to, bool *is_over)
{
        char bytes[65536];
        ssize_t count = recv(from, bytes, sizeof(bytes), MSG_DONTWAIT);

        if (count < 0 && errno == EAGAIN)
                return;
        if (count <= 0 || send(to, bytes, (size_t)count, MSG_NOSIGNAL) != count)
                *is_over = true;
}

/* True: the connection is to be cut. */
SHARED bool copy_back(struct relay *relay, int from, int to, bool *is_over)
{
        char bytes[65536];
        size_t room = relay->limit - relay->passed;
        ssize_t count;

        if (relay->fault != RELAY_NONE && !room)
                return relay->fault == RELAY_CUT;
        if (relay->fault == RELAY_NONE || room > sizeof(bytes))
                room = sizeof(bytes);
        count = recv(from, bytes, room, MSG_DONTWAIT);
        if (count < 0 && errno == EAGAIN)
                return false;
        if (count <= 0 || send(to, bytes, (size_t)count, MSG_NOSIGNAL) != count)
                *is_over = true;
        else
                relay->passed += (size_t)count;
        return false;
}

SHARED void serve(struct relay *relay, int client)
{
        int server = connect_port(relay->target);
        bool is_over = server < 0;

        relay->passed = 0;
        while (!is_over && !relay->is_ending) {
                bool stalls = relay->fault == RELAY_STALL && relay->passed >= relay->limit;
                struct pollfd watched[2] = {
                        {.fd = client, .events = POLLIN}, {.fd = stalls ? -1 : server, .events = POLLIN}};

                poll(watched, 2, 50);
                copy(client, server, &is_over);
                if (copy_back(relay, server, client, &is_over))
                        break;
        }
        close(client);
        if (server >= 0)
                close(server);
}

SHARED void *relay_run(void *context)
{
        struct relay *relay = context;

        while (!relay->is_ending) {
                struct pollfd watched = {.fd = relay->listener, .events = POLLIN};
                int client;

                if (poll(&watched, 1, 50) > 0 &&
                        (client = accept4(relay->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0)
                        serve(relay, client);
        }
        return NULL;
}

SHARED void relay_start(struct relay *relay, unsigned target, enum relay_fault fault, size_t limit)
{
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        socklen_t length = sizeof(address);

        *relay = (struct relay) {.target = target, .fault = fault, .limit = limit};
        relay->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        assert_int_equal(bind(relay->listener, (struct sockaddr *)&address, sizeof(address)), 0);
        assert_int_equal(listen(relay->listener, 16), 0);
        getsockname(relay->listener, (struct sockaddr *)&address, &length);
        relay->port = ntohs(address.sin_port);
        assert_int_equal(pthread_create(&relay->thread, NULL, relay_run, relay), 0);
}

SHARED void relay_stop(struct relay *relay)
{
        relay->is_ending = true;
        pthread_join(relay->thread, NULL);
        close(relay->listener);
}
