/*
 * The composition: the only module that knows every other. It makes them, hands each one's news to those who want it, puts new
 * settings in force, and takes everything down in the reverse order.
 */
#ifndef APP_APP_H
#define APP_APP_H

#include "base/err.h"

struct app;

struct app *app_new(struct err *err); /* NULL: err says why; only what makes running senseless ends here */
int app_run(struct app *a);	      /* until SIGTERM or SIGINT; the process's exit status */
void app_free(struct app *a);	      /* NULL is fine */

#endif
