// From the body of a "create message", "edit message" or interaction answer to the message's new fields.
// The OpenAPI document was checked before; here are the rules that the documentation states in words.

import { apiError, ApiError, FormErrors } from '../errors.js';
import { isoTime } from '../snowflake.js';
import { FLAG, userObject } from '../world.js';
import { PERM } from '../permissions.js';
import { checkMessageComponents, dropNulls, mediaResolver, normalise } from './components.js';

const MAX_CONTENT = 2000;
const MAX_EMBED_TEXT = 6000; // over all embeds of a message
const MAX_ATTACHMENT_BYTES = 10 * 1024 * 1024;
const SETTABLE_FLAGS = FLAG.SUPPRESS_EMBEDS | FLAG.SUPPRESS_NOTIFICATIONS | FLAG.COMPONENTS_V2;

const chars = (text) => [...(text ?? '')].length;

/**
 * Gives {fields, files}. `context`: world, origin, channel, author, files (of the multipart body), old (the
 * message being edited), ephemeralAllowed (interaction answers), defaultMentions.
 */
export function messageFields(body, context) {
	const form = new FormErrors();
	const { old } = context;
	const flags = messageFlags(body, context, form);
	const isV2 = Boolean(flags & FLAG.COMPONENTS_V2);
	const attachments = messageAttachments(body, context, form);
	if (chars(body.content) > MAX_CONTENT)
		form.add('content', 'BASE_TYPE_MAX_LENGTH', `Must be ${MAX_CONTENT} or fewer in length.`);
	checkEmbeds(body.embeds, form);
	checkAllowedMentions(body.allowed_mentions, form);
	if (isV2)
		checkV2Exclusive(body, old, form);
	const tooBig = checkMessageComponents(body.components, isV2, form);
	const fields = { flags, attachments };
	if (body.content !== undefined || !old)
		fields.content = (body.content ?? '').trim();
	if (body.embeds !== undefined || !old)
		fields.embeds = dedupe((body.embeds ?? []).map((embed) => normaliseEmbed(embed, attachments, form)));
	if (body.components !== undefined || !old)
		fields.components = normalise(body.components, mediaResolver(attachments, form));
	form.throwIfAny();
	if (tooBig)
		throw new ApiError(500, { message: '500: Internal Server Error', code: 0 });
	const after = { content: '', embeds: [], components: [], ...old, ...fields };
	if (!after.content && !after.embeds.length && !after.components.length && !attachments.length && !body.sticker_ids?.length && !body.poll)
		throw apiError(50006);
	if (body.content !== undefined || !old)
		Object.assign(fields, mentionFields(fields.content, isV2 ? fields.components : [], body, context));
	return fields;
}

function messageFlags(body, { old, ephemeralAllowed }, form) {
	const asked = body.flags ?? 0;
	let flags = asked & SETTABLE_FLAGS;
	if (!old)
		return flags | (ephemeralAllowed ? asked & FLAG.EPHEMERAL : 0);
	const wasV2 = old.flags & FLAG.COMPONENTS_V2;
	if (wasV2 && body.flags !== undefined && body.flags !== null && !(asked & FLAG.COMPONENTS_V2))
		form.add('flags', 'MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG', 'The IS_COMPONENTS_V2 flag cannot be removed from a message');
	if (body.flags === undefined || body.flags === null)
		flags = old.flags & SETTABLE_FLAGS;
	return flags | wasV2 | (old.flags & ~(SETTABLE_FLAGS | FLAG.LOADING));
}

function checkV2Exclusive(body, old, form) {
	const bad = (key) => form.add(key, 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2',
		`The '${key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2`);
	if (body.content || (body.content === undefined && old?.content))
		bad('content');
	if (body.embeds?.length || (body.embeds === undefined && old?.embeds.length))
		bad('embeds');
	if (body.poll)
		bad('poll');
	if (body.sticker_ids?.length)
		bad('sticker_ids');
}

function messageAttachments(body, { old, files = [], world, origin, channel }, form) {
	const listed = body.attachments ?? null;
	const kept = (old?.attachments ?? []).filter((a) => listed === null || listed.some((l) => String(l.id) === a.id));
	const added = files.map((file) => {
		if (file.data.length > MAX_ATTACHMENT_BYTES)
			throw apiError(40005);
		const meta = listed?.find((l) => String(l.id) === String(file.index));
		const named = { ...file, filename: meta?.filename ?? file.filename };
		const made = world.addAttachment(origin, channel.id, named);
		return meta?.description ? { ...made, description: meta.description } : made;
	});
	for (const [n, item] of (listed ?? []).entries())
		if (!kept.some((a) => a.id === String(item.id)) && !files.some((f) => String(f.index) === String(item.id)))
			form.add(['attachments', n, 'id'], 'ATTACHMENT_NOT_FOUND', 'The attachment is neither in the message nor in the request');
	return [...kept, ...added];
}

function checkEmbeds(embeds, form) {
	let total = 0;
	(embeds ?? []).forEach((embed, n) => {
		total += chars(embed.title) + chars(embed.description) + chars(embed.footer?.text) + chars(embed.author?.name);
		for (const field of embed.fields ?? [])
			total += chars(field.name) + chars(field.value);
		(embed.fields ?? []).forEach((field, m) => {
			for (const key of ['name', 'value'])
				if (!field[key].trim())
					form.add(['embeds', n, 'fields', m, key], 'BASE_TYPE_REQUIRED', 'This field is required');
		});
		if (!embed.title && !embed.description && !embed.fields?.length && !embed.image && !embed.thumbnail && !embed.author?.name && !embed.footer?.text)
			form.add(['embeds', n, 'description'], 'BASE_TYPE_REQUIRED', 'This field is required');
		if (embed.url && !/^(https?|attachment):\/\//.test(embed.url))
			form.add(['embeds', n, 'url'], 'URL_TYPE_INVALID_URL', 'Not a well formed URL.');
		if (embed.timestamp && Number.isNaN(Date.parse(embed.timestamp)))
			form.add(['embeds', n, 'timestamp'], 'DATE_TIME_TYPE_PARSE', `Could not parse ${embed.timestamp}. Should be ISO8601.`);
	});
	if (total > MAX_EMBED_TEXT)
		form.add('embeds', 'MAX_EMBED_SIZE_EXCEEDED', `Embed size exceeds maximum size of ${MAX_EMBED_TEXT}`);
}

function checkAllowedMentions(allowed, form) {
	for (const kind of ['users', 'roles'])
		if (allowed?.parse?.includes(kind) && allowed[kind]?.length)
			form.add('allowed_mentions', 'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE', `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`);
}

function normaliseEmbed(embed, attachments, form) {
	const out = dropNulls(embed);
	const picture = ({ url }) => {
		const name = /^attachment:\/\/(.+)$/.exec(url ?? '')?.[1];
		const file = attachments.find((a) => a.filename === name);
		if (name && !file)
			form.add('embeds', 'ATTACHMENT_NOT_FOUND', `The referenced attachment ${name} was not found`);
		return { url: file?.url ?? url, proxy_url: file?.url ?? url };
	};
	if (out.timestamp)
		out.timestamp = Number.isNaN(Date.parse(out.timestamp)) ? undefined : isoTime(Date.parse(out.timestamp));
	if (out.fields)
		out.fields = out.fields.map((f) => ({ name: f.name.trim(), value: f.value.trim(), inline: Boolean(f.inline) }));
	for (const key of ['image', 'thumbnail'])
		if (out[key])
			out[key] = picture(out[key]);
	for (const key of ['footer', 'author'])
		if (out[key])
			out[key] = dropNulls(out[key]);
	return { ...out, type: 'rich' };
}

// Embeds with the same url are merged by clients; the API keeps one of those that carry nothing but a picture.
function dedupe(embeds) {
	return embeds.filter((e, n) => !e.url || e.title || e.description || embeds.findIndex((o) => o.url === e.url) === n);
}

/** Who is mentioned, and whether anybody is really notified, given allowed_mentions. */
function mentionFields(content, components, body, { world, channel, author, defaultMentions, noPing }) {
	const text = [content, ...textsOf(components)].join('\n');
	const guild = world.guildOfChannel(channel);
	const allowed = body.allowed_mentions ?? { parse: defaultMentions ?? ['users', 'roles', 'everyone'] };
	const parse = allowed.parse ?? [];
	const ids = (pattern) => [...new Set([...text.matchAll(pattern)].map((m) => m[1]))];
	const may = (kind, id) => parse.includes(kind) || (allowed[kind] ?? []).includes(id);
	const users = ids(/<@!?(\d+)>/g).filter((id) => world.users.has(id));
	const roles = ids(/<@&(\d+)>/g).filter((id) => guild?.roles.has(id));
	const everyone = /@(everyone|here)\b/.test(text) && parse.includes('everyone') &&
		(world.permissions(author.id, channel) & PERM.MENTION_EVERYONE) !== 0n;
	const pinged = users.filter((id) => may('users', id)).length + roles.filter((id) => may('roles', id)).length + (everyone ? 1 : 0);
	if (pinged > 0)
		noPing?.(pinged);
	return {
		mentions: users.map((id) => userObject(world.users.get(id))), mention_roles: roles.filter((id) => may('roles', id)),
		mention_everyone: everyone,
	};
}

function textsOf(components) {
	return (components ?? []).flatMap((c) => [...(c.type === 10 ? [c.content] : []), ...textsOf(c.components)]);
}
