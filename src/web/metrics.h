/*
 * What Prometheus is told. Text format 0.0.4, or OpenMetrics 1.0 for those who ask for it; made piece by piece, so that a thousand
 * containers need no more than METRICS_PIECE_BYTES. Sources: Prometheus, "Exposition formats", "Metric and label naming"; OpenMetrics 1.0.
 */
#ifndef WEB_METRICS_H
#define WEB_METRICS_H

#include "discord/gateway.h"
#include "discord/rest.h"
#include "docker/docker.h"
#include "feature/alert/alert.h"
#include "feature/control/pending.h"
#include "feature/status/board.h"
#include "memory/governor.h"

struct metrics;

/* Whatever is NULL (ddc is still starting) is left out. All SHARED for one turn of the loop. */
struct metrics_source {
	struct loop *loop;
	struct docker *docker;
	struct rest *rest;
	struct gateway *gateway;
	struct board *board;
	struct pending *pending;
	struct governor *governor;
	struct alert *alert;
	unsigned channels, pending_max;
	int64_t started_s; /* Unix time */
};
/* Asked for each piece: things may have gone between two. */
typedef void metrics_source_fn(struct metrics_source *ret, void *arg);

enum { METRICS_PIECE_BYTES = 2500 };

#define METRICS_TYPE_TEXT	 "text/plain; version=0.0.4; charset=utf-8"
#define METRICS_TYPE_OPENMETRICS "application/openmetrics-text; version=1.0.0; charset=utf-8"

bool metrics_wants_openmetrics(struct str accept); /* the Accept header */

struct metrics *metrics_new(metrics_source_fn *source, void *arg, bool openmetrics); /* NULL: no memory */
void metrics_free(struct metrics *m);
/* Appends about METRICS_PIECE_BYTES more; false: that was all. */
bool metrics_more(struct metrics *m, struct buf *out);

#endif
