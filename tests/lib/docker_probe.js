// Drives tests/tools/docker_probe: the Docker client of ddc without the rest of it.

import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { patience, until } from './wait.js';

const BINARY = join(dirname(process.env.DDC_BINARY ?? 'build/ddc'), 'tests/tools/docker_probe');

export class DockerProbe {
	/** host: DOCKER_HOST. env: more of the environment. */
	static start(host, env = {}) {
		return new DockerProbe(host, env);
	}

	constructor(host, env) {
		this.told = []; // everything it has said, in order
		this.errors = '';
		this.child = spawn(BINARY, [], { env: { ...process.env, DOCKER_HOST: host, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
		this.child.stdin.on('error', () => {});
		this.child.stderr.setEncoding('utf8').on('data', (text) => (this.errors += text));
		createInterface({ input: this.child.stdout }).on('line', (line) => this.told.push({ at: Date.now(), ...JSON.parse(line) }));
		this.ended = new Promise((done) => this.child.once('exit', (code, signal) => done({ code, signal })));
	}

	get mark() {
		return this.told.length;
	}

	/** The first thing told since `mark` that fits. */
	wait(what, fits, { since = 0, timeoutMs = 10_000 } = {}) {
		return until(what, () => {
			if (this.child.exitCode !== null || this.child.signalCode !== null)
				throw new Error(`docker_probe has ended: ${this.errors}`);
			return this.told.slice(since).find(fits);
		}, { timeoutMs, everyMs: 10 });
	}

	send(line) {
		this.child.stdin.write(`${line}\n`);
	}

	/** Sends a command that is answered at once with an object of this type. */
	async ask(line, type = line.split(' ')[0]) {
		const since = this.mark;
		this.send(line);
		return this.wait(`an answer to ${line}`, (t) => t.type === type, { since });
	}

	/** act, refresh, usage: waits until it is done. */
	async done(line, options) {
		const since = this.mark;
		this.send(line);
		return this.wait(`the end of ${line}`, (t) => t.type === 'done' && t.what === line, { since, ...options });
	}

	link(link, options) {
		return this.wait(`link ${link}`, (t) => t.type === 'link' && t.link === link, options);
	}

	event(event, name, options) {
		return this.wait(`${name} ${event}`, (t) => t.type === 'container' && t.event === event && t.container.name === name, options);
	}

	/** {state, container}: what docker_state_of() and docker_find() say. */
	find(name) {
		return this.ask(`find ${name}`);
	}

	untilFound(what, name, fits, { timeoutMs = 10_000 } = {}) {
		return until(`${name}: ${what}`, async () => {
			const found = await this.find(name);
			return fits(found) && found;
		}, { timeoutMs });
	}

	/** The lines of a log, until it ends. */
	async logs(line) {
		const since = this.mark;
		this.send(`logs ${line}`);
		const end = await this.wait(`the end of logs ${line}`, (t) => t.type === 'logs-end', { since });
		return { end, lines: this.told.slice(since).filter((t) => t.type === 'line') };
	}

	/** Ends it, and says if it did not end well (a leak, a sanitizer's finding). */
	async stop() {
		if (this.child.exitCode === null && this.child.signalCode === null) {
			this.send('quit');
			const timer = setTimeout(() => this.child.kill('SIGKILL'), patience(10_000));
			await this.ended;
			clearTimeout(timer);
		}
		const { code, signal } = await this.ended;
		if (code !== 0)
			throw new Error(`docker_probe ended with ${code ?? signal}: ${this.errors}`);
	}
}
