// A container's log in Discord: the newest lines, search, errors told apart, live, as a file; and who may not see it.

import assert from 'node:assert/strict';
import { scenario } from '../lib/stage.js';
import { findComponent, hasComponent, words } from '../lib/discord.js';
import { assertRefused, openControlPanel, panels } from '../lib/people.js';
import { Proxy } from '../lib/proxy.js';
import { sleep, until } from '../lib/wait.js';
import { ADA, CONTROL, GRACE, JOERG, MAXI, STATUS } from '../lib/world.js';

const STAY = 'while :; do sleep 3600 & wait $!; done';
const TALK = `echo starting; echo "Server READY"; sleep 0.2; echo 'disk is \`\`\`full\`\`\` now' >&2; sleep 0.2; printf '\\033[31mred\\033[0m text\\n'; ${STAY}`;
const TICKS = `trap "exit 0" TERM; i=0; while :; do i=$((i+1)); echo tick $i; sleep 0.3; done`;
const LIVE = { DDC_LIVE_LOGS_REFRESH_INTERVAL: '1', DDC_LIVE_LOGS_MAX_REFRESHES: '100' };

const TICKED = '`\u200b`\u200b`'; // three back-ticks that end no block

// The engine hands lines over when they are written: asked at once, a log may still be short of the last ones.
const whole = (stage) => until('everything is written', async () => {
	const now = await stage.discord.run(ADA, CONTROL, 'logs', { container: 'web' });
	return /red text/.test(words(now.message)) && now;
});

const body = (message) => /```\n([^]*?)```/.exec(message.embeds[0].description)?.[1] ?? '';

// What ddc itself counts: resident memory would also hold what a sanitizer keeps.
const liveBytes = async (ddc) => (await ddc.health()).body.details.memory_bytes;

async function file(stage, answer) {
	const [attachment] = answer.message.attachments;
	assert.ok(attachment, `no file: ${words(answer.message)}`);
	return { ...attachment, text: await (await fetch(attachment.url)).text() };
}

scenario('/logs: the newest lines, errors marked, codes and back-ticks harmless; in the reader\'s language', { containers: [{ name: 'web', run: TALK, display_name: 'My *web*' }] }, async (stage) => {
	const { discord } = stage;
	await panels(stage);
	const answer = await whole(stage);
	assert.ok(answer.message.flags & 64, 'a log is private');
	assert.equal(body(answer.message), `starting\nServer READY\n▍disk is ${TICKED}full${TICKED} now\nred text\n`);
	assert.match(words(answer.message), /4 lines · newest <t:\d+:R>/);
	assert.match(words(answer.message), /▍ errors \(stderr\)/);
	assert.match(answer.message.embeds[0].title, /📋 My \\\*web\\\*/);
	assert.match(words((await discord.run(JOERG, CONTROL, 'logs', { container: 'web' })).message), /4 Zeilen · neueste/);
	assert.match(words((await discord.run(GRACE, CONTROL, 'logs', { container: 'web' })).message), /4 lignes/);
	const two = await discord.run(ADA, CONTROL, 'logs', { container: 'My *web*', lines: 2, stream: 'stdout' });
	assert.equal(body(two.message), 'Server READY\nred text\n', 'found by its shown name; two of stdout');
	const errors = await discord.run(ADA, CONTROL, 'logs', { container: 'web', stream: 'stderr' });
	assert.match(body(errors.message), /^disk is/, 'no mark where all are errors');
	assert.match(words(errors.message), /1 line · among the last 4/);
});

scenario('the 📋 button of the control panel: a message of its own; search, time, file; all of it after a restart too', { containers: [{ name: 'web', run: TALK }] }, async (stage) => {
	const { discord, ddc } = stage;
	const { admin } = await panels(stage);
	await whole(stage);
	const panel = await openControlPanel(stage, MAXI, admin, 'web');
	const { message: first, outcome } = await discord.press(MAXI, panel, /ddc1:logs:web$/);
	assert.equal(outcome, 'message', 'the panel stays, the log comes beside it');
	assert.notEqual(first.id, panel.id);
	assert.ok(first.flags & 64);

	for (const again of [false, true]) {
		if (again) {
			await ddc.restart();
			await ddc.waitHealth();
			await panels(stage);
		}
		const opened = await discord.press(MAXI, await discord.message(first.id), /🔎/);
		assert.equal(opened.outcome, 'modal');
		const found = (await discord.submit(MAXI, opened, { text: 'server ready' })).message;
		assert.equal(found.id, first.id, 'the same message');
		assert.equal(body(found), 'Server READY\n');
		assert.match(words(found), /“server ready” · 1 line found · among the last 4/);
		const all = (await discord.press(MAXI, found, /✖️/)).message;
		assert.match(body(all), /starting\nServer READY/);
		const recent = (await discord.choose(MAXI, all, '10m')).message;
		assert.match(body(recent), /starting/);
		assert.ok(findComponent(recent, (c) => c.type === 3).options.find((o) => o.value === '10m').default);
		const sent = await discord.press(MAXI, recent, /📎/);
		assert.notEqual(sent.message.id, first.id);
		assert.ok(sent.message.flags & 64);
		const { filename, text } = await file(stage, sent);
		assert.equal(filename, 'web.log');
		assert.match(text, /^\S+Z out starting\n\S+Z out Server READY\n\S+Z err disk is ```full``` now\n\S+Z out red text\n$/);
		const nothing = await discord.submit(MAXI, await discord.press(MAXI, recent, /🔎/), { text: 'nobody wrote this' });
		assert.match(words(nothing.message), /No line has this text/);
		await discord.press(MAXI, nothing.message, /✖️/);
	}
});

scenario('live: follows while something new comes, edits only then, and stops on ⏹️', { containers: [{ name: 'ticks', run: TICKS }, { name: 'quiet', run: `echo once; ${STAY}` }], env: LIVE }, async (stage) => {
	const { discord } = stage;
	await panels(stage);
	const { message } = await discord.run(MAXI, CONTROL, 'logs', { container: 'ticks', lines: 5 });
	const live = (await discord.press(MAXI, message, /▶️/)).message;
	assert.match(words(live), /Live.*every 1 s, ends <t:\d+:R>/);
	const number = async () => Number(/tick (\d+)\n$/.exec(body(await discord.message(message.id)))?.[1]);
	const begin = await number();
	await until('it follows', async () => (await number()) > begin + 6);
	assert.equal(body(await discord.message(message.id)).split('\n').length, 6, 'five lines, the newest');
	const refreshed = await discord.press(MAXI, await discord.message(message.id), /🔄/);
	assert.match(words(refreshed.message), /Live/, '🔄 does not end it');
	const searched = await discord.submit(MAXI, await discord.press(MAXI, await discord.message(message.id), /🔎/), { text: '0' });
	assert.match(words(searched.message), /Live/);
	const stopped = (await discord.press(MAXI, await discord.message(message.id), /⏹️/)).message;
	assert.match(words(stopped), /Stopped/);
	assert.ok(hasComponent(stopped, /▶️/));
	const { revision } = (await discord.messages(CONTROL, MAXI)).find((m) => m.id === message.id);
	await sleep(2500);
	assert.equal((await discord.messages(CONTROL, MAXI)).find((m) => m.id === message.id).revision, revision, 'stopped is stopped');

	const quiet = await discord.run(MAXI, CONTROL, 'logs', { container: 'quiet' });
	await discord.press(MAXI, quiet.message, /▶️/);
	const seq = await discord.lastSeq();
	await sleep(3500);
	assert.deepEqual((await discord.journal({ kind: 'rest', since: seq, method: 'PATCH', route: 'webhooks' })).map((e) => e.path), [], 'nothing new, no edit');
});

scenario('live ends after its time with a word; so many at once and no more; switched off', { containers: [{ name: 'ticks', run: TICKS }], env: { ...LIVE, DDC_LIVE_LOGS_MAX_REFRESHES: '5' } }, async (stage) => {
	const { discord, ddc } = stage;
	await panels(stage);
	const opened = [];
	for (let n = 0; n < 5; n++)
		opened.push((await discord.run(MAXI, CONTROL, 'logs', { container: 'ticks' })).message);
	for (const message of opened.slice(0, 4))
		assert.match(words((await discord.press(MAXI, message, /▶️/)).message), /Live/);
	assertRefused(await discord.press(MAXI, opened[4], /▶️/), /4 logs are being followed/);
	for (const message of opened.slice(0, 4))
		await discord.shows(message, /The live view has ended/, { timeoutMs: 15_000 });
	assert.match(words((await discord.press(MAXI, opened[4], /▶️/)).message), /Live/, 'there is room again');
	await ddc.restart({ env: { DDC_LIVE_LOGS_ENABLED: 'false' } });
	await ddc.waitHealth();
	await panels(stage);
	assert.ok(!hasComponent((await discord.run(MAXI, CONTROL, 'logs', { container: 'ticks' })).message, /▶️/));
	assertRefused(await discord.click(MAXI, opened[0], findComponent(await discord.message(opened[0].id), /▶️/).custom_id), /switched off/);
});

scenario('who may not see it: by command, made-up button, dialog; and what is offered while typing', { containers: [{ name: 'web', run: TALK }, { name: 'webcam', display_name: 'Garden camera' }, { name: 'off', active: false }, { name: 'stranger', configured: false }] }, async (stage) => {
	const { discord, ddc } = stage;
	const { overview } = await panels(stage);
	assertRefused(await discord.run(ADA, STATUS, 'logs', { container: 'web' }), /admin/i);
	for (const id of ['ddc1:logs:web', 'ddc1:logs:web:r50ab', 'ddc1:logs:web:l50ab', 'ddc1:logs:web:f50ab:x', 'ddc1:logs:web:q50ab', 'debug_logs_web'])
		assertRefused(await discord.click(ADA, overview, id, { force: true }), /admin/i);
	const dialog = { type: 5, data: { custom_id: 'ddc1:logfind:web:q50ab', components: [] } };
	assertRefused(await discord.raw({ ...dialog, user: ADA, channel: STATUS }), /admin/i);
	assertRefused(await discord.run(MAXI, STATUS, 'logs', { container: 'off' }), /switched off/i);
	assertRefused(await discord.run(MAXI, STATUS, 'logs', { container: 'stranger' }), /no such container/i);
	for (const id of ['ddc1:logs:web:x50ab', 'ddc1:logs:web:r0ab', 'ddc1:logs:web:r99999ab', 'ddc1:logs:web:r50zz', 'ddc1:logs:web:r'])
		assertRefused(await discord.click(MAXI, overview, id, { force: true }), /another version/i);
	const offered = async (user, channel, typed) => (await discord.autocomplete(user, channel, 'logs', 'container', typed)).choices.map((c) => c.value);
	assert.deepEqual(await offered(ADA, STATUS, ''), []);
	assert.deepEqual(await offered(MAXI, STATUS, ''), ['web', 'webcam']);
	assert.deepEqual(await offered(ADA, CONTROL, 'CAM'), ['webcam']);
	assert.deepEqual(await offered(ADA, CONTROL, 'garden'), ['webcam']);
	assert.match(ddc.log(), /audit: logs web: refused, by Ada/);
});

scenario('Docker away, the container gone, a proxy that refuses: a sentence', {
	containers: [{ name: 'web', run: TALK }, { name: 'gone', exists: false }],
	dockerHost: async (stage) => {
		stage.proxy = await Proxy.start(stage.engine, stage.engine.folder);
		stage.defer(() => stage.proxy.stop());
		return stage.proxy.host;
	},
}, async (stage) => {
	const { discord, proxy } = stage;
	await panels(stage);
	assert.match(words((await discord.run(MAXI, CONTROL, 'logs', { container: 'gone' })).message), /Docker has no container \*\*gone/);
	let undo = proxy.when(/\/logs/, { status: 403, body: '<html>403 Forbidden</html>', headers: { 'Content-Type': 'text/html' } });
	const refused = await discord.run(MAXI, CONTROL, 'logs', { container: 'web' });
	assert.match(words(refused.message), /does not let me read logs: .*403/);
	undo();
	assert.match(words((await discord.press(MAXI, refused.message, /🔄/)).message), /starting/, 'and it works again');
	undo = proxy.when(/\/logs/, { status: 500, body: { message: 'configured logging driver does not support reading' }, headers: { 'Content-Type': 'application/json' } });
	assert.match(words((await discord.press(MAXI, refused.message, /🔄/)).message), /cannot be read: configured logging driver does not support reading/);
	undo();
	undo = proxy.when(/\/logs/, { delayMs: 2500 });
	const late = await discord.run(MAXI, CONTROL, 'logs', { container: 'web' });
	assert.match(words(late.message), /starting/, 'a slow engine: deferred, and then there');
	undo();
	await proxy.stop();
	await stage.ddc.waitLog(/docker: .*trying again/);
	assert.match(words((await discord.press(MAXI, refused.message, /🔄/)).message), /Docker cannot be reached/);
});

scenario('a TTY, long lines, progress bars; a large log as a file, its newest part', {
	containers: [
		{ name: 'tty', run: `printf 'one\\ntwo\\n'; ${STAY}`, docker: { Tty: true } },
		{ name: 'odd', run: `head -c 9000 /dev/zero | tr '\\0' x; echo; printf ' 10%%\\r 50%%\\r100%% done\\n'; printf 'bad \\377 byte\\n'; ${STAY}` },
		{ name: 'large', run: `i=0; while [ $i -lt 12000 ]; do i=$((i+1)); echo "line $i of very many, each of them about a hundred bytes long, so that all of it is a lot"; done; ${STAY}` },
	],
}, async (stage) => {
	const { discord, ddc } = stage;
	await panels(stage);
	assert.equal(body((await discord.run(MAXI, CONTROL, 'logs', { container: 'tty' })).message), 'one\ntwo\n');
	const odd = body((await discord.run(MAXI, CONTROL, 'logs', { container: 'odd' })).message).split('\n');
	assert.equal([...odd[0]].length, 301);
	assert.ok(odd[0].endsWith('x…'));
	assert.deepEqual(odd.slice(1), ['100% done', 'bad \ufffd byte', '']);

	const large = await until('it has written it all', async () => {
		const { message } = await discord.run(MAXI, CONTROL, 'logs', { container: 'large', lines: 1000 });
		return /line 12000/.test(body(message)) && message;
	});
	assert.ok([...body(large)].length > 3300 && [...body(large)].length <= 3500);
	assert.match(words(large), /1,?000 lines · the newest \d+ fit here/);
	const before = await liveBytes(ddc);
	const { text, size } = await file(stage, await discord.press(MAXI, large, /📎/));
	assert.ok(size > 500 * 1024 && size <= 512 * 1024, `${size} bytes`);
	assert.match(text, /^\d{4}-\S+Z out line \d+ of/, 'it begins with a whole line');
	assert.match(text, /line 12000 of [^\n]+\n$/);
	const { message: hits } = await discord.run(MAXI, CONTROL, 'logs', { container: 'large', search: 'LINE 1199' });
	assert.match(words(hits), /10 lines found · among the last 10,?000/);
	await until('the memory is given back', async () => (await liveBytes(ddc)) < before + 64 * 1024);
});
