/* How ddc is, for /health, for `ddc health` and for the log. */
#ifndef APP_HEALTH_H
#define APP_HEALTH_H

#include "web/web.h"

struct app;
void health_write(struct web_health *ret_health, struct json_writer *more, void *app);

/* `ddc health`: asks the running daemon (address from the environment) and prints what it says. Exit status: 0 when it is well, or has no web
 * side that could be asked. */
int health_ask(void);

#endif
