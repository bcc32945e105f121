/*
 * The sockets of the load generator: HTTP/1.1 and WebSocket as a server speaks them, for one well-behaved client on loopback.
 * No part of src/ is used here, and nothing but the kernel stands between ddc and the stamps. One process, one of everything.
 */
#ifndef BENCH_WIRE_H
#define BENCH_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct conn;

/* A whole request has come; the body ends with a zero. It must be answered, upgraded, or begun as a stream. */
typedef void request_fn(struct conn *c, const char *method, const char *path, const char *body);
/* A whole message of the client, unmasked, ending with a zero. */
typedef void message_fn(struct conn *c, const char *text);

uint64_t now_us(void); /* CLOCK_MONOTONIC */
/* The first byte that could be read of what is being handled now: when the kernel had woken us. */
uint64_t wire_came_us(void);

uint16_t wire_listen_tcp(request_fn *on_request, message_fn *on_message); /* on 127.0.0.1; the port */
void wire_listen_unix(const char *path, request_fn *on_request);
void wire_close_all(void); /* all connections, not the listeners */

/* Handles what comes until something has come or until_us is there; false: nothing came. extra: one more descriptor whose
 * readiness ends the wait, -1 for none. */
bool wire_turn(uint64_t until_us, int extra);

void wire_answer(struct conn *c, const char *status, const char *json); /* json NULL: no body, as with 204 */
void wire_begin_stream(struct conn *c);					/* 200, chunked, without an end */
void wire_chunk(struct conn *c, const char *text);
void wire_upgrade(struct conn *c); /* to a WebSocket that sends zlib-stream */
void wire_send(struct conn *c, const char *text);

_Noreturn void die(const char *what); /* with errno's sentence */

#endif
