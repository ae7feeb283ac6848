// SPDX-License-Identifier: Apache-2.0
// One charging station of the load generator: a WebSocket client that speaks just enough OCPP 2.0.1.
#ifndef STATION_H
#define STATION_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#ifdef WITH_TLS
#include <openssl/ssl.h>
#else
typedef void SSL;
typedef void SSL_CTX;
#endif

enum state { OFF, CONNECTING, SECURING, UPGRADING, BOOTING, STARTING, READY, LOST };

struct bytes {
    char *data;
    size_t length, room;
};

struct station {
    int fd;
    SSL *ssl;
    enum state state;
    bool waiting;      // a CALL of ours is in flight
    bool polling_out;  // EPOLLOUT is armed
    unsigned index;
    unsigned sequence;  // seqNo of the next TransactionEvent
    unsigned calls;     // CALLs sent so far, part of the message id
    uint64_t sent_at;   // ns, of the CALL in flight
    uint64_t retry_at;  // ns, when an OFF station connects again
    char expected[40];  // message id of the CALL in flight
    struct bytes in, out;
};

struct settings {
    const char *host, *path, *prefix, *password, *ca;
    int port, count, burst, timeout;
    bool tls, start;
};

struct counters {
    unsigned long sent, results, errors, calls, retries, refused;
};

extern struct settings settings;
extern struct counters counters;
extern int poller;  // the epoll descriptor

uint64_t now_ns(void);
void prepare_tls(void);
void connect_station(struct station *s);
void serve_station(struct station *s, unsigned events);
void send_updated(struct station *s);  // into the buffer; push_station, or the end of serve_station, sends it
void push_station(struct station *s);

// Told by the station, answered by the loop.
void station_ready(struct station *s);
void station_answered(struct station *s, uint64_t latency_ns);
void station_gone(struct station *s);
#endif
