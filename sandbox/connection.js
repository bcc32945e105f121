// One gateway connection: HELLO, heartbeats, what the client may send and how often, and how payloads become
// frames (plain, zlib-stream, in fragments).

import zlib from 'node:zlib';

export const OP = { DISPATCH: 0, HEARTBEAT: 1, IDENTIFY: 2, PRESENCE: 3, VOICE: 4, RESUME: 6, RECONNECT: 7, REQUEST_MEMBERS: 8, INVALID_SESSION: 9, HELLO: 10, HEARTBEAT_ACK: 11 };
const MAX_PAYLOAD_BYTES = 4096;
const ZOMBIE_FACTOR = 1.5;

export class Connection {
	constructor(gateway, ws, { resume, query, origin }) {
		Object.assign(this, { gateway, ws, resumePath: resume, query, origin });
		this.session = null;
		this.heartbeats = 0;
		this.received = []; // times of the client's payloads in the last minute
		this.queue = Promise.resolve(); // frames leave in order, compressed or not
		this.closed = false;
		ws.on('message', (data, isBinary) => this.onMessage(data, isBinary));
		ws.on('close', (code) => this.onClose(code));
		ws.on('error', () => {});
	}

	get faults() {
		return this.gateway.sandbox.faults;
	}

	open() {
		const { v, encoding, compress } = this.query;
		if (v !== '10')
			return this.close(4012, 'Invalid API version.');
		if (encoding !== undefined && encoding !== 'json')
			return this.close(4002, 'The sandbox speaks json only.');
		if (compress !== undefined && compress !== 'zlib-stream')
			return this.close(4002, 'The sandbox compresses with zlib-stream only.');
		if (compress)
			this.deflate = zlib.createDeflate();
		const interval = this.gateway.options.heartbeat_interval_ms;
		this.lastBeat = Date.now();
		this.zombieTimer = setInterval(() => this.checkBeat(interval), Math.max(20, interval / 4));
		return this.send({ op: OP.HELLO, d: { heartbeat_interval: interval, _trace: ['["sandbox",{"micros":0}]'] } });
	}

	checkBeat(interval) {
		if (Date.now() - this.lastBeat > interval * ZOMBIE_FACTOR)
			this.close(4009, 'Session timed out.');
	}

	// ---- from the client ----

	onMessage(data, isBinary) {
		const { journal } = this.gateway.sandbox;
		journal.count('gateway_in');
		if (data.length > MAX_PAYLOAD_BYTES)
			return this.close(4002, 'Payload too large.');
		const now = Date.now();
		this.received = this.received.filter((at) => now - at < 60_000);
		this.received.push(now);
		if (this.received.length > this.gateway.options.events_per_minute)
			return this.close(4008, 'You are sending payloads to us too quickly.');
		let payload;
		try {
			payload = JSON.parse(isBinary ? zlib.inflateSync(data) : data);
		} catch {
			return this.close(4002, 'Error while decoding payload.');
		}
		journal.add('gateway_in', { op: payload?.op, bytes: data.length, d: withoutToken(payload?.d) });
		return this.handle(payload);
	}

	handle(payload) {
		if (typeof payload !== 'object' || payload === null || !Number.isInteger(payload.op))
			return this.close(4002, 'Error while decoding payload.');
		if (payload.op === OP.HEARTBEAT)
			return this.onHeartbeat(payload.d);
		if (payload.op === OP.IDENTIFY || payload.op === OP.RESUME) {
			if (this.session)
				return this.close(4005, 'Already authenticated.');
			if (payload.op === OP.IDENTIFY && payload.d?.compress && this.deflate)
				return this.close(4002, 'Payload and transport compression exclude each other.');
			return payload.op === OP.IDENTIFY ? this.gateway.identify(this, payload.d) : this.gateway.resume(this, payload.d);
		}
		if (!this.session)
			return this.close(4003, 'Not authenticated.');
		if (![OP.PRESENCE, OP.VOICE, OP.REQUEST_MEMBERS].includes(payload.op))
			return this.close(4001, 'Unknown opcode.');
		return undefined;
	}

	onHeartbeat(seq) {
		if (seq !== null && !Number.isInteger(seq))
			return this.close(4002, 'Error while decoding payload: a heartbeat carries a number or null.');
		if (this.session && seq > this.session.seq)
			return this.close(4007, 'Invalid seq.');
		this.lastBeat = Date.now();
		this.heartbeats++;
		this.gateway.sandbox.journal.count('heartbeats');
		if (this.faults.has('no_heartbeat_ack'))
			return undefined;
		return this.send({ op: OP.HEARTBEAT_ACK });
	}

	// ---- to the client ----

	/** `onSend` is called when the frame is handed to the socket, or not at all. */
	send(payload, onSend) {
		const full = { t: null, s: null, op: payload.op, d: null, ...payload };
		const text = JSON.stringify(full);
		const delay = this.faults.has('gateway_delay')?.delay_ms;
		this.gateway.journalOut(full, text.length);
		if (this.deflate || delay || this.queueBusy)
			this.enqueue(async () => {
				if (delay)
					await new Promise((resolve) => setTimeout(resolve, delay));
				await this.transmit(text, onSend);
			});
		else
			void this.transmit(text, onSend);
	}

	enqueue(job) {
		this.queueBusy = (this.queueBusy ?? 0) + 1;
		this.queue = this.queue.then(() => (this.closed ? undefined : job())).catch(() => {}).finally(() => this.queueBusy--);
	}

	async transmit(text, onSend) {
		const data = this.deflate ? await this.compress(text, true) : this.compressPayloads && text.length > 8192 ? zlib.deflateSync(text) : text;
		const fragments = this.faults.has('fragment_frames');
		onSend?.();
		if (!fragments)
			return this.ws.send(data, { fin: true, binary: typeof data !== 'string' });
		return this.sendFragments(Buffer.from(data), fragments, typeof data !== 'string');
	}

	/** One message cut up: in WebSocket fragments, or (mode 'messages', zlib only) in several whole messages. */
	sendFragments(bytes, { size = 7, mode = 'fragments' }, binary) {
		for (let at = 0; at < bytes.length; at += size) {
			const last = at + size >= bytes.length;
			this.ws.send(bytes.subarray(at, at + size), { binary, fin: mode === 'messages' && binary ? true : last });
		}
	}

	/** Through the connection's one compression context; `flush` ends the message with 00 00 FF FF. */
	compress(text, flush) {
		return new Promise((resolve, reject) => {
			const parts = [];
			const collect = (part) => parts.push(part);
			const { deflate } = this;
			deflate.on('data', collect);
			deflate.once('error', reject);
			const done = () => {
				deflate.off('data', collect);
				deflate.off('error', reject);
				resolve(Buffer.concat(parts));
			};
			deflate.write(text, () => (flush ? deflate.flush(zlib.constants.Z_SYNC_FLUSH, done) : done()));
		});
	}

	/** A GUILD_CREATE of so many bytes, generated while it is sent: members, as a server with many has them. */
	sendBig(event, bytes) {
		this.gateway.journalOut({ ...event, d: { id: event.d.id, generated_bytes: bytes } }, bytes);
		this.enqueue(async () => {
			const text = JSON.stringify(event);
			const at = text.indexOf('"members":[') + '"members":['.length;
			let sent = 0;
			for (const part of bigParts(text.slice(0, at), text.slice(at), bytes)) {
				const data = this.deflate ? await this.compress(part.text, part.last) : Buffer.from(part.text);
				await new Promise((resolve) => this.ws.send(data, { fin: part.last, binary: Boolean(this.deflate) }, resolve));
				sent += part.text.length;
				if (this.closed)
					return;
			}
			this.gateway.sandbox.journal.add('gateway', { event: 'big guild sent', bytes: sent });
		});
	}

	/** Bytes straight onto the connection, for frames that no WebSocket library would make. */
	sendRaw(bytes) {
		this.ws._socket.write(bytes);
	}

	close(code, reason) {
		this.closeCode = code;
		this.ws.close(code, reason);
	}

	/** Ends the TCP connection without a close frame. */
	terminate() {
		this.ws.terminate();
	}

	/** As when a cable is pulled: nothing comes, nothing goes, and nobody is told. */
	mute() {
		this.muted = true;
		clearInterval(this.zombieTimer);
		this.ws._socket.pause();
		this.ws.send = () => {};
		this.gateway.onMuted(this);
	}

	onClose(code) {
		if (this.closed)
			return;
		this.closed = true;
		clearInterval(this.zombieTimer);
		this.deflate?.close();
		this.gateway.onClosed(this, this.closeCode ?? code, this.closeCode === undefined);
	}
}

function* bigParts(head, tail, bytes) {
	yield { text: head, last: false };
	let left = bytes - head.length - tail.length, n = 0;
	while (left > 0) {
		let part = '';
		while (part.length < 16384 && part.length < left)
			part += bigMember(n++);
		left -= part.length;
		yield { text: part, last: false };
	}
	yield { text: tail.startsWith(']') ? `${bigMember(n).slice(0, -1)}${tail}` : tail, last: true };
}

function bigMember(n) {
	const id = String(1190000000000000000n + BigInt(n));
	return `{"user":{"id":"${id}","username":"generated${n}","avatar":null,"discriminator":"0","public_flags":0,"global_name":"G\\u00e9n\\u00e9r\\u00e9 \\"${n}\\" \\ud83d\\ude00"},` +
		`"nick":null,"avatar":null,"roles":["${id}"],"joined_at":"2024-01-01T00:00:00.000000+00:00","premium_since":null,"deaf":false,"mute":false,"pending":false,"flags":0},`;
}

function withoutToken(d) {
	return d && typeof d === 'object' && 'token' in d ? { ...d, token: '…' } : d;
}
