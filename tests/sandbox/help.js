// What the sandbox's tests share: a sandbox per test, its control API, raw REST and gateway clients.

import { WebSocket } from 'ws';
import zlib from 'node:zlib';
import { DEFAULT_TOKEN, Sandbox } from '../../sandbox/server.js';

export const APP = '1180000000000000001';
export const GUILD = '1180000000000000100';
export const STATUS = '1180000000000000111';
export const GAMES = '1180000000000000112';
export const MAXI = '1180000000000000201';
export const JOERG = '1180000000000000202';
export const ADA = '1180000000000000203';
export const USER_AGENT = 'DiscordBot (https://example.org/ddc, 1.0)';

// Limits that real Discord has but that would only make tests of other things slow.
export const ROOMY = { message_create: { limit: 1000, window: 1 }, message_edit: { limit: 1000, window: 1 }, message_delete: { limit: 1000, window: 1 },
	message_get: { limit: 1000, window: 1 }, commands: { limit: 1000, window: 1 }, webhook_message: { limit: 1000, window: 1 }, identity: { limit: 1000, window: 1 },
	gateway: { limit: 1000, window: 1 }, guild_get: { limit: 1000, window: 1 }, channel_get: { limit: 1000, window: 1 },
	interaction_callback: { limit: 1000, window: 1 }, message_bulk_delete: { limit: 1000, window: 1 }, global: 10_000 };

export async function startSandbox(t, options = {}) {
	const sandbox = await Sandbox.start({ quiet: true, limits: ROOMY, warm: false, ...options,
		gateway: { identify_window_ms: 0, ...options.gateway } });
	t.after(() => sandbox.stop());
	return sandbox;
}

/** The control API: control(sandbox, 'POST /messages/…', body) -> answer; throws when it says no. */
export async function control(sandbox, what, body) {
	const [method, path] = what.split(' ');
	const response = await fetch(`${sandbox.url}/sandbox${path}`, { method, body: body && JSON.stringify(body) });
	const answer = await response.json();
	if (!response.ok)
		throw Object.assign(new Error(answer.error), { status: response.status });
	return answer;
}

/** A REST call as the bot: {status, headers, body}. */
export async function rest(sandbox, what, body, headers = {}) {
	const [method, path] = what.split(' ');
	const response = await fetch(`${sandbox.api}${path}`, { method, body: body === undefined ? undefined : typeof body === 'string' || body instanceof FormData ? body : JSON.stringify(body),
		headers: { Authorization: `Bot ${DEFAULT_TOKEN}`, 'User-Agent': USER_AGENT, ...(body === undefined || body instanceof FormData ? {} : { 'Content-Type': 'application/json' }), ...headers } });
	const text = await response.text();
	let parsed = text;
	try {
		parsed = JSON.parse(text);
	} catch { /* not JSON: the text it is */ }
	return { status: response.status, headers: response.headers, body: parsed };
}

/** A bare gateway client that does nothing by itself. */
export class RawGateway {
	constructor(url, { compress = false, v = 10 } = {}) {
		this.payloads = [];
		this.waiting = [];
		this.frames = [];
		this.ws = new WebSocket(`${url}?v=${v}&encoding=json${compress ? '&compress=zlib-stream' : ''}`);
		if (compress)
			this.inflate = zlib.createInflate();
		this.inflate?.on('data', (part) => this.onText(part));
		this.partial = '';
		this.closed = new Promise((resolve) => this.ws.on('close', (code) => resolve(code)));
		this.ws.on('error', () => {});
		this.ws.on('message', (data) => {
			this.frames.push(data);
			if (this.inflate)
				this.inflate.write(data);
			else
				this.onText(data);
		});
	}

	onText(text) {
		this.partial += text;
		let payload;
		try {
			payload = JSON.parse(this.partial);
		} catch {
			return;
		}
		this.partial = '';
		this.payloads.push(payload);
		this.waiting = this.waiting.filter(({ test, resolve }) => !(test(payload) && (resolve(payload), true)));
	}

	/** The first payload, past or future, with this op or this event name. */
	wait(what, timeoutMs = 3000) {
		const test = (p) => (typeof what === 'string' ? p.t === what : p.op === what);
		const found = this.payloads.find(test);
		if (found)
			return Promise.resolve(found);
		return new Promise((resolve, reject) => {
			const timer = setTimeout(() => reject(new Error(`no ${what} within ${timeoutMs} ms; came: ${this.payloads.map((p) => p.t ?? p.op)}`)), timeoutMs);
			this.waiting.push({ test, resolve: (p) => (clearTimeout(timer), resolve(p)) });
		});
	}

	send(payload) {
		this.ws.send(typeof payload === 'string' ? payload : JSON.stringify(payload));
	}

	identify(extra = {}) {
		this.send({ op: 2, d: { token: DEFAULT_TOKEN, intents: 1 << 0 | 1 << 9, properties: { os: 'linux', browser: 'test', device: 'test' }, ...extra } });
	}

	end(code = 1000) {
		this.ws.close(code);
		return this.closed;
	}
}

export async function connect(t, sandbox, { compress, identify = true, path = '/gateway/' } = {}) {
	const gateway = new RawGateway(`ws://127.0.0.1:${sandbox.port}${path}`, { compress });
	t.after(() => gateway.ws.terminate());
	gateway.hello = await gateway.wait(10);
	if (identify) {
		gateway.identify(identify === true ? {} : identify);
		gateway.ready = await gateway.wait('READY');
	}
	return gateway;
}
