// Servers, channels, roles, members: reading only.

import { apiError } from '../errors.js';
import { channelObject, guildObject, memberObject, roleObject } from '../world.js';
import { channelFor, guildFor } from './access.js';

export function getGuild(call) {
	const guild = guildFor(call);
	const counts = call.url.searchParams.get('with_counts') === 'true'
		? { approximate_member_count: guild.members.size, approximate_presence_count: guild.members.size } : {};
	return { status: 200, body: { ...guildObject(guild), ...counts } };
}

export function getChannels(call) {
	return { status: 200, body: [...guildFor(call).channels.values()].map(channelObject) };
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

export function getChannel(call) {
	return { status: 200, body: channelObject(channelFor(call)) };
}
