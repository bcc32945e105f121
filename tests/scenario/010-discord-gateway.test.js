// The gateway's life: sessions, heartbeats, every way a connection can end, compression, messages of any size.

import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, describe, test } from 'node:test';
import { Discord } from '../lib/discord.js';
import { sleep, until } from '../lib/wait.js';
import { Probe } from './010-discord-probe.js';

const STATUS = '1180000000000000111';
const GUILD = '1180000000000000100';
const MAXI = '1180000000000000201';
const BOT = '1180000000000000001';

describe('gateway', () => {
	let discord;
	let probe;

	beforeEach(async () => {
		discord = await Discord.start();
	});
	afterEach(async () => {
		try {
			await probe?.quit();
		} finally {
			probe = undefined;
			await discord.stop();
		}
	});

	const begin = async (...args) => {
		probe = new Probe(discord, { args });
		await probe.ready();
	};
	const received = async (op) => (await discord.journal({ kind: 'gateway' })).filter((e) => e.direction !== 'out' && e.op === op);

	test('identifies with the intents given and tells who it is, and what the server has', async () => {
		await begin('--channel', STATUS, '--intents', '513');
		assert.match(probe.text, new RegExp(`^ready user=${BOT} application=${BOT} resumed=no$`, 'm'));
		await probe.sees(new RegExp(`^guild ${GUILD} available=yes removed=no name=Home server$`));
		await probe.sees(new RegExp(`^channel ${STATUS} guild=${GUILD} type=0 gone=no .*name=server-status$`));
		assert.equal(probe.count(/^channel /), 1, 'only the channel that was asked for');
		const query = (await discord.journal({ kind: 'gateway' })).find((e) => e.event === 'connected').query;
		assert.deepEqual({ ...query }, { v: '10', encoding: 'json' });
	});

	test('beats, and answers when asked to beat', async () => {
		await discord.control('POST /gateway/options', { heartbeat_interval_ms: 300 });
		await begin();
		const beats = async () => (await discord.counters()).counters.heartbeats ?? (await received(1)).length;
		await until('five heartbeats', async () => (await beats()) >= 5);
		await discord.control('POST /gateway/options', { heartbeat_interval_ms: 41250 });
		assert.equal(probe.count(/^state waiting/), 0);
	});

	test('a connection whose heartbeats are not answered is left and resumed', async () => {
		await discord.control('POST /gateway/options', { heartbeat_interval_ms: 300 });
		await discord.fault('no_heartbeat_ack', { times: 0 });
		probe = new Probe(discord);
		await probe.sees(/^state waiting Discord did not answer the heartbeat/);
		await discord.control('DELETE /faults');
		await probe.sees(/^ready .*resumed=yes/);
		const closed = (await discord.journal({ kind: 'gateway' })).filter((e) => e.event === 'closed');
		assert.ok(closed.every((e) => ![1000, 1001].includes(e.code)), 'the session was not thrown away');
		assert.equal((await probe.stats()).identifies, 1);
	});

	test('a dropped connection is resumed and nothing is lost', async () => {
		await begin('--channel', STATUS);
		await discord.fault('gateway_drop');
		await probe.sees(/^state waiting/);
		await discord.say(MAXI, STATUS, 'while you were away');
		await probe.sees(/^ready .*resumed=yes/);
		await probe.sees(new RegExp(`^message \\d+ channel=${STATUS} guild=${GUILD} author=${MAXI} self=no$`));
		assert.equal((await probe.stats()).identifies, 1);
	});

	test('op 7: a new connection, the same session', async () => {
		await begin();
		await discord.fault('reconnect');
		await probe.sees(/^state waiting Discord asks for a new connection/);
		await probe.sees(/^ready .*resumed=yes/);
		assert.equal((await probe.stats()).identifies, 1);
	});

	test('op 9: resumed if it may be, otherwise a new session after a pause', async () => {
		await begin();
		await discord.fault('invalid_session', { resumable: true });
		await probe.sees(/^ready .*resumed=yes/);
		const from = Date.now();
		await discord.fault('invalid_session', { resumable: false });
		await probe.sees(/^session - - 0/);
		await probe.sees(/^ready .*resumed=no/, { n: 2 });
		assert.ok(Date.now() - from >= 1000, 'Discord asks for one to five seconds');
		assert.equal((await probe.stats()).identifies, 2);
	});

	test('a session that Discord refuses to resume is replaced by a new one', async () => {
		await begin();
		await discord.fault('expire_sessions');
		await discord.fault('gateway_drop');
		await probe.sees(/^ready .*resumed=no/, { n: 2 });
		assert.equal((await probe.stats()).identifies, 2);
	});

	test('the address for resuming is out of order: the other one is tried', async () => {
		await discord.control('POST /gateway/options', { strict_resume_url: false });
		await begin();
		await discord.fault('gateway_unreachable', { status: 503 });
		await discord.fault('gateway_drop');
		await probe.sees(/^ready .*resumed=yes/);
		const paths = (await discord.journal({ kind: 'gateway' })).filter((e) => e.event === 'connected').map((e) => e.path);
		assert.doesNotMatch(paths.at(-1), /resume/);
	});

	for (const [code, words] of [[4004, /bot token/], [4010, /shard/], [4011, /servers/], [4012, /Update ddc/], [4013, /intents/], [4014, /not allow/]])
		test(`close code ${code}: stops, and says what to change`, async () => {
			await begin();
			await discord.fault('gateway_close', { code });
			const [line] = await probe.sees(/^stopped .*/);
			assert.match(line, new RegExp(`^stopped ${code} `));
			assert.match(line, words);
			await sleep(1200);
			assert.equal(probe.count(/^state (asking|opening)/), 2, 'it does not try again');
			if (code !== 4004)
				return;
			probe.tell('start'); // somebody has changed it
			await probe.ready(2);
		});

	test('close code 4014 with message content names the switch', async () => {
		probe = new Probe(discord, { args: ['--intents', '33281'] });
		const [line] = await probe.sees(/^stopped 4014 .*/);
		assert.match(line, /Message Content Intent/);
	});

	for (const code of [4000, 4001, 4002, 4005, 4008])
		test(`close code ${code}: goes on`, async () => {
			await begin();
			await discord.fault('gateway_close', { code });
			await probe.ready(2);
		});

	for (const code of [4003, 4007, 4009])
		test(`close code ${code}: goes on with a new session`, async () => {
			await begin();
			await discord.fault('gateway_close', { code });
			await probe.sees(/^ready .*resumed=no/, { n: 2 });
		});

	test('a wrong token stops it before it connects', async () => {
		probe = new Probe(discord, { token: 'MTE4.wrong.token' });
		await probe.sees(/^stopped 4004 .*bot token/);
		assert.equal((await discord.journal({ kind: 'gateway' })).length, 0);
	});

	test('no new session is left today: it waits and says how long', async () => {
		await discord.control('POST /gateway/options', { start_limit: 0 });
		probe = new Probe(discord);
		await probe.sees(/^state waiting Discord allows this bot no more new sessions for \d+ minutes/);
		assert.equal(probe.count(/^state opening/), 0);
	});

	test('an address without encryption is not used', async () => {
		await discord.fault('gateway_url', { url: 'ws://192.0.2.1/' });
		probe = new Probe(discord);
		await probe.sees(/^state waiting .*without encryption/);
		await probe.ready();
	});

	for (const compress of [false, true]) {
		const args = compress ? ['--compress'] : [];
		const how = compress ? 'compressed' : 'plain';

		test(`10 MB for one server, ${how}: nothing changes`, async () => {
			await begin('--channel', STATUS, ...args);
			const before = await probe.memory();
			await discord.fault('big_guild_now', { mb: 10 });
			await until('it has arrived', async () => (await probe.stats()).largest >= 10_000_000, { timeoutMs: 30_000 });
			const { peak } = await probe.memory();
			assert.ok(peak - before.bytes <= 256 * 1024, `${peak - before.bytes} bytes more at the peak`);
			await discord.say(MAXI, STATUS);
			await probe.sees(/^message /);
			assert.equal(probe.count(/^ready/), 1);
		});

		test(`messages in small frames, ${how}`, async () => {
			await discord.fault('fragment_frames', { size: 7, times: 0 });
			await begin('--channel', STATUS, ...args);
			await discord.say(MAXI, STATUS);
			await probe.sees(/^message /);
			assert.equal(probe.count(/^warning/), 0);
		});

		test(`resumes, ${how}`, async () => {
			await begin(...args);
			for (let n = 1; n <= 3; n++) {
				await discord.fault('gateway_drop');
				await probe.sees(/^ready .*resumed=yes/, { n, timeoutMs: 30_000 });
			}
			const queries = (await discord.journal({ kind: 'gateway' })).filter((e) => e.event === 'connected').map((e) => e.query.compress);
			assert.deepEqual(queries, Array(4).fill(compress ? 'zlib-stream' : undefined));
		});
	}

	test('compressed messages that are split over several', async () => {
		await discord.fault('fragment_frames', { size: 50, mode: 'messages', times: 0 });
		await begin('--compress', '--channel', STATUS);
		await discord.say(MAXI, STATUS);
		await probe.sees(/^message /);
	});

	for (const mode of ['not_json', 'wrong_types', 'array', 'empty', 'deep', 'binary', 'invalid_utf8', 'reserved_bits', 'reserved_opcode', 'truncated', 'oversized', 'oversized_claim', 'ping'])
		test(`a broken frame (${mode}) is survived`, async () => {
			if (mode.startsWith('oversized')) // the rest of that frame never comes; only the heart notices
				await discord.control('POST /gateway/options', { heartbeat_interval_ms: 1000 });
			await begin('--channel', STATUS);
			await discord.fault('gateway_frame', { mode });
			await sleep(200);
			const since = probe.count(/^message /);
			await until('it hears again', async () => {
				await discord.say(MAXI, STATUS);
				await sleep(150);
				return probe.count(/^message /) > since;
			}, { timeoutMs: 20_000 });
		});

	test('a broken compressed stream: a new connection, the same session', async () => {
		await begin('--compress');
		await discord.fault('gateway_frame', { mode: 'bad_zlib' });
		await probe.sees(/^state waiting .*compressed/);
		await probe.sees(/^ready .*resumed=yes/);
	});

	test('it leaves so that the next process can resume', async () => {
		await begin('--channel', STATUS);
		probe.tell('session');
		const [, id, url, seq] = await probe.sees(/^session (\S+) (\S+) (\d+)/, { n: 2 });
		probe.tell('leave');
		await discord.wait({ gateway: 'disconnected' });
		await probe.quit();
		await discord.say(MAXI, STATUS);
		probe = new Probe(discord, { args: ['--channel', STATUS, '--session', id, url, seq] });
		await probe.sees(new RegExp(`^ready user=${BOT} application=${BOT} resumed=yes`));
		await probe.sees(/^message /);
		assert.equal((await probe.stats()).identifies, 0);
	});

	test('an outage is told apart from being removed', async () => {
		await begin();
		await discord.control(`PATCH /guilds/${GUILD}`, { unavailable: true });
		await probe.sees(/^guild \d+ available=no removed=no/, { n: 2 });
		await discord.control(`PATCH /guilds/${GUILD}`, { unavailable: false });
		await probe.sees(/^guild \d+ available=yes removed=no/, { n: 2 });
		await discord.control(`PATCH /guilds/${GUILD}`, { bot_is_member: false });
		await probe.sees(/^guild \d+ available=no removed=yes/);
	});

	test('an interaction that comes twice is taken once; a malformed one is told and left out', async () => {
		await begin();
		const put = await probe.request(`put /applications/${BOT}/guilds/${GUILD}/commands [{"name":"ping","description":"Is it there?"}]`);
		assert.equal(put.status, 200);
		const { id } = await discord.control('POST /commands/run', { user: MAXI, channel: STATUS, name: 'ping', wait: false });
		await probe.sees(/^interaction \d+ type=2 user=1180000000000000201 name=Maxi locale=\S+ roles=\d+ command=ping custom_id=$/);
		assert.ok(id);
		await discord.control(`POST /interactions/${id}/repeat`, {});
		await discord.control('POST /interactions/raw', { user: MAXI, channel: STATUS, type: 2, data: { name: 'ping', id: '1', type: 1 }, change: { member: null }, wait: false });
		await probe.sees(/^warning an interaction was left out: it does not say from whom it is/);
		assert.equal(probe.count(/^interaction /), 1);
		assert.equal((await probe.request('answer {"type":4,"data":{"content":"pong"}}')).text, 'ok');
	});
});
