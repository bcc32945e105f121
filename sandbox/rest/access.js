// Look-ups with Discord's refusals.

import { apiError } from '../errors.js';
import { PERM } from '../permissions.js';
import { isThread } from '../world.js';

/** The channel, if it exists where the bot is and the bot sees it and has these permissions there. */
export function channelFor({ sandbox: { world }, params }, needed = 0n) {
	const channel = world.channels.get(params.channel_id);
	if (!channel)
		throw apiError(10003);
	const guild = world.guildOfChannel(channel);
	const has = guild.members.has(world.bot.id) ? world.permissions(world.bot.id, channel) : 0n;
	if (!(has & PERM.VIEW_CHANNEL))
		throw apiError(50001);
	if (isThread(channel) && needed & PERM.SEND_MESSAGES)
		needed = (needed & ~PERM.SEND_MESSAGES) | PERM.SEND_MESSAGES_IN_THREADS;
	if ((has & needed) !== needed)
		throw apiError(50013);
	return channel;
}

export function guildFor({ sandbox: { world }, params }) {
	const guild = world.guilds.get(params.guild_id);
	if (!guild?.members.has(world.bot.id))
		throw apiError(10004);
	return guild;
}

/** What is archived stays as it is until somebody opens it again. */
export function refuseArchived(channel) {
	if (channel.archived)
		throw apiError(50083);
}

/** A message of the channel that everybody can see: a bot token does not reach private ones. */
export function messageFor({ sandbox: { world }, params }) {
	const record = world.channelMessages(params.channel_id).get(params.message_id);
	if (!record || record.ephemeral_for)
		throw apiError(10008);
	return record;
}
