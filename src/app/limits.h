/* Memory: the governor, what it may ask the others to give back, and the settings' limits put in force. */
#ifndef APP_LIMITS_H
#define APP_LIMITS_H

#include "base/err.h"
#include "web/metrics.h"

struct app;

bool limits_new(struct app *a, struct err *err); /* a->governor; the loop is there */
void limits_register(struct app *a);		 /* who can give something back; everything is there */
void limits_apply(struct app *a);		 /* the settings in force, to whoever is there already */
void limits_free(struct app *a);
void limits_source(struct metrics_source *ret, void *app);
bool limits_allow_logs(void *app);    /* for control_parts */
bool limits_allow_figures(void *app); /* for docker_options */
void limits_log(struct app *a);	      /* on SIGUSR1: the report, a line each */

#endif
