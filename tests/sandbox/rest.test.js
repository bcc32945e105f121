// REST: each rule answers as documented, with the documented code.

import assert from 'node:assert/strict';
import test from 'node:test';
import { Validator } from '../../sandbox/validate.js';
import { ADA, APP, connect, control, GAMES, GUILD, rest, ROOMY, startSandbox, STATUS } from './help.js';

const MESSAGES = `/channels/${STATUS}/messages`;
const post = (sandbox, body) => rest(sandbox, `POST ${MESSAGES}`, body);
const button = (custom_id, extra = {}) => ({ type: 2, style: 1, label: 'x', custom_id, ...extra });
const row = (...components) => ({ type: 1, components });
const text = (length) => 'x'.repeat(length);
const V2 = 1 << 15;

// Lengths and types are in the OpenAPI document; without it (DISCORD_OPENAPI) there is nothing to test them with.
const DOCUMENT = { skip: !Validator.shared().available && 'no OpenAPI document here' };

function assertError(answer, status, code, where) {
	assert.equal(answer.status, status, JSON.stringify(answer.body));
	assert.equal(answer.body.code, code, JSON.stringify(answer.body));
	if (!where)
		return;
	let node = answer.body.errors;
	for (const key of where.split('.')) {
		assert.ok(node?.[key], `${where} is missing in ${JSON.stringify(answer.body.errors)}`);
		node = node[key];
	}
	assert.ok(node._errors[0].code && node._errors[0].message);
}

test('identity: token, User-Agent, version, unknown routes', async (t) => {
	const sandbox = await startSandbox(t);
	assertError(await rest(sandbox, 'GET /users/@me', undefined, { Authorization: 'Bot nonsense' }), 401, 0);
	assertError(await rest(sandbox, 'GET /users/@me', undefined, { 'User-Agent': 'curl/8' }), 403, 40333);
	assertError(await rest(sandbox, 'GET /nowhere'), 404, 0);
	assertError(await rest(sandbox, 'DELETE /users/@me'), 405, 0);
	assert.equal((await rest(sandbox, 'GET /gateway')).body.url, `ws://127.0.0.1:${sandbox.port}/gateway/`);
	assert.equal((await rest(sandbox, 'GET /applications/@me')).body.id, APP);
	assert.equal((await rest(sandbox, 'GET /oauth2/applications/@me')).body.name, 'ddc');
	assertError(await rest(sandbox, 'GET /channels/not-a-number'), 400, 50035, 'channel_id');
	assert.deepEqual(sandbox.journal.ownViolations, []);
});

test('bodies: JSON, content type, encoding', DOCUMENT, async (t) => {
	const sandbox = await startSandbox(t);
	assertError(await post(sandbox, '{"content": '), 400, 50109);
	assertError(await rest(sandbox, `POST ${MESSAGES}`, 'content=x', { 'Content-Type': 'text/plain' }), 400, 50035);
	assertError(await post(sandbox, {}), 400, 50006);
	assertError(await post(sandbox, { content: '   ' }), 400, 50006);
	const bad = await fetch(`${sandbox.api}${MESSAGES}`, { method: 'POST', body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), headers: { Authorization: `Bot ${sandbox.token}`, 'User-Agent': 'DiscordBot (x, 1)', 'Content-Type': 'application/json' } });
	assert.equal((await bad.json()).code, 50109);
	assertError(await post(sandbox, { content: 5 }), 400, 50035, 'content');
	assert.equal(sandbox.journal.counters.request_schema_violations, 1);
	assert.equal(sandbox.journal.entries.find((e) => e.violations?.[0].startsWith('content:')).validated, 'no');
});

for (const [name, body, where] of [
	['content of 2001 characters', { content: text(2001) }, 'content'],
	['an embed title of 257', { embeds: [{ title: text(257) }] }, 'embeds.0.title'],
	['an embed description of 4097', { embeds: [{ description: text(4097) }] }, 'embeds.0.description'],
	['26 fields', { embeds: [{ fields: Array(26).fill({ name: 'a', value: 'b' }) }] }, 'embeds.0.fields'],
	['a field value of 1025', { embeds: [{ fields: [{ name: 'a', value: text(1025) }] }] }, 'embeds.0.fields.0.value'],
	['an empty field value', { embeds: [{ fields: [{ name: 'a', value: ' ' }] }] }, 'embeds.0.fields.0.value'],
	['a footer of 2049', { embeds: [{ title: 'x', footer: { text: text(2049) } }] }, 'embeds.0.footer.text'],
	['11 embeds', { embeds: Array(11).fill({ title: 'x' }) }, 'embeds'],
	['6001 characters over all embeds', { embeds: [{ description: text(4000) }, { description: text(2001) }] }, 'embeds'],
	['6 action rows', { content: 'x', components: Array.from({ length: 6 }, (_, n) => row(button(`b${n}`))) }, 'components'],
	['6 buttons in a row', { content: 'x', components: [row(...Array.from({ length: 6 }, (_, n) => button(`b${n}`)))] }, 'components.0.components'],
	['the same custom_id twice', { content: 'x', components: [row(button('same'), button('same'))] }, 'components.0.components.1.custom_id'],
	['a custom_id of 101', { content: 'x', components: [row(button(text(101)))] }, 'components.0.components.0.custom_id'],
	['a button label of 81', { content: 'x', components: [row(button('a', { label: text(81) }))] }, 'components.0.components.0.label'],
	['a button without custom_id', { content: 'x', components: [row({ type: 2, style: 1, label: 'x' })] }, 'components.0.components.0.custom_id'],
	['a link button with custom_id', { content: 'x', components: [row({ type: 2, style: 5, label: 'x', url: 'https://x.org', custom_id: 'a' })] }, 'components.0.components.0.custom_id'],
	['an emoji that is none', { content: 'x', components: [row(button('a', { emoji: { name: 'smile' } }))] }, 'components.0.components.0.emoji.name'],
	['26 select options', { content: 'x', components: [row({ type: 3, custom_id: 's', options: Array.from({ length: 26 }, (_, n) => ({ label: 'x', value: `${n}` })) })] }, 'components.0.components.0.options'],
	['an option value twice', { content: 'x', components: [row({ type: 3, custom_id: 's', options: [{ label: 'x', value: 'v' }, { label: 'y', value: 'v' }] })] }, 'components.0.components.0.options.1.value'],
	['more values than options', { content: 'x', components: [row({ type: 3, custom_id: 's', max_values: 2, options: [{ label: 'x', value: 'v' }] })] }, 'components.0.components.0.max_values'],
	['a select beside a button', { content: 'x', components: [row({ type: 3, custom_id: 's', options: [{ label: 'x', value: 'v' }] }, button('b'))] }, 'components.0.components'],
	['a container without the V2 flag', { content: 'x', components: [{ type: 17, components: [{ type: 10, content: 'x' }] }] }, 'components.0.type'],
	['V2 with content', { flags: V2, content: 'x', components: [{ type: 10, content: 'x' }] }, 'content'],
	['V2 with embeds', { flags: V2, embeds: [{ title: 'x' }], components: [{ type: 10, content: 'x' }] }, 'embeds'],
	['41 V2 components, nested ones counted', { flags: V2, components: [{ type: 17, components: Array.from({ length: 40 }, () => ({ type: 14 })) }] }, 'components'],
	['4001 characters of V2 text', { flags: V2, components: [{ type: 10, content: text(2000) }, { type: 10, content: text(2001) }] }, 'components'],
	['a section with four texts', { flags: V2, components: [{ type: 9, components: Array(4).fill({ type: 10, content: 'x' }), accessory: button('a') }] }, 'components.0.components'],
	['an unknown component type', { content: 'x', components: [row({ type: 99 })] }, 'components.0.components.0.type'],
	['contradicting allowed_mentions', { content: 'x', allowed_mentions: { parse: ['users'], users: [ADA] } }, 'allowed_mentions'],
	['a nonce of 26 characters', { content: 'x', nonce: text(26) }, 'nonce'],
	['a file that is not there', { embeds: [{ image: { url: 'attachment://gone.png' } }] }, 'embeds'],
]) {
	test(`message: ${name} is refused at ${where}`, DOCUMENT, async (t) => {
		const sandbox = await startSandbox(t);
		assertError(await post(sandbox, body), 400, 50035, where);
	});
}

test('V2 text of more than 10170 bytes answers 500, and what is just right is taken', async (t) => {
	const sandbox = await startSandbox(t);
	assert.equal((await post(sandbox, { flags: V2, components: [{ type: 10, content: 'ก'.repeat(3400) }] })).status, 500);
	assert.equal((await post(sandbox, { flags: V2, components: [{ type: 10, content: 'ก'.repeat(3380) }] })).status, 200);
	assert.equal((await post(sandbox, { content: text(2000) })).status, 200);
	assert.equal((await post(sandbox, { embeds: [{ description: text(4096) }, { description: text(1904) }] })).status, 200);
	assert.equal((await post(sandbox, { flags: V2, components: [{ type: 17, components: Array.from({ length: 39 }, () => ({ type: 14 })) }] })).status, 200);
	assert.deepEqual(sandbox.journal.ownViolations, []);
});

test('the V2 flag cannot be taken back, and legacy fields must be emptied to set it', async (t) => {
	const sandbox = await startSandbox(t);
	const { body: old } = await post(sandbox, { content: 'old' });
	assertError(await rest(sandbox, `PATCH ${MESSAGES}/${old.id}`, { flags: V2, components: [{ type: 10, content: 'new' }] }), 400, 50035, 'content');
	assert.equal((await rest(sandbox, `PATCH ${MESSAGES}/${old.id}`, { flags: V2, content: null, embeds: [], components: [{ type: 10, content: 'new' }] })).status, 200);
	assertError(await rest(sandbox, `PATCH ${MESSAGES}/${old.id}`, { flags: 0, content: 'back', components: [] }), 400, 50035, 'flags');
});

test('nonce: with enforce_nonce the second post gives the first message', async (t) => {
	const sandbox = await startSandbox(t);
	const first = await post(sandbox, { content: 'once', nonce: '77', enforce_nonce: true });
	const second = await post(sandbox, { content: 'once', nonce: '77', enforce_nonce: true });
	assert.equal(second.body.id, first.body.id);
	assert.notEqual((await post(sandbox, { content: 'once', nonce: '78', enforce_nonce: true })).body.id, first.body.id);
	assert.equal((await control(sandbox, `GET ${MESSAGES}`)).messages.length, 2);
});

test('a lost answer: the message is there, the client does not know', async (t) => {
	const sandbox = await startSandbox(t);
	await control(sandbox, 'POST /faults', { kind: 'rest', method: 'POST', route: '/messages$', mode: 'drop', when: 'after' });
	await assert.rejects(post(sandbox, { content: 'there', nonce: '1', enforce_nonce: true }));
	const again = await post(sandbox, { content: 'there', nonce: '1', enforce_nonce: true });
	assert.equal(again.status, 200);
	assert.equal((await control(sandbox, `GET ${MESSAGES}`)).messages.length, 1);
});

test('rights: unseen channel 50001, no writing 50013, embeds and files need theirs, foreign messages', async (t) => {
	const sandbox = await startSandbox(t);
	const deny = (...names) => control(sandbox, `PUT /channels/${STATUS}/permissions`, { id: APP, type: 1, deny: names });
	await deny('SEND_MESSAGES');
	assertError(await post(sandbox, { content: 'x' }), 403, 50013);
	await deny('VIEW_CHANNEL');
	assertError(await post(sandbox, { content: 'x' }), 403, 50001);
	assertError(await rest(sandbox, `GET ${MESSAGES}`), 403, 50001);
	await deny('EMBED_LINKS');
	assertError(await post(sandbox, { embeds: [{ title: 'x' }] }), 403, 50013);
	await deny();
	const { message } = await control(sandbox, `POST ${MESSAGES}`, { user: ADA, content: 'mine' });
	assertError(await rest(sandbox, `PATCH ${MESSAGES}/${message.id}`, { content: 'yours' }), 403, 50005);
	assertError(await rest(sandbox, `DELETE ${MESSAGES}/${message.id}`), 403, 50013);
	await control(sandbox, `PUT /guilds/${GUILD}/bot-permissions`, { permissions: ['VIEW_CHANNEL', 'MANAGE_MESSAGES'] });
	assert.equal((await rest(sandbox, `DELETE ${MESSAGES}/${message.id}`)).status, 204);
	assertError(await rest(sandbox, `GET ${MESSAGES}/${message.id}`), 404, 10008);
	await control(sandbox, `PATCH /guilds/${GUILD}`, { bot_is_member: false });
	assertError(await rest(sandbox, `GET /guilds/${GUILD}`), 404, 10004);
	assertError(await rest(sandbox, 'GET /channels/1180000000000099999'), 404, 10003);
});

test('rate limits: headers count down, the sixth post waits, other channels do not', async (t) => {
	const sandbox = await startSandbox(t, { limits: { ...ROOMY, message_create: { limit: 5, window: 5 } } });
	for (let left = 4; left >= 0; left--) {
		const { headers } = await post(sandbox, { content: 'x' });
		assert.equal(headers.get('x-ratelimit-limit'), '5');
		assert.equal(headers.get('x-ratelimit-remaining'), String(left));
	}
	const over = await post(sandbox, { content: 'x' });
	assert.equal(over.status, 429);
	assert.equal(over.headers.get('x-ratelimit-scope'), 'user');
	assert.ok(over.body.retry_after > 0 && over.body.retry_after <= 5);
	assert.equal(over.body.global, false);
	const other = await rest(sandbox, `POST /channels/${GAMES}/messages`, { content: 'x' });
	assert.equal(other.status, 200);
	assert.equal(other.headers.get('x-ratelimit-bucket'), over.headers.get('x-ratelimit-bucket'));
});

test('global limit; interactions are outside it; too many invalid requests ban the address', async (t) => {
	const sandbox = await startSandbox(t);
	await control(sandbox, 'POST /limits', { global: 2 });
	await rest(sandbox, 'GET /users/@me');
	await rest(sandbox, 'GET /users/@me');
	const over = await rest(sandbox, 'GET /users/@me');
	assert.equal(over.status, 429);
	assert.equal(over.headers.get('x-ratelimit-global'), 'true');
	assert.equal(over.body.global, true);
	assertError(await rest(sandbox, 'POST /interactions/1/token/callback', { type: 6 }), 404, 10062);
	await control(sandbox, 'POST /limits', { global: 1000, invalid_ban: 2 });
	for (let n = 0; n < 2; n++)
		await rest(sandbox, 'GET /users/@me', undefined, { Authorization: 'Bot x' });
	const banned = await rest(sandbox, 'GET /users/@me');
	assert.equal(banned.status, 429);
	assert.equal(banned.body, 'error code: 1015');
});

test('30046: the fourth edit within six seconds of a message older than an hour', async (t) => {
	const sandbox = await startSandbox(t);
	const { body: message } = await post(sandbox, { content: '0' });
	const edit = (n) => rest(sandbox, `PATCH ${MESSAGES}/${message.id}`, { content: String(n) });
	for (let n = 0; n < 6; n++)
		assert.equal((await edit(n)).status, 200);
	await control(sandbox, `POST /messages/${message.id}/age`, { ms: 3601_000 });
	for (let n = 0; n < 3; n++)
		assert.equal((await edit(n)).status, 200);
	assertError(await edit(9), 429, 30046);
});

test('faults on requests: status, HTML, headers, not JSON, half a body, delay', async (t) => {
	const sandbox = await startSandbox(t);
	const fault = (body) => control(sandbox, 'POST /faults', { kind: 'rest', route: '^/users', ...body });
	await fault({ preset: '429-shared', retry_after: 0.25 });
	const shared = await rest(sandbox, 'GET /users/@me');
	assert.deepEqual([shared.status, shared.headers.get('x-ratelimit-scope'), shared.body.retry_after], [429, 'shared', 0.25]);
	assert.equal(sandbox.journal.counters.invalid_requests, 0, 'shared does not count as invalid');
	await fault({ preset: '502' });
	assert.match((await rest(sandbox, 'GET /users/@me')).body, /^<html>/);
	await fault({ status: 403, body: { code: 160002, message: 'no' } });
	assertError(await rest(sandbox, 'GET /users/@me'), 403, 160002);
	await fault({ mode: 'not_json' });
	assert.equal(typeof (await rest(sandbox, 'GET /users/@me')).body, 'string');
	await fault({ mode: 'cut' });
	await assert.rejects(rest(sandbox, 'GET /users/@me'));
	await fault({ mode: 'hang' });
	await assert.rejects(fetch(`${sandbox.api}/users/@me`, { signal: AbortSignal.timeout(100), headers: { 'User-Agent': 'DiscordBot (x, 1)', Authorization: `Bot ${sandbox.token}` } }), { name: 'TimeoutError' });
	await fault({ mode: 'delay', delay_ms: 60 });
	const started = Date.now();
	assert.equal((await rest(sandbox, 'GET /users/@me')).status, 200);
	assert.ok(Date.now() - started >= 55);
	assert.equal((await rest(sandbox, 'GET /users/@me')).status, 200, 'used up');
	await assert.rejects(control(sandbox, 'POST /faults', { kind: 'rest', preset: 'nonsense' }), /no such preset/);
});

test('bulk delete: 2 to 100, no duplicates, none older than 14 days', DOCUMENT, async (t) => {
	const sandbox = await startSandbox(t);
	await control(sandbox, `PUT /guilds/${GUILD}/bot-permissions`, { permissions: ['ALL'] });
	const ids = [];
	for (let n = 0; n < 3; n++)
		ids.push((await post(sandbox, { content: `${n}` })).body.id);
	const remove = (messages) => rest(sandbox, `POST ${MESSAGES}/bulk-delete`, { messages });
	assertError(await remove([ids[0]]), 400, 50035, 'messages');
	assertError(await remove([ids[0], ids[0]]), 400, 50035, 'messages');
	await control(sandbox, `POST /messages/${ids[2]}/age`, { ms: 15 * 24 * 3600_000 });
	assertError(await remove(ids), 400, 50034);
	assert.equal((await remove(ids.slice(0, 2))).status, 204);
	assert.deepEqual((await rest(sandbox, `GET ${MESSAGES}`)).body.map((m) => m.id), [ids[2]]);
});

test('allowed_mentions decides who is notified', async (t) => {
	const sandbox = await startSandbox(t);
	await post(sandbox, { content: `<@${ADA}> @everyone`, allowed_mentions: { parse: [] } });
	assert.equal(sandbox.journal.counters.pings, 0);
	await post(sandbox, { content: `<@${ADA}>` });
	assert.equal(sandbox.journal.counters.pings, 1);
});

const COMMANDS = `/applications/${APP}/guilds/${GUILD}/commands`;
const command = (extra) => ({ name: 'ss', description: 'Status', ...extra });
const option = (extra) => ({ type: 3, name: 'o', description: 'd', ...extra });

for (const [name, body, where] of [
	['a capital letter', command({ name: 'SS' }), '0.name'],
	['a blank', command({ name: 'a b' }), '0.name'],
	['no description', { name: 'x' }, '0.description'],
	['a description of 101', command({ description: text(101) }), '0.description'],
	['an unknown locale', command({ name_localizations: { 'xx-XX': 'x' } }), '0.name_localizations.xx-XX'],
	['26 options', command({ options: Array.from({ length: 26 }, (_, n) => option({ name: `o${n}` })) }), '0.options'],
	['26 choices', command({ options: [option({ choices: Array.from({ length: 26 }, (_, n) => ({ name: `${n}`, value: `${n}` })) })] }), '0.options.0.choices'],
	['choices and autocomplete', command({ options: [option({ autocomplete: true, choices: [{ name: 'a', value: 'a' }] })] }), '0.options.0.choices'],
	['a required option after an optional one', command({ options: [option(), option({ name: 'p', required: true })] }), '0.options.1'],
	['the same option twice', command({ options: [option(), option()] }), '0.options.1.name'],
	['more than 8000 characters', command({ options: Array.from({ length: 25 }, (_, n) => option({ name: `o${n}`, choices: Array.from({ length: 4 }, (_, m) => ({ name: `${m}${text(90)}`, value: `${m}` })) })) }), '0'],
]) {
	test(`command: ${name} is refused`, DOCUMENT, async (t) => {
		const sandbox = await startSandbox(t);
		assertError(await rest(sandbox, `PUT ${COMMANDS}`, [body]), 400, 50035, where);
	});
}

test('commands: bulk overwrite keeps ids, duplicates are refused, 200 creates a day', async (t) => {
	const sandbox = await startSandbox(t, { command_creates_per_day: 3 });
	assertError(await rest(sandbox, `PUT ${COMMANDS}`, [command(), command()]), 400, 50035, '1.name');
	const first = await rest(sandbox, `PUT ${COMMANDS}`, [command(), command({ name: 'control' })]);
	assert.equal(first.body.length, 2);
	const again = await rest(sandbox, `PUT ${COMMANDS}`, [command(), command({ name: 'control', description: 'Other' })]);
	assert.equal(again.body[0].id, first.body[0].id);
	assert.equal(again.body[0].version, first.body[0].version, 'unchanged: same version');
	assert.notEqual(again.body[1].version, first.body[1].version);
	assert.equal((await rest(sandbox, `POST ${COMMANDS}`, command({ description: 'Upsert' }))).status, 200);
	assert.equal((await rest(sandbox, `POST ${COMMANDS}`, command({ name: 'third' }))).status, 201);
	assertError(await rest(sandbox, `POST ${COMMANDS}`, command({ name: 'fourth' })), 400, 30034);
	assert.equal((await rest(sandbox, `DELETE ${COMMANDS}/${first.body[0].id}`)).status, 204);
	assertError(await rest(sandbox, `GET ${COMMANDS}/${first.body[0].id}`), 404, 10063);
	assertError(await rest(sandbox, `GET /applications/${GUILD}/commands`), 403, 20012);
	assert.deepEqual(sandbox.journal.ownViolations, []);
});

// ---- interactions ----

async function interaction(t, sandbox, kind = 3) {
	const gateway = await connect(t, sandbox);
	const { body: panel } = await post(sandbox, { content: 'panel', components: [row(button('b'))] });
	const raw = { user: ADA, channel: STATUS, wait: false };
	const made = kind === 3 ? await control(sandbox, 'POST /components/click', { ...raw, message: panel.id, custom_id: 'b' })
		: await control(sandbox, 'POST /interactions/raw', { ...raw, type: kind, data: { name: 'x' } });
	const { d } = await gateway.wait('INTERACTION_CREATE');
	const callback = (body, query = '') => rest(sandbox, `POST /interactions/${d.id}/${d.token}/callback${query}`, body, { Authorization: '' });
	const hook = (what, body) => rest(sandbox, what.replace(' ', ` /webhooks/${APP}/${d.token}`), body, { Authorization: '' });
	return { made, d, callback, hook, panel };
}

test('interactions carry member, rights, locale, channel and message', async (t) => {
	const sandbox = await startSandbox(t);
	const { d, panel } = await interaction(t, sandbox);
	assert.equal(d.member.user.id, ADA);
	assert.equal(d.message.id, panel.id);
	assert.equal(d.data.component_type, 2);
	assert.equal(d.channel.id, STATUS);
	assert.deepEqual([d.locale, d.guild_locale, d.context], ['en-US', 'en-US', 0]);
	assert.ok(BigInt(d.app_permissions) > 0n && BigInt(d.member.permissions) > 0n);
});

test('the second answer is 40060; a wrong token 10062; a follow-up before the first answer 10015', async (t) => {
	const sandbox = await startSandbox(t);
	const { d, callback, hook } = await interaction(t, sandbox);
	assertError(await hook('POST ', { content: 'too early' }), 404, 10015);
	assertError(await rest(sandbox, `POST /interactions/${d.id}/wrong/callback`, { type: 6 }), 404, 10062);
	assert.equal((await callback({ type: 6 })).status, 204);
	assertError(await callback({ type: 6 }), 400, 40060);
});

test('types: which answers fit which interaction', DOCUMENT, async (t) => {
	const sandbox = await startSandbox(t);
	const button = await interaction(t, sandbox);
	assertError(await button.callback({ type: 8, data: { choices: [] } }), 400, 50035, 'type');
	const answer = await button.callback({ type: 7, data: { content: 'new' } }, '?with_response=true');
	assert.equal(answer.body.resource.message.content, 'new');
	assert.equal(answer.body.resource.message.id, button.panel.id);
	const command = await interaction(t, sandbox, 2);
	assertError(await command.callback({ type: 6 }), 400, 50035, 'type');
	assertError(await command.callback({ type: 7, data: { content: 'x' } }), 400, 50035, 'type');
	assertError(await command.callback({ type: 4, data: { content: text(2001) } }), 400, 50035);
	assert.equal((await command.callback({ type: 5, data: { flags: 64 } })).status, 204, 'a refused answer does not use up the interaction');
	const typed = await interaction(t, sandbox, 4);
	assertError(await typed.callback({ type: 8, data: { choices: Array.from({ length: 26 }, (_, n) => ({ name: `${n}`, value: `${n}` })) } }), 400, 50035);
	assert.equal((await typed.callback({ type: 8, data: { choices: [{ name: 'a', value: 'a' }] } })).status, 204);
	assert.deepEqual(sandbox.journal.ownViolations, []);
});

test('modals: their own limits', DOCUMENT, async (t) => {
	const sandbox = await startSandbox(t);
	const { callback } = await interaction(t, sandbox);
	const label = (custom_id, extra = {}) => ({ type: 18, label: 'L', component: { type: 4, custom_id, style: 1, ...extra } });
	const modal = (components, title = 'T') => ({ type: 9, data: { custom_id: 'm', title, components } });
	assertError(await callback(modal([label('a')], text(46))), 400, 50035, 'data.title');
	assertError(await callback(modal(Array.from({ length: 6 }, (_, n) => label(`${n}`)))), 400, 50035, 'data.components');
	assertError(await callback(modal([label('a'), label('a')])), 400, 50035, 'data.components.1.component.custom_id');
	assertError(await callback(modal([label('a', { max_length: 4001 })])), 400, 50035, 'data.components.0.component.max_length');
	assertError(await callback(modal([{ type: 18, label: 'L', component: { type: 3, custom_id: 's', disabled: true, options: [{ label: 'a', value: 'a' }] } }])), 400, 50035, 'data.components.0.component.disabled');
	assert.equal((await callback(modal([label('a'), { type: 10, content: 'text' }]))).status, 204);
});

test('a deferral fixes ephemeral for ever; the first follow-up fills it; after 15 minutes the token is dead', async (t) => {
	const sandbox = await startSandbox(t);
	const { d, callback, hook } = await interaction(t, sandbox, 2);
	await callback({ type: 5, data: { flags: 64 } });
	const filled = await hook('POST ', { content: 'filled' });
	assert.equal(filled.body.flags & (64 | 128), 64);
	const edited = await hook('PATCH /messages/@original', { content: 'edited', flags: 0 });
	assert.equal(edited.body.flags & 64, 64);
	assert.equal(edited.body.id, filled.body.id);
	assertError(await rest(sandbox, `PATCH ${MESSAGES}/${edited.body.id}`, { content: 'by token' }), 404, 10008);
	const more = await hook('POST ', { content: 'public' });
	assert.equal((await hook(`DELETE /messages/${more.body.id}`)).status, 204);
	assertError(await hook(`PATCH /messages/${more.body.id}`, { content: 'x' }), 404, 10008);
	await control(sandbox, `POST /interactions/${d.id}/age`, { ms: 15 * 60_000 });
	assertError(await hook('PATCH /messages/@original', { content: 'late' }), 401, 50027);
	assert.deepEqual(sandbox.journal.ownViolations, []);
});

test('after three seconds it is over: 10062', async (t) => {
	const sandbox = await startSandbox(t);
	const { d, callback } = await interaction(t, sandbox);
	await control(sandbox, `POST /interactions/${d.id}/age`, { ms: 3001 });
	assertError(await callback({ type: 6 }), 404, 10062);
	assert.equal((await control(sandbox, `GET /interactions/${d.id}`)).state, 'failed');
});

test('the control API is closed to foreign pages; state survives a restart', async (t) => {
	const state = `${process.env.TMPDIR ?? '/tmp'}/sandbox-state-${process.pid}.json`;
	t.after(async () => (await import('node:fs')).rmSync(state, { force: true }));
	const first = await startSandbox(t, { state });
	const foreign = await fetch(`${first.url}/sandbox/world`, { headers: { Origin: 'http://evil.example' } });
	assert.equal(foreign.status, 403);
	const { body } = await post(first, { content: 'kept' });
	await rest(first, `PUT ${COMMANDS}`, [command()]);
	await first.stop();
	const second = await startSandbox(t, { state });
	assert.equal((await rest(second, `GET ${MESSAGES}/${body.id}`)).body.content, 'kept');
	assert.equal((await rest(second, `GET ${COMMANDS}`)).body[0].name, 'ss');
});

test('an event stream tells what its user may see, and is forgotten when the page is closed', async (t) => {
	const sandbox = await startSandbox(t);
	const closing = new AbortController();
	const stream = await fetch(`${sandbox.url}/sandbox/events?user=${ADA}`, { signal: closing.signal });
	const reader = stream.body.getReader();
	const { body } = await post(sandbox, { content: 'live' });
	let text = '';
	while (!text.includes(body.id))
		text += new TextDecoder().decode((await reader.read()).value);
	assert.match(text, /"kind":"message_create"/);
	const listeners = sandbox.world.listenerCount('change');
	closing.abort();
	const deadline = Date.now() + 3000;
	while (sandbox.streams.size > 0 && Date.now() < deadline)
		await new Promise((resolve) => setTimeout(resolve, 10));
	assert.equal(sandbox.streams.size, 0);
	assert.equal(sandbox.world.listenerCount('change'), listeners - 1);
});
