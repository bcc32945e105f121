// Drives tests/tools/discord_probe.c: the Discord layer alone, against the sandbox.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BINARY } from '../lib/ddc.js';
import { patience, until } from '../lib/wait.js';

const PROBE = join(dirname(BINARY), 'tests/tools/discord_probe');
const SANITIZER = /ERROR: (Address|Leak|UndefinedBehavior)Sanitizer|: runtime error: |BUG at /;

export class Probe {
	/** options: {args, token}. With '--idle' in args the gateway is not started. */
	constructor(discord, { args = [], token = discord.sandbox.token } = {}) {
		if (!existsSync(PROBE))
			throw new Error(`${PROBE} is not there: run make first`);
		this.lines = [];
		this.requests = 0;
		this.child = spawn(PROBE, [discord.api, token, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
		for (const stream of [this.child.stdout, this.child.stderr]) {
			let rest = '';
			stream.setEncoding('utf8').on('data', (text) => {
				const lines = (rest + text).split('\n');
				rest = lines.pop();
				this.lines.push(...lines);
			});
		}
		this.child.stdin.on('error', () => {}); // it may have gone; the line that is waited for says so
		this.ended = new Promise((done) => this.child.on('close', (code, signal) => done({ code, signal })));
		this.ended.then((end) => (this.end = end));
	}

	get text() {
		return this.lines.join('\n');
	}

	count(pattern) {
		return this.lines.filter((line) => pattern.test(line)).length;
	}

	tell(command) {
		this.child.stdin.write(`${command}\n`);
	}

	/** Waits for the n-th line that matches; gives the match. */
	sees(pattern, { n = 1, timeoutMs = 15_000 } = {}) {
		return until(`line ${n} of ${pattern}`, () => {
			const found = this.lines.filter((line) => pattern.test(line));
			if (found.length < n && this.end)
				throw new Error(`the probe ended (${JSON.stringify(this.end)})`);
			return found.length >= n ? pattern.exec(found[n - 1]) : undefined;
		}, { timeoutMs }).catch((error) => {
			throw new Error(`${error.message}; it said:\n${this.text}`);
		});
	}

	ready(n = 1) {
		return this.sees(/^ready /, { n });
	}

	/** Sends a request; gives its number. */
	send(request) {
		this.tell(request);
		return this.requests++;
	}

	/** The answer to request number n: {status, code, id, text}. */
	async answer(n, options) {
		const [, status, code, id, text] = await this.sees(new RegExp(`^rest ${n} (\\d+) (-?\\d+) (\\d+) (.*)$`), options);
		return { status: Number(status), code: Number(code), id, text };
	}

	request(request, options) {
		return this.answer(this.send(request), options);
	}

	async stats() {
		const before = this.count(/^stats /);
		this.tell('stats');
		const [line] = await this.sees(/^stats .*/, { n: before + 1 });
		return Object.fromEntries(line.split(' ').slice(1).map((pair) => pair.split('=')).map(([key, value]) => [key, Number(value)]));
	}

	async memory() {
		const before = this.count(/^mem /);
		this.tell('mem');
		const [, bytes, peak] = await this.sees(/^mem bytes=(\d+) peak=(\d+)/, { n: before + 1 });
		return { bytes: Number(bytes), peak: Number(peak) };
	}

	/** Ends it and checks that it went as it should: no leak, no complaint of a sanitizer. */
	async quit() {
		if (!this.end) {
			this.tell('quit');
			const timer = setTimeout(() => this.child.kill('SIGKILL'), patience(10_000));
			await this.ended;
			clearTimeout(timer);
		}
		const complaint = this.lines.findIndex((line) => SANITIZER.test(line));
		if (complaint >= 0)
			throw new Error(this.lines.slice(complaint, complaint + 30).join('\n'));
		if (this.end.code !== 0)
			throw new Error(`the probe ended with ${JSON.stringify(this.end)}; it said:\n${this.text}`);
	}
}
