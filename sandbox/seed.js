// The world the sandbox starts with when nothing else is asked for, and how a shorter description of one
// (the `seed` option, or --seed FILE) is completed.

import { EVERYONE, PERM, toBits } from './permissions.js';

export const DEFAULT_TOKEN = 'MTE4MDAwMDAwMDAwMDAwMDAwMQ.sandbx.NotARealToken-SandboxOnly-000000001';

const BASE = 1180000000000000000n;
const id = (n) => String(BASE + BigInt(n));

const INVITED = PERM.VIEW_CHANNEL | PERM.SEND_MESSAGES | PERM.EMBED_LINKS | PERM.ATTACH_FILES |
	PERM.READ_MESSAGE_HISTORY | PERM.SEND_MESSAGES_IN_THREADS;

export function defaultSeed() {
	return {
		application: { id: id(1), name: 'ddc', description: 'See and control Docker containers from Discord.' },
		users: [
			{ id: id(201), username: 'maxi', global_name: 'Maxi' },
			{ id: id(202), username: 'joerg', global_name: 'Jörg', locale: 'de' },
			{ id: id(203), username: 'ada', global_name: 'Ada' },
			{ id: id(204), username: 'grace', global_name: 'Grace', locale: 'fr' },
		],
		guilds: [{
			id: id(100), name: 'Home server', owner_id: id(201),
			roles: [
				{ id: id(151), name: 'Admin', permissions: ['ALL'], color: 0xe67e22, hoist: true, position: 3 },
				{ id: id(152), name: 'Moderator', color: 0x3498db, position: 2,
					permissions: ['MANAGE_MESSAGES', 'MENTION_EVERYONE'] },
			],
			channels: [
				{ id: id(110), name: 'Servers', type: 4 },
				{ id: id(111), name: 'server-status', topic: 'What runs right now', parent_id: id(110) },
				{ id: id(112), name: 'game-servers', topic: 'Start your own', parent_id: id(110) },
				{ id: id(113), name: 'admin-control', topic: 'For the admins', parent_id: id(110) },
			],
			members: [
				{ user_id: id(201), roles: [id(151)] },
				{ user_id: id(202), roles: [id(151)] },
				{ user_id: id(203), roles: [] },
				{ user_id: id(204), roles: [] },
			],
		}],
	};
}

/** A seed of any size, for tests: so many text channels and members beside the default ones. */
export function bigSeed({ channels = 15, users = 40 } = {}) {
	const seed = defaultSeed();
	const guild = seed.guilds[0];
	for (let n = guild.channels.length; n <= channels; n++)
		guild.channels.push({ id: id(110 + n), name: `channel-${n}` });
	for (let n = seed.users.length + 1; n <= users; n++) {
		seed.users.push({ id: id(200 + n), username: `member${n}`, global_name: `Member ${n}` });
		guild.members.push({ user_id: id(200 + n), roles: [] });
	}
	return seed;
}

/** Fills in everything a seed may leave out. Members: when none are listed, every user is one. */
export function completeSeed(seed) {
	const base = defaultSeed();
	const application = { ...base.application, intents: {}, ...seed.application };
	const bot = { id: application.id, username: application.name, global_name: null, bot: true };
	const users = (seed.users ?? base.users).map(completeUser);
	const guilds = (seed.guilds ?? base.guilds).map((guild) => completeGuild(guild, users, bot));
	return { application, bot: completeUser(bot), users, guilds };
}

export function completeUser(user) {
	return {
		global_name: user.username, avatar: null, discriminator: user.bot ? '0001' : '0', locale: 'en-US', bot: false,
		...user,
	};
}

function completeGuild(guild, users, bot) {
	const everyone = { id: guild.id, name: '@everyone', permissions: EVERYONE, position: 0 };
	const botRole = { id: guild.bot_role_id ?? String(BigInt(guild.id) + 90n), name: bot.username, managed: true, position: 1,
		permissions: guild.bot_permissions ?? INVITED, tags: { bot_id: bot.id } };
	const given = guild.roles ?? [];
	const roles = [everyone, ...given.filter((r) => r.id !== guild.id), botRole];
	if (given.some((r) => r.id === guild.id))
		Object.assign(everyone, given.find((r) => r.id === guild.id));
	const members = guild.members ?? users.map((u) => ({ user_id: u.id, roles: [] }));
	return {
		icon: null, preferred_locale: 'en-US', owner_id: users[0]?.id, bot_is_member: true, ...guild,
		roles: roles.map(completeRole),
		channels: (guild.channels ?? []).map((channel, n) => completeChannel(channel, guild.id, n)),
		members: members.map((m) => ({ roles: [], nick: null, ...m })),
		bot_role_id: botRole.id,
	};
}

export function completeRole(role) {
	return { color: 0, hoist: false, managed: false, mentionable: false, position: 1, ...role,
		permissions: String(toBits(role.permissions)) };
}

export function completeChannel(channel, guildId, position) {
	return {
		type: 0, topic: null, parent_id: null, nsfw: false, position, rate_limit_per_user: 0, ...channel, guild_id: guildId,
		permission_overwrites: (channel.permission_overwrites ?? []).map((o) => ({
			id: o.id, type: o.type ?? 0, allow: String(toBits(o.allow)), deny: String(toBits(o.deny)),
		})),
	};
}
