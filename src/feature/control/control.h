/*
 * Everything that a person can do from Discord: slash commands, buttons, selects, dialogs. One interaction comes in, one answer goes
 * out in time; all rights are asked from policy, all acts go through pending, all records to audit.
 *
 * Nothing is kept per panel: a custom ID says what it is about, so a button pressed after a restart works.
 */
#ifndef FEATURE_CONTROL_CONTROL_H
#define FEATURE_CONTROL_CONTROL_H

#include "config/config.h"
#include "discord/interaction.h"
#include "discord/rest.h"
#include "docker/docker.h"
#include "feature/audit/audit.h"
#include "feature/control/cooldown.h"
#include "feature/control/pending.h"
#include "feature/doctor/doctor.h"
#include "feature/info/address.h"

struct control;
struct board;

/* All SHARED; they outlive the object. */
struct control_parts {
	struct loop *loop;
	struct docker *docker;
	struct rest *rest;
	struct pending *pending;
	struct cooldowns *cooldowns;
	struct audit *audit;
	struct board *board;
	uint32_t (*latency_ms)(void *arg); /* of the gateway, for /ping */
	void *latency_arg;
	/* True: *ret is what is known ("" where nothing is). False: it is being looked up, control_on_public_ip() follows. */
	bool (*public_ip)(struct public_ip *ret, void *arg);
	void *public_ip_arg;
	void (*doctor)(struct doctor_facts *f,
		void *arg); /* fills in what control does not know; texts are SHARED until the next turn */
	void *doctor_arg;
	const char *config_folder; /* where dialogs save to */
	void (*reload)(
		void *arg); /* puts what was saved there in force, before it returns; control_set_config() comes inside */
	void *reload_arg;
	/* False: memory is short; logs are not followed and not sent as files meanwhile. NULL: always. Counts what it refuses. */
	bool (*may_follow_logs)(void *arg);
	void *may_follow_logs_arg;
};

/* control_free() before the loop turns again, then pending_free(): actions under way no longer have anybody to tell. */
struct control *control_new(const struct control_parts *parts, const struct config *config);
void control_free(struct control *c);
void control_set_config(struct control *c, const struct config *config);

/* Somebody waits for an answer that is on its way or still to come. From control_when_quiet() on on_quiet is called from the loop each
 * time that this is over. */
bool control_is_busy(const struct control *c);
void control_when_quiet(struct control *c, void (*on_quiet)(void *arg), void *arg);

void control_on_interaction(struct control *c, const struct interaction *in);
void control_on_container(
	struct control *c, const struct container *changed, enum container_event event); /* open panels follow */
void control_on_everything(struct control *c);						 /* resync, link up or down */
/* Memory is short. Idle: private panels that nobody has touched for some minutes stop following (their buttons go on working), and what is
 * kept for answers that are over goes. History: of usage; it begins anew. */
void control_shed_idle(struct control *c);
void control_shed_history(struct control *c);
void control_on_public_ip(struct control *c, const struct public_ip *ip);
void control_on_pending(struct control *c, struct str container);

/* The slash commands as JSON for the bulk overwrite (PUT …/commands), and its hash: send it only when the hash is new. */
void control_write_commands(struct buf *out, const struct config *config, uint64_t *ret_hash);

#endif
