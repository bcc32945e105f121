// Between ddc and the engine: a socket of its own that passes everything on, counts it, and on demand answers in the
// engine's place (refuses, is slow, talks garbage, pretends to be another version).

import http from 'node:http';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { sleep } from './wait.js';

export class Proxy {
	/** engine: something with `socket`. folder: where the proxy's own socket goes. */
	static async start(engine, folder) {
		const proxy = new Proxy(engine, join(folder, 'proxy.sock'));
		await proxy.listen();
		return proxy;
	}

	constructor(engine, socket) {
		this.engine = engine;
		this.socket = socket;
		this.host = `unix://${socket}`;
		this.requests = []; // {at, method, path, status}
		this.rules = [];
		this.open = new Set();
	}

	async listen() {
		rmSync(this.socket, { force: true });
		this.server = http.createServer((request, response) => void this.handle(request, response));
		this.server.on('connection', (socket) => {
			this.open.add(socket);
			socket.on('error', () => {}).on('close', () => this.open.delete(socket));
		});
		await new Promise((done, failed) => this.server.once('error', failed).listen(this.socket, done));
	}

	/**
	 * From now on requests whose "METHOD /path" matches are treated so, until the returned function is called:
	 * {status, body, headers} answered here; {delayMs} passed on late; {hang} never answered; {raw} these bytes instead
	 * of any HTTP; {cut: n} the engine's answer ends after n bytes; {rewrite(text, status)} the engine's answer changed;
	 * {choose(path)} gives the rule for this path; {path(path)} another path is asked for.
	 */
	when(pattern, rule) {
		const entry = { pattern, ...rule };
		this.rules.unshift(entry);
		return () => {
			this.rules = this.rules.filter((r) => r !== entry);
		};
	}

	/** Pretends to be an engine that speaks these API versions only (numbers behind "1."), whatever the real one speaks. */
	pretend({ min, max }) {
		const said = { 'Api-Version': `1.${max}` };
		const rewrite = (text) => ({ body: text, headers: { 'api-version': `1.${max}` } });
		const refusal = (v, how, bound) => ({ status: 400, headers: said, body: { message: `client version 1.${v} is too ${how} supported API version is 1.${bound}` } });
		const undo = [
			this.when(/ \/_ping/, { rewrite }),
			this.when(/ \/version/, { rewrite: (text) => ({ ...rewrite(text), body: JSON.stringify({ ...JSON.parse(text), ApiVersion: `1.${max}`, MinAPIVersion: `1.${min}` }) }) }),
			this.when(/ \/v1\.\d+\//, {
				choose: (path) => {
					const v = Number(/^\/v1\.(\d+)/.exec(path)[1]);
					if (v > max)
						return refusal(v, 'new. Maximum', max);
					return v < min ? refusal(v, 'old. Minimum', min) : { path: (p) => p.replace(/^\/v1\.\d+/, '/v1.41') };
				},
			}),
		];
		return () => undo.forEach((f) => f());
	}

	/** Breaks every connection, as an engine does that is killed. */
	cutAll() {
		for (const socket of this.open)
			socket.destroy();
	}

	count(pattern = /./) {
		return this.requests.filter((r) => pattern.test(`${r.method} ${r.path}`)).length;
	}

	async handle(request, response) {
		const entry = { at: Date.now(), method: request.method, path: request.url };
		this.requests.push(entry);
		const first = this.rules.find((r) => r.pattern.test(`${request.method} ${request.url}`));
		const rule = first?.choose ? first.choose(request.url) : first;
		if (rule?.hang)
			return;
		if (rule?.delayMs)
			await sleep(rule.delayMs);
		if (rule?.raw !== undefined) {
			request.socket.end(rule.raw);
		} else if (rule?.status) {
			entry.status = rule.status;
			const body = typeof rule.body === 'string' ? rule.body : JSON.stringify(rule.body ?? { message: 'fault on demand' });
			response.writeHead(rule.status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body), ...rule.headers });
			response.end(body);
		} else {
			this.pass(request, response, rule, entry);
		}
	}

	pass(request, response, rule, entry) {
		const up = http.request({ socketPath: this.engine.socket, method: request.method, path: rule?.path ? rule.path(request.url) : request.url, headers: request.headers, agent: false }, (answer) => {
			entry.status = answer.statusCode;
			if (rule?.rewrite)
				return void rewritten(answer, response, rule.rewrite);
			response.writeHead(answer.statusCode, answer.headers);
			response.flushHeaders(); // an event stream's head comes long before its first event
			if (rule?.cut !== undefined)
				return void cutAfter(answer, response, rule.cut);
			answer.pipe(response);
			answer.on('aborted', () => response.destroy()).on('error', () => response.destroy());
			return undefined;
		});
		up.on('error', () => response.destroy()); // nobody there: the connection breaks, as it would without us
		response.on('close', () => up.destroy());
		request.pipe(up);
	}

	async stop() {
		this.cutAll();
		await new Promise((done) => this.server.close(done));
	}
}

async function rewritten(answer, response, rewrite) {
	let text = '';
	for await (const part of answer.setEncoding('utf8'))
		text += part;
	const { status = answer.statusCode, body, headers = {} } = rewrite(text, answer.statusCode);
	const all = { ...answer.headers, ...headers, 'content-length': Buffer.byteLength(body) };
	delete all['transfer-encoding'];
	response.writeHead(status, all);
	response.end(body);
}

function cutAfter(answer, response, bytes) {
	let left = bytes;
	answer.on('data', (part) => {
		response.write(part.subarray(0, left));
		left -= part.length;
		if (left <= 0)
			response.destroy();
	}).on('end', () => response.destroy());
}
