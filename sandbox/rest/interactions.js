// The first answer to an interaction. Source: interactions/receiving-and-responding.

import { apiError, FormErrors } from '../errors.js';
import { FLAG, userObject } from '../world.js';
import { checkModal, normalise } from '../forms/components.js';
import { checkAutocompleteChoices } from '../forms/command.js';
import { messageFields } from '../forms/message.js';
import { KIND } from '../interactions.js';

const ANSWER = { PONG: 1, MESSAGE: 4, DEFERRED: 5, DEFERRED_UPDATE: 6, UPDATE: 7, CHOICES: 8, MODAL: 9 };

const SCHEMAS = {
	[ANSWER.PONG]: 'PongInteractionCallbackRequest',
	[ANSWER.MESSAGE]: 'CreateMessageInteractionCallbackRequest',
	[ANSWER.DEFERRED]: 'CreateMessageInteractionCallbackRequest',
	[ANSWER.DEFERRED_UPDATE]: 'UpdateMessageInteractionCallbackRequest',
	[ANSWER.UPDATE]: 'UpdateMessageInteractionCallbackRequest',
	[ANSWER.CHOICES]: 'ApplicationCommandAutocompleteCallbackRequest',
	[ANSWER.MODAL]: 'ModalInteractionCallbackRequest',
};

export function schemaOf(json) {
	return SCHEMAS[json?.type] ?? 'CreateMessageInteractionCallbackRequest';
}

export function callback(call) {
	const { sandbox, params, body, url } = call;
	const interaction = sandbox.interactions.byId.get(params.interaction_id);
	if (!interaction || interaction.token !== params.token || interaction.state === 'failed' || sandbox.interactions.expired(interaction))
		throw apiError(10062);
	if (interaction.state !== 'waiting')
		throw apiError(40060);
	checkType(interaction, body.type);
	const result = HANDLERS[body.type](call, interaction);
	sandbox.interactions.answered(interaction, result, call.entry.at);
	if (url.searchParams.get('with_response') !== 'true')
		return { status: 204 };
	return { status: 200, body: callbackResponse(interaction, body.type, result) };
}

function checkType(interaction, type) {
	const allowed = {
		[KIND.COMMAND]: [4, 5, 9], [KIND.AUTOCOMPLETE]: [8],
		[KIND.COMPONENT]: [4, 5, 6, 7, 9], [KIND.MODAL]: interaction.message ? [4, 5, 6, 7] : [4, 5],
	}[interaction.kind] ?? [1, 4, 5];
	if (allowed.includes(type))
		return;
	const form = new FormErrors();
	form.add('type', 'INTERACTION_APPLICATION_COMMAND_CALLBACK_TYPE_INVALID', `Callback type ${type} is not allowed here; allowed: ${allowed.join(', ')}`);
	throw form.toError();
}

const HANDLERS = {
	[ANSWER.MESSAGE]: (call, interaction) => ({ outcome: 'message', record: addAnswer(call, interaction, answerFields(call, interaction, call.body.data ?? {})) }),
	[ANSWER.DEFERRED]: (call, interaction) => {
		const flags = ((call.body.data?.flags ?? 0) & FLAG.EPHEMERAL) | FLAG.LOADING;
		return { outcome: 'deferred', record: addAnswer(call, interaction, { flags }) };
	},
	[ANSWER.DEFERRED_UPDATE]: (call, interaction) => {
		interaction.response = interaction.message;
		return { outcome: 'deferred_update', record: interaction.message };
	},
	[ANSWER.UPDATE]: (call, interaction) => {
		const record = interaction.message;
		if (record.deleted)
			throw apiError(10008);
		const data = call.body.data ?? {};
		const fields = answerFields(call, interaction, data, record.message);
		interaction.response = record;
		call.sandbox.world.editMessage(record, fields);
		return { outcome: 'update', record };
	},
	[ANSWER.CHOICES]: (call, interaction) => {
		const form = new FormErrors();
		checkAutocompleteChoices(call.body.data.choices, form);
		form.throwIfAny();
		interaction.choices = call.body.data.choices ?? [];
		return { outcome: 'choices', choices: interaction.choices };
	},
	[ANSWER.MODAL]: (call, interaction) => {
		const form = new FormErrors();
		checkModal(call.body.data, form);
		form.throwIfAny();
		interaction.modal = { ...call.body.data, components: normalise(call.body.data.components, () => null) };
		return { outcome: 'modal', modal: interaction.modal };
	},
};

/** Fields of a message that answers an interaction; `old` when it edits one. */
export function answerFields({ sandbox, files, origin }, interaction, body, old) {
	const { world } = sandbox;
	const channel = world.channels.get(interaction.channel);
	if (!channel)
		throw apiError(10003);
	return messageFields(body, { world, origin, channel, author: world.bot, files, old, ephemeralAllowed: true, defaultMentions: ['users'],
		noPing: (n) => sandbox.journal.count('pings', n) });
}

/** A new message in answer to an interaction: the first one, or a follow-up. */
export function addAnswer({ sandbox }, interaction, fields, { followUp = false } = {}) {
	const { world } = sandbox;
	const ephemeral = (fields.flags & FLAG.EPHEMERAL) !== 0;
	const record = world.addMessage(world.channels.get(interaction.channel), world.bot, {
		...fields, type: followUp ? 0 : interaction.kind === KIND.COMMAND ? 20 : interaction.message ? 19 : 0,
		application_id: world.application.id, webhook_id: world.application.id, interaction_metadata: metadata(world, interaction),
		...(interaction.kind === KIND.COMMAND && !followUp ? { interaction: { id: interaction.id, type: 2, name: interaction.command_name, user: userObject(world.users.get(interaction.user)) } } : {}),
		...(interaction.message && !followUp ? { message_reference: { type: 0, channel_id: interaction.channel, message_id: interaction.message.message.id, guild_id: interaction.guild } } : {}),
	}, { ephemeral_for: ephemeral ? interaction.user : undefined, interaction });
	if (followUp)
		interaction.followups.set(record.message.id, record);
	else
		interaction.response = record;
	return record;
}

function metadata(world, interaction) {
	const base = { id: interaction.id, type: interaction.kind, user: userObject(world.users.get(interaction.user)), authorizing_integration_owners: { 0: interaction.guild } };
	if (interaction.kind === KIND.COMPONENT)
		return { ...base, interacted_message_id: interaction.message?.message.id ?? interaction.id };
	if (interaction.kind === KIND.MODAL && interaction.opener) // a raw one has none
		return { ...base, triggering_interaction_metadata: metadata(world, { ...interaction.opener, message: interaction.opener.message }) };
	return base;
}

function callbackResponse(interaction, type, { record }) {
	const flags = record?.message.flags ?? 0;
	const body = { interaction: { id: interaction.id, type: interaction.kind, channel_id: interaction.channel, guild_id: interaction.guild } };
	if (record)
		Object.assign(body.interaction, { response_message_id: record.message.id, response_message_loading: Boolean(flags & FLAG.LOADING), response_message_ephemeral: Boolean(flags & FLAG.EPHEMERAL) });
	if (record && (type === ANSWER.MESSAGE || type === ANSWER.UPDATE))
		body.resource = { type, message: record.message };
	return body;
}
