// Servers, channels, roles, members: reading only.

import { apiError } from '../errors.js';
import { PERM } from '../permissions.js';
import { channelObject, guildObject, isThread, memberObject, roleObject } from '../world.js';
import { channelFor, guildFor } from './access.js';

export function getGuild(call) {
	const guild = guildFor(call);
	const counts = call.url.searchParams.get('with_counts') === 'true'
		? { approximate_member_count: guild.members.size, approximate_presence_count: guild.members.size } : {};
	return { status: 200, body: { ...guildObject(guild), ...counts } };
}

export function getChannels(call) {
	return { status: 200, body: [...guildFor(call).channels.values()].filter((c) => !isThread(c)).map(channelObject) };
}

export function getRoles(call) {
	return { status: 200, body: [...guildFor(call).roles.values()].map(roleObject) };
}

export function getMember(call) {
	const guild = guildFor(call);
	const member = guild.members.get(call.params.user_id);
	if (!member)
		throw apiError(10013);
	return { status: 200, body: memberObject(call.sandbox.world, guild, member) };
}

/** Only what a bot of this kind does: opening a thread that fell asleep. Source: resources/channel, "Modify Channel". */
export function patchChannel(call) {
	const { world } = call.sandbox;
	const channel = channelFor(call);
	const has = world.permissions(world.bot.id, channel);
	const enough = channel.locked ? PERM.MANAGE_THREADS : PERM.SEND_MESSAGES_IN_THREADS;
	if (!isThread(channel) || call.body.archived !== false || !(has & enough))
		throw apiError(50013);
	world.updateChannel(channel, { archived: false });
	return { status: 200, body: channelObject(channel) };
}

export function getChannel(call) {
	return { status: 200, body: channelObject(channelFor(call)) };
}
