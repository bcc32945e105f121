// What the owner wrote about a container: the list, the card, the password, and editing in dialogs.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scenario } from '../lib/stage.js';
import { hasComponent, words } from '../lib/discord.js';
import { assertRefused, openControlPanel, panels } from '../lib/people.js';
import { until } from '../lib/wait.js';
import { ADA, CONTROL, GRACE, JOERG, MAXI, STATUS } from '../lib/world.js';

const GAME = { name: 'game', later: 'kept', info: { enabled: true, show_ip: true, custom_ip: 'play.example.org', custom_port: '25565', custom_text: 'Whitelist **on**', protected_enabled: true, protected_content: 'the seed is 42', protected_password: 'sesame', note: 'kept too' } };

scenario('/info: everybody in a status channel reads the public part; the password opens the other one', { containers: [GAME, 'plain'] }, async (stage) => {
	const { discord } = stage;
	await panels(stage);
	await discord.wait({ commands: 5 });
	assert.deepEqual((await discord.autocomplete(ADA, STATUS, 'info', 'container', 'ga')).choices.map((c) => c.value), ['game']);
	const card = (await discord.run(ADA, STATUS, 'info', { container: 'game' })).message;
	assert.ok(card.flags & 64, 'private');
	assert.match(words(card), /Whitelist \*\*on\*\*/);
	assert.match(words(card), /`play\.example\.org:25565`/);
	assert.doesNotMatch(words(card), /seed/);
	assert.ok(!hasComponent(card, /📝/), 'Ada may not edit here');
	const dialog = await discord.press(ADA, card, /🔐/);
	assert.equal(dialog.outcome, 'modal');
	assertRefused(await discord.submit(ADA, dialog, { password: 'guess' }), /not the password.*4 attempts/is);
	const opened = await discord.submit(ADA, await discord.press(ADA, card, /🔐/), { password: 'sesame' });
	assert.match(words(opened.message), /the seed is 42/);
	assert.ok(opened.message.flags & 64);
});

scenario('wrong passwords run out, for that person and container only, in the reader’s language', { containers: [GAME] }, async (stage) => {
	const { discord } = stage;
	await panels(stage);
	await discord.wait({ commands: 5 });
	const card = (await discord.run(GRACE, STATUS, 'info', { container: 'game' })).message;
	for (let n = 0; n < 5; n++)
		assertRefused(await discord.submit(GRACE, await discord.press(GRACE, card, /🔐/), { password: `guess${n}` }), /mot de passe/);
	assertRefused(await discord.submit(GRACE, await discord.press(GRACE, card, /🔐/), { password: 'sesame' }), /Trop de mots de passe.*<t:\d+:R>/s);
	const ada = (await discord.run(ADA, STATUS, 'info', { container: 'game' })).message;
	const opened = await discord.submit(ADA, await discord.press(ADA, ada, /🔐/), { password: 'sesame' });
	assert.match(words(opened.message), /the seed is 42/);
	const lines = readFileSync(join(stage.folder.logs, 'audit.jsonl'), 'utf8').trim().split('\n').map((l) => JSON.parse(l));
	assert.equal(lines.filter((l) => l.action === 'open protected info' && l.result === 'failed').length, 5);
	assert.equal(lines.filter((l) => l.action === 'open protected info' && l.result === 'refused').length, 1);
	const theirs = JSON.parse(readFileSync(join(stage.folder.logs, 'user_actions.json'), 'utf8'));
	assert.deepEqual(theirs.map((e) => e.action).slice(-2), ['PROTECTED_INFO_ACCESS_REFUSED', 'PROTECTED_INFO_ACCESS']);
});

scenario('editing: each wrong field has its sentence, nothing is saved then; a good one is, and unknown keys stay', { containers: [GAME] }, async (stage) => {
	const { discord, folder: { config } } = stage;
	const { admin } = await panels(stage);
	const panel = await openControlPanel(stage, ADA, admin, 'game');
	const card = (await discord.press(ADA, panel, /ℹ️/)).message;
	assert.match(words(card), /the seed is 42/, 'in a control channel it is shown');
	const dialog = await discord.press(ADA, card, /📝/);
	assert.equal(dialog.outcome, 'modal');
	const bad = await discord.submit(ADA, dialog, { text: 'new', address: 'not an address', port: '70000', enabled: 'q', show: 'x' });
	assertRefused(bad, /address must be[\s\S]*port must be[\s\S]*x for yes/);
	const file = () => JSON.parse(readFileSync(join(config, 'containers', 'game.json'), 'utf8'));
	assert.equal(file().info.custom_text, 'Whitelist **on**');
	const good = await discord.submit(ADA, await discord.press(ADA, card, /📝/), { text: 'Neu – 日本', address: '192.0.2.7', port: '1', enabled: 'x', show: 'x' });
	assert.match(words(good.message), /saved/);
	assert.equal(file().info.custom_text, 'Neu – 日本');
	assert.equal(file().later, 'kept');
	assert.equal(file().info.note, 'kept too');
	assert.match(file().info.protected_password, /^pbkdf2:/, 'as it was brought up to date at the start');
	await until('the new text is shown', async () => /Neu – 日本[\s\S]*`192\.0\.2\.7:1`/.test(words((await discord.run(GRACE, STATUS, 'info', { container: 'game' })).message)));
});

scenario('the protected part: the password is never put in, stored hashed, and none is needed to keep it', { containers: [GAME] }, async (stage) => {
	const { discord, folder: { config } } = stage;
	await panels(stage);
	await discord.wait({ commands: 5 });
	const card = (await discord.run(JOERG, STATUS, 'info', { container: 'game' })).message;
	assert.match(words(card), /seed/, 'an admin');
	const dialog = await discord.press(JOERG, card, /🔒/);
	assert.doesNotMatch(JSON.stringify(dialog), /sesame/);
	await discord.submit(JOERG, dialog, { enabled: 'x', text: 'neues Geheimnis', password: 'Öl & Salz' });
	const file = () => readFileSync(join(config, 'containers', 'game.json'), 'utf8');
	assert.match(JSON.parse(file()).info.protected_password, /^pbkdf2:/);
	assert.doesNotMatch(file(), /sesame|Salz/);
	await until('the new text is in force', async () => /neues Geheimnis/.test(words((await discord.run(JOERG, STATUS, 'info', { container: 'game' })).message)));
	const ada = (await discord.run(ADA, STATUS, 'info', { container: 'game' })).message;
	assertRefused(await discord.submit(ADA, await discord.press(ADA, ada, /🔐/), { password: 'sesame' }), /not the password/);
	const opened = await discord.submit(ADA, await discord.press(ADA, ada, /🔐/), { password: 'Öl & Salz' });
	assert.match(words(opened.message), /neues Geheimnis/);
	const again = await discord.submit(JOERG, await discord.press(JOERG, card, /🔒/), { enabled: 'x', text: 'drittes', password: '' });
	assert.match(words(again.message), /gespeichert/);
	assert.match(JSON.parse(file()).info.protected_password, /^pbkdf2:/);
	assertRefused(await discord.submit(JOERG, await discord.press(JOERG, card, /🔒/), { enabled: 'x', text: '', password: '' }), /braucht einen Text/);
});

scenario('made-up ids of others give nothing away', { containers: [GAME, { name: 'off', active: false, info: { enabled: true, custom_text: 'hidden' } }] }, async (stage) => {
	const { discord } = stage;
	const { overview } = await panels(stage);
	assertRefused(await discord.click(ADA, overview, 'ddc1:card:edit:game', { force: true }), /admin/i);
	assertRefused(await discord.click(ADA, overview, 'ddc1:card:secret:game', { force: true }), /admin/i);
	assertRefused(await discord.click(ADA, overview, 'ddc1:card:show:off', { force: true }), /switched off/i);
	assertRefused(await discord.click(ADA, overview, 'ddc1:card:show:../../etc', { force: true }), /no such container/i);
	assertRefused(await discord.click(ADA, overview, 'ddc1:card:what:game', { force: true }), /another version/i);
});

const server = createServer((request, response) => {
	server.asked = (server.asked ?? 0) + 1;
	response.end(request.url === '/six' ? '2001:db8::7\n' : request.url === '/four' ? '203.0.113.9\n' : '<html>no address</html>');
}).listen(0, '127.0.0.1').unref();
const at = (path) => `http://127.0.0.1:${server.address().port}${path}`;

scenario('the public address: looked up once, IPv4 and IPv6, the first services may fail', {
	containers: [{ name: 'open', info: { enabled: true, show_ip: true, custom_port: '80' } }],
	get env() { return { DDC_PUBLIC_IP_SERVICES: ['/html', '/four', '/six'].map(at).join(' ') }; },
}, async (stage) => {
	const { discord } = stage;
	await panels(stage);
	await discord.wait({ commands: 5 });
	for (const user of [ADA, GRACE])
		assert.match(words((await discord.run(user, STATUS, 'info', { container: 'open' })).message), /`203\.0\.113\.9:80`\n`\[2001:db8::7\]:80`/);
	assert.equal(server.asked, 3, 'remembered');
});

scenario('switched off, the address is not looked up', {
	containers: [{ name: 'open', info: { enabled: true, show_ip: true, custom_text: 'hello' } }], env: { DDC_PUBLIC_IP: '0' },
}, async (stage) => {
	const { discord } = stage;
	await panels(stage);
	await discord.wait({ commands: 5 });
	assert.match(words((await discord.run(MAXI, CONTROL, 'info', { container: 'open' })).message), /hello\n.*could not be found out/);
});
