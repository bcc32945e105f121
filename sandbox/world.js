// Everything that exists in the sandbox's Discord: application, guilds, channels, users, messages, commands.
// It knows no HTTP and no gateway. Whoever wants to follow it listens to the event 'change' (kind, object).

import { EventEmitter } from 'node:events';
import { compareIds, isoTime, newId } from './snowflake.js';
import { PERM, permissionsOf } from './permissions.js';
import { completeChannel, completeRole, completeSeed, completeUser } from './seed.js';

export const FLAG = {
	CROSSPOSTED: 1, SUPPRESS_EMBEDS: 4, EPHEMERAL: 64, LOADING: 128, SUPPRESS_NOTIFICATIONS: 4096, COMPONENTS_V2: 32768,
};

const MAX_MESSAGES_PER_CHANNEL = 2000; // a demo left running for days; far above what tests make
const JOINED_AT = '2023-12-01T12:00:00.000000+00:00';

export class World extends EventEmitter {
	constructor(seed = {}) {
		super();
		this.setMaxListeners(0);
		this.load(seed);
	}

	load(seed) {
		const full = completeSeed(seed);
		this.application = full.application;
		this.bot = full.bot;
		this.users = new Map(full.users.map((u) => [u.id, u]));
		this.users.set(this.bot.id, this.bot);
		this.guilds = new Map(full.guilds.map((g) => [g.id, this.makeGuild(g)]));
		this.channels = new Map();
		for (const guild of this.guilds.values())
			for (const channel of guild.channels.values())
				this.channels.set(channel.id, channel);
		this.messages = new Map(); // channel id -> Map of message id -> record
		this.messageIndex = new Map(); // message id -> record
		this.attachments = new Map(); // attachment id -> {data, content_type, filename}
		this.commands = new Map(); // '' or guild id -> Map of command id -> command
		this.nonces = new Map(); // `channel nonce` -> {id, at}
	}

	makeGuild(guild) {
		const made = {
			...guild,
			roles: new Map(guild.roles.map((r) => [r.id, r])),
			channels: new Map(guild.channels.map((c) => [c.id, c])),
			members: new Map(guild.members.map((m) => [m.user_id, m])),
		};
		if (made.bot_is_member)
			made.members.set(this.bot.id, { user_id: this.bot.id, roles: [made.bot_role_id], nick: null });
		return made;
	}

	change(kind, object, before) {
		this.emit('change', kind, object, before);
	}

	// ---- look-ups ----

	guildOfChannel(channel) {
		return this.guilds.get(channel.guild_id);
	}

	/** Guilds that the bot is in. */
	botGuilds() {
		return [...this.guilds.values()].filter((g) => g.members.has(this.bot.id));
	}

	/** A thread has those of the channel that it hangs on. */
	permissions(userId, channel) {
		return permissionsOf(this.guildOfChannel(channel), userId, isThread(channel) ? this.channels.get(channel.parent_id) : channel);
	}

	channelMessages(channelId) {
		return this.messages.get(channelId) ?? new Map();
	}

	/** Messages of a channel as this user sees them (undefined: those that everybody sees), oldest first. */
	visibleMessages(channelId, userId) {
		return [...this.channelMessages(channelId).values()]
			.filter((m) => m.ephemeral_for === undefined || m.ephemeral_for === userId)
			.sort((a, b) => compareIds(a.message.id, b.message.id));
	}

	// ---- messages ----

	/**
	 * Stores a new message. `fields` holds the API's fields; `options.ephemeral_for` limits it to one user.
	 * The record keeps what the API does not show: revision, true age, who sees it.
	 */
	addMessage(channel, author, fields, options = {}) {
		const createdMs = options.created_ms ?? Date.now();
		const message = {
			id: newId(createdMs), channel_id: channel.id, type: 0, content: '', author: userObject(author),
			attachments: [], embeds: [], mentions: [], mention_roles: [], mention_everyone: false, pinned: false, tts: false,
			timestamp: isoTime(createdMs), edited_timestamp: null, flags: 0, components: [], ...fields,
		};
		const record = { message, revision: 1, created_ms: createdMs, ephemeral_for: options.ephemeral_for, interaction: options.interaction };
		if (!this.messages.has(channel.id))
			this.messages.set(channel.id, new Map());
		const list = this.messages.get(channel.id);
		list.set(message.id, record);
		this.messageIndex.set(message.id, record);
		if (list.size > MAX_MESSAGES_PER_CHANNEL)
			this.forgetMessage(list.values().next().value);
		if (!record.ephemeral_for)
			channel.last_message_id = message.id;
		this.change('message_create', record);
		return record;
	}

	editMessage(record, fields, { silent = false } = {}) {
		Object.assign(record.message, fields);
		if (!silent)
			record.message.edited_timestamp = isoTime(Date.now());
		record.revision++;
		record.edited_ms = Date.now();
		this.change('message_update', record);
		return record;
	}

	deleteMessage(record) {
		this.forgetMessage(record);
		this.change('message_delete', record);
	}

	deleteMessages(records) {
		for (const record of records)
			this.forgetMessage(record);
		this.change('message_delete_bulk', records);
	}

	forgetMessage(record) {
		this.messages.get(record.message.channel_id)?.delete(record.message.id);
		this.messageIndex.delete(record.message.id);
		record.deleted = true;
	}

	// ---- things a test or the page changes ----

	addUser(user) {
		const full = completeUser({ id: newId(), ...user });
		this.users.set(full.id, full);
		this.change('user', full);
		return full;
	}

	addChannel(guild, channel) {
		const full = completeChannel({ id: newId(), ...channel }, guild.id, guild.channels.size);
		guild.channels.set(full.id, full);
		this.channels.set(full.id, full);
		this.change('channel_create', full);
		return full;
	}

	updateChannel(channel, fields) {
		Object.assign(channel, completeChannel({ ...channel, ...fields }, channel.guild_id, channel.position));
		this.change('channel_update', channel);
	}

	deleteChannel(channel) {
		this.guildOfChannel(channel).channels.delete(channel.id);
		this.channels.delete(channel.id);
		this.messages.delete(channel.id);
		this.change('channel_delete', channel);
	}

	putRole(guild, role) {
		const known = guild.roles.get(role.id);
		const full = completeRole({ ...known, id: newId(), ...role });
		guild.roles.set(full.id, full);
		this.change(known ? 'role_update' : 'role_create', { guild, role: full });
		return full;
	}

	putMember(guild, member) {
		const full = { roles: [], nick: null, ...guild.members.get(member.user_id), ...member };
		guild.members.set(full.user_id, full);
		this.change('member_update', { guild, member: full });
		return full;
	}

	setBotMember(guild, isMember) {
		if (isMember)
			guild.members.set(this.bot.id, { user_id: this.bot.id, roles: [guild.bot_role_id], nick: null });
		else
			guild.members.delete(this.bot.id);
		this.change(isMember ? 'guild_join' : 'guild_leave', guild);
	}

	addAttachment(origin, channelId, file) {
		const id = newId();
		this.attachments.set(id, file);
		const url = `${origin}/attachments/${channelId}/${id}/${encodeURIComponent(file.filename)}`;
		return { id, filename: file.filename, size: file.data.length, url, proxy_url: url, content_type: file.content_type };
	}

	// ---- kept on disk (--state) ----

	toJSON() {
		return {
			messages: [...this.messageIndex.values()].filter((r) => !r.ephemeral_for).map(({ interaction, ...rest }) => rest),
			commands: [...this.commands].map(([scope, list]) => [scope, [...list.values()]]),
		};
	}

	restore({ messages = [], commands = [] }) {
		for (const record of messages) {
			const channelId = record.message.channel_id;
			if (!this.channels.has(channelId))
				continue;
			if (!this.messages.has(channelId))
				this.messages.set(channelId, new Map());
			this.messages.get(channelId).set(record.message.id, record);
			this.messageIndex.set(record.message.id, record);
		}
		for (const [scope, list] of commands)
			this.commands.set(scope, new Map(list.map((c) => [c.id, c])));
	}
}

// ---- objects as the API shows them ----

export function userObject(user) {
	return {
		id: user.id, username: user.username, avatar: user.avatar ?? null, discriminator: user.discriminator ?? '0',
		public_flags: 0, flags: 0, banner: null, accent_color: null, global_name: user.global_name ?? null,
		avatar_decoration_data: null, collectibles: null, primary_guild: null, ...(user.bot ? { bot: true } : {}),
	};
}

export function memberObject(world, guild, member, { withUser = true } = {}) {
	return {
		...(withUser ? { user: userObject(world.users.get(member.user_id)) } : {}),
		nick: member.nick, avatar: null, banner: null, roles: member.roles, joined_at: JOINED_AT, premium_since: null,
		deaf: false, mute: false, pending: false, flags: 0, communication_disabled_until: null,
	};
}

/** Source: resources/channel, "Channel Types". */
export const isThread = (channel) => channel.type >= 10 && channel.type <= 12;

export function channelObject(channel) {
	if (isThread(channel))
		return threadObject(channel);
	const text = channel.type === 0 || channel.type === 5;
	return {
		id: channel.id, type: channel.type, guild_id: channel.guild_id, name: channel.name, position: channel.position,
		parent_id: channel.parent_id, flags: 0, permission_overwrites: channel.permission_overwrites,
		...(text ? { topic: channel.topic, nsfw: channel.nsfw, rate_limit_per_user: channel.rate_limit_per_user,
			last_message_id: channel.last_message_id ?? null } : {}),
	};
}

function threadObject(channel) {
	return {
		id: channel.id, type: channel.type, guild_id: channel.guild_id, name: channel.name, parent_id: channel.parent_id, flags: 0, owner_id: channel.owner_id ?? '1180000000000000201',
		last_message_id: channel.last_message_id ?? null, rate_limit_per_user: 0, message_count: 0, member_count: 1, total_message_sent: 0,
		thread_metadata: { archived: Boolean(channel.archived), auto_archive_duration: 60, archive_timestamp: JOINED_AT, locked: Boolean(channel.locked) },
	};
}

export function roleObject(role) {
	return {
		id: role.id, name: role.name, permissions: role.permissions, position: role.position, color: role.color,
		colors: { primary_color: role.color, secondary_color: null, tertiary_color: null }, hoist: role.hoist,
		managed: role.managed, mentionable: role.mentionable, icon: null, unicode_emoji: null, flags: 0,
		...(role.tags ? { tags: role.tags } : {}),
	};
}

export function guildObject(guild) {
	return {
		id: guild.id, name: guild.name, icon: guild.icon, description: null, home_header: null, splash: null,
		discovery_splash: null, features: [], banner: null, owner_id: guild.owner_id, application_id: null, region: 'deprecated',
		afk_channel_id: null, afk_timeout: 300, system_channel_id: null, system_channel_flags: 0, widget_enabled: false,
		widget_channel_id: null, verification_level: 1, roles: [...guild.roles.values()].map(roleObject),
		default_message_notifications: 1, mfa_level: 0, explicit_content_filter: 0, max_presences: null, max_members: 500000,
		max_stage_video_channel_users: 50, max_video_channel_users: 25, vanity_url_code: null, premium_tier: 0,
		premium_subscription_count: 0, preferred_locale: guild.preferred_locale, rules_channel_id: null,
		safety_alerts_channel_id: null, public_updates_channel_id: null, premium_progress_bar_enabled: false,
		nsfw: false, nsfw_level: 0, emojis: [], stickers: [], incidents_data: null,
	};
}

/** What GUILD_CREATE carries for a bot without the members and presences intents. */
export function guildCreateObject(world, guild) {
	const own = guild.members.get(world.bot.id);
	return {
		...guildObject(guild), joined_at: JOINED_AT, large: guild.members.size > 50, unavailable: false,
		member_count: guild.members.size, members: own ? [memberObject(world, guild, own)] : [],
		channels: [...guild.channels.values()].filter((c) => !isThread(c)).map(channelObject),
		threads: [...guild.channels.values()].filter((c) => isThread(c) && !c.archived).map(channelObject), voice_states: [], presences: [],
		stage_instances: [], guild_scheduled_events: [], soundboard_sounds: [],
	};
}

export function mayView(world, userId, channel) {
	return (world.permissions(userId, channel) & PERM.VIEW_CHANNEL) !== 0n;
}
