/* Where the web side listens, and how to ask it there: read the same way by the daemon and by the commands that ask the daemon. */
#ifndef APP_WEB_PLACE_H
#define APP_WEB_PLACE_H

#include "base/str.h"

#include <netinet/in.h>
#include <stdint.h>

struct web_place {
	uint16_t port;		     /* 0: switched off */
	char bind[INET6_ADDRSTRLEN]; /* numeric, as the kernel spells it; "": all addresses */
};

/* Of DDC_WEB_PORT and DDC_WEB_BIND as the settings in force have them. What is no address opens this machine only: never more than was
 * asked for. The settings have complained of it. */
struct web_place web_place_of(int64_t port, const char *bind);
/* The same from the environment alone, without a word: the daemon has warned. */
struct web_place web_place_of_environment(void);

/* A blocking connection to whoever listens there, with a limit of WEB_PLACE_PATIENCE_S on each step; the caller closes it. -1: nobody. */
enum { WEB_PLACE_PATIENCE_S = 5 };
int web_place_connect(const struct web_place *p);

#endif
