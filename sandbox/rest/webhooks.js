// Messages by an interaction's token: the original answer and follow-ups, for fifteen minutes.

import { apiError } from '../errors.js';
import { FLAG } from '../world.js';
import { addAnswer, answerFields } from './interactions.js';

function interactionFor({ sandbox, params }) {
	const interaction = sandbox.interactions.byToken.get(params.token);
	if (!interaction || params.application_id !== sandbox.world.application.id)
		throw apiError(10015);
	if (sandbox.interactions.expired(interaction))
		throw apiError(50027);
	if (interaction.state === 'waiting' || interaction.state === 'failed')
		throw apiError(10015); // Discord knows the webhook only after the first answer
	return interaction;
}

function recordFor({ params }, interaction) {
	const record = params.message_id === '@original' ? interaction.response : interaction.followups.get(params.message_id) ??
		(interaction.response?.message.id === params.message_id ? interaction.response : undefined);
	if (!record || record.deleted)
		throw apiError(10008);
	return record;
}

export function get(call) {
	return { status: 200, body: recordFor(call, interactionFor(call)).message };
}

export function edit(call) {
	const interaction = interactionFor(call);
	const record = recordFor(call, interaction);
	return { status: 200, body: editAnswer(call, interaction, record).message };
}

function editAnswer(call, interaction, record) {
	const wasLoading = Boolean(record.message.flags & FLAG.LOADING);
	const fields = answerFields(call, interaction, call.body, record.message);
	fields.flags &= ~FLAG.LOADING;
	call.sandbox.world.editMessage(record, fields, { silent: wasLoading });
	call.sandbox.interactions.changed(interaction);
	return record;
}

export function remove(call) {
	const interaction = interactionFor(call);
	call.sandbox.world.deleteMessage(recordFor(call, interaction));
	return { status: 204 };
}

/** A follow-up. The first one after a deferral fills the deferred message (deprecated, but Discord does it). */
export function followUp(call) {
	const interaction = interactionFor(call);
	const original = interaction.response;
	if (interaction.state === 'deferred' && original && !original.deleted && original.message.flags & FLAG.LOADING)
		return { status: 200, body: editAnswer(call, interaction, original).message };
	const fields = answerFields(call, interaction, call.body);
	const record = addAnswer(call, interaction, fields, { followUp: true });
	call.sandbox.interactions.changed(interaction);
	return { status: 200, body: record.message };
}
