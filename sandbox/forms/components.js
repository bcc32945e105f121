// Rules for component trees that the OpenAPI document does not carry, and the form in which Discord gives
// them back. Source: components/reference, resources/message.

import { newId } from '../snowflake.js';

export const TYPE = {
	ACTION_ROW: 1, BUTTON: 2, STRING_SELECT: 3, TEXT_INPUT: 4, USER_SELECT: 5, ROLE_SELECT: 6, MENTIONABLE_SELECT: 7,
	CHANNEL_SELECT: 8, SECTION: 9, TEXT_DISPLAY: 10, THUMBNAIL: 11, MEDIA_GALLERY: 12, FILE: 13, SEPARATOR: 14,
	CONTAINER: 17, LABEL: 18, FILE_UPLOAD: 19, RADIO_GROUP: 21, CHECKBOX_GROUP: 22, CHECKBOX: 23,
};
export const BUTTON_STYLE = { LINK: 5, PREMIUM: 6 };
const LEGACY_MAX_ROWS = 5;
const V2_MAX_COMPONENTS = 40;
const V2_MAX_TEXT = 4000;
const V2_MAX_BYTES = 10170; // undocumented: above it Discord answers 500 (discord-api-docs #8554)
const V2_BYTES_PER_TEXT = 12;

export const isSelect = (c) => [3, 5, 6, 7, 8].includes(c.type);

/** Calls visit(component, path) for every component of a tree, parents first. */
export function walk(components, visit, path = ['components']) {
	(components ?? []).forEach((component, n) => {
		const here = [...path, n];
		visit(component, here);
		if (Array.isArray(component.components))
			walk(component.components, visit, [...here, 'components']);
		for (const key of ['accessory', 'component'])
			if (component[key] && typeof component[key] === 'object')
				visit(component[key], [...here, key]);
	});
}

export function allComponents(components) {
	const found = [];
	walk(components, (c) => found.push(c));
	return found;
}

/** Adds what is wrong with a message's components to `form`. Gives true when only the hidden size is (a 500). */
export function checkMessageComponents(components, isV2, form) {
	if (!components?.length)
		return false;
	const top = isV2 ? [1, 9, 10, 12, 13, 14, 17] : [1];
	components.forEach((c, n) => {
		if (!top.includes(c.type))
			form.add(['components', n, 'type'], 'BASE_TYPE_CHOICES', `Value must be one of {${top.join(', ')}}.`);
	});
	if (!isV2 && components.length > LEGACY_MAX_ROWS)
		form.add('components', 'BASE_TYPE_BAD_LENGTH', `Must be between 1 and ${LEGACY_MAX_ROWS} in length.`);
	const customIds = new Set(), ids = new Set();
	walk(components, (c, path) => {
		checkOne(c, path, form);
		noteUnique(customIds, c.custom_id, [...path, 'custom_id'], 'COMPONENT_CUSTOM_ID_DUPLICATED', 'Component custom id cannot be duplicated', form);
		if (c.id)
			noteUnique(ids, c.id, [...path, 'id'], 'COMPONENT_ID_DUPLICATED', 'Component id cannot be duplicated', form);
	});
	return isV2 && checkV2Size(components, form);
}

function noteUnique(seen, value, path, code, message, form) {
	if (value === undefined || value === null)
		return;
	if (seen.has(value))
		form.add(path, code, message);
	seen.add(value);
}

function checkV2Size(components, form) {
	const all = allComponents(components);
	if (all.length > V2_MAX_COMPONENTS)
		form.add('components', 'COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED', `The maximum number of components (${V2_MAX_COMPONENTS}) was exceeded (${all.length})`);
	const texts = all.filter((c) => c.type === TYPE.TEXT_DISPLAY).map((c) => c.content ?? '');
	const length = texts.reduce((sum, text) => sum + [...text].length, 0);
	if (length > V2_MAX_TEXT)
		form.add('components', 'COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED', `The total text of all components must be ${V2_MAX_TEXT} or fewer in length (${length})`);
	return texts.reduce((sum, text) => sum + Buffer.byteLength(text) + V2_BYTES_PER_TEXT, 0) > V2_MAX_BYTES;
}

function checkOne(c, path, form) {
	if (c.type === TYPE.ACTION_ROW)
		checkRow(c, path, form);
	else if (c.type === TYPE.BUTTON)
		checkButton(c, path, form);
	else if (isSelect(c))
		checkSelect(c, path, form);
	else if (c.type === TYPE.TEXT_DISPLAY && !c.content?.trim())
		form.add([...path, 'content'], 'BASE_TYPE_REQUIRED', 'This field is required');
}

function checkRow(row, path, form) {
	const children = row.components ?? [];
	if (children.some(isSelect) && children.length > 1)
		form.add([...path, 'components'], 'COMPONENT_LAYOUT_WIDTH_EXCEEDED', 'The specified component exceeds the maximum width');
}

function checkButton(button, path, form) {
	const link = button.style === BUTTON_STYLE.LINK, premium = button.style === BUTTON_STYLE.PREMIUM;
	if (link && (!button.url || button.custom_id))
		form.add([...path, button.url ? 'custom_id' : 'url'], 'BASE_TYPE_REQUIRED', 'A link button has a url and no custom_id');
	else if (link && !/^(https?|discord):\/\//.test(button.url))
		form.add([...path, 'url'], 'URL_TYPE_INVALID_SCHEME', 'Scheme must be one of (\'http\', \'https\', \'discord\').');
	else if (!link && button.url)
		form.add([...path, 'url'], 'BUTTON_COMPONENT_URL_NOT_ALLOWED', 'Only a link button has a url');
	if (!link && !premium && !button.custom_id)
		form.add([...path, 'custom_id'], 'BUTTON_COMPONENT_CUSTOM_ID_REQUIRED', 'A custom id is required');
	if (!premium && !button.label && !button.emoji)
		form.add(path, 'BUTTON_COMPONENT_INVALID_EMOJI_OR_LABEL', 'A button needs a label or an emoji');
	checkEmoji(button.emoji, [...path, 'emoji'], form);
}

function checkEmoji(emoji, path, form) {
	if (!emoji || emoji.id)
		return;
	if (!/\p{Extended_Pictographic}|\p{Regional_Indicator}|[0-9#*]\u{fe0f}?\u{20e3}/u.test(emoji.name ?? '') || /[a-zA-Z ]/.test(emoji.name))
		form.add([...path, 'name'], 'BUTTON_COMPONENT_INVALID_EMOJI', 'Invalid emoji');
}

function checkSelect(select, path, form) {
	const options = select.options ?? [];
	const most = select.max_values ?? 1, least = select.min_values ?? 1;
	if (least > most)
		form.add([...path, 'min_values'], 'SELECT_COMPONENT_INVALID_VALUES', 'min_values must not be above max_values');
	if (select.type !== TYPE.STRING_SELECT)
		return;
	if (most > options.length)
		form.add([...path, 'max_values'], 'BASE_TYPE_BAD_LENGTH', `Must be between 1 and ${options.length}: there are no more options`);
	if (options.filter((o) => o.default).length > most)
		form.add([...path, 'options'], 'SELECT_COMPONENT_TOO_MANY_DEFAULT', 'More default options than max_values');
	const values = new Set();
	options.forEach((option, n) => {
		noteUnique(values, option.value, [...path, 'options', n, 'value'], 'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED', 'The specified option value is already used', form);
		checkEmoji(option.emoji, [...path, 'options', n, 'emoji'], form);
	});
}

const MODAL_MAX_TOP = 5;

export function checkModal(data, form) {
	if (data.components.length > MODAL_MAX_TOP)
		form.add('data.components', 'BASE_TYPE_BAD_LENGTH', `Must be between 1 and ${MODAL_MAX_TOP} in length.`);
	const customIds = new Set();
	walk(data.components, (c, path) => {
		const here = ['data', ...path];
		noteUnique(customIds, c.custom_id, [...here, 'custom_id'], 'COMPONENT_CUSTOM_ID_DUPLICATED', 'Component custom id cannot be duplicated', form);
		if (c.disabled)
			form.add([...here, 'disabled'], 'COMPONENT_MODAL_DISABLED', 'A component in a modal cannot be disabled');
		if (c.type === TYPE.ACTION_ROW && c.components.some((child) => !child.label))
			form.add([...here, 'components', 0, 'label'], 'BASE_TYPE_REQUIRED', 'This field is required');
		if (c.type === TYPE.TEXT_INPUT)
			checkTextInput(c, here, form);
		if (isSelect(c))
			checkSelect(c, here, form);
		if ([TYPE.RADIO_GROUP, TYPE.CHECKBOX_GROUP].includes(c.type) && c.type === TYPE.RADIO_GROUP && (c.options?.length ?? 0) < 2)
			form.add([...here, 'options'], 'BASE_TYPE_BAD_LENGTH', 'Must be between 2 and 10 in length.');
	});
}

function checkTextInput(input, path, form) {
	const least = input.min_length ?? 0, most = input.max_length ?? 4000;
	if (least > most)
		form.add([...path, 'min_length'], 'NUMBER_TYPE_MAX', 'min_length must not be above max_length');
	if (input.value && [...input.value].length > most)
		form.add([...path, 'value'], 'BASE_TYPE_MAX_LENGTH', `Must be ${most} or fewer in length.`);
}

/** The components as the API gives them back: every one has an id, defaults are filled in, nulls are gone. */
export function normalise(components, media) {
	let next = 1;
	const used = new Set(allComponents(components).map((c) => c.id).filter(Boolean));
	const nextId = () => {
		while (used.has(next))
			next++;
		return next++;
	};
	const make = (c) => {
		const out = { ...dropNulls(c), id: c.id || nextId() };
		Object.assign(out, DEFAULTS[c.type]?.(c));
		if (isSelect(c))
			Object.assign(out, { min_values: c.min_values ?? 1, max_values: c.max_values ?? 1 });
		if (c.options)
			out.options = c.options.map((o) => normaliseOption(o));
		if (c.components)
			out.components = c.components.map(make);
		for (const key of ['accessory', 'component'])
			if (c[key])
				out[key] = make(c[key]);
		if (c.emoji)
			out.emoji = normaliseEmoji(c.emoji);
		if (c.media)
			out.media = media(c.media);
		if (c.file)
			Object.assign(out, { file: media(c.file), name: null, size: null });
		if (c.items)
			out.items = c.items.map((i) => ({ description: i.description ?? null, spoiler: Boolean(i.spoiler), media: media(i.media) }));
		return out;
	};
	return (components ?? []).map(make);
}

const DEFAULTS = {
	[TYPE.CONTAINER]: (c) => ({ accent_color: c.accent_color ?? null, spoiler: Boolean(c.spoiler) }),
	[TYPE.SEPARATOR]: (c) => ({ divider: c.divider ?? true, spacing: c.spacing ?? 1 }),
	[TYPE.THUMBNAIL]: (c) => ({ description: c.description ?? null, spoiler: Boolean(c.spoiler) }),
	[TYPE.FILE]: (c) => ({ spoiler: Boolean(c.spoiler) }),
};

function normaliseOption(option) {
	const out = dropNulls(option);
	return option.emoji ? { ...out, emoji: normaliseEmoji(option.emoji) } : out;
}

function normaliseEmoji(emoji) {
	return emoji.id ? { id: String(emoji.id), name: emoji.name } : { name: emoji.name };
}

export function dropNulls(object) {
	return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null && value !== undefined));
}

/** An unfurled media item for a url, or for an attachment of the same message. */
export function mediaResolver(attachments, form) {
	return ({ url }) => {
		const name = /^attachment:\/\/(.+)$/.exec(url ?? '')?.[1];
		const file = name && attachments.find((a) => a.filename === name);
		if (name && !file)
			form.add('components', 'UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND', `The referenced attachment ${name} was not found`);
		return file
			? { id: newId(), url: file.url, proxy_url: file.proxy_url, width: null, height: null, content_type: file.content_type, attachment_id: file.id }
			: { id: newId(), url, proxy_url: url, width: null, height: null };
	};
}
