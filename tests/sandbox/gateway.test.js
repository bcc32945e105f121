// The gateway's rules, one by one, with a client that does exactly what it is told.

import assert from 'node:assert/strict';
import test from 'node:test';
import { ADA, APP, connect, control, GUILD, RawGateway, rest, startSandbox, STATUS } from './help.js';
import { DEFAULT_TOKEN } from '../../sandbox/server.js';

const post = (sandbox, content, user = ADA) => control(sandbox, `POST /channels/${STATUS}/messages`, { user, content });

test('HELLO, READY with unavailable servers, then GUILD_CREATE', async (t) => {
	const sandbox = await startSandbox(t);
	const gateway = await connect(t, sandbox);
	assert.equal(gateway.hello.d.heartbeat_interval, 41250);
	const { d } = gateway.ready;
	assert.deepEqual(d.guilds, [{ id: GUILD, unavailable: true }]);
	assert.equal(d.application.id, APP);
	assert.match(d.resume_gateway_url, /^ws:\/\/127\.0\.0\.1:\d+\/gateway\/resume\/$/);
	const guild = await gateway.wait('GUILD_CREATE');
	assert.ok(guild.d.channels.some((c) => c.id === STATUS));
	assert.deepEqual([gateway.ready.s, guild.s], [1, 2]);
});

test('heartbeats are acknowledged; a wrong sequence number is not taken', async (t) => {
	const sandbox = await startSandbox(t);
	const gateway = await connect(t, sandbox);
	gateway.send({ op: 1, d: 2 });
	await gateway.wait(11);
	gateway.send({ op: 1, d: 999 });
	assert.equal(await gateway.closed, 4007);
});

for (const [name, code, act] of [
	['bad token', 4004, (g) => g.identify({ token: 'wrong' })],
	['unknown intent bits', 4013, (g) => g.identify({ intents: 1 << 18 })],
	['a privileged intent that is switched off', 4014, (g) => g.identify({ intents: 1 << 15 })],
	['no properties', 4002, (g) => g.send({ op: 2, d: { token: DEFAULT_TOKEN, intents: 1 } })],
	['not JSON', 4002, (g) => g.send('{"op":')],
	['a payload above 4096 bytes', 4002, (g) => g.identify({ filler: 'x'.repeat(4096) })],
	['an event before IDENTIFY', 4003, (g) => g.send({ op: 3, d: {} })],
	['an invalid shard', 4010, (g) => g.identify({ shard: [2, 1] })],
]) {
	test(`${name} closes with ${code}`, async (t) => {
		const sandbox = await startSandbox(t);
		const gateway = await connect(t, sandbox, { identify: false });
		act(gateway);
		assert.equal(await gateway.closed, code);
	});
}

test('after IDENTIFY: a second one closes with 4005, an unknown op with 4001, the 121st event with 4008', async (t) => {
	const sandbox = await startSandbox(t);
	const twice = await connect(t, sandbox);
	twice.identify();
	assert.equal(await twice.closed, 4005);
	const odd = await connect(t, sandbox);
	odd.send({ op: 77, d: null });
	assert.equal(await odd.closed, 4001);
	const hasty = await connect(t, sandbox);
	for (let n = 0; n < 119; n++)
		hasty.send({ op: 1, d: null });
	assert.ok(await Promise.race([hasty.closed.then(() => false), post(sandbox, 'still here').then(() => hasty.wait('MESSAGE_CREATE'))]));
	hasty.send({ op: 1, d: null });
	assert.equal(await hasty.closed, 4008);
});

test('version 10 is asked for, or it is 4012', async (t) => {
	const sandbox = await startSandbox(t);
	const gateway = new RawGateway(`ws://127.0.0.1:${sandbox.port}/gateway/`, { v: 9 });
	assert.equal(await gateway.closed, 4012);
});

test('the privileged intent, once switched on, shows the text', async (t) => {
	const sandbox = await startSandbox(t);
	await control(sandbox, 'POST /application', { intents: { message_content: true } });
	const gateway = await connect(t, sandbox, { identify: { intents: 1 | 1 << 9 | 1 << 15 } });
	await post(sandbox, 'readable');
	assert.equal((await gateway.wait('MESSAGE_CREATE')).d.content, 'readable');
});

test('without GUILD_MESSAGES no messages arrive; interactions do', async (t) => {
	const sandbox = await startSandbox(t);
	const gateway = await connect(t, sandbox, { identify: { intents: 1 } });
	await post(sandbox, 'unheard');
	await control(sandbox, 'POST /interactions/raw', { user: ADA, channel: STATUS, type: 3, data: { custom_id: 'old', component_type: 2 }, wait: false });
	await gateway.wait('INTERACTION_CREATE');
	assert.ok(!gateway.payloads.some((p) => p.t === 'MESSAGE_CREATE'));
});

test('a client that sends no heartbeat is thrown out with 4009', async (t) => {
	const sandbox = await startSandbox(t, { gateway: { heartbeat_interval_ms: 100 } });
	const gateway = await connect(t, sandbox);
	assert.equal(await gateway.closed, 4009);
});

async function breakAndMiss(t, sandbox, options) {
	const gateway = await connect(t, sandbox, options);
	const created = await gateway.wait('GUILD_CREATE');
	await gateway.end(4000);
	await control(sandbox, 'POST /wait', { gateway: 'disconnected' });
	await post(sandbox, 'one');
	await post(sandbox, 'two');
	return { session: gateway.ready.d.session_id, seq: created.s };
}

const resumeWith = (gateway, session_id, seq) => gateway.send({ op: 6, d: { token: DEFAULT_TOKEN, session_id, seq } });

test('RESUME replays in order, then RESUMED', async (t) => {
	const sandbox = await startSandbox(t);
	const { session, seq } = await breakAndMiss(t, sandbox);
	const again = await connect(t, sandbox, { identify: false, path: '/gateway/resume/' });
	resumeWith(again, session, seq);
	await again.wait('RESUMED');
	assert.deepEqual(again.payloads.slice(1).map((p) => [p.t, p.s]), [['MESSAGE_CREATE', seq + 1], ['MESSAGE_CREATE', seq + 2], ['RESUMED', seq + 3]]);
});

test('RESUME is refused: elsewhere than at resume_gateway_url, for a session closed with 1000, on demand; 4007 for the future', async (t) => {
	const sandbox = await startSandbox(t);
	const { session, seq } = await breakAndMiss(t, sandbox);
	const wrong = await connect(t, sandbox, { identify: false });
	resumeWith(wrong, session, seq);
	assert.equal((await wrong.wait(9)).d, false);
	await control(sandbox, 'POST /faults', { kind: 'refuse_resume' });
	const refused = await connect(t, sandbox, { identify: false, path: '/gateway/resume/' });
	resumeWith(refused, session, seq);
	assert.equal((await refused.wait(9)).d, false);
	const ahead = await connect(t, sandbox, { identify: false, path: '/gateway/resume/' });
	resumeWith(ahead, session, 1000);
	assert.equal(await ahead.closed, 4007);
	const ended = await connect(t, sandbox);
	await ended.end(1000);
	await control(sandbox, 'POST /wait', { gateway: 'disconnected' });
	const late = await connect(t, sandbox, { identify: false, path: '/gateway/resume/' });
	resumeWith(late, ended.ready.d.session_id, 2);
	assert.equal((await late.wait(9)).d, false);
});

test('a connection that went silent answers nothing; its session is there to be resumed', async (t) => {
	const sandbox = await startSandbox(t);
	const gateway = await connect(t, sandbox);
	const { s } = await gateway.wait('GUILD_CREATE');
	await control(sandbox, 'POST /faults', { kind: 'gateway_drop', silent: true });
	gateway.send({ op: 1, d: s });
	await post(sandbox, 'unheard');
	const again = await connect(t, sandbox, { identify: false, path: '/gateway/resume/' });
	resumeWith(again, gateway.ready.d.session_id, s);
	await again.wait('RESUMED');
	assert.ok(again.payloads.some((p) => p.t === 'MESSAGE_CREATE'));
	assert.ok(!gateway.payloads.some((p) => p.op === 11 || p.t === 'MESSAGE_CREATE'));
	await control(sandbox, 'POST /faults', { kind: 'gateway_drop' });
	assert.equal(await again.closed, 1006);
});

test('a second IDENTIFY within five seconds gets op 9; session_start_limit counts down; the last one costs the token', async (t) => {
	const sandbox = await startSandbox(t, { gateway: { identify_window_ms: 5000, start_limit: 3 } });
	await connect(t, sandbox);
	const { body } = await rest(sandbox, 'GET /gateway/bot');
	assert.equal(body.session_start_limit.remaining, 2);
	assert.equal(body.session_start_limit.max_concurrency, 1);
	const hasty = await connect(t, sandbox, { identify: false });
	hasty.identify();
	assert.equal((await hasty.wait(9)).d, false);
	await control(sandbox, 'POST /gateway/options', { identify_window_ms: 0 });
	await connect(t, sandbox);
	const last = await connect(t, sandbox, { identify: false });
	last.identify();
	assert.equal(await last.closed, 4004);
	assert.equal((await rest(sandbox, 'GET /users/@me')).status, 401);
});

test('zlib-stream: one context, every message ends with 00 00 FF FF, also when cut into several frames', async (t) => {
	const sandbox = await startSandbox(t);
	const gateway = await connect(t, sandbox, { compress: true });
	await gateway.wait('GUILD_CREATE');
	assert.ok(gateway.frames.every((f) => f.subarray(-4).equals(Buffer.from([0, 0, 0xff, 0xff]))));
	await control(sandbox, 'POST /faults', { kind: 'fragment_frames', size: 11, mode: 'messages', times: 0 });
	const before = gateway.frames.length;
	await post(sandbox, 'in pieces');
	await gateway.wait('MESSAGE_CREATE');
	assert.ok(gateway.frames.length > before + 3);
});

test('a GUILD_CREATE of many megabytes, plain and compressed', async (t) => {
	const sandbox = await startSandbox(t);
	for (const compress of [false, true]) {
		await control(sandbox, 'POST /faults', { kind: 'big_guild_create', mb: 3 });
		const gateway = await connect(t, sandbox, { compress, identify: false });
		gateway.identify();
		const big = await gateway.wait('GUILD_CREATE', 60_000);
		assert.ok(big.d.members.length > 5000);
		assert.equal(big.d.channels.length, 4);
	}
});

test('faults: op 7, op 9, op 1, closes, silence, broken frames', async (t) => {
	const sandbox = await startSandbox(t);
	const gateway = await connect(t, sandbox);
	await control(sandbox, 'POST /faults', { kind: 'reconnect' });
	await gateway.wait(7);
	await control(sandbox, 'POST /faults', { kind: 'heartbeat_request' });
	await gateway.wait(1);
	await control(sandbox, 'POST /faults', { kind: 'invalid_session', resumable: true });
	assert.equal((await gateway.wait(9)).d, true);
	await control(sandbox, 'POST /faults', { kind: 'no_heartbeat_ack', times: 0 });
	gateway.send({ op: 1, d: null });
	await control(sandbox, 'POST /wait', { journal: { kind: 'gateway_in', op: 1 } });
	assert.ok(!gateway.payloads.some((p) => p.op === 11));
	await control(sandbox, 'POST /faults', { kind: 'gateway_close', code: 4900 });
	assert.equal(await gateway.closed, 4900);
	for (const [mode, code] of [['reserved_bits', 1006], ['reserved_opcode', 1006], ['truncated', 1006], ['oversized_claim', 1006], ['invalid_utf8', 1006]]) {
		const victim = await connect(t, sandbox);
		await control(sandbox, 'POST /faults', { kind: 'gateway_frame', mode });
		assert.equal(await victim.closed, code, mode);
	}
	const odd = await connect(t, sandbox);
	const before = odd.frames.length;
	for (const mode of ['not_json', 'array', 'empty', 'binary', 'wrong_types'])
		await control(sandbox, 'POST /faults', { kind: 'gateway_frame', mode });
	await control(sandbox, 'POST /faults', { kind: 'unknown_op' });
	while (odd.frames.length < before + 6)
		await new Promise((resolve) => odd.ws.once('message', resolve));
	await control(sandbox, 'POST /faults', { kind: 'gateway_unreachable', status: 503 });
	const refused = new RawGateway(`ws://127.0.0.1:${sandbox.port}/gateway/`);
	assert.equal(await refused.closed, 1006);
	await assert.rejects(control(sandbox, 'POST /faults', { kind: 'no_such_thing' }), /no such fault/);
});

test('interactions twice, malformed, and replayed after an absence', async (t) => {
	const sandbox = await startSandbox(t);
	const gateway = await connect(t, sandbox);
	const raw = (body) => control(sandbox, 'POST /interactions/raw', { user: ADA, channel: STATUS, type: 3, data: { custom_id: 'v0:gone', component_type: 2 }, wait: false, ...body });
	const first = await raw();
	await control(sandbox, `POST /interactions/${first.id}/repeat`);
	await raw({ change: { member: null }, type: 42 });
	await control(sandbox, 'POST /wait', { journal: { kind: 'gateway_out', t: 'INTERACTION_CREATE' }, count: 3 });
	while (gateway.payloads.filter((p) => p.t === 'INTERACTION_CREATE').length < 3)
		await new Promise((resolve) => gateway.ws.once('message', resolve));
	const [a, b, c] = gateway.payloads.filter((p) => p.t === 'INTERACTION_CREATE').map((p) => p.d);
	assert.equal(a.id, b.id);
	assert.equal(a.token, b.token);
	assert.equal(c.type, 42);
	assert.equal(c.member, undefined);
});
