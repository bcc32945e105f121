// A Docker Engine of our own: a private dockerd with its own socket, folders and (only if asked for) network, which goes
// without a trace. No registry is needed: its one image is made of the machine's static busybox.

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, openSync, closeSync, readFileSync, readdirSync, rmSync, symlinkSync, copyFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guard } from './guard.js';
import { patience, sleep, until } from './wait.js';

export const IMAGE = 'ddc-test';

// PID 1 hears no signal that it has not asked for; without this every stop would take Docker's ten seconds.
const STAY = 'trap "exit 0" TERM INT; while :; do sleep 3600 & wait $!; done';

export class Engine {
	/** options: network (published ports work; needs a bridge of its own), binary. */
	static async start(options = {}) {
		const engine = new Engine(options);
		try {
			await engine.launch();
			await engine.importImage();
		} catch (error) {
			await engine.stop();
			throw error;
		}
		return engine;
	}

	constructor(options) {
		this.options = options;
		this.folder = mkdtempSync(join(tmpdir(), 'ddc-engine-'));
		guard.add('engine', this.folder);
		this.socket = join(this.folder, 'docker.sock');
		this.host = `unix://${this.socket}`;
	}

	// ---- the daemon ----

	/** Starts dockerd on this engine's folders; also after halt() or kill(). */
	async launch() {
		if (this.options.network)
			this.makeBridge();
		const log = openSync(join(this.folder, 'log'), 'a');
		this.child = spawn(this.options.binary ?? 'dockerd', [
			'--data-root', join(this.folder, 'data'), '--exec-root', join(this.folder, 'exec'), '-p', join(this.folder, 'pid'), '-H', this.host,
			'--bridge', this.bridge ?? 'none', '--iptables=false', '--ip6tables=false', '--ip-masq=false',
		], { stdio: ['ignore', log, log], detached: true }); // detached: a Ctrl-C in the terminal is ours to handle
		closeSync(log);
		this.ended = new Promise((done) => {
			this.child.once('exit', (code, signal) => done({ code, signal })).once('error', (error) => done({ error }));
		});
		let gone;
		this.ended.then((how) => {
			gone = how;
		});
		await until('the engine answers', async () => {
			if (gone)
				return true;
			return (await this.api('GET', '/_ping')).status === 200;
		}, { timeoutMs: 30_000 });
		if (gone)
			throw new Error(`dockerd did not start (${gone.error?.message ?? JSON.stringify(gone)}); as root? Its last lines:\n${this.tail()}`);
	}

	// docker0 belongs to the machine's own engine, and two engines on one bridge give the same addresses away.
	makeBridge() {
		if (this.bridge)
			return;
		const number = process.pid % 250;
		this.bridge = `ddct${process.pid % 100000}`;
		guard.add('bridge', this.bridge);
		execFileSync('ip', ['link', 'add', 'name', this.bridge, 'type', 'bridge']);
		execFileSync('ip', ['addr', 'add', `10.213.${number}.1/24`, 'dev', this.bridge]);
		execFileSync('ip', ['link', 'set', this.bridge, 'up']);
	}

	/** SIGTERM to the daemon, its containers end with it; launch() brings it back, with them as they were. */
	async halt() {
		this.child.kill('SIGTERM');
		await this.ended;
	}

	/** SIGKILL: sockets break in the middle. Containers run on, as they do on a real machine. */
	async kill() {
		this.child.kill('SIGKILL');
		await this.ended;
		// dockerd's containerd dies with it, but not in the same moment, and where process 1 buries nobody its number
		// stays taken: a new dockerd would take it for alive and wait for it.
		const note = join(this.folder, 'exec/containerd/containerd.pid');
		const pid = readFileSync(note, 'utf8').trim();
		await until('containerd is gone', () => {
			if (!commandLine(pid).includes(this.folder))
				return true;
			endProcess(pid, 'SIGKILL');
			return false;
		});
		rmSync(note);
	}

	/** SIGSTOP and SIGCONT: an engine that accepts and does not answer. */
	freeze() {
		this.child.kill('SIGSTOP');
	}

	thaw() {
		this.child.kill('SIGCONT');
	}

	/** The end, without a trace: containers, daemon, what it left running or mounted, bridge, folder. */
	async stop() {
		if (this.child) {
			this.child.kill('SIGCONT');
			if (this.child.exitCode === null && this.child.signalCode === null)
				await this.removeAll().catch(() => {});
			this.child.kill('SIGTERM');
			const timer = setTimeout(() => this.child.kill('SIGKILL'), patience(20_000));
			await this.ended;
			clearTimeout(timer);
		}
		await this.endLeftovers();
		for (const mount of this.mounts().reverse())
			execFileSync('umount', ['-l', mount]);
		if (this.bridge) {
			execFileSync('ip', ['link', 'delete', this.bridge]);
			guard.remove('bridge', this.bridge);
		}
		rmSync(this.folder, { recursive: true, force: true });
		guard.remove('engine', this.folder);
	}

	// A killed daemon leaves containerd and the containers' shims; their command lines name our folder.
	async endLeftovers() {
		const mine = () => readdirSync('/proc').filter((p) => /^\d+$/.test(p) && Number(p) !== process.pid && commandLine(p).includes(`${this.folder}/`) && !commandLine(p).startsWith('node'));
		for (const signal of ['SIGTERM', 'SIGKILL'])
			for (let tries = 0; tries < 20 && mine().length; tries++) {
				for (const pid of mine())
					endProcess(pid, signal);
				await sleep(50);
			}
	}

	mounts() {
		return readFileSync('/proc/mounts', 'utf8').split('\n').map((line) => line.split(' ')[1]).filter((path) => path?.startsWith(`${this.folder}/`));
	}

	tail(lines = 15) {
		const log = join(this.folder, 'log');
		return existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n').slice(-lines).join('\n') : '(no log)';
	}

	// ---- its API ----

	/** {status, body}. Rejects only when nobody answers. */
	api(method, path, body, { raw, timeoutMs = 60_000 } = {}) {
		return new Promise((done, failed) => {
			const headers = raw ? { 'Content-Type': 'application/x-tar' } : body ? { 'Content-Type': 'application/json' } : {};
			const request = http.request({ socketPath: this.socket, method, path, headers, agent: false, timeout: timeoutMs }, (response) => {
				let text = '';
				response.setEncoding('utf8').on('data', (part) => (text += part)).on('error', failed).on('end', () => done({ status: response.statusCode, body: parsed(text) }));
			});
			request.on('error', failed).on('timeout', () => request.destroy(new Error('the engine does not answer')));
			request.end(raw ?? (body ? JSON.stringify(body) : undefined));
		});
	}

	async must(method, path, body, more) {
		const { status, body: answer } = await this.api(method, path, body, more);
		if (status >= 400)
			throw new Error(`engine: ${method} ${path}: ${status} ${answer?.message ?? JSON.stringify(answer)}`);
		return answer;
	}

	async importImage() {
		const root = join(this.folder, 'root');
		mkdirSync(join(root, 'bin'), { recursive: true });
		copyFileSync(realBusybox(), join(root, 'bin/busybox'));
		for (const name of ['sh', 'sleep', 'echo', 'true', 'false', 'nc', 'httpd', 'cat', 'date', 'dd', 'kill', 'seq', 'test', 'touch', 'rm', 'printf', 'head', 'tail'])
			symlinkSync('busybox', join(root, 'bin', name));
		const tar = execFileSync('tar', ['-C', root, '-c', '.'], { maxBuffer: 64 << 20 });
		await this.must('POST', `/images/create?fromSrc=-&repo=${IMAGE}`, undefined, { raw: tar });
		rmSync(root, { recursive: true });
	}

	/**
	 * A container of this name, running unless `start: false`. `run`: the shell line it runs (default: stays until told
	 * to stop). `cmd`: the command itself. More is Docker's own: Healthcheck, HostConfig, …
	 */
	async run(name, { run = STAY, cmd = ['sh', '-c', run], start = true, ...more } = {}) {
		const { Id } = await this.must('POST', `/containers/create?name=${encodeURIComponent(name)}`, { Image: IMAGE, Cmd: cmd, ...more });
		if (start)
			await this.must('POST', `/containers/${Id}/start`);
		return Id;
	}

	start(name) {
		return this.must('POST', `/containers/${name}/start`);
	}

	stopContainer(name) {
		return this.must('POST', `/containers/${name}/stop?t=5`);
	}

	killContainer(name, signal = 'SIGKILL') {
		return this.must('POST', `/containers/${name}/kill?signal=${signal}`);
	}

	remove(name) {
		return this.must('DELETE', `/containers/${name}?force=1&v=1`);
	}

	inspect(name) {
		return this.must('GET', `/containers/${name}/json`);
	}

	async state(name) {
		return (await this.inspect(name)).State;
	}

	/** Waits until the engine itself says so of the container. */
	async waitState(name, status, options) {
		return until(`${name} is ${status}`, async () => {
			const state = await this.state(name);
			return state.Status === status ? state : undefined;
		}, options);
	}

	async removeAll() {
		const all = await this.must('GET', '/containers/json?all=1');
		for (let i = 0; i < all.length; i += 8)
			await Promise.all(all.slice(i, i + 8).map((c) => this.remove(c.Id).catch(() => {})));
	}
}

function realBusybox() {
	const path = ['/bin/busybox', '/usr/bin/busybox'].find((p) => existsSync(p));
	if (!path)
		throw new Error('no busybox here: make deps installs busybox-static');
	return path;
}

function commandLine(pid) {
	try {
		return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
	} catch {
		return ''; // it has just ended
	}
}

function endProcess(pid, signal) {
	try {
		process.kill(Number(pid), signal);
	} catch { /* it has just ended */ }
}

function parsed(text) {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}
