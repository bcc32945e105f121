// A panel lives in a text channel, an announcement channel or a thread; what keeps it from being written there is told once, to those who can
// mend it.

import assert from 'node:assert/strict';
import { scenario } from '../lib/stage.js';
import { words } from '../lib/discord.js';
import { assertShows, ICON, openPicker, sent } from '../lib/people.js';
import { ADA, APP, MAXI, JOERG, STATUS, CONTROL } from '../lib/world.js';
import { sleep, until } from '../lib/wait.js';

const NEWS = '1180000000000000301', THREAD = '1180000000000000302', KIND = { text: 0, announcement: 5, thread: 11 };
const channelsOf = (...ids) => ids.map((id) => ({ id, kind: 'status' }));
const make = (discord, id, type, more = {}) => discord.control('POST /channels', { id, name: 'place', type, parent_id: STATUS, ...more });
const private_ = async (discord, channel, user) => (await discord.messages(channel, user)).filter((m) => m.flags & 64);

for (const [kind, id] of [['text', '1180000000000000300'], ['announcement', NEWS], ['thread', THREAD]])
	scenario(`in a channel of kind ${kind}: posted, followed, moved by command, buttons answered`, { containers: ['web'], channels: channelsOf(id), start: false }, async ({ discord, ddc, engine }) => {
		await make(discord, id, KIND[kind]);
		await ddc.start();
		const panel = await discord.panel(id, /ddc1:pick/);
		assertShows(await discord.shows(panel, /\*\*web\*\*/), 'web', ICON.running);
		await engine.stopContainer('web');
		await discord.shows(panel, /1 (stopped|failed)/);
		const again = await discord.run(ADA, id, 'serverstatus');
		await discord.gone(panel);
		await openPicker({ discord }, MAXI, again.message);
		await until('one panel stands there', async () => (await discord.messages(id)).length === 1);
	});

scenario('a thread that fell asleep is opened again for its panel, and one that somebody locked is left alone', { containers: ['web'], channels: channelsOf(THREAD), start: false }, async ({ discord, ddc, engine }) => {
	await make(discord, THREAD, KIND.thread);
	await ddc.start();
	const panel = await discord.panel(THREAD, /web/);
	await discord.control(`PATCH /channels/${THREAD}`, { archived: true });
	await engine.stopContainer('web');
	await discord.shows(panel, /1 (stopped|failed)/);
	await ddc.waitLog(/had fallen asleep; it is open again/);
	await discord.control(`PATCH /channels/${THREAD}`, { archived: true, locked: true });
	await engine.start('web');
	await ddc.waitLog(/panel of channel .* cannot be written: .*the thread is archived or locked; open it again/);
	const seq = await discord.lastSeq();
	await engine.stopContainer('web');
	await sleep(2000);
	assert.equal((await sent({ discord }, seq, { method: 'PATCH' })).length, 0, 'it is not tried again and again');
	await discord.control(`PATCH /channels/${THREAD}`, { archived: false, locked: false });
	await discord.shows(panel, /1 (stopped|failed)/);
});

scenario('in a thread it is the permission for threads that counts', { containers: ['web'], channels: channelsOf(THREAD, STATUS), start: false }, async ({ discord, ddc }) => {
	await make(discord, THREAD, KIND.thread);
	await discord.control(`PUT /channels/${STATUS}/permissions`, { id: APP, allow: [], deny: ['SEND_MESSAGES_IN_THREADS'] });
	await ddc.start();
	await discord.panel(STATUS, /web/);
	await ddc.waitLog(/panel of channel 1180000000000000302 cannot be written/);
	assert.equal((await discord.messages(THREAD)).length, 0);
	const answer = await discord.run(MAXI, THREAD, 'doctor');
	assert.match(words(answer.message), new RegExp(`❌ <#${THREAD}>: I lack Send Messages in Threads`));
	await discord.control(`PUT /channels/${STATUS}/permissions`, { id: APP, allow: [], deny: ['SEND_MESSAGES'] });
	await discord.control(`PATCH /channels/${THREAD}`, { name: 'renamed' });
	await discord.panel(THREAD, /web/);
});

scenario('an admin who asks is told what to grant, once for each state of affairs; others are not', { containers: ['web'] }, async ({ discord, engine, ddc }) => {
	await discord.panel(STATUS, /web/);
	const panel = await discord.panel(CONTROL, /web/);
	await discord.control(`PUT /channels/${CONTROL}/permissions`, { id: APP, allow: [], deny: ['SEND_MESSAGES', 'EMBED_LINKS'] });
	await engine.stopContainer('web');
	await ddc.waitLog(/panel of channel .* cannot be written/);
	const told = async (user) => (await private_(discord, CONTROL, user)).filter((m) => /cannot keep the panel|nicht aktuell halten/.test(m.content));
	await openPicker({ discord }, ADA, panel);
	await openPicker({ discord }, MAXI, panel);
	const first = await until('Maxi is told', async () => (await told(MAXI))[0]);
	assert.match(first.content, /I lack Send Messages, Embed Links; grant it/);
	await discord.run(MAXI, CONTROL, 'control');
	await openPicker({ discord }, MAXI, panel);
	await openPicker({ discord }, JOERG, panel);
	const german = await until('Jörg is told', async () => (await told(JOERG))[0]);
	assert.match(german.content, /mir fehlt Nachrichten senden, Links einbetten/);
	assert.equal((await told(MAXI)).length, 1, 'once');
	assert.equal((await told(ADA)).length, 0, 'she could not mend it');
	await discord.control(`PUT /channels/${CONTROL}/permissions`, { id: APP, allow: [], deny: ['EMBED_LINKS'] });
	await openPicker({ discord }, MAXI, panel);
	await until('another state of affairs is told', async () => (await told(MAXI)).length === 2);
	assert.equal(ddc.lines.filter((l) => /cannot be written/.test(l.text ?? l)).length, 1, 'once in the log');
});

scenario('the panel of a channel that was taken out of the settings while ddc was off is removed; talk and other messages stay', { containers: ['web'], start: false }, async ({ discord, ddc, folder }) => {
	const { rmSync } = await import('node:fs');
	await ddc.start();
	const gone = await discord.panel(STATUS, /web/), kept = await discord.panel(CONTROL, /web/);
	await discord.say(ADA, STATUS, 'nice');
	await ddc.stop();
	rmSync(`${folder.config}/channels/${STATUS}.json`);
	await ddc.start();
	await discord.gone(gone);
	assert.deepEqual((await discord.messages(STATUS)).map((m) => m.content), ['nice']);
	assert.equal((await discord.messages(CONTROL))[0].id, kept.id);
});

scenario('what cannot be read takes no panel away', { containers: ['web'], start: false }, async ({ discord, ddc, folder }) => {
	const { writeFileSync } = await import('node:fs');
	await ddc.start();
	const panel = await discord.panel(STATUS, /web/);
	await discord.panel(CONTROL, /web/);
	await ddc.stop();
	writeFileSync(`${folder.config}/channels/${STATUS}.json`, '{"name": "status", "commands": {');
	await ddc.start();
	await ddc.waitLog(/logged in|session resumed/);
	await sleep(1500);
	assert.ok((await discord.message(panel.id)), 'it stands where it was');
});
