/*
 * What ddc must remember over a restart, and the original too: which message is the panel of which channel.
 * Kept where the original keeps it (mech_state.json, `channel_overview_message_ids`), every other byte of
 * that file untouched; the hash of the commands in ddc_state.json; the gateway's session in ddc_session.json
 * (0600).
 *
 * Setting changes memory only. state_save() writes what has been set since; it waits for the disk, so the
 * daemon calls it in a child process (app/saver.h) and tells the original by state_saved().
 */
#ifndef CONFIG_STATE_H
#define CONFIG_STATE_H

#include "base/err.h"

#include <stdint.h>

enum panel_kind { PANEL_OVERVIEW, PANEL_ADMIN_OVERVIEW };

struct state;

struct state *state_load(
	const char *folder, struct err *err); /* a broken file is said in err, and set aside as .broken before
						 the first write; still gives a state */
void state_free(struct state *s);
uint64_t state_panel(const struct state *s, uint64_t channel_id, enum panel_kind kind); /* 0: none */
/* The channels that have one, from 0 on, some of them twice; 0 behind the last. Numbers change when something is remembered or forgotten. */
uint64_t state_panel_channel(const struct state *s, unsigned index);
/* message_id 0 forgets. False (err): there is no room for another one. */
bool state_set_panel(struct state *s, uint64_t channel_id, enum panel_kind kind, uint64_t message_id, struct err *err);

/* session: three fields of struct gateway_session, which this layer does not know. */
struct state_session {
	char id[64], resume_url[256];
	int64_t seq;
	uint64_t token_hash; /* of the token it belongs to: another token cannot resume it */
};
bool state_load_session(const char *folder, struct state_session *ret_session); /* from the file */
void state_set_session(struct state *s, const struct state_session *session); /* COPIES; NULL: there is none any more */

/* Hash of the slash commands last registered for (application, guild), so that an unchanged list is not sent
 * again. */
uint64_t state_commands_hash(const struct state *s);
void state_set_commands_hash(struct state *s, uint64_t hash);

/* ---- to the disk ---- */

/* Called whenever something was set; nothing may be freed in it. */
typedef void state_news_fn(void *arg);
void state_on_news(struct state *s, state_news_fn *fn, void *arg);
/* Counts what was ever set; state_is_saved() compares it with what state_saved() was told. */
uint64_t state_version(const struct state *s);
bool state_is_saved(const struct state *s);
/* Blocks. Writes every file of which something is not saved, in the file as it is at that moment. False: the
 * first reason; the other files are written all the same. */
bool state_save(const struct state *s, struct err *err);
/* All that was set up to this version is on the disk. */
void state_saved(struct state *s, uint64_t version);

#endif
