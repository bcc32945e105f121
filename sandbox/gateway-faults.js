// What can happen to the gateway at once (GATEWAY_ACTIONS) or when its moment comes (ARMED_KINDS).

import { OP } from './connection.js';

export const ARMED_KINDS = new Set(['no_heartbeat_ack', 'refuse_resume', 'refuse_identify', 'gateway_unreachable', 'gateway_url', 'big_guild_create', 'fragment_frames', 'gateway_delay']);

const text = (value) => Buffer.from(value);

/** A WebSocket frame header for an unmasked frame of the server. */
function frame(opcode, payload, { fin = true, rsv = 0, claimed = payload.length } = {}) {
	const first = (fin ? 0x80 : 0) | rsv << 4 | opcode;
	const head = claimed < 126 ? Buffer.from([first, claimed]) : claimed < 65536 ? Buffer.from([first, 126, claimed >> 8, claimed & 255]) : Buffer.alloc(10);
	if (head.length === 10) {
		head[0] = first;
		head[1] = 127;
		head.writeBigUInt64BE(BigInt(claimed), 2);
	}
	return Buffer.concat([head, payload]);
}

/** Broken frames by name: what POST /sandbox/faults {kind: 'gateway_frame', mode} sends. */
const FRAMES = {
	not_json: (c) => c.sendRaw(frame(1, text('{"op":0,"t":"MESSAGE_CREATE","s":'))),
	wrong_types: (c) => c.sendRaw(frame(1, text('{"op":"zero","s":{},"t":7,"d":[]}'))),
	array: (c) => c.sendRaw(frame(1, text('[1,2,3]'))),
	empty: (c) => c.sendRaw(frame(1, Buffer.alloc(0))),
	deep: (c) => c.sendRaw(frame(1, text(`{"op":0,"t":"DEEP","s":1,"d":${'['.repeat(50000)}${']'.repeat(50000)}}`))),
	binary: (c) => c.sendRaw(frame(2, Buffer.from([0xff, 0xfe, 0x00, 0x01, 0x80, 0x13, 0x37]))),
	invalid_utf8: (c) => c.sendRaw(frame(1, Buffer.concat([text('{"op":0,"t":"X","s":1,"d":"'), Buffer.from([0xc3, 0x28, 0xff]), text('"}')]))),
	reserved_bits: (c) => c.sendRaw(frame(1, text('{}'), { rsv: 7 })),
	reserved_opcode: (c) => c.sendRaw(frame(5, text('{}'))),
	truncated: (c) => {
		c.sendRaw(frame(1, text('{"op":0,"t":"MESSAGE_CREATE"'), { claimed: 4000 }));
		setTimeout(() => c.terminate(), 30);
	},
	oversized: (c, { mb = 64 }) => c.sendRaw(frame(1, text('{"op":0,"t":"HUGE","s":1,"d":"'), { claimed: mb * 1024 * 1024 })),
	oversized_claim: (c) => c.sendRaw(frame(1, text('{'), { claimed: Number.MAX_SAFE_INTEGER })),
	ping: (c) => c.sendRaw(frame(9, text('are you there'))),
	bad_zlib: (c) => c.sendRaw(frame(2, Buffer.concat([Buffer.from('deadbeefdeadbeef', 'hex'), Buffer.from([0, 0, 0xff, 0xff])]))),
};

export const GATEWAY_ACTIONS = new Map([
	['gateway_close', (c, { code = 4000, reason = 'fault on demand' }) => c.close(code, reason)],
	['gateway_drop', (c, { silent }) => (silent ? c.mute() : c.terminate())],
	['reconnect', (c) => c.send({ op: OP.RECONNECT, d: null })],
	['invalid_session', (c, { resumable = false }, gateway) => {
		if (!resumable && c.session)
			gateway.sessions.delete(c.session.id);
		c.send({ op: OP.INVALID_SESSION, d: Boolean(resumable) });
	}],
	['heartbeat_request', (c) => c.send({ op: OP.HEARTBEAT, d: null })],
	['unknown_op', (c) => c.send({ op: 99, d: {} })],
	['gateway_frame', (c, fault) => FRAMES[fault.mode ?? 'not_json'](c, fault)],
	['expire_sessions', null],
	['dispatch', null],
	['big_guild_now', null],
]);

/** Does it to every live connection; gives how many there were. */
export async function gatewayAction(sandbox, fault) {
	const { gateway } = sandbox;
	if (fault.kind === 'expire_sessions') {
		const count = gateway.sessions.size;
		gateway.sessions.clear();
		return count;
	}
	if (fault.kind === 'dispatch')
		return gateway.dispatch(fault.t, fault.d);
	if (fault.kind === 'big_guild_now') {
		for (const session of gateway.sessions.values())
			gateway.emitBigGuild(session, sandbox.world.guilds.get(fault.guild) ?? sandbox.world.botGuilds()[0], fault.mb ?? 10);
		return gateway.sessions.size;
	}
	const live = [...gateway.connections].filter((c) => !c.muted);
	if (fault.kind === 'gateway_frame' && !FRAMES[fault.mode ?? 'not_json'])
		throw Object.assign(new Error(`no such frame: ${fault.mode} (there are: ${Object.keys(FRAMES).join(', ')})`), { status: 400 });
	for (const connection of live)
		GATEWAY_ACTIONS.get(fault.kind)(connection, fault, gateway);
	return live.length;
}
