/* What the files of app/ share; nobody else includes this. */
#ifndef APP_APP_INSIDE_H
#define APP_APP_INSIDE_H

#include "app/guilds.h"
#include "app/housekeep.h"
#include "app/log_file.h"
#include "app/paths.h"
#include "app/problems.h"
#include "app/public_ip.h"
#include "app/registration.h"
#include "app/reload.h"
#include "app/saver.h"
#include "app/unlock.h"
#include "config/config.h"
#include "config/state.h"
#include "config/watch.h"
#include "discord/gateway.h"
#include "docker/docker.h"
#include "feature/alert/alert.h"
#include "feature/audit/audit.h"
#include "feature/audit/channel.h"
#include "feature/control/control.h"
#include "feature/status/board.h"
#include "memory/governor.h"
#include "web/web.h"

struct app {
	struct paths paths;
	uint64_t started_ms;
	int64_t started_s;
	/* in the order of creation; app_free() goes the other way */
	struct log_file *log_file;
	struct loop *loop;
	struct net *net;
	struct timer *goodbye, *save_due;
	struct config *config;
	struct governor *governor;
	struct web *web;
	struct state *state;
	struct saver *saver;
	struct docker *docker;
	struct rest *rest;
	struct gateway *gateway;
	struct cooldowns *cooldowns;
	struct audit *audit;
	struct audit_channel *audit_channel;
	struct board *board;
	struct alert *alert;
	struct pending *pending;
	struct registration *registration;
	struct unlock *unlock;
	struct finder *finder;
	struct control *control;
	struct reload *reload;
	struct housekeep *housekeep;

	/* what Discord told */
	uint64_t user_id, application_id;
	struct guild guilds[GUILDS_MAX];
	unsigned guild_count;
	bool guilds_reported;

	/* the token in force */
	uint64_t token_hash;
	unsigned intents;
	bool channels_changed; /* since the gateway was told which ones to look out for */
	char token_problem[ERR_TEXT_BYTES];
	char stopped_sentence[ERR_TEXT_BYTES]; /* the gateway will not try again: why */

	/* of the settings in force */
	struct problems problems;
	uint64_t read_as;		  /* the folder's fingerprint from before it was read last */
	bool had_files;			  /* the folder held some when it was read last */
	char docker_note[ERR_TEXT_BYTES]; /* what a proxy refuses */

	char zone[64]; /* TZ as the environment had it */
	bool zone_asked;

	int64_t saved_seq;
	bool leaving;
};

#endif
