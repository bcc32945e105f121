/* Who may read what is not for everybody, by where the request came from and what it carries. Pure. docs/decisions/0006-metrics-access.md */
#ifndef WEB_ACCESS_H
#define WEB_ACCESS_H

#include "base/str.h"

/* peer: numeric address, as http_exchange_peer() tells. */
bool access_is_loopback(const char *peer);
bool access_is_private(const char *peer); /* loopback, private, link-local and carrier-grade addresses, IPv4 and IPv6 */

/* header: "Bearer …". Takes the same time whatever is wrong. */
bool access_token_ok(struct str header, const char *token);

#endif
