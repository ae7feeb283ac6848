// SPDX-License-Identifier: Apache-2.0
// What one station does: connect, secure, upgrade, boot, start a transaction, then report it.
#define _GNU_SOURCE
#include "station.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#ifdef WITH_TLS
#include <openssl/err.h>
#endif

// The key and its answer are the example of RFC 6455 1.3, so that checking the answer needs no SHA-1.
#define KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
#define STATIONS_PER_ADDRESS 250

uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void append(struct bytes *b, const void *data, size_t length) {
    if (b->length + length > b->room) {
        b->room = (b->length + length) * 2;
        b->data = realloc(b->data, b->room);
        if (!b->data) abort();
    }
    memcpy(b->data + b->length, data, length);
    b->length += length;
}

static void consume(struct bytes *b, size_t length) {
    b->length -= length;
    memmove(b->data, b->data + length, b->length);
}

static void complain(const struct station *s, const char *what, const char *detail, size_t length) {
    static int said;
    if (said++ < 10) fprintf(stderr, "%s%06u: %s: %.*s\n", settings.prefix, s->index, what, (int)length, detail);
}

// ---- bytes in and out

static void watch(struct station *s, bool out) {
    struct epoll_event e = {.events = EPOLLIN | (out ? EPOLLOUT : 0), .data.ptr = s};
    s->polling_out = out;
    epoll_ctl(poller, EPOLL_CTL_MOD, s->fd, &e);
}

static void lose(struct station *s) {
#ifdef WITH_TLS
    if (s->ssl) SSL_free(s->ssl);
#endif
    s->ssl = NULL;
    close(s->fd);
    s->fd = -1;
    s->in.length = s->out.length = 0;
    station_gone(s);
    s->waiting = false;
}

#ifdef WITH_TLS
static SSL_CTX *tls_context;

void prepare_tls(void) {
    if (!settings.tls) return;
    tls_context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_mode(tls_context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_ENABLE_PARTIAL_WRITE);
    if (!settings.ca) return;
    SSL_CTX_set_verify(tls_context, SSL_VERIFY_PEER, NULL);
    if (SSL_CTX_load_verify_locations(tls_context, settings.ca, NULL) != 1) fprintf(stderr, "no CA in %s\n", settings.ca), exit(2);
}

// 0: try again later; -1: the connection is over.
static ssize_t tls_outcome(struct station *s, int returned) {
    if (returned > 0) return returned;
    int error = SSL_get_error(s->ssl, returned);
    ERR_clear_error();
    if (error == SSL_ERROR_WANT_WRITE) watch(s, true);
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? 0 : -1;
}
#else
void prepare_tls(void) {
    if (settings.tls) fprintf(stderr, "this load generator was built without OpenSSL: install libssl-dev\n"), exit(2);
}
#endif

static ssize_t plain_outcome(ssize_t returned) {
    if (returned > 0) return returned;
    return returned < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

static ssize_t receive(struct station *s, char *data, size_t room) {
#ifdef WITH_TLS
    if (s->ssl) return tls_outcome(s, SSL_read(s->ssl, data, (int)room));
#endif
    return plain_outcome(recv(s->fd, data, room, 0));
}

static ssize_t transmit(struct station *s, const char *data, size_t length) {
#ifdef WITH_TLS
    if (s->ssl) return tls_outcome(s, SSL_write(s->ssl, data, (int)length));
#endif
    return plain_outcome(send(s->fd, data, length, MSG_NOSIGNAL));
}

static bool flush(struct station *s) {
    while (s->out.length) {
        ssize_t n = transmit(s, s->out.data, s->out.length);
        if (n < 0) return false;
        if (n == 0) break;
        consume(&s->out, (size_t)n);
    }
    if (s->polling_out != (s->out.length > 0)) watch(s, s->out.length > 0);
    return true;
}

static void send_frame(struct station *s, int opcode, const char *data, size_t length) {
    unsigned char head[14] = {(unsigned char)(0x80 | opcode)};
    size_t size = length < 126 ? 2 : 4;
    head[1] = (unsigned char)(0x80 | (length < 126 ? length : 126));
    head[2] = (unsigned char)(length >> 8);
    head[3] = (unsigned char)length;
    uint32_t mask = (uint32_t)random() * 2654435761u | 1;
    memcpy(head + size, &mask, 4);
    append(&s->out, head, size + 4);
    size_t at = s->out.length;
    append(&s->out, data, length);
    for (size_t i = 0; i < length; i++) s->out.data[at + i] ^= (char)(mask >> (8 * (i & 3)));
}

// ---- OCPP

static const char *stamp(void) {
    static char text[32];
    static time_t second;
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    if (t.tv_sec != second) {
        struct tm parts;
        second = t.tv_sec;
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.000Z", gmtime_r(&second, &parts));
    }
    for (int i = 0, ms = (int)(t.tv_nsec / 1000000); i < 3; i++, ms /= 10) text[22 - i] = (char)('0' + ms % 10);
    return text;
}

// Differs between runs, so that a server that keeps its store sees new transactions and message ids.
static unsigned nonce(void) {
    static unsigned value;
    if (!value) value = (unsigned)time(NULL) * 31u + (unsigned)getpid();
    return value;
}

__attribute__((format(printf, 3, 4))) static void call(struct station *s, const char *action, const char *format, ...) {
    char text[4096];
    snprintf(s->expected, sizeof s->expected, "%08x-%04x-4%03x-8%03x-%012x", nonce(), s->index & 0xffff, s->index >> 16 & 0xfff,
             s->calls >> 20 & 0xfff, s->calls & 0xfffff);
    s->calls++;
    int n = snprintf(text, sizeof text, "[2,\"%s\",\"%s\",", s->expected, action);
    va_list values;
    va_start(values, format);
    n += vsnprintf(text + n, sizeof text - (size_t)n, format, values);
    va_end(values);
    text[n++] = ']';
    send_frame(s, 1, text, (size_t)n);
    counters.sent++;
    s->waiting = true;
    s->sent_at = now_ns();
}

static void send_boot(struct station *s) {
    s->state = BOOTING;
    call(s, "BootNotification",
         "{\"reason\":\"PowerUp\",\"chargingStation\":{\"model\":\"Load\",\"vendorName\":\"Bench\",\"serialNumber\":\"%u\","
         "\"firmwareVersion\":\"1.0.0\"}}",
         s->index);
}

static void send_started(struct station *s) {
    s->state = STARTING;
    call(s, "TransactionEvent",
         "{\"eventType\":\"Started\",\"timestamp\":\"%s\",\"triggerReason\":\"CablePluggedIn\",\"seqNo\":%u,\"transactionInfo\":"
         "{\"transactionId\":\"%08x-%06u\",\"chargingState\":\"EVConnected\"},\"evse\":{\"id\":1,\"connectorId\":1}}",
         stamp(), s->sequence, nonce(), s->index);
    s->sequence++;
}

#define SAMPLE(measurand, phase, unit) \
    "{\"value\":%.1f,\"context\":\"Sample.Periodic\",\"measurand\":\"" measurand "\"," phase \
    "\"unitOfMeasure\":{\"unit\":\"" unit "\"}}"
#define PHASE(name) "\"phase\":\"" name "\","

void send_updated(struct station *s) {
    double swing = (s->sequence * 7 + s->index) % 50 / 10.0, amperes = 27 + swing, watts = 3 * 230 * amperes;
    const char *now = stamp();
    call(s, "TransactionEvent",
         "{\"eventType\":\"Updated\",\"timestamp\":\"%s\",\"triggerReason\":\"MeterValuePeriodic\",\"seqNo\":%u,"
         "\"transactionInfo\":{\"transactionId\":\"%08x-%06u\",\"chargingState\":\"Charging\"},\"evse\":{\"id\":1,\"connectorId\":1},"
         "\"meterValue\":[{\"timestamp\":\"%s\",\"sampledValue\":["
         SAMPLE("Energy.Active.Import.Register", "", "Wh") "," SAMPLE("Power.Active.Import", "", "W") ","
         SAMPLE("Current.Import", PHASE("L1"), "A") "," SAMPLE("Current.Import", PHASE("L2"), "A") ","
         SAMPLE("Current.Import", PHASE("L3"), "A") "," SAMPLE("Voltage", PHASE("L1-N"), "V") ","
         SAMPLE("Voltage", PHASE("L2-N"), "V") "," SAMPLE("Voltage", PHASE("L3-N"), "V") ","
         SAMPLE("SoC", "", "Percent") "," SAMPLE("Power.Offered", "", "W") "]}]}",
         now, s->sequence, nonce(), s->index, now, 1e6 + s->sequence * 166.7, watts, amperes, amperes - 0.2, amperes + 0.1,
         229 + swing / 10, 230.2, 231 - swing / 10, 20 + s->sequence % 800 / 10.0, 22080.0);
    s->sequence++;
}

void push_station(struct station *s) {
    if (!flush(s)) lose(s);
}

static void become_ready(struct station *s) {
    s->state = READY;
    station_ready(s);
}

static void take_answer(struct station *s, const char *text, size_t length, bool good) {
    const char *id = memchr(text, '"', length);
    size_t size = strlen(s->expected);
    if (!s->waiting || !id || (size_t)(id - text) + size >= length || memcmp(id + 1, s->expected, size)) {
        counters.errors++;
        complain(s, "answer to nothing asked", text, length);
        return;
    }
    s->waiting = false;
    if (good) counters.results++;
    else counters.errors++, complain(s, "CALLERROR", text, length);
    if (s->state == BOOTING) {
        bool accepted = good && memmem(text, length, "\"Accepted\"", 10);
        if (!accepted) counters.refused++, complain(s, "boot not accepted", text, length), s->state = LOST;
        else if (settings.start) send_started(s);
        else become_ready(s);
    } else if (s->state == STARTING) {
        become_ready(s);
    } else {
        station_answered(s, now_ns() - s->sent_at);
    }
}

static void refuse_call(struct station *s, const char *text, size_t length) {
    const char *id = memchr(text, '"', length), *end = id ? memchr(id + 1, '"', length - (size_t)(id + 1 - text)) : NULL;
    char answer[160];
    if (!end || end - id > 60) return;
    int n = snprintf(answer, sizeof answer, "[4,%.*s\",\"NotSupported\",\"\",{}]", (int)(end - id), id);
    counters.calls++;
    send_frame(s, 1, answer, (size_t)n);
}

static void take_text(struct station *s, const char *text, size_t length) {
    if (length < 6 || text[0] != '[') complain(s, "not OCPP-J", text, length);
    else if (text[1] == '2') refuse_call(s, text, length);
    else take_answer(s, text, length, text[1] == '3');
}

// ---- WebSocket

static bool take_frames(struct station *s) {
    size_t at = 0;
    while (s->in.length - at >= 2) {
        const unsigned char *head = (const unsigned char *)s->in.data + at;
        size_t length = head[1] & 0x7f, size = length == 126 ? 4 : length == 127 ? 10 : 2;
        if (s->in.length - at < size) break;
        if (size == 4) length = (size_t)head[2] << 8 | head[3];
        if (size == 10) length = (size_t)head[6] << 24 | (size_t)head[7] << 16 | (size_t)head[8] << 8 | head[9];
        if (s->in.length - at < size + length) break;
        const char *text = s->in.data + at + size;
        at += size + length;
        if (head[0] == 0x81) take_text(s, text, length);
        else if (head[0] == 0x89) send_frame(s, 10, text, length);
        else if (head[0] != 0x8a) {
            complain(s, "closed or not understood", length > 2 ? text + 2 : "", length > 2 ? length - 2 : 0);
            return false;
        }
        if (s->state == LOST) return false;
    }
    consume(&s->in, at);
    return true;
}

static void base64(char *to, const char *from) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t left = strlen(from); left; left -= left < 3 ? left : 3, from += 3, to += 4) {
        unsigned v = 0;
        for (size_t i = 0; i < 3; i++) v = v << 8 | (i < left ? (unsigned char)from[i] : 0);
        for (size_t i = 0; i < 4; i++) to[i] = i > left ? '=' : digits[v >> (18 - 6 * i) & 63];
    }
    *to = 0;
}

static void send_upgrade(struct station *s) {
    char id[80], pair[200], token[280] = "", text[1400], path[300];
    s->state = UPGRADING;
    snprintf(id, sizeof id, "%s%06u", settings.prefix, s->index);
    const char *hole = strstr(settings.path, "{id}");
    snprintf(path, sizeof path, "%.*s%s%s", (int)(hole - settings.path), settings.path, id, hole + 4);
    snprintf(pair, sizeof pair, "%s:%s", id, settings.password);
    if (*settings.password) base64(token, pair);
    int n = snprintf(text, sizeof text,
                     "GET %s HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: " KEY
                     "\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: ocpp2.0.1\r\n%s%s%s\r\n",
                     path, settings.host, settings.port, *token ? "Authorization: Basic " : "", token, *token ? "\r\n" : "");
    append(&s->out, text, (size_t)n);
}

static bool take_upgrade(struct station *s) {
    const char *end = memmem(s->in.data, s->in.length, "\r\n\r\n", 4);
    if (!end) return true;
    size_t length = (size_t)(end - s->in.data) + 4;
    if (strncmp(s->in.data, "HTTP/1.1 101", 12) || !memmem(s->in.data, length, ACCEPT, 28) || !memmem(s->in.data, length, "ocpp2.0.1", 9)) {
        complain(s, "no upgrade", s->in.data, length < 80 ? length : 80);
        return false;
    }
    consume(&s->in, length);
    send_boot(s);
    return take_frames(s);
}

static bool secure(struct station *s) {
#ifdef WITH_TLS
    s->state = SECURING;
    if (!s->ssl) {
        s->ssl = SSL_new(tls_context);
        SSL_set_fd(s->ssl, s->fd);
    }
    ssize_t n = tls_outcome(s, SSL_connect(s->ssl));
    if (n < 0) return false;
    if (n == 0) return true;
#endif
    send_upgrade(s);
    return flush(s);
}

static bool take_connection(struct station *s) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error) return false;
    watch(s, false);
    if (settings.tls) return secure(s);
    send_upgrade(s);
    return flush(s);
}

static bool take_bytes(struct station *s) {
    char data[16384];
    for (;;) {
        ssize_t n = receive(s, data, sizeof data);
        if (n < 0) return false;
        if (n == 0) return flush(s);
        append(&s->in, data, (size_t)n);
        if (!(s->state == UPGRADING ? take_upgrade(s) : take_frames(s))) return false;
        if (!s->ssl && (size_t)n < sizeof data) return flush(s);
    }
}

void serve_station(struct station *s, unsigned events) {
    bool good = true;
    if (s->state == OFF || s->state == LOST) return;
    if (s->state == CONNECTING) good = take_connection(s);
    else if (s->state == SECURING) good = secure(s);
    else {
        if (events & EPOLLOUT) good = flush(s);
        if (good && events & (EPOLLIN | EPOLLHUP | EPOLLERR)) good = take_bytes(s);
    }
    if (!good) lose(s);
}

void connect_station(struct station *s) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)settings.port)}, from = {.sin_family = AF_INET};
    int yes = 1;
    inet_pton(AF_INET, settings.host, &to.sin_addr);
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s->fd < 0) perror("socket"), exit(2);
    setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    // One source address has some 28,000 ports; many addresses never run short.
    setsockopt(s->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
    from.sin_addr.s_addr = htonl(0x7f000002u + s->index / STATIONS_PER_ADDRESS % 250);
    if (to.sin_addr.s_addr == htonl(INADDR_LOOPBACK)) bind(s->fd, (struct sockaddr *)&from, sizeof from);
    s->state = CONNECTING;
    s->polling_out = true;
    struct epoll_event e = {.events = EPOLLIN | EPOLLOUT, .data.ptr = s};
    epoll_ctl(poller, EPOLL_CTL_ADD, s->fd, &e);
    if (connect(s->fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS) lose(s);
}
