/*
 * What ddc must remember over a restart, and the original too: which message is the panel of which channel.
 * Kept where the original keeps it (mech_state.json, `channel_overview_message_ids`), every other byte of
 * that file untouched; and the gateway's session in ddc_session.json (0600).
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
/* message_id 0 forgets. Written soon, atomically; false: could not be written (err), kept in memory all the
 * same. */
bool state_set_panel(
	struct state *s, uint64_t channel_id, enum panel_kind kind, uint64_t message_id, struct err *err);

/* session: three fields of struct gateway_session, which this layer does not know. */
struct state_session {
	char id[64], resume_url[256];
	int64_t seq;
	uint64_t token_hash; /* of the token it belongs to: another token cannot resume it */
};
bool state_load_session(const char *folder, struct state_session *ret_session);
bool state_save_session(
	const char *folder, const struct state_session *session, struct err *err); /* NULL removes it */

/* Hash of the slash commands last registered for (application, guild), so that an unchanged list is not sent
 * again. */
uint64_t state_commands_hash(const struct state *s);
bool state_set_commands_hash(struct state *s, uint64_t hash, struct err *err);

#endif
