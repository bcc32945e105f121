/*
 * ddc with a leak built in: what a forgotten mem_free() in the panels would look like, four times a second. For the test that
 * wants to see the watch for leaks find it in the running program. Its watch takes a sample a second, not one a minute, so that
 * what is found after an hour at the soonest is found after a minute.
 */
#include "app/app.h"
#include "app/app_inside.h"

#include <stdio.h>
#include <string.h>

enum { LEAK_BYTES = 500, LEAK_EVERY_MS = 250, SAMPLE_EVERY_MS = 1000 };

static struct block {
	struct block *before;
	char filler[LEAK_BYTES - sizeof(struct block *)];
} * leaked; /* reachable, so that the sanitizer's own watch has nothing to say */

static struct timer *drip;

static void on_drip(void *arg)
{
	(void)arg;
	struct block *b = mem_zalloc(MEM_PANELS, sizeof *b);
	if (b) {
		b->before = leaked;
		leaked = b;
	}
	timer_set(drip, LEAK_EVERY_MS);
}

int main(void)
{
	struct err err = {0};
	struct app *app = app_new(&err);
	if (!app) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	governor_set_leak_rhythm(app->governor, SAMPLE_EVERY_MS);
	drip = timer_new(app->loop, on_drip, NULL);
	timer_set(drip, 0);
	int status = app_run(app);
	timer_free(drip);
	app_free(app);
	return status;
}
