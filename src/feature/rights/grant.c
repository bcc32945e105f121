#include "feature/rights/grant.h"

#include <inttypes.h>

/* Goes back to the last star only, so that it takes at most length times length steps. */
bool pattern_fits(struct str pattern, struct str text)
{
	size_t p = 0, t = 0, star = SIZE_MAX, star_t = 0;

	while (t < text.n) {
		if (p < pattern.n && pattern.p[p] == '*') {
			star = p++;
			star_t = t;
		} else if (p < pattern.n && (pattern.p[p] == '?' || pattern.p[p] == text.p[t])) {
			p++;
			t++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			t = ++star_t;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

bool grant_is_for(const struct config_grant *g, uint64_t user_id, const uint64_t *roles, unsigned role_count)
{
	if (g->who == GRANT_EVERYONE)
		return true;
	if (g->who == GRANT_USER)
		return g->who_id == user_id;
	for (unsigned i = 0; i < role_count; i++)
		if (roles[i] == g->who_id)
			return true;
	return false;
}

bool rights_is_admin_role(const struct config_rights *rights, const uint64_t *roles, unsigned role_count)
{
	for (unsigned i = 0; rights && i < rights->admin_role_count; i++)
		for (unsigned k = 0; k < role_count; k++)
			if (roles[k] == rights->admin_roles[i])
				return true;
	return false;
}

static struct str after(struct str s, size_t n)
{
	return (struct str){s.p + n, s.n - n};
}

static bool target_fits(struct str target, struct str container, struct str project)
{
	if (str_starts(target, "project:"))
		return project.n && pattern_fits(after(target, 8), project);
	return pattern_fits(target, container);
}

static bool any_fits(struct str targets, struct str container, struct str project)
{
	while (targets.n)
		if (target_fits(str_split(targets, '\n', &targets), container, project))
			return true;
	return false;
}

static bool group_fits(const struct config_rights *rights, struct str name, struct str container, struct str project)
{
	for (unsigned i = 0; i < rights->group_count; i++)
		if (str_is(name, rights->groups[i].name))
			return any_fits(str_of(rights->groups[i].targets), container, project);
	return false;
}

const struct config_group *rights_group_of(const struct config_rights *rights, struct str container, struct str project)
{
	for (unsigned i = 0; i < rights->group_count; i++)
		if (any_fits(str_of(rights->groups[i].targets), container, project))
			return &rights->groups[i];
	return NULL;
}

bool grant_covers(
	const struct config_rights *rights, const struct config_grant *g, struct str container, struct str project)
{
	struct str targets = str_of(g->targets);

	while (targets.n) {
		struct str target = str_split(targets, '\n', &targets);

		if (str_starts(target, "group:") ? group_fits(rights, after(target, 6), container, project)
						 : target_fits(target, container, project))
			return true;
	}
	return false;
}

bool grant_holds_in(const struct config_grant *g, uint64_t channel_id)
{
	for (unsigned i = 0; i < g->channel_count; i++)
		if (g->channels[i] == channel_id)
			return true;
	return !g->channel_count;
}

bool grant_holds_at(const struct config_grant *g, int minute)
{
	if (g->from_minute == g->to_minute)
		return true;
	if (g->from_minute < g->to_minute)
		return minute >= g->from_minute && minute < g->to_minute;
	return minute >= g->from_minute || minute < g->to_minute;
}

/* ---- in words ---- */

static void add_rights(struct buf *out, const struct config_grant *g)
{
	bool any = false;

	for (unsigned i = 0; i < RIGHT_COUNT; i++) {
		if (!(g->rights >> i & 1))
			continue;
		buf_printf(out, "%s%s", any ? ", " : "", right_name((enum right)i));
		any = true;
	}
}

/* Names and patterns have neither blanks nor back-ticks in them. */
static void add_targets(struct buf *out, const struct config_grant *g, const char *quote)
{
	struct str targets = str_of(g->targets);

	for (bool any = false; targets.n; any = true) {
		struct str target = str_split(targets, '\n', &targets);

		buf_printf(out, "%s%s%.*s%s", any ? ", " : "", quote, STR_ARG(target), quote);
	}
}

void grant_add_hours(struct buf *out, const struct config_grant *g)
{
	buf_printf(out, "%02d:%02d–%02d:%02d", g->from_minute / 60 % 24, g->from_minute % 60, g->to_minute / 60 % 24,
		g->to_minute % 60);
}

void grant_add_channels(struct buf *out, const struct config_grant *g)
{
	for (unsigned i = 0; i < g->channel_count; i++)
		buf_printf(out, "%s<#%" PRIu64 ">", i ? ", " : "", g->channels[i]);
}

static void add_who(struct buf *out, enum tr_lang lang, const struct config_grant *g)
{
	if (g->who == GRANT_EVERYONE)
		buf_add_str(out, tr(lang, TR_RIGHTS_EVERYONE));
	else
		buf_printf(out, g->who == GRANT_USER ? "<@%" PRIu64 ">" : "<@&%" PRIu64 ">", g->who_id);
}

void grant_add_words(struct buf *out, enum tr_lang lang, const struct config_grant *g)
{
	struct buf who, may, on;

	buf_init(&who, out->owner, 256);
	buf_init(&may, out->owner, 256);
	buf_init(&on, out->owner, 4096);
	add_who(&who, lang, g);
	add_rights(&may, g);
	add_targets(&on, g, "`");
	buf_printf(out, "`%s` ", g->id);
	TR_ADD(out, lang, TR_RIGHTS_GRANT, {"who", buf_view(&who)}, {"may", buf_view(&may)},
		{"containers", buf_view(&on)});
	if (g->channel_count) {
		buf_add_str(out, " · ");
		grant_add_channels(out, g);
	}
	if (g->from_minute != g->to_minute) {
		buf_add_str(out, " · ");
		grant_add_hours(out, g);
	}
	if (g->per_hour) {
		buf_add_str(out, " · ");
		tr_count(out, lang, TR_RIGHTS_PER_HOUR_ONE, g->per_hour);
	}
	buf_clear(&who);
	buf_clear(&may);
	buf_clear(&on);
}

void grant_add_label(struct buf *out, const struct config_grant *g)
{
	buf_printf(out, "%s · ", g->id);
	add_rights(out, g);
	buf_add_str(out, " · ");
	add_targets(out, g, "");
}
