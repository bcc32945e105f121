// REST: limits of every scope, order, what is sent again and what must not be, answers that are broken.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { Discord } from '../lib/discord.js';
import { sleep } from '../lib/wait.js';
import { Probe } from './010-discord-probe.js';

const STATUS = '1180000000000000111';
const GAMES = '1180000000000000112';
const APPLICATION = '1180000000000000001';
const GUILD = '1180000000000000100';
const MAXI = '1180000000000000201';
const POST = `post /channels/${STATUS}/messages`;

describe('rest', () => {
	let discord;
	let probe;

	beforeEach(async () => {
		discord = await Discord.start();
		probe = new Probe(discord, { args: ['--idle'] });
	});
	afterEach(async () => {
		try {
			await probe.quit();
		} finally {
			await discord.stop();
		}
	});

	const journal = async (query) => (await discord.journal({ kind: 'rest', ...query }));
	const contents = async (channel = STATUS) => (await discord.messages(channel)).map((m) => m.content);

	test('posts, edits and deletes', async () => {
		const { status, id } = await probe.request(`${POST} {"content":"one"}`);
		assert.equal(status, 200);
		assert.equal((await probe.request(`patch /channels/${STATUS}/messages/${id} {"content":"two"}`)).id, id);
		assert.deepEqual(await contents(), ['two']);
		assert.equal((await probe.request(`delete /channels/${STATUS}/messages/${id}`)).status, 204);
		assert.deepEqual(await contents(), []);
		assert.deepEqual(await probe.request(`get /channels/${STATUS}/messages/${id}`), { status: 404, code: 10008, id: '0',
			text: `GET /channels/${STATUS}/messages/${id}: Discord answered 404, code 10008: Unknown Message` });
	});

	test('a form error names its place', async () => {
		const { code, text } = await probe.request(`${POST} {"embeds":[{"title":"${'x'.repeat(300)}"}]}`);
		assert.equal(code, 50035);
		assert.match(text, /\(embeds\.0\.title: /);
	});

	test('the order of a route is kept, never against the limit', async () => {
		for (let n = 0; n < 12; n++)
			probe.send(`${POST} {"content":"${n}"}`);
		for (let n = 0; n < 12; n++)
			assert.equal((await probe.answer(n, { timeoutMs: 30_000 })).status, 200);
		assert.deepEqual(await contents(), [...Array(12).keys()].map(String));
		assert.equal((await probe.stats()).rate_limited, 0);
	});

	test('a line of one channel holds up no other channel', async () => {
		await discord.fault('rest', { route: `/channels/${STATUS}/messages`, preset: '429', retry_after: 2 });
		const slow = probe.send(`${POST} {"content":"slow"}`);
		const fast = probe.send(`post /channels/${GAMES}/messages {"content":"fast"}`);
		assert.equal((await probe.answer(slow)).status, 200);
		await probe.answer(fast);
		assert.deepEqual(probe.lines.filter((l) => /^rest /.test(l)).map((l) => Number(l.split(' ')[1])), [fast, slow]);
	});

	for (const [scope, preset, counted] of [['user', '429', 1], ['shared', '429-shared', 0], ['global', '429-global', 1]])
		test(`429 of scope ${scope}: obeyed, sent again, ${counted ? 'counted' : 'not counted'}`, async () => {
			await discord.fault('rest', { method: 'POST', preset, retry_after: 1.2 });
			const first = probe.send(`${POST} {"content":"first"}`);
			await sleep(300);
			const second = probe.send(`get /channels/${GAMES}`);
			const [a, b] = [await probe.answer(first), await probe.answer(second)];
			assert.deepEqual([a.status, b.status], [200, 200]);
			const requests = await journal({ since: 0 });
			const posts = requests.filter((r) => r.method === 'POST');
			assert.equal(posts.length, 2);
			const stats = await probe.stats();
			assert.deepEqual([stats.rate_limited, stats.invalid], [1, counted]);
			const order = probe.lines.filter((l) => /^rest /.test(l)).map((l) => Number(l.split(' ')[1]));
			if (scope !== 'global')
				assert.deepEqual(order, [second, first], 'another route is not held up');
			assert.deepEqual(await contents(), ['first']);
		});

	test('a ban by the guard in front (429 without JSON) holds up everything', async () => {
		await discord.fault('rest', { method: 'POST', preset: 'cloudflare-ban' });
		probe.send(`${POST} {"content":"x"}`);
		await sleep(400);
		const other = probe.send(`get expires=800 /channels/${GAMES}`);
		const { status, text } = await probe.answer(other);
		assert.equal(status, 0);
		assert.match(text, /too late/);
		probe.tell(`wait GET /channels/${GAMES}`);
		const [, ms] = await probe.sees(/^wait (\d+)/);
		assert.ok(Number(ms) > 500_000, ms);
	});

	for (const preset of ['500', '502', '503'])
		test(`${preset}: sent again what may be repeated, and nothing else`, async () => {
			await discord.fault('rest', { preset, times: 2 });
			assert.equal((await probe.request(`get /channels/${STATUS}`)).status, 200);
			await discord.fault('rest', { preset });
			const refused = await probe.request(`${POST} {"content":"once"}`);
			assert.equal(refused.status, Number(preset));
			assert.deepEqual(await contents(), []);
			await discord.fault('rest', { preset });
			assert.equal((await probe.request(`post nonce /channels/${STATUS}/messages {"content":"x","nonce":"n1","enforce_nonce":true}`)).status, 200);
		});

	test('an answer that is lost behind a post with a nonce does not post twice', async () => {
		await discord.fault('rest', { method: 'POST', mode: 'drop', when: 'after' });
		const { status, id } = await probe.request(`post nonce /channels/${STATUS}/messages {"content":"once","nonce":"n2","enforce_nonce":true}`);
		assert.equal(status, 200);
		assert.deepEqual((await discord.messages(STATUS)).map((m) => [m.id, m.content]), [[id, 'once']]);
		assert.equal((await journal({ method: 'POST' })).length, 2);
	});

	test('a post without a nonce is not repeated when its answer is lost', async () => {
		await discord.fault('rest', { method: 'POST', mode: 'drop', when: 'after' });
		const { status, text } = await probe.request(`${POST} {"content":"once"}`);
		assert.equal(status, 0);
		assert.match(text, new RegExp(`^POST /channels/${STATUS}/messages: `));
		assert.deepEqual(await contents(), ['once']);
	});

	for (const mode of ['cut', 'not_json', 'drop'])
		test(`an answer that is broken (${mode}) is asked for again`, async () => {
			await discord.fault('rest', { method: 'GET', mode });
			assert.equal((await probe.request(`get /channels/${STATUS}`)).id, STATUS);
			await discord.fault('rest', { method: 'PATCH', mode, when: 'after' });
			const { id } = await probe.request(`${POST} {"content":"one"}`);
			assert.equal((await probe.request(`patch /channels/${STATUS}/messages/${id} {"content":"two"}`)).id, id);
		});

	test('what is asked for beyond the id comes as a stream', async () => {
		for (let n = 0; n < 3; n++)
			await probe.request(`${POST} {"content":"${n}"}`);
		probe.send(`fields /channels/${STATUS}/messages?limit=50`);
		await probe.answer(3);
		assert.deepEqual(probe.lines.filter((l) => l.startsWith('id ')).map((l) => l.slice(3)).sort(), (await discord.messages(STATUS)).map((m) => m.id).sort());
	});

	test('too many refusals in ten minutes: nothing more is sent but what people wait for', async () => {
		const { fault } = await discord.fault('rest', { preset: '50013', times: 0 });
		for (let n = 0; n < 1000;) {
			const group = Array.from({ length: 100 }, () => probe.send(`post interaction /interactions/${++n}/token-${n}/callback {"type":5}`));
			for (const one of group)
				assert.equal((await probe.answer(one)).status, 403);
		}
		await discord.control(`DELETE /faults/${fault.id}`);
		assert.equal((await probe.stats()).invalid, 1000);
		const others = probe.send(POST + ' {"content":"x"}');
		await probe.sees(new RegExp(`^rest ${others} refused too many of the last requests were refused`));
		assert.equal((await probe.request('post interaction /interactions/2000/token/callback {"type":5}')).status, 404, 'Discord was asked');
		assert.deepEqual(await contents(), []);
	});

	test('401: everything stops until there is another token', async () => {
		await discord.fault('rest', { method: 'GET', preset: '401' });
		const first = probe.send(`get /channels/${STATUS}`);
		const waiting = [1, 2, 3].map((n) => probe.send(`${POST} {"content":"${n}"}`));
		assert.equal((await probe.answer(first)).status, 401);
		const before = (await journal()).length;
		for (const n of waiting)
			await probe.sees(new RegExp(`^rest ${n} `));
		const late = probe.send(`get /channels/${STATUS}`);
		await probe.sees(new RegExp(`^rest ${late} refused .*token`));
		assert.equal((await journal()).length, before, 'nothing was sent any more');
		probe.tell(`token ${discord.sandbox.token}`);
		assert.equal((await probe.request(`get /channels/${STATUS}`)).status, 200);
	});

	test('403 stops nothing', async () => {
		await discord.fault('rest', { method: 'POST', preset: '50013' });
		const { status, code } = await probe.request(`${POST} {"content":"x"}`);
		assert.deepEqual([status, code], [403, 50013]);
		assert.equal((await probe.request(`${POST} {"content":"x"}`)).status, 200);
	});

	test('what is cancelled in the line is not sent', async () => {
		await discord.fault('rest', { method: 'POST', preset: '429', retry_after: 1 });
		const first = probe.send(`${POST} {"content":"a"}`);
		const second = probe.send(`${POST} {"content":"b"}`);
		probe.tell(`cancel ${second}`);
		await probe.answer(first);
		await sleep(300);
		assert.equal(probe.count(new RegExp(`^rest ${second} `)), 0);
		assert.deepEqual(await contents(), ['a']);
	});

	test('a line that is full refuses, and empties', async () => {
		await discord.control('POST /limits', { channel_get: { limit: 1000, window: 1 } });
		await discord.fault('rest', { preset: '429', retry_after: 1 });
		for (let n = 0; n < 258; n++)
			probe.send(`get /channels/${STATUS}`);
		await probe.sees(/^rest 256 refused 256 requests/);
		await probe.answer(255, { timeoutMs: 60_000 });
	});

	test('the global limit is never reached', async () => {
		await discord.control('POST /limits', { channel_get: { limit: 1000, window: 1 } });
		for (let n = 0; n < 120; n++)
			probe.send(`get /channels/${n % 2 ? STATUS : GAMES}`);
		await probe.answer(119, { timeoutMs: 30_000 });
		const stats = await probe.stats();
		assert.deepEqual([stats.rate_limited, stats.failures], [0, 0]);
	});

	describe('interactions', () => {
		const interact = async () => {
			probe.tell('start');
			await probe.ready();
			await probe.request(`put /applications/${APPLICATION}/guilds/${GUILD}/commands [{"name":"ping","description":"Is it there?"}]`);
			const { id } = await discord.control('POST /commands/run', { user: MAXI, channel: STATUS, name: 'ping', wait: false });
			await probe.sees(/^interaction /);
			return id;
		};

		test('an answer goes before everything that waits, also under a global limit', async () => {
			await interact();
			await discord.fault('rest', { method: 'GET', preset: '429-global', retry_after: 2 });
			const blocked = probe.send(`get /channels/${STATUS}`);
			await sleep(200);
			const answered = probe.send('answer {"type":4,"data":{"content":"pong"}}');
			assert.equal((await probe.answer(answered)).text, 'ok');
			assert.equal(probe.count(new RegExp(`^rest ${blocked} `)), 0);
			await probe.answer(blocked);
		});

		test('an answer whose receipt is lost is sent again, and counts as given', async () => {
			const id = await interact();
			await discord.fault('rest', { route: '/interactions/', mode: 'drop', when: 'after' });
			const { text } = await probe.request('answer {"type":4,"data":{"content":"pong"}}');
			assert.equal(text, 'ok');
			assert.equal((await discord.control(`GET /interactions/${id}`)).id, id);
			assert.deepEqual(await contents(), ['pong']);
		});

		test('an error tells no token, and no authorization is sent', async () => {
			const id = await interact();
			await discord.fault('rest', { route: '/interactions/', preset: '10062' });
			const { code, text } = await probe.request('answer {"type":4,"data":{"content":"pong"}}');
			assert.equal(code, 10062);
			assert.match(text, new RegExp(`^POST /interactions/${id}/…/callback: Discord answered 404`));
		});
	});
});
