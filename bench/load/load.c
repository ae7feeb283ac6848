// SPDX-License-Identifier: Apache-2.0
// Load generator: brings N stations up, then obeys lines on its standard input and prints one JSON object per line.
//
//   run SECONDS RATE   TransactionEvent Updated for SECONDS; RATE events/s over all stations, 0 = every station as fast
//                      as it is answered; sending stops, every answer is awaited, then the result is printed
//   (end of input)     leave
//
// Between commands the stations stay connected, answer pings and refuse what they are asked.
#define _GNU_SOURCE
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "station.h"

#define SECOND 1000000000ull

struct settings settings = {.host = "127.0.0.1", .path = "/ocpp/{id}", .prefix = "CS", .password = "", .count = 1, .burst = 200, .timeout = 120};
struct counters counters;
int poller;

static struct station *stations;
static int up, connecting, settled;  // settled: up, or refused for good
static bool bringing_up = true;

static struct {
    struct station **idle;  // ring of stations without a CALL in flight
    unsigned head, tail;
    int in_flight;
    uint64_t ends;  // ns
    double rate;
    bool sending;
} load;

static struct {
    uint32_t *us;
    size_t count, room;
} latencies;

static void rest(struct station *s) { load.idle[load.tail++ % (unsigned)settings.count] = s; }

static void fire(struct station *s) {
    load.in_flight++;
    send_updated(s);
}

void station_ready(struct station *s) {
    up++;
    settled++;
    connecting--;
    rest(s);
}

static void note(uint64_t latency_ns) {
    if (latencies.count == latencies.room) {
        latencies.room = latencies.room ? latencies.room * 2 : 65536;
        latencies.us = realloc(latencies.us, latencies.room * sizeof *latencies.us);
        if (!latencies.us) abort();
    }
    latencies.us[latencies.count++] = (uint32_t)(latency_ns / 1000);
}

void station_answered(struct station *s, uint64_t latency_ns) {
    load.in_flight--;
    note(latency_ns);
    if (load.sending && load.rate == 0 && now_ns() < load.ends) fire(s);
    else rest(s);
}

void station_gone(struct station *s) {
    if (s->state == READY) {
        up--;
        if (s->waiting) load.in_flight--;
    } else if (s->state != LOST) {
        connecting--;
    } else {
        connecting--;
        settled++;
    }
    bool again = bringing_up && s->state != READY && s->state != LOST;
    counters.retries += again;
    s->retry_at = now_ns() + SECOND / 2;
    s->state = again ? OFF : LOST;
}

static void serve(int timeout_ms) {
    static struct epoll_event events[1024];
    int n = epoll_wait(poller, events, 1024, timeout_ms);
    for (int i = 0; i < n; i++) serve_station(events[i].data.ptr, events[i].events);
}

static void bring_up(void) {
    uint64_t began = now_ns(), limit = began + (uint64_t)settings.timeout * SECOND;
    while (settled < settings.count && now_ns() < limit) {
        for (int i = 0; i < settings.count && connecting < settings.burst; i++) {
            if (stations[i].state != OFF || stations[i].retry_at > now_ns()) continue;
            connecting++;
            connect_station(&stations[i]);
        }
        serve(50);
    }
    bringing_up = false;
    printf("{\"event\":\"up\",\"served\":%d,\"seconds\":%.3f,\"retries\":%lu,\"refused\":%lu,\"errors\":%lu,\"calls\":%lu}\n", up,
           (double)(now_ns() - began) / SECOND, counters.retries, counters.refused, counters.errors, counters.calls);
}

static int by_size(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static double percentile_ms(double part) {
    if (!latencies.count) return 0;
    size_t at = (size_t)(part * (double)latencies.count);
    return latencies.us[at < latencies.count ? at : latencies.count - 1] / 1000.0;
}

static void report(double sending, double draining, unsigned long behind) {
    qsort(latencies.us, latencies.count, sizeof *latencies.us, by_size);
    printf("{\"event\":\"run\",\"seconds\":%.3f,\"drained\":%.3f,\"sent\":%lu,\"results\":%lu,\"errors\":%lu,\"unanswered\":%d,"
           "\"behind\":%lu,\"lost\":%d,\"calls\":%lu,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f}\n",
           sending, draining, counters.sent, counters.results, counters.errors, load.in_flight, behind, settings.count - up, counters.calls,
           percentile_ms(0.5), percentile_ms(0.99), percentile_ms(1));
}

static struct station *next_idle(void) {
    while (load.head != load.tail) {
        struct station *s = load.idle[load.head++ % (unsigned)settings.count];
        if (s->state == READY && !s->waiting) return s;
    }
    return NULL;
}

// Sends what is due; what finds no idle station stays due, and shows as `behind` at the end.
static void send_due(uint64_t began, unsigned long *sent) {
    uint64_t now = now_ns();
    unsigned long due = load.rate ? (unsigned long)((double)(now - began) / SECOND * load.rate) : (unsigned long)settings.count;
    struct station *s;
    while (now < load.ends && *sent < due && (s = next_idle())) {
        fire(s);
        push_station(s);
        ++*sent;
    }
}

static void run(double seconds, double rate) {
    uint64_t began = now_ns();
    unsigned long sent = 0;
    memset(&counters, 0, sizeof counters);
    latencies.count = 0;
    load.rate = rate;
    load.ends = began + (uint64_t)(seconds * SECOND);
    load.sending = true;
    while (now_ns() < load.ends && up) {
        if (rate || !sent) send_due(began, &sent);
        serve(rate ? 1 : 50);
    }
    load.sending = false;
    uint64_t stopped = now_ns();
    while (load.in_flight && now_ns() < stopped + (uint64_t)settings.timeout * SECOND) serve(50);
    double lasted = (double)(stopped - began) / SECOND;
    unsigned long due = (unsigned long)(lasted * rate);
    report(lasted, (double)(now_ns() - stopped) / SECOND, due > sent ? due - sent : 0);
}

static void obey(void) {
    char line[200];
    struct pollfd doors[2] = {{.fd = poller, .events = POLLIN}, {.fd = 0, .events = POLLIN}};
    for (;;) {
        poll(doors, 2, -1);
        if (doors[0].revents) serve(0);
        if (!doors[1].revents) continue;
        double seconds, rate;
        if (!fgets(line, sizeof line, stdin)) return;
        if (sscanf(line, "run %lf %lf", &seconds, &rate) == 2) run(seconds, rate);
        else fprintf(stderr, "not a command: %s", line);
    }
}

static void read_options(int count, char **values) {
    static const struct option options[] = {
        {"host", 1, 0, 'h'}, {"port", 1, 0, 'p'}, {"path", 1, 0, 'u'}, {"prefix", 1, 0, 'x'}, {"password", 1, 0, 'w'}, {"count", 1, 0, 'n'},
        {"burst", 1, 0, 'b'}, {"timeout", 1, 0, 't'}, {"tls", 0, 0, 's'}, {"ca", 1, 0, 'c'}, {"start", 0, 0, 'e'}, {0, 0, 0, 0}};
    for (int o; (o = getopt_long(count, values, "", options, NULL)) != -1;) {
        if (o == 'h') settings.host = optarg;
        else if (o == 'p') settings.port = atoi(optarg);
        else if (o == 'u') settings.path = optarg;
        else if (o == 'x') settings.prefix = optarg;
        else if (o == 'w') settings.password = optarg;
        else if (o == 'n') settings.count = atoi(optarg);
        else if (o == 'b') settings.burst = atoi(optarg);
        else if (o == 't') settings.timeout = atoi(optarg);
        else if (o == 's') settings.tls = true;
        else if (o == 'c') settings.ca = optarg;
        else if (o == 'e') settings.start = true;
        else exit(2);
    }
    if (settings.port > 0 && settings.count > 0 && strstr(settings.path, "{id}")) return;
    fprintf(stderr, "needed: --port, --count above 0, --path with {id} in it\n");
    exit(2);
}

int main(int count, char **values) {
    read_options(count, values);
    setvbuf(stdout, NULL, _IOLBF, 0);
    setvbuf(stdin, NULL, _IONBF, 0);  // poll must see every line that is left
    srandom((unsigned)getpid());
    poller = epoll_create1(EPOLL_CLOEXEC);
    prepare_tls();
    stations = calloc((size_t)settings.count, sizeof *stations);
    load.idle = calloc((size_t)settings.count, sizeof *load.idle);
    if (!stations || !load.idle) abort();
    for (int i = 0; i < settings.count; i++) stations[i].fd = -1, stations[i].index = (unsigned)i;
    bring_up();
    obey();
    return 0;
}
