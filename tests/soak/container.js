// The release image as a container of a real engine, and every figure that can be had about it from outside.

import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { get, processFigures, ROOT } from '../lib/ddc.js';
import { until } from '../lib/wait.js';

const NAME = 'ddc';
const KEPT_LINES = 5000;

/** A `docker` command against this engine. Without the machine's own configuration of that command. */
function docker(engine, ...args) {
	return execFileSync('docker', args, { encoding: 'utf8', env: { ...process.env, DOCKER_HOST: engine.host, DOCKER_CONFIG: engine.folder } });
}

export class Container {
	/**
	 * host: the engine that runs it; folder: of makeFolder(); socketFolder: with the socket that ddc uses, docker.sock;
	 * api, token; memory: Docker's words for the limit; user; more: further words for docker run.
	 */
	static async start(options) {
		const container = new Container(options);
		execFileSync(join(ROOT, 'tools/image'), { env: { ...process.env, DOCKER_HOST: options.host.host, DOCKER_CONFIG: options.host.folder }, stdio: ['ignore', 'pipe', 'pipe'] });
		await container.run();
		return container;
	}

	constructor(options) {
		this.options = options;
		this.lines = [];
	}

	async run() {
		const { host, folder, socketFolder, api, token, port, memory = '6m', user = '1000:1000', more: words = [], env = {} } = this.options;
		for (const path of [folder.config, folder.logs])
			own(path, ...user.split(':').map(Number));
		// any user gets to the socket by its group, as group_add does it in compose.yaml; its folder lets them through
		chmodSync(socketFolder, 0o711);
		const more = Object.entries({ DISCORD_BOT_TOKEN: token, DDC_DISCORD_API: api, DDC_WEB_BIND: '127.0.0.1', DDC_WEB_PORT: port, DOCKER_HOST: 'unix:///run/engine/docker.sock', TZ: 'Europe/Berlin', ...env });
		docker(host, 'run', '--detach', '--name', NAME, '--network', 'host', '--memory', memory, '--memory-swap', memory, '--read-only', '--user', user, '--cap-drop', 'ALL',
			'--security-opt', 'no-new-privileges', '--pids-limit', '16', '--group-add', String(statSync(join(socketFolder, 'docker.sock')).gid), '--volume', `${folder.config}:/app/config`, '--volume', `${folder.logs}:/app/logs`,
			'--volume', `${socketFolder}:/run/engine`, ...words, ...more.flatMap(([k, v]) => ['--env', `${k}=${v}`]), 'ddc:latest');
		const state = await this.state();
		[this.pid, this.startedAt] = [state.Pid, state.StartedAt];
		this.follow();
	}

	follow() {
		this.follower = spawn('docker', ['logs', '--follow', NAME], { env: { ...process.env, DOCKER_HOST: this.options.host.host, DOCKER_CONFIG: this.options.host.folder }, stdio: ['ignore', 'pipe', 'pipe'] });
		for (const stream of [this.follower.stdout, this.follower.stderr])
			createInterface({ input: stream }).on('line', (text) => this.note(text));
	}

	note(text) {
		this.lines.push(text);
		if (this.lines.length > KEPT_LINES)
			this.lines.splice(0, KEPT_LINES / 5);
	}

	async inspect() {
		return this.options.host.inspect(NAME);
	}

	async state() {
		return (await this.inspect()).State;
	}

	get url() {
		return `http://127.0.0.1:${this.options.port}`;
	}

	waitHealth(status, { timeoutMs = 30_000 } = {}) {
		return until(`/health ${status}`, async () => (await get(`${this.url}/health`)).status === status, { timeoutMs });
	}

	/** Live bytes by owner, as ddc itself tells in /metrics. */
	async memoryByOwner() {
		const { text } = await get(`${this.url}/metrics`);
		return Object.fromEntries([...text.matchAll(/^ddc_memory_owner_bytes\{owner="([^"]+)"\} (\d+)/gm)].map(([, owner, bytes]) => [owner, Number(bytes)]));
	}

	/** Suspected leaks by owner, clean-ups, level: what ddc's own watch says. */
	async watch() {
		const { text } = await get(`${this.url}/metrics`);
		const labelled = (name) => Object.fromEntries([...text.matchAll(new RegExp(`^${name}\\{\\w+="([^"]+)"\\} (\\d+)`, 'gm'))].map(([, key, n]) => [key, Number(n)]));
		return { suspicions: labelled('ddc_memory_leak_suspicions_total'), refused: labelled('ddc_work_refused_total'), cleanups: Number(/^ddc_memory_cleanups_total (\d+)/m.exec(text)?.[1]), pressure: Number(/^ddc_memory_pressure_events_total (\d+)/m.exec(text)?.[1]) };
	}

	/** Another ddc inside: `ddc health`, …; throws when it does not end with 0. */
	exec(...args) {
		return docker(this.options.host, 'exec', NAME, '/ddc', ...args);
	}

	/** Takes it away. */
	async remove() {
		this.close();
		await this.options.host.must('DELETE', `/containers/${NAME}?force=1`);
	}

	/** `ddc memory` inside the container: one more process in the same 6 MiB. */
	report() {
		return this.exec('memory');
	}

	/** KiB as the kernel counts them for the process, and as `docker stats` shows it for the container. */
	async figures() {
		const { rss, anon, cpu_ms: cpu } = processFigures(this.pid);
		const { memory_stats: m } = await this.options.host.must('GET', `/containers/${NAME}/stats?stream=false&one-shot=true`);
		const cache = m.stats?.total_inactive_file ?? m.stats?.inactive_file ?? 0;
		return { rss, anon, cpu, stats: Math.round((m.usage - cache) / 1024), usage: Math.round(m.usage / 1024), ...this.pressure() };
	}

	/** What the kernel says of the limit: how often it was hit, how often somebody was killed for it. */
	pressure() {
		const { folder, v2 } = this.cgroup();
		if (!folder)
			return {};
		const read = (name) => readFileSync(join(folder, name), 'utf8');
		const field = (text, name) => Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1] ?? 0);
		if (v2)
			return { hits: field(read('memory.events'), 'max'), kills: field(read('memory.events'), 'oom_kill'), peak: Number(read('memory.peak')) / 1024 };
		return { hits: Number(read('memory.failcnt')), kills: field(read('memory.oom_control'), 'oom_kill'), peak: Number(read('memory.max_usage_in_bytes')) / 1024 };
	}

	cgroup() {
		if (this.found)
			return this.found;
		const lines = readFileSync(`/proc/${this.pid}/cgroup`, 'utf8').trim().split('\n').map((l) => l.split(':'));
		const v1 = lines.find(([, what]) => what.split(',').includes('memory'));
		const folder = v1 ? join('/sys/fs/cgroup/memory', v1[2]) : join('/sys/fs/cgroup', lines.find(([n]) => n === '0')[2]);
		return (this.found = { folder: existsSync(folder) ? folder : undefined, v2: !v1 });
	}

	/** A sentence about what is wrong with it, or undefined. */
	async trouble() {
		const { State, RestartCount } = await this.inspect();
		if (State.OOMKilled)
			return 'ddc was killed for want of memory';
		if (!State.Running)
			return `ddc has ended with ${State.ExitCode}`;
		if (RestartCount || State.StartedAt !== this.startedAt)
			return 'ddc was started anew';
		const { kills } = this.pressure();
		return kills ? `${kills} processes in ddc's container were killed for want of memory` : undefined;
	}

	tail(count = 40) {
		return this.lines.slice(-count).map((l) => `  ${l}`).join('\n');
	}

	/** SIGTERM; the exit code. */
	async stop() {
		await this.options.host.must('POST', `/containers/${NAME}/stop?t=10`);
		const { ExitCode } = await this.state();
		return ExitCode;
	}

	close() {
		this.follower?.kill();
	}
}

function own(path, uid, gid) {
	chownSync(path, uid, gid);
	for (const entry of readdirSync(path, { recursive: true }))
		chownSync(join(path, entry), uid, gid);
	chmodSync(join(path, '..'), 0o711);
}
