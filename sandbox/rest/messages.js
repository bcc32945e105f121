// Messages of channels.

import { apiError, FormErrors } from '../errors.js';
import { compareIds, idToMs } from '../snowflake.js';
import { PERM } from '../permissions.js';
import { FLAG } from '../world.js';
import { messageFields } from '../forms/message.js';
import { channelFor, messageFor, refuseArchived } from './access.js';

const NONCE_WINDOW_MS = 180_000; // "the past few minutes"
const BULK_MAX_AGE_MS = 14 * 24 * 3600_000;

export function list(call) {
	const channel = channelFor(call);
	const { world } = call.sandbox;
	const query = call.url.searchParams;
	const limit = Number(query.get('limit') ?? 50);
	if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
		const form = new FormErrors();
		form.add('limit', 'NUMBER_TYPE_MAX', 'int value should be between 1 and 100.');
		throw form.toError();
	}
	if (!(world.permissions(world.bot.id, channel) & PERM.READ_MESSAGE_HISTORY))
		return { status: 200, body: [] };
	let found = world.visibleMessages(channel.id).map((r) => r.message).reverse();
	if (query.has('before'))
		found = found.filter((m) => compareIds(m.id, query.get('before')) < 0);
	if (query.has('after'))
		found = found.filter((m) => compareIds(m.id, query.get('after')) > 0).slice(-limit);
	if (query.has('around'))
		found = around(found, query.get('around'), limit);
	return { status: 200, body: found.slice(0, limit) };
}

function around(found, id, limit) {
	const at = found.findIndex((m) => compareIds(m.id, id) <= 0);
	const start = Math.max(0, (at < 0 ? found.length : at) - Math.floor(limit / 2));
	return found.slice(start, start + limit);
}

export function get(call) {
	channelFor(call, PERM.READ_MESSAGE_HISTORY);
	return { status: 200, body: messageFor(call).message };
}

export function create(call) {
	const { sandbox, body, files, origin } = call;
	const { world } = sandbox;
	const channel = channelFor(call, PERM.SEND_MESSAGES);
	if (body.flags & FLAG.EPHEMERAL)
		body.flags &= ~FLAG.EPHEMERAL; // Discord ignores it here
	needFor(call, channel);
	if (channel.archived && channel.locked)
		throw apiError(160005);
	if (channel.archived)
		world.updateChannel(channel, { archived: false }); // writing in it opens it
	const earlier = body.enforce_nonce && knownNonce(world, channel, body.nonce);
	if (earlier)
		return { status: 200, body: earlier.message };
	const fields = messageFields(body, context(call, channel));
	fields.tts = Boolean(body.tts);
	if (body.message_reference)
		Object.assign(fields, reference(world, channel, body.message_reference));
	const record = world.addMessage(channel, world.bot, fields);
	if (body.nonce !== undefined && body.nonce !== null)
		world.nonces.set(`${channel.id} ${body.nonce}`, { id: record.message.id, at: Date.now() });
	sandbox.journal.count('message_creates');
	return { status: 200, body: { ...record.message, ...(body.nonce !== undefined && body.nonce !== null ? { nonce: body.nonce } : {}) } };
}

function context({ sandbox, files, origin }, channel, old) {
	return { world: sandbox.world, origin, channel, author: sandbox.world.bot, files, old, noPing: (n) => sandbox.journal.count('pings', n) };
}

function needFor({ sandbox: { world }, body, files }, channel) {
	const has = world.permissions(world.bot.id, channel);
	if (body.embeds?.length && !(has & PERM.EMBED_LINKS))
		throw apiError(50013);
	if (files.length && !(has & PERM.ATTACH_FILES))
		throw apiError(50013);
}

function knownNonce(world, channel, nonce) {
	const seen = world.nonces.get(`${channel.id} ${nonce}`);
	return seen && Date.now() - seen.at < NONCE_WINDOW_MS ? world.messageIndex.get(seen.id) : undefined;
}

function reference(world, channel, { message_id: id, fail_if_not_exists: mustExist = true }) {
	const target = world.channelMessages(channel.id).get(id);
	if (!target && mustExist) {
		const form = new FormErrors();
		form.add('message_reference', 'REPLIES_UNKNOWN_MESSAGE', 'Unknown message');
		throw form.toError();
	}
	return target ? { type: 19, message_reference: { type: 0, channel_id: channel.id, message_id: id, guild_id: channel.guild_id } } : {};
}

export function edit(call) {
	const { sandbox, body } = call;
	const channel = channelFor(call);
	const record = messageFor(call);
	if (record.message.author.id !== sandbox.world.bot.id)
		throw apiError(50005);
	refuseArchived(channel);
	needFor(call, channel);
	sandbox.limits.takeOldEdit(channel.id, Date.now() - record.created_ms);
	const fields = messageFields(body, context(call, channel, record.message));
	sandbox.world.editMessage(record, fields);
	sandbox.journal.count('message_edits');
	return { status: 200, body: record.message };
}

export function remove(call) {
	const { sandbox } = call;
	const channel = channelFor(call);
	const record = messageFor(call);
	refuseArchived(channel);
	const own = record.message.author.id === sandbox.world.bot.id;
	if (!own && !(sandbox.world.permissions(sandbox.world.bot.id, channel) & PERM.MANAGE_MESSAGES))
		throw apiError(50013);
	sandbox.world.deleteMessage(record);
	sandbox.journal.count('message_deletes');
	return { status: 204 };
}

export function bulkDelete(call) {
	const { sandbox: { world, journal }, body } = call;
	const channel = channelFor(call, PERM.MANAGE_MESSAGES);
	const ids = body.messages;
	if (ids.length < 2 || ids.length > 100)
		throw apiError(50016);
	if (ids.some((id) => Date.now() - (world.messageIndex.get(id)?.created_ms ?? idToMs(id)) > BULK_MAX_AGE_MS))
		throw apiError(50034);
	const records = ids.map((id) => world.channelMessages(channel.id).get(id)).filter((r) => r && !r.ephemeral_for);
	world.deleteMessages(records);
	journal.count('message_deletes', records.length);
	return { status: 204 };
}

export function typing(call) {
	const channel = channelFor(call, PERM.SEND_MESSAGES);
	call.sandbox.world.change('typing', { channel, user: call.sandbox.world.bot });
	return { status: 204 };
}
