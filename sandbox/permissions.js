// Permission bits and how Discord computes them. Source: topics/permissions.

export const PERM = {
	CREATE_INSTANT_INVITE: 1n << 0n,
	ADMINISTRATOR: 1n << 3n,
	MANAGE_CHANNELS: 1n << 4n,
	MANAGE_GUILD: 1n << 5n,
	ADD_REACTIONS: 1n << 6n,
	VIEW_CHANNEL: 1n << 10n,
	SEND_MESSAGES: 1n << 11n,
	MANAGE_MESSAGES: 1n << 13n,
	EMBED_LINKS: 1n << 14n,
	ATTACH_FILES: 1n << 15n,
	READ_MESSAGE_HISTORY: 1n << 16n,
	MENTION_EVERYONE: 1n << 17n,
	USE_EXTERNAL_EMOJIS: 1n << 18n,
	MANAGE_ROLES: 1n << 28n,
	USE_APPLICATION_COMMANDS: 1n << 31n,
	MANAGE_THREADS: 1n << 34n,
	SEND_MESSAGES_IN_THREADS: 1n << 38n,
};

export const ALL = (1n << 53n) - 1n;

/** What an ordinary member may do in a new server. */
export const EVERYONE = PERM.CREATE_INSTANT_INVITE | PERM.ADD_REACTIONS | PERM.VIEW_CHANNEL | PERM.SEND_MESSAGES |
	PERM.EMBED_LINKS | PERM.ATTACH_FILES | PERM.READ_MESSAGE_HISTORY | PERM.USE_EXTERNAL_EMOJIS |
	PERM.USE_APPLICATION_COMMANDS | PERM.SEND_MESSAGES_IN_THREADS;

function guildPermissions(guild, userId) {
	if (guild.owner_id === userId)
		return ALL;
	const member = guild.members.get(userId);
	if (!member)
		return 0n;
	let bits = 0n;
	for (const role of guild.roles.values())
		if (role.id === guild.id || member.roles.includes(role.id))
			bits |= BigInt(role.permissions);
	return bits & PERM.ADMINISTRATOR ? ALL : bits;
}

/** The permissions of a user in a channel of a guild, or in the guild itself when `channel` is absent. */
export function permissionsOf(guild, userId, channel) {
	let bits = guildPermissions(guild, userId);
	if (!channel || bits === ALL || bits === 0n)
		return bits;
	const member = guild.members.get(userId);
	const overwrites = channel.permission_overwrites;
	const everyone = overwrites.find((o) => o.id === guild.id);
	if (everyone)
		bits = (bits & ~BigInt(everyone.deny)) | BigInt(everyone.allow);
	let allow = 0n, deny = 0n;
	for (const o of overwrites)
		if (o.type === 0 && o.id !== guild.id && member.roles.includes(o.id)) {
			allow |= BigInt(o.allow);
			deny |= BigInt(o.deny);
		}
	bits = (bits & ~deny) | allow;
	const own = overwrites.find((o) => o.type === 1 && o.id === userId);
	if (own)
		bits = (bits & ~BigInt(own.deny)) | BigInt(own.allow);
	return bits & PERM.VIEW_CHANNEL ? bits : 0n;
}

/** Accepts a number, a decimal string, or an array of the names above. */
export function toBits(value) {
	if (Array.isArray(value))
		return value.reduce((bits, name) => bits | (name === 'ALL' ? ALL : PERM[name] ?? 0n), 0n);
	return BigInt(value ?? 0);
}
