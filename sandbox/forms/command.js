// Application commands: the rules that the OpenAPI document does not carry. Source: interactions/application-commands.

import { dropNulls } from './components.js';

const NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;
const MAX_CHARS = 8000;
const LOCALES = new Set(['id', 'da', 'de', 'en-GB', 'en-US', 'es-ES', 'es-419', 'fr', 'hr', 'it', 'lt', 'hu', 'nl', 'no', 'pl',
	'pt-BR', 'ro', 'fi', 'sv-SE', 'vi', 'tr', 'cs', 'el', 'bg', 'ru', 'uk', 'hi', 'th', 'zh-CN', 'ja', 'zh-TW', 'ko']);
const SUB = 1, GROUP = 2, STRING = 3, INTEGER = 4, NUMBER = 10;

const chars = (text) => [...text].length;

/** A copy in the form the OpenAPI document expects: Discord takes the permission bits as text too. */
export function forSchema(command) {
	const bits = command?.default_member_permissions;
	return typeof bits === 'string' && /^\d+$/.test(bits) ? { ...command, default_member_permissions: Number(bits) } : command;
}

export function checkCommand(command, path, form) {
	const chatInput = (command.type ?? 1) === 1;
	if (chatInput) {
		checkName(command, path, form);
		if (!command.description)
			form.add([...path, 'description'], 'BASE_TYPE_REQUIRED', 'This field is required');
	} else if (command.description || command.options?.length) {
		form.add([...path, 'description'], 'APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION', 'Context menu commands cannot have a description or options');
	}
	checkLocales(command, path, form, chatInput);
	checkOptions(command.options, [...path, 'options'], form, 0);
	const size = commandSize(command);
	if (size > MAX_CHARS)
		form.add(path, 'APPLICATION_COMMAND_TOO_LARGE', `Command exceeds maximum size (${MAX_CHARS}): ${size}`);
}

function checkName(item, path, form) {
	if (!NAME.test(item.name) || item.name !== item.name.toLowerCase())
		form.add([...path, 'name'], 'APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid');
}

function checkLocales(item, path, form, strictNames) {
	for (const key of ['name_localizations', 'description_localizations'])
		for (const [locale, text] of Object.entries(item[key] ?? {})) {
			if (!LOCALES.has(locale))
				form.add([...path, key, locale], 'BASE_TYPE_CHOICES', `Unknown locale ${locale}`);
			if (key === 'name_localizations' && strictNames && (!NAME.test(text) || text !== text.toLowerCase()))
				form.add([...path, key, locale], 'APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid');
		}
}

function checkOptions(options, path, form, depth) {
	const names = new Set();
	let optionalSeen = false;
	const kinds = new Set((options ?? []).map((o) => o.type === SUB || o.type === GROUP));
	if (kinds.size > 1)
		form.add(path, 'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID', 'Sub-commands cannot be mixed with other options');
	(options ?? []).forEach((option, n) => {
		const here = [...path, n];
		checkName(option, here, form);
		checkLocales(option, here, form, true);
		if (names.has(option.name))
			form.add([...here, 'name'], 'APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS', 'Option name already exists');
		names.add(option.name);
		if (option.required && optionalSeen)
			form.add(here, 'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID', 'Required options must be placed before non-required options');
		optionalSeen ||= !option.required;
		if ((option.type === GROUP && depth > 0) || (option.type === SUB && depth > 1))
			form.add([...here, 'type'], 'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID', 'Nested too deep');
		if (option.type === SUB || option.type === GROUP)
			checkOptions(option.options, [...here, 'options'], form, depth + (option.type === GROUP ? 1 : 2));
		checkChoices(option, here, form);
	});
}

function checkChoices(option, path, form) {
	if (option.choices?.length && option.autocomplete)
		form.add([...path, 'choices'], 'APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE', 'autocomplete and choices exclude each other');
	if (option.autocomplete && ![STRING, INTEGER, NUMBER].includes(option.type))
		form.add([...path, 'autocomplete'], 'APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_TYPE', 'This type has no autocomplete');
	const names = new Set();
	(option.choices ?? []).forEach((choice, n) => {
		if (names.has(choice.name))
			form.add([...path, 'choices', n, 'name'], 'APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS', 'Choice name already exists');
		names.add(choice.name);
		if (option.type === STRING && (chars(choice.value) < 1 || chars(choice.value) > 100))
			form.add([...path, 'choices', n, 'value'], 'BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 100 in length.');
		checkLocales(choice, [...path, 'choices', n], form, false);
	});
}

export function checkAutocompleteChoices(choices, form) {
	(choices ?? []).forEach((choice, n) => {
		if (typeof choice.value === 'string' && chars(choice.value) > 100)
			form.add(['data', 'choices', n, 'value'], 'BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 100 in length.');
	});
}

/** Characters that count towards 8,000: of each text only its longest localisation. */
export function commandSize(item) {
	const longest = (text, localised) => Math.max(chars(text ?? ''), ...Object.values(localised ?? {}).map(chars));
	let size = longest(item.name, item.name_localizations) + longest(item.description, item.description_localizations);
	for (const choice of item.choices ?? [])
		size += longest(choice.name, choice.name_localizations) + (typeof choice.value === 'string' ? chars(choice.value) : 0);
	for (const option of item.options ?? [])
		size += commandSize(option);
	return size;
}

/** The stored form. Options lose nulls, so that the answer fits the document. */
export function normaliseCommand(body, { id, version, applicationId, guildId }) {
	const option = (o) => ({
		...dropNulls(o),
		...(o.options ? { options: o.options.map(option) } : {}),
		...(o.choices ? { choices: o.choices.map(dropNulls) } : {}),
	});
	const bits = body.default_member_permissions;
	return {
		id, application_id: applicationId, version, type: body.type ?? 1, name: body.name, description: body.description ?? '',
		default_member_permissions: bits === null || bits === undefined ? null : String(bits),
		name_localizations: body.name_localizations ?? null, description_localizations: body.description_localizations ?? null,
		contexts: body.contexts ?? null, integration_types: body.integration_types ?? [0], nsfw: Boolean(body.nsfw),
		dm_permission: body.dm_permission ?? true,
		...(body.options?.length ? { options: body.options.map(option) } : {}),
		...(guildId ? { guild_id: guildId } : {}),
	};
}
