// The real binary under test: started, watched, stopped, killed, started again. build/ddc, or DDC_BINARY.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { guard } from './guard.js';
import { patience, until } from './wait.js';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const BINARY = resolve(process.env.DDC_BINARY ?? join(ROOT, 'build/ddc'));

const STOP_MS = 10_000;
const SANITIZER = /ERROR: (Address|Leak|UndefinedBehavior)Sanitizer|: runtime error: |SUMMARY: .*Sanitizer/;
const KEPT_LINES = 20_000;

export async function freePort() {
	const server = net.createServer();
	await new Promise((done, failed) => server.once('error', failed).listen(0, '127.0.0.1', done));
	const { port } = server.address();
	await new Promise((done) => server.close(done));
	return port;
}

/** GET on loopback: {status, body (parsed if JSON), text}. Rejects when nobody answers. */
export function get(url, { timeoutMs = 2000 } = {}) {
	return new Promise((done, failed) => {
		const request = http.get(url, { timeout: timeoutMs, agent: false }, (response) => {
			let text = '';
			response.setEncoding('utf8').on('data', (part) => (text += part)).on('error', failed).on('end', () => {
				let body;
				try {
					body = JSON.parse(text);
				} catch { /* not JSON: the text it is */ }
				done({ status: response.statusCode, body, text });
			});
		});
		request.on('timeout', () => request.destroy(new Error(`no answer from ${url} in ${timeoutMs} ms`))).on('error', failed);
	});
}

export class Ddc {
	/**
	 * options: folder ({config, logs} of makeFolder()), api (the sandbox's), dockerHost, token (null: none), env (more
	 * variables; undefined removes one), args, binary, stdout (a descriptor in the place of the pipe that is read here).
	 */
	constructor(options) {
		this.options = options;
		this.binary = options.binary ?? BINARY;
		this.lines = []; // {at, text} of standard output and error, over restarts
		this.starts = 0;
	}

	static async start(options) {
		const ddc = new Ddc(options);
		await ddc.start();
		return ddc;
	}

	async start(extra = {}) {
		if (!existsSync(this.binary))
			throw new Error(`${this.binary} is not there: run make first`);
		if (this.running)
			throw new Error('ddc is running already');
		this.port ??= await freePort();
		this.starts++;
		this.startLine = this.lines.length;
		this.startedAt = performance.timeOrigin + performance.now();
		this.exited = undefined;
		const child = spawn(this.binary, this.options.args ?? [], { env: this.environment(extra.env), cwd: this.options.folder.top ?? ROOT, stdio: ['ignore', this.options.stdout ?? 'pipe', 'pipe'] });
		this.child = child;
		this.pid = child.pid;
		if (child.pid)
			guard.add('pid', child.pid);
		if (child.stdout)
			this.collect(child.stdout);
		this.collect(child.stderr);
		// 'close' comes after the last line was read, 'exit' may come before
		this.ended = new Promise((done) => child.on('close', (code, signal) => {
			this.exited = { code, signal };
			guard.remove('pid', child.pid);
			done(this.exited);
		}));
		await new Promise((done, failed) => child.once('spawn', done).once('error', failed));
	}

	environment(extra) {
		const { folder, api, dockerHost, token, env } = this.options;
		const mine = {
			PATH: process.env.PATH, HOME: folder.top, TZ: 'Europe/Berlin', DDC_CONFIG_DIR: folder.config, DDC_LOG_DIR: folder.logs, DDC_WEB_BIND: '127.0.0.1', DDC_WEB_PORT: String(this.port),
			DDC_LOG_LEVEL: process.env.DDC_TEST_LOG_LEVEL ?? 'info', DOCKER_HOST: dockerHost ?? `unix://${folder.top}/no-engine.sock`, DDC_DISCORD_API: api, DISCORD_BOT_TOKEN: token ?? undefined,
			ASAN_OPTIONS: 'detect_leaks=1:abort_on_error=0:exitcode=99', UBSAN_OPTIONS: 'print_stacktrace=1:halt_on_error=1:exitcode=99', ...env, ...extra,
		};
		return Object.fromEntries(Object.entries(mine).filter(([, value]) => value !== undefined && value !== null));
	}

	collect(stream) {
		let rest = '';
		stream.setEncoding('utf8').on('data', (part) => {
			const parts = (rest + part).split('\n');
			rest = parts.pop();
			for (const text of parts)
				this.note(text);
		}).on('end', () => rest && this.note(rest));
	}

	note(text) {
		this.lines.push({ at: Date.now(), text });
		if (this.lines.length > KEPT_LINES)
			this.lines.splice(0, KEPT_LINES / 10);
		if (process.env.DDC_TEST_SHOW_LOG)
			console.error(`ddc: ${text}`);
	}

	get running() {
		return this.child !== undefined && this.exited === undefined;
	}

	/** What the last start (or all of them) has written, as one text. */
	log({ all = false } = {}) {
		return this.lines.slice(all ? 0 : this.startLine).map((l) => l.text).join('\n');
	}

	/** Position for waitLog({after}): lines written from now on. */
	mark() {
		return this.lines.length;
	}

	/** The first line that matches, of those written since the last start (or after a mark). */
	waitLog(pattern, { timeoutMs = 10_000, after = this.startLine } = {}) {
		return until(`a log line like ${pattern}`, () => {
			const found = this.lines.slice(after).find((l) => pattern.test(l.text));
			if (!found && this.exited)
				throw new Error(`ddc has ended: ${JSON.stringify(this.exited)}`);
			return found?.text;
		}, { timeoutMs });
	}

	// ---- the web side ----

	get url() {
		return `http://127.0.0.1:${this.port}`;
	}

	health() {
		return get(`${this.url}/health`);
	}

	/** Waits for /health to answer with this status (and a body that matches, as text). */
	waitHealth(status = 200, pattern = /./, { timeoutMs = 15_000 } = {}) {
		let seen;
		return until(`/health ${status} ${pattern}`, async () => {
			if (this.exited)
				throw new Error(`ddc has ended: ${JSON.stringify(this.exited)}`);
			seen = await this.health();
			if (seen.status === status && pattern.test(seen.text))
				return seen;
			throw new Error(`it says ${seen.status} ${seen.text.trim()}`);
		}, { timeoutMs });
	}

	/** Runs the binary with arguments in the same environment: {code, out}. */
	command(...args) {
		const { status, stdout, stderr } = spawnSync(this.binary, args, { env: this.environment(), encoding: 'utf8', timeout: patience(20_000) });
		return { code: status, out: `${stdout}${stderr}` };
	}

	// ---- the end ----

	/** SIGTERM. It must end by itself, with 0, and have nothing to confess. */
	async stop({ signal = 'SIGTERM' } = {}) {
		if (this.running)
			this.child.kill(signal);
		const exited = await this.waitEnd(STOP_MS);
		this.assertNoReport();
		if (exited.code !== 0)
			throw new Error(`ddc ended with ${JSON.stringify(exited)} on ${signal}, not with 0`);
	}

	/** SIGKILL: no time for anything. */
	async kill() {
		if (this.running)
			this.child.kill('SIGKILL');
		await this.ended;
	}

	async waitEnd(timeoutMs) {
		let timer;
		const late = new Promise((done) => {
			timer = setTimeout(done, patience(timeoutMs), 'late');
		});
		const first = await Promise.race([this.ended, late]);
		clearTimeout(timer);
		if (first !== 'late')
			return first;
		this.child.kill('SIGKILL');
		await this.ended;
		throw new Error(`ddc did not end within ${timeoutMs} ms of being told to`);
	}

	async restart({ signal = 'SIGTERM', ...extra } = {}) {
		await (signal === 'SIGKILL' ? this.kill() : this.stop({ signal }));
		await this.start(extra);
	}

	assertNoReport() {
		const found = this.lines.findIndex((l) => SANITIZER.test(l.text));
		if (found >= 0)
			throw new Error(`a sanitizer has something to say:\n${this.lines.slice(found, found + 40).map((l) => l.text).join('\n')}`);
	}

	assertAlive() {
		if (this.exited)
			throw new Error(`ddc has ended: ${JSON.stringify(this.exited)}`);
	}

	/** Figures of the running process, from /proc: sizes in KiB, CPU in ms, context switches. */
	figures() {
		return processFigures(this.pid);
	}

	tail(count = 40) {
		return this.lines.slice(-count).map((l) => `  ${new Date(l.at).toISOString().slice(11, 23)} ${l.text}`).join('\n');
	}
}

export function processFigures(pid) {
	const status = Object.fromEntries(readFileSync(`/proc/${pid}/status`, 'utf8').split('\n').map((l) => l.split(/:\s+/)));
	const number = (key) => parseInt(status[key] ?? '0', 10);
	const [on_cpu_ns] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' '); // finer than the ticks of stat
	return {
		rss: number('VmRSS'), anon: number('RssAnon'), file: number('RssFile'), peak: number('VmHWM'), cpu_ms: Number(on_cpu_ns) / 1e6,
		wakeups: number('voluntary_ctxt_switches'), preempted: number('nonvoluntary_ctxt_switches'),
	};
}
