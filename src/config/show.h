/* The effective configuration, for people and for programs. */
#ifndef CONFIG_SHOW_H
#define CONFIG_SHOW_H

#include "base/buf.h"
#include "base/err.h"

/* JSON with the keys effective_config, effective_bot_token, active_containers, container_info, channels,
 * admins, spam_protection, tasks, auto_actions, auto_actions_state, translation, server_order (as the
 * original's own loaders see them), and sources: where each setting comes from. Secrets are "***" unless
 * reveal. Blocks for about a second when the token is sealed and to be revealed. */
bool show_json(const char *folder, bool reveal, struct buf *out, struct err *err);

/* One setting a line: name, value, where from. */
bool show_text(const char *folder, bool reveal, struct buf *out, struct err *err);

#endif
