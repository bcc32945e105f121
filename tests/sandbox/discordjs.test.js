// An independent client does with the sandbox what it does with Discord. If discord.js is content, and what
// it was told is what happened, the sandbox speaks Discord's language.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import {
	ActionRowBuilder, AttachmentBuilder, ButtonBuilder, ButtonStyle, Client, ContainerBuilder, EmbedBuilder, Events, GatewayIntentBits, MessageFlags,
	ModalBuilder, SectionBuilder, SlashCommandBuilder, StringSelectMenuBuilder, TextDisplayBuilder, TextInputBuilder, TextInputStyle,
} from 'discord.js';
import { DEFAULT_TOKEN } from '../../sandbox/server.js';
import { ADA, APP, control, GUILD, JOERG, MAXI, startSandbox, STATUS } from './help.js';

async function login(t, sandbox) {
	const client = new Client({ intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages], rest: { api: `${sandbox.url}/api` } });
	client.on('error', () => {});
	t.after(() => client.destroy());
	const ready = once(client, Events.ClientReady);
	await client.login(DEFAULT_TOKEN);
	await ready;
	return client;
}

const onInteraction = (client, handler) => client.on(Events.InteractionCreate, (i) => handler(i).catch((error) => client.emit('test-error', error)));

function assertClean(sandbox) {
	const { counters, ownViolations } = sandbox.journal;
	assert.deepEqual(ownViolations, [], 'the sandbox answered against the OpenAPI document');
	assert.equal(counters.internal_errors ?? 0, 0);
	assert.equal(counters.request_schema_violations, 0, JSON.stringify(sandbox.journal.entries.filter((e) => e.violations)));
}

test('logs in, sees the server, its channels and itself', async (t) => {
	const sandbox = await startSandbox(t);
	const client = await login(t, sandbox);
	assert.equal(client.user.username, 'ddc');
	assert.equal(client.application.id, APP);
	const guild = client.guilds.cache.get(GUILD);
	assert.equal(guild.name, 'Home server');
	assert.equal(guild.channels.cache.get(STATUS).name, 'server-status');
	assert.ok(guild.members.me.permissionsIn(STATUS).has('SendMessages'));
	assertClean(sandbox);
});

test('registers commands; a user runs one, with options, and reads the answer', async (t) => {
	const sandbox = await startSandbox(t);
	const client = await login(t, sandbox);
	const command = new SlashCommandBuilder().setName('info').setDescription('About a container').setDescriptionLocalizations({ de: 'Über einen Container' })
		.addStringOption((o) => o.setName('container').setDescription('Which').setRequired(true).setAutocomplete(true))
		.addIntegerOption((o) => o.setName('lines').setDescription('How many').setMinValue(1).setMaxValue(50));
	await client.application.commands.set([command], GUILD);
	onInteraction(client, async (i) => {
		if (i.isAutocomplete())
			await i.respond(['plex', 'plexus'].filter((n) => n.startsWith(i.options.getFocused())).map((n) => ({ name: n.toUpperCase(), value: n })));
		else
			await i.reply({ content: `${i.options.getString('container')}:${i.options.getInteger('lines')}:${i.locale}:${i.member.displayName}` });
	});
	const found = await control(sandbox, 'POST /autocomplete', { user: JOERG, channel: STATUS, name: 'info', option: 'container', value: 'plexu' });
	assert.deepEqual(found.choices, [{ name: 'PLEXUS', value: 'plexus' }]);
	const done = await control(sandbox, 'POST /commands/run', { user: JOERG, channel: STATUS, name: 'info', options: { container: 'plexus', lines: 7 } });
	assert.equal(done.outcome, 'message');
	assert.equal(done.message.content, 'plexus:7:de:Jörg');
	assert.ok(done.latency_ms > 0 && done.latency_ms < 3000);
	await assert.rejects(control(sandbox, 'POST /commands/run', { user: JOERG, channel: STATUS, name: 'info', options: { container: 'x', lines: 99 } }), /out of range/);
	await assert.rejects(control(sandbox, 'POST /commands/run', { user: JOERG, channel: STATUS, name: 'info' }), /required/);
	assertClean(sandbox);
});

test('options and dialogs that name people, roles and channels come with what these are called', async (t) => {
	const sandbox = await startSandbox(t);
	const client = await login(t, sandbox);
	const moderator = '1180000000000000152';
	await client.application.commands.set([new SlashCommandBuilder().setName('grant').setDescription('Grant').setDefaultMemberPermissions(32)
		.addMentionableOption((o) => o.setName('who').setDescription('Who')).addChannelOption((o) => o.setName('channel').setDescription('Where'))
		.addUserOption((o) => o.setName('user').setDescription('User')).addRoleOption((o) => o.setName('role').setDescription('Role'))], GUILD);
	onInteraction(client, async (i) => {
		if (i.isModalSubmit())
			return i.reply({ content: `chose ${[...i.fields.getField('who').values]}` });
		const who = i.options.getMentionable('who');
		if (!who)
			return client.rest.post(`/interactions/${i.id}/${i.token}/callback`, { auth: false, body: { type: 9, data: { custom_id: 'm', title: 'T', components: [
				{ type: 18, label: 'Who', component: { type: 7, custom_id: 'who', required: false, min_values: 0, max_values: 1, default_values: [{ id: moderator, type: 'role' }] } }] } } });
		return i.reply({ content: [who.displayName ?? who.name, i.options.getChannel('channel')?.name, i.options.getUser('user')?.globalName, i.options.getRole('role')?.name].join() });
	});
	const run = (options, more) => control(sandbox, 'POST /commands/run', { user: MAXI, channel: STATUS, name: 'grant', options, ...more });
	assert.equal((await run({ who: moderator, channel: STATUS, user: ADA, role: moderator })).message.content, 'Moderator,server-status,Ada,Moderator');
	assert.equal((await run({ who: JOERG })).message.content, 'Jörg,,,');
	for (const [options, why] of [[{ who: STATUS }, /no user or role/], [{ user: moderator }, /no user/], [{ role: ADA }, /no role/], [{ channel: ADA }, /no channel/]])
		await assert.rejects(run(options), why);
	await assert.rejects(control(sandbox, 'POST /commands/run', { user: ADA, channel: STATUS, name: 'grant' }), /may not use/);
	const submit = async (fields) => control(sandbox, 'POST /modals/submit', { user: MAXI, interaction: (await run({})).id, fields });
	assert.equal((await submit({})).message.content, `chose ${moderator}`, 'what stands there from the beginning');
	assert.equal((await submit({ who: [ADA] })).message.content, `chose ${ADA}`);
	await assert.rejects(submit({ who: [ADA, JOERG] }), /wants 0 to 1/);
	assert.equal((await submit({ who: [] })).message.content, 'chose');
	assertClean(sandbox);
});

test('buttons, selects and modals come back with what was chosen', async (t) => {
	const sandbox = await startSandbox(t);
	const client = await login(t, sandbox);
	const channel = client.channels.cache.get(STATUS);
	const panel = await channel.send({
		embeds: [new EmbedBuilder().setTitle('Overview').setDescription('**plex** runs').setColor(0x57f287).addFields({ name: 'CPU', value: '1 %', inline: true })],
		components: [
			new ActionRowBuilder().addComponents(new ButtonBuilder().setCustomId('restart').setLabel('Restart').setEmoji('🔄').setStyle(ButtonStyle.Danger),
				new ButtonBuilder().setCustomId('off').setLabel('Off').setStyle(ButtonStyle.Secondary).setDisabled(true)),
			new ActionRowBuilder().addComponents(new StringSelectMenuBuilder().setCustomId('pick').setPlaceholder('Pick').addOptions({ label: 'Plex', value: 'plex' }, { label: 'Minecraft', value: 'mc' })),
		],
	});
	onInteraction(client, async (i) => {
		if (i.isButton())
			await i.showModal(new ModalBuilder().setCustomId('why').setTitle('Why?').addComponents(new ActionRowBuilder().addComponents(
				new TextInputBuilder().setCustomId('reason').setLabel('Reason').setStyle(TextInputStyle.Short).setMaxLength(10))));
		else if (i.isStringSelectMenu())
			await i.update({ content: `chose ${i.values}`, embeds: [], components: [] });
		else if (i.isModalSubmit())
			await i.reply({ content: `because ${i.fields.getTextInputValue('reason')}`, flags: MessageFlags.Ephemeral });
	});
	await assert.rejects(control(sandbox, 'POST /components/click', { user: ADA, message: panel.id, custom_id: 'off' }), /disabled/);
	const opened = await control(sandbox, 'POST /components/click', { user: ADA, message: panel.id, custom_id: 'restart' });
	assert.equal(opened.outcome, 'modal');
	assert.equal(opened.modal.title, 'Why?');
	await assert.rejects(control(sandbox, 'POST /modals/submit', { user: ADA, interaction: opened.id, fields: { reason: 'much too long a reason' } }), /wrong length/);
	const sent = await control(sandbox, 'POST /modals/submit', { user: ADA, interaction: opened.id, fields: { reason: 'stuck' } });
	assert.equal(sent.message.content, 'because stuck');
	const seenBy = async (user) => (await control(sandbox, `GET /channels/${STATUS}/messages?user=${user}`)).messages.map((m) => m.content);
	assert.deepEqual(await seenBy(ADA), ['', 'because stuck']);
	assert.deepEqual(await seenBy(MAXI), [''], 'a private reply is seen only by its user');
	const chosen = await control(sandbox, 'POST /components/click', { user: MAXI, message: panel.id, custom_id: 'pick', values: ['mc'] });
	assert.equal(chosen.outcome, 'update');
	const after = await channel.messages.fetch({ message: panel.id, force: true });
	assert.equal(after.content, 'chose mc');
	assert.equal(after.components.length, 0);
	assertClean(sandbox);
});

test('deferred private answer, edit, follow-up, delete', async (t) => {
	const sandbox = await startSandbox(t);
	const client = await login(t, sandbox);
	await client.application.commands.set([{ name: 'slow', description: 'Takes its time' }]);
	onInteraction(client, async (i) => {
		await i.deferReply({ flags: MessageFlags.Ephemeral });
		await i.editReply('done');
		const more = await i.followUp({ content: 'and more', flags: MessageFlags.Ephemeral });
		await i.deleteReply(more);
		await i.followUp('for all');
	});
	const done = await control(sandbox, 'POST /commands/run', { user: ADA, channel: STATUS, name: 'slow', wait: 'final' });
	assert.equal(done.outcome, 'deferred');
	assert.equal(done.message.content, 'done');
	assert.equal(done.message.flags & 64, 64);
	assert.equal(done.message.flags & 128, 0, 'no longer "thinking"');
	const { messages } = await control(sandbox, 'POST /wait', { channel: STATUS, text: 'for all' });
	assert.deepEqual(messages.map((m) => m.content), ['for all']);
	const own = await control(sandbox, `GET /channels/${STATUS}/messages?user=${ADA}`);
	assert.deepEqual(own.messages.map((m) => m.content), ['done', 'for all'], 'the second follow-up is gone');
	assertClean(sandbox);
});

test('posts, edits and deletes; files and Components V2 arrive', async (t) => {
	const sandbox = await startSandbox(t);
	const client = await login(t, sandbox);
	const channel = client.channels.cache.get(STATUS);
	const sent = await channel.send({ content: 'log', files: [new AttachmentBuilder(Buffer.from('line 1\nline 2\n'), { name: 'plex.log' })] });
	const file = sent.attachments.first();
	assert.equal(file.name, 'plex.log');
	assert.equal(await (await fetch(file.url)).text(), 'line 1\nline 2\n');
	const edited = await sent.edit({ content: 'log, read', attachments: [] });
	assert.equal(edited.attachments.size, 0);
	assert.ok(edited.editedTimestamp);
	const v2 = await channel.send({ flags: MessageFlags.IsComponentsV2, components: [new ContainerBuilder().setAccentColor(0x00ff00)
		.addTextDisplayComponents(new TextDisplayBuilder().setContent('# Overview'))
		.addSectionComponents(new SectionBuilder().addTextDisplayComponents(new TextDisplayBuilder().setContent('plex')).setButtonAccessory(new ButtonBuilder().setCustomId('x').setLabel('Restart').setStyle(ButtonStyle.Primary)))] });
	assert.equal(v2.components[0].components.length, 2);
	await sent.delete();
	await assert.rejects(channel.messages.fetch({ message: sent.id, force: true }), { code: 10008 });
	assertClean(sandbox);
});

test('hears other people, and resumes after the connection broke without losing a message', async (t) => {
	const sandbox = await startSandbox(t);
	const client = await login(t, sandbox);
	const heard = [];
	client.on(Events.MessageCreate, (m) => heard.push(m));
	await control(sandbox, `POST /channels/${STATUS}/messages`, { user: MAXI, content: 'hello' });
	await control(sandbox, 'POST /faults', { kind: 'gateway_close', code: 4000 });
	await control(sandbox, 'POST /wait', { gateway: 'disconnected' });
	await control(sandbox, `POST /channels/${STATUS}/messages`, { user: MAXI, content: `<@${APP}> missed me?` });
	await once(client, Events.ShardResume);
	assert.equal(sandbox.journal.counters.identifies, 1);
	assert.equal(sandbox.journal.counters.resumes, 1);
	assert.deepEqual(heard.map((m) => m.content), ['', `<@${APP}> missed me?`], 'without MESSAGE_CONTENT only a mention is readable');
	assertClean(sandbox);
});

test('"did not respond" when the bot stays silent, and its late answer is refused', async (t) => {
	const sandbox = await startSandbox(t, { interaction_timeout_ms: 150 });
	const client = await login(t, sandbox);
	await client.application.commands.set([{ name: 'late', description: 'Too late' }], GUILD);
	const came = once(client, Events.InteractionCreate);
	const done = await control(sandbox, 'POST /commands/run', { user: ADA, channel: STATUS, name: 'late' });
	assert.equal(done.outcome, 'no_response');
	const [interaction] = await came;
	await assert.rejects(interaction.reply('sorry'), { code: 10062 });
});
