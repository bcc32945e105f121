// One message as Discord shows it: who, when, text, embeds, components, files.

import { avatar, h, icon, ICONS } from './dom.js';
import { markdown } from './markdown.js';
import { clock, messageTime } from './time.js';
import { renderComponents } from './components.js';

const FLAG = { EPHEMERAL: 64, LOADING: 128, V2: 32768 };
const GROUP_MS = 7 * 60_000; // messages of one author within this are shown under one name

export function isContinuation(message, before) {
	return Boolean(before) && before.author.id === message.author.id && !message.interaction_metadata && !message.message_reference && !message.webhook_id === !before.webhook_id &&
		!(before.flags & FLAG.EPHEMERAL) === !(message.flags & FLAG.EPHEMERAL) && message.created_ms - before.created_ms < GROUP_MS;
}

/** `page`: names, user(id), click(...), dismiss(id), find(id). Gives the list item. */
export function renderMessage(message, page, { continued = false } = {}) {
	const ephemeral = Boolean(message.flags & FLAG.EPHEMERAL);
	const mentioned = message.mentions.some((u) => u.id === page.me) || message.mention_everyone;
	const classes = ['message', continued && 'continued', ephemeral && 'ephemeral', mentioned && !ephemeral && 'mentioned'].filter(Boolean).join('.');
	return h(`li.${classes}`, { id: `message-${message.id}`, 'data-id': message.id },
		continued ? null : context(message, page),
		h('div.message-main', {},
			continued ? h('span.hover-time', { 'aria-hidden': 'true' }, clock(message.created_ms)) : avatar(message.author),
			h('div.message-body', {}, continued ? null : head(message, page), h('div.message-content', {}, content(message, page)), failure(page, message.id), ephemeral ? privateNote(message, page) : null)));
}

function nameOf(user) {
	return user.global_name ?? user.username;
}

function head(message, page) {
	return h('div.message-head', {},
		h('span.author', { style: { color: page.colour(message.author.id) } }, nameOf(message.author)),
		message.author.bot ? h('span.tag', {}, 'APP') : null, messageTime(message.created_ms));
}

/** The line above: "Ada used /ss", or the message that is answered. */
function context(message, page) {
	const meta = message.interaction_metadata;
	if (message.interaction && meta?.user)
		return h('div.context', {}, h('span.hook'), avatar(meta.user, 16), h('span.context-name', {}, nameOf(meta.user)), ' used ', h('span.context-command', {}, `/${message.interaction.name}`));
	const id = message.message_reference?.message_id;
	if (!id)
		return null;
	const target = page.find(id);
	const text = target ? target.content || target.embeds[0]?.title || 'Click to see attachment' : 'Original message was deleted';
	return h('div.context', {}, h('span.hook'), target ? avatar(target.author, 16) : null, target ? h('span.context-name', {}, nameOf(target.author)) : null,
		h('button.context-text', { type: 'button', onclick: () => page.jump(id) }, text));
}

function content(message, page) {
	if (message.flags & FLAG.LOADING)
		return h('div.thinking', { role: 'status' }, h('span.dots', {}, h('i'), h('i'), h('i')), `${message.author.username} is thinking…`);
	const edited = message.edited_timestamp ? h('span.edited', { title: new Date(message.edited_timestamp).toLocaleString() }, '(edited)') : null;
	const text = message.content ? markdown(message.content, page.names) : [];
	if (edited && text.at(-1)?.classList.contains('md-text'))
		text.at(-1).append(' ', edited);
	else if (edited && !(message.flags & FLAG.V2))
		text.push(edited);
	const parts = [
		h(`div.text${isOnlyEmoji(message.content) ? '.jumbo' : ''}`, {}, text),
		message.attachments.filter((a) => !usedInside(message, a)).map((a) => attachment(a)),
		message.embeds.map((e) => embed(e, page)),
		renderComponents(message, page),
	];
	return message.flags & FLAG.V2 ? [...parts, edited] : parts;
}

const isOnlyEmoji = (text) => /^(\p{Extended_Pictographic}|\u{fe0f}|\u{200d}|\s){1,12}$/u.test(text ?? '');
const usedInside = (message, a) => JSON.stringify([message.embeds, message.components]).includes(`/${a.id}/`);

function failure(page, id) {
	const text = page.failures.get(id);
	return text ? h('div.failed', { role: 'alert' }, text) : null;
}

function privateNote(message, page) {
	return h('div.private-note', {}, icon(ICONS.eye, 16), 'Only you can see this • ', h('button.plain-link', { type: 'button', onclick: () => page.dismiss(message.id) }, 'Dismiss message'));
}

// ---- embeds ----

function embed(e, page) {
	const colour = e.color === undefined ? '#1e1f22' : `#${e.color.toString(16).padStart(6, '0')}`;
	const md = (text, options) => markdown(text, page.names, options);
	return h('article.embed', { style: { borderLeftColor: colour } }, h('div.embed-grid', {},
		h('div.embed-main', {},
			e.author ? h('div.embed-author', {}, e.author.icon_url ? h('img', { src: e.author.icon_url, alt: '' }) : null, e.author.url ? h('a', { href: e.author.url, target: '_blank', rel: 'noreferrer' }, e.author.name) : e.author.name) : null,
			e.title ? h('div.embed-title', {}, e.url ? h('a', { href: e.url, target: '_blank', rel: 'noreferrer' }, md(e.title, { inlineOnly: true })) : md(e.title, { inlineOnly: true })) : null,
			e.description ? h('div.embed-description', {}, md(e.description)) : null,
			e.fields?.length ? h('div.embed-fields', {}, fields(e.fields, md)) : null),
		e.thumbnail ? h('img.embed-thumbnail', { src: e.thumbnail.url, alt: '' }) : null,
		e.image ? h('img.embed-image', { src: e.image.url, alt: '' }) : null,
		e.footer || e.timestamp ? h('div.embed-footer', {}, e.footer?.icon_url ? h('img', { src: e.footer.icon_url, alt: '' }) : null, h('span', {}, [e.footer?.text, e.timestamp && messageTime(Date.parse(e.timestamp))].filter(Boolean).flatMap((part, n) => (n ? [' • ', part] : [part])))) : null));
}

// Inline fields stand up to three in a row; a row of two shares the width.
function fields(list, md) {
	const rows = [];
	for (const field of list) {
		const last = rows.at(-1);
		if (field.inline && last?.[0].inline && last.length < 3)
			last.push(field);
		else
			rows.push([field]);
	}
	return rows.flatMap((row) => row.map((field) => h('div.embed-field', { style: { gridColumn: `span ${field.inline ? 12 / Math.max(row.length, row.length === 1 ? 3 : row.length) : 12}` } },
		h('div.embed-field-name', {}, md(field.name, { inlineOnly: true })), h('div.embed-field-value', {}, md(field.value)))));
}

// ---- files ----

const IMAGE = /^image\//;

export function attachment(a) {
	if (IMAGE.test(a.content_type ?? ''))
		return h('a.picture', { href: a.url, target: '_blank' }, h('img', { src: a.url, alt: a.description ?? a.filename }));
	return h('div.file', {}, icon(ICONS.file, 34), h('div', {}, h('a', { href: a.url, target: '_blank' }, a.filename), h('div.file-size', {}, size(a.size))));
}

function size(bytes) {
	return bytes < 1024 ? `${bytes} bytes` : bytes < 1048576 ? `${(bytes / 1024).toFixed(2)} KB` : `${(bytes / 1048576).toFixed(2)} MB`;
}
