// Interactions: what a user does (command, component, modal, autocomplete), the three seconds and fifteen
// minutes that the bot has, and what became of it. Source: interactions/receiving-and-responding.

import { randomBytes } from 'node:crypto';
import { newId, nowMs } from './snowflake.js';
import { PERM } from './permissions.js';
import { channelObject, memberObject, roleObject, userObject } from './world.js';
import { allComponents, isSelect, TYPE } from './forms/components.js';

export const KIND = { PING: 1, COMMAND: 2, COMPONENT: 3, AUTOCOMPLETE: 4, MODAL: 5 };
const FIRST_ANSWER_MS = 3000;
const TOKEN_LIFE_MS = 15 * 60_000;
const MAX_KEPT = 5000;
const ATTACHMENT_LIMIT = 10 * 1024 * 1024;

/** Thrown when a real Discord client would not let the user do this; the control API answers 409. */
export class Refused extends Error {}

export class Interactions {
	constructor(sandbox) {
		this.sandbox = sandbox;
		this.byId = new Map();
		this.byToken = new Map();
	}

	get world() {
		return this.sandbox.world;
	}

	// ---- what users do ----

	/** Runs a slash command. `options`: {name: value}, or Discord's array form. */
	runCommand({ user, channel, name, options, force }) {
		const place = this.place(user, channel);
		const { command, path } = this.findCommand(place.guild.id, name);
		if (!force)
			this.checkMayUse(place, command);
		const leaf = path.reduce((node, part) => node.options.find((o) => o.name === part), command);
		const given = Array.isArray(options) ? options : optionList(leaf.options ?? [], options ?? {}, force);
		if (!force)
			this.checkIds(place.guild, given);
		const data = { id: command.id, name: command.name, type: 1, guild_id: command.guild_id, resolved: this.resolve(place.guild, given),
			options: nest(command, path, given) };
		return this.dispatch(KIND.COMMAND, place, data, { command_name: [command.name, ...path].join(' ') });
	}

	autocomplete({ user, channel, name, option, value, options }) {
		const place = this.place(user, channel);
		const { command, path } = this.findCommand(place.guild.id, name);
		const leaf = path.reduce((node, part) => node.options.find((o) => o.name === part), command);
		const asked = leaf.options?.find((o) => o.name === option);
		if (!asked?.autocomplete)
			throw new Refused(`option ${option} of /${name} has no autocomplete`);
		const given = optionList(leaf.options, { ...options }, true).filter((o) => o.name !== option);
		given.push({ name: option, type: asked.type, value: value ?? '', focused: true });
		const data = { id: command.id, name: command.name, type: 1, guild_id: command.guild_id, options: nest(command, path, given) };
		return this.dispatch(KIND.AUTOCOMPLETE, place, data);
	}

	/** Presses a button or chooses in a select of a message. */
	click({ user, message: messageId, custom_id: customId, values, force }) {
		const record = this.world.messageIndex.get(messageId);
		if (!record)
			throw new Refused('no such message');
		if (record.ephemeral_for && record.ephemeral_for !== user)
			throw new Refused('this user does not see that message');
		const place = this.place(user, record.message.channel_id);
		const component = allComponents(record.message.components).find((c) => c.custom_id === customId);
		if (!force)
			checkClick(component, customId, values);
		const type = component?.type ?? (values ? TYPE.STRING_SELECT : TYPE.BUTTON);
		const data = { custom_id: customId, component_type: type, id: component?.id ?? 1 };
		if (values)
			Object.assign(data, { values, resolved: this.resolve(place.guild, values.map((value) => ({ type: ID_TYPES[type], value }))) });
		return this.dispatch(KIND.COMPONENT, place, data, { message: record });
	}

	/** Sends a modal that an earlier interaction opened. `fields`: {custom_id: text, or array for selects}. */
	submitModal({ user, interaction: openerId, fields = {}, force }) {
		const opener = this.byId.get(openerId);
		if (!opener?.modal)
			throw new Refused('that interaction opened no modal');
		const place = this.place(user ?? opener.user, opener.channel);
		if (!force)
			checkModalFields(opener.modal, fields);
		const chosen = allComponents(opener.modal.components).filter((c) => ID_TYPES[c.type])
			.flatMap((c) => (fields[c.custom_id] ?? defaultsOf(c)).map((value) => ({ type: ID_TYPES[c.type], value })));
		const data = { custom_id: opener.modal.custom_id, components: modalValues(opener.modal.components, fields), resolved: this.resolve(place.guild, chosen) ?? {} };
		return this.dispatch(KIND.MODAL, place, data, { message: opener.message, opener });
	}

	/**
	 * Anything at all, as given: for malformed interactions and those of older versions. `change` replaces fields
	 * of the payload; null takes one out.
	 */
	raw({ user, channel, type, data, message, change }) {
		const place = this.place(user, channel);
		return this.dispatch(type, place, data, { message: message && this.world.messageIndex.get(message), command_name: data?.name }, { change });
	}

	place(userId, channelId) {
		const channel = this.world.channels.get(channelId);
		if (!channel)
			throw new Refused(`no such channel: ${channelId}`);
		const guild = this.world.guildOfChannel(channel);
		if (!guild.members.has(userId))
			throw new Refused(`no such member: ${userId}`);
		return { channel, guild, user: this.world.users.get(userId), member: guild.members.get(userId) };
	}

	findCommand(guildId, name) {
		const [first, ...path] = name.replace(/^\//, '').split(' ');
		for (const scope of [guildId, ''])
			for (const command of this.world.commands.get(scope)?.values() ?? [])
				if (command.name === first && command.type === 1)
					return { command, path };
		throw new Refused(`there is no command /${first}`);
	}

	checkMayUse({ channel, user }, command) {
		const has = this.world.permissions(user.id, channel);
		const needed = BigInt(command.default_member_permissions ?? 0);
		if (!(has & PERM.USE_APPLICATION_COMMANDS) || (has & needed) !== needed || command.default_member_permissions === '0')
			throw new Refused(`${user.username} may not use /${command.name} here`);
	}

	/** A client lets people choose among what there is. */
	checkIds(guild, given) {
		const there = { 6: (id) => this.world.users.has(id), 7: (id) => guild.channels.has(id), 8: (id) => guild.roles.has(id),
			9: (id) => this.world.users.has(id) || guild.roles.has(id) };
		for (const { name, type, value } of given)
			if (there[type] && !there[type](value))
				throw new Refused(`option ${name}: there is no ${{ 6: 'user', 7: 'channel', 8: 'role', 9: 'user or role' }[type]} ${value}`);
	}

	resolve(guild, values) {
		const resolved = {};
		const put = (kind, id, object) => {
			(resolved[kind] ??= {})[id] = object;
		};
		for (const { type, value } of values) {
			if ((type === 6 || type === 9) && this.world.users.has(value)) {
				put('users', value, userObject(this.world.users.get(value)));
				if (guild.members.has(value))
					put('members', value, { ...memberObject(this.world, guild, guild.members.get(value), { withUser: false }), permissions: '0' });
			} else if ((type === 8 || type === 9) && guild.roles.has(value)) {
				put('roles', value, roleObject(guild.roles.get(value)));
			} else if (type === 7 && guild.channels.has(value)) {
				put('channels', value, { ...channelObject(guild.channels.get(value)), permissions: '0', app_permissions: '0' });
			}
		}
		return Object.keys(resolved).length ? resolved : undefined;
	}

	// ---- delivery ----

	dispatch(kind, place, data, extra = {}, { change } = {}) {
		const id = newId();
		const interaction = {
			id, kind, token: `aW50ZXJhY3Rpb246${randomBytes(66).toString('base64url')}`, user: place.user.id, channel: place.channel.id,
			guild: place.guild.id, created_ms: Date.now(), state: 'waiting', message: extra.message, opener: extra.opener, command_name: extra.command_name,
			custom_id: data?.custom_id, followups: new Map(),
		};
		interaction.answered = new Promise((resolve) => {
			interaction.settle = resolve;
		});
		this.byId.set(id, interaction);
		this.byToken.set(interaction.token, interaction);
		if (this.byId.size > MAX_KEPT)
			this.forget(this.byId.values().next().value);
		interaction.payload = { ...this.payload(interaction, place, data), ...change };
		for (const key of Object.keys(change ?? {}))
			if (change[key] === null)
				delete interaction.payload[key];
		interaction.timer = setTimeout(() => this.fail(interaction), this.sandbox.options.interaction_timeout_ms ?? FIRST_ANSWER_MS);
		this.sandbox.journal.count('interactions');
		this.deliver(interaction);
		this.changed(interaction);
		return interaction;
	}

	deliver(interaction) {
		const onSend = () => {
			interaction.dispatched_at ??= nowMs();
		};
		interaction.delivered_to = this.sandbox.gateway.dispatch('INTERACTION_CREATE', interaction.payload, { onSend });
	}

	payload(interaction, { channel, guild, user, member }, data) {
		const { world } = this;
		return {
			id: interaction.id, application_id: world.application.id, type: interaction.kind, data, token: interaction.token, version: 1,
			guild_id: guild.id, guild: { id: guild.id, locale: guild.preferred_locale, features: [] }, guild_locale: guild.preferred_locale,
			channel_id: channel.id, channel: { ...channelObject(channel), permissions: String(world.permissions(user.id, channel)) },
			member: { ...memberObject(world, guild, member), permissions: String(world.permissions(user.id, channel)) },
			locale: user.locale, app_permissions: String(world.permissions(world.bot.id, channel)), context: 0,
			authorizing_integration_owners: { 0: guild.id }, entitlements: [], entitlement_sku_ids: [], attachment_size_limit: ATTACHMENT_LIMIT,
			...(interaction.message && !interaction.message.deleted ? { message: interaction.message.message } : {}),
		};
	}

	fail(interaction) {
		if (interaction.state !== 'waiting')
			return;
		interaction.state = 'failed';
		this.sandbox.journal.count('interactions_unanswered');
		interaction.settle({ outcome: 'no_response' });
		this.changed(interaction);
	}

	/** To be called by the routes when the bot's first answer, which came in at `at`, was taken. */
	answered(interaction, result, at) {
		clearTimeout(interaction.timer);
		interaction.state = result.outcome;
		interaction.answered_at = at;
		interaction.settle(result);
		this.changed(interaction);
	}

	changed(interaction) {
		this.world.change('interaction', interaction);
	}

	forget(interaction) {
		clearTimeout(interaction.timer);
		this.byId.delete(interaction.id);
		this.byToken.delete(interaction.token);
	}

	/** Seconds and minutes that did not pass: makes the interaction older. */
	age(interaction, ms) {
		interaction.created_ms -= ms;
		if (Date.now() - interaction.created_ms > FIRST_ANSWER_MS)
			this.fail(interaction);
	}

	expired(interaction) {
		return Date.now() - interaction.created_ms > TOKEN_LIFE_MS;
	}

	close() {
		for (const interaction of this.byId.values())
			clearTimeout(interaction.timer);
	}

	/** What the control API tells about one. */
	describe(interaction) {
		const { id, kind, user, channel, state, custom_id: customId, command_name: command, modal, choices, response } = interaction;
		return {
			id, kind, user, channel, state, custom_id: customId, command, modal, choices, token: interaction.token,
			message: response && !response.deleted ? response.message : undefined, response_revision: response?.revision,
			delivered_to: interaction.delivered_to, dispatched_at: interaction.dispatched_at, answered_at: interaction.answered_at,
			latency_ms: interaction.answered_at ? interaction.answered_at - interaction.dispatched_at : undefined,
			followups: [...interaction.followups.values()].filter((r) => !r.deleted).map((r) => r.message),
		};
	}
}

// Which kind of object the ids chosen in a select are, as an option type.
const ID_TYPES = { [TYPE.USER_SELECT]: 6, [TYPE.ROLE_SELECT]: 8, [TYPE.MENTIONABLE_SELECT]: 9, [TYPE.CHANNEL_SELECT]: 7 };

function optionList(known, values, force) {
	for (const name of Object.keys(values))
		if (!known.some((o) => o.name === name) && !force)
			throw new Refused(`the command has no option ${name}`);
	const missing = known.find((o) => o.required && values[o.name] === undefined);
	if (missing && !force)
		throw new Refused(`option ${missing.name} is required`);
	return known.filter((o) => values[o.name] !== undefined).map((o) => {
		if (!force)
			checkOption(o, values[o.name]);
		return { name: o.name, type: o.type, value: values[o.name] };
	});
}

function checkOption(option, value) {
	const wrong = (why) => {
		throw new Refused(`option ${option.name}: ${why}`);
	};
	const kind = { 4: 'number', 10: 'number', 5: 'boolean' }[option.type] ?? 'string';
	if (typeof value !== kind)
		wrong(`must be a ${kind}`);
	if (option.type === 4 && !Number.isInteger(value))
		wrong('must be a whole number');
	if (option.choices && !option.choices.some((c) => c.value === value))
		wrong('is not one of the choices');
	if (kind === 'number' && (value < (option.min_value ?? -Infinity) || value > (option.max_value ?? Infinity)))
		wrong('is out of range');
	if (option.type === 3 && ([...value].length < (option.min_length ?? 0) || [...value].length > (option.max_length ?? 6000)))
		wrong('has a wrong length');
}

// /group sub: the options are wrapped in one option per level.
function nest(command, path, given) {
	let node = command;
	const levels = path.map((part) => (node = node.options.find((o) => o.name === part)));
	return levels.reduceRight((inner, level) => [{ name: level.name, type: level.type, options: inner }], given);
}

function checkClick(component, customId, values) {
	if (!component)
		throw new Refused(`the message has no component ${customId}`);
	if (component.disabled)
		throw new Refused(`${customId} is disabled`);
	if (!isSelect(component)) {
		if (values)
			throw new Refused(`${customId} is a button and takes no values`);
		return;
	}
	const { options, min_values: least, max_values: most } = component;
	if (!values || values.length < least || values.length > most)
		throw new Refused(`${customId} wants ${least} to ${most} values`);
	if (options && values.some((v) => !options.some((o) => o.value === v)))
		throw new Refused(`${customId} has no such option`);
}

function checkChosen({ custom_id: customId, options, required, min_values: least = 1, max_values: most = 1 }, values) {
	if ((values.length < least && (values.length > 0 || required !== false)) || values.length > most)
		throw new Refused(`field ${customId} wants ${least} to ${most} values`);
	if (options && values.some((v) => !options.some((o) => o.value === v)))
		throw new Refused(`field ${customId} has no such option`);
}

function checkModalFields(modal, fields) {
	for (const c of allComponents(modal.components)) {
		if (!c.custom_id)
			continue;
		const value = fields[c.custom_id] ?? c.value ?? (isSelect(c) ? defaultsOf(c) : '');
		if (c.required !== false && c.type !== TYPE.CHECKBOX && value.length === 0)
			throw new Refused(`field ${c.custom_id} is required`);
		if (c.type === TYPE.TEXT_INPUT && value.length > 0 && ([...value].length < (c.min_length ?? 0) || [...value].length > (c.max_length ?? 4000)))
			throw new Refused(`field ${c.custom_id} has a wrong length`);
	}
	for (const c of allComponents(modal.components).filter(isSelect))
		checkChosen(c, fields[c.custom_id] ?? defaultsOf(c));
	for (const name of Object.keys(fields))
		if (!allComponents(modal.components).some((c) => c.custom_id === name))
			throw new Refused(`the modal has no field ${name}`);
}

/** What a select of a modal holds before anybody touched it. */
const defaultsOf = (c) => c.default_values?.map((d) => d.id) ?? c.options?.filter((o) => o.default).map((o) => o.value) ?? [];

function modalValues(components, fields) {
	const leaf = (c) => {
		const base = { type: c.type, id: c.id, custom_id: c.custom_id };
		const value = fields[c.custom_id] ?? c.value ?? (c.type === TYPE.TEXT_INPUT ? '' : undefined);
		if (c.type === TYPE.TEXT_INPUT || c.type === TYPE.RADIO_GROUP || c.type === TYPE.CHECKBOX)
			return { ...base, value: value ?? (c.type === TYPE.CHECKBOX ? false : null) };
		return { ...base, values: value ?? defaultsOf(c) };
	};
	return components.map((c) => {
		if (c.type === TYPE.ACTION_ROW)
			return { type: 1, id: c.id, components: c.components.map(leaf) };
		if (c.type === TYPE.LABEL)
			return { type: TYPE.LABEL, id: c.id, component: leaf(c.component) };
		return { type: c.type, id: c.id };
	});
}
