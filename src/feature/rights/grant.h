/*
 * What a grant is about: does it speak of this person, of this container, and do its conditions hold? Pure; policy.c decides with it.
 */
#ifndef FEATURE_RIGHTS_GRANT_H
#define FEATURE_RIGHTS_GRANT_H

#include "config/config.h"
#include "config/rights.h"
#include "i18n/tr.h"

/* * stands for any run of characters, ? for any one. */
bool pattern_fits(struct str pattern, struct str text);

bool grant_is_for(const struct config_grant *g, uint64_t user_id, const uint64_t *roles, unsigned role_count);
/* project: the compose project, "" if none or unknown. */
bool grant_covers(
	const struct config_rights *rights, const struct config_grant *g, struct str container, struct str project);
/* The first group of the settings that it is in; NULL: none. */
const struct config_group *rights_group_of(
	const struct config_rights *rights, struct str container, struct str project);
bool grant_holds_in(const struct config_grant *g, uint64_t channel_id);
bool grant_holds_at(const struct config_grant *g, int minute_of_day);
bool rights_is_admin_role(const struct config_rights *rights, const uint64_t *roles, unsigned role_count);

/* ---- in words ---- */
/* "`g1`: <@&1180…> may restart, logs on `web`, `mc-*` · in <#…> · 18:00–23:00 · 3 an hour" */
void grant_add_words(struct buf *out, enum tr_lang lang, const struct config_grant *g);
/* The same without mentions, for choices: "g1 · restart, logs · web, mc-*". */
void grant_add_label(struct buf *out, const struct config_grant *g);
void grant_add_hours(struct buf *out, const struct config_grant *g); /* "18:00–23:00" */
void grant_add_channels(struct buf *out, const struct config_grant *g);

#endif
