// As many containers as one likes, without an engine: what ddc asks of the Docker Engine API and nothing more. For figures of
// size only; what is true is tested with a real engine.

import http from 'node:http';
import { rmSync } from 'node:fs';

const hex = (n) => n.toString(16).padStart(64, '0');
const STARTED = '2026-01-02T03:04:05.678901234Z';

export class FakeEngine {
	static async start(socket, names) {
		const engine = new FakeEngine();
		engine.socket = socket;
		engine.host = `unix://${socket}`;
		engine.names = names;
		rmSync(socket, { force: true });
		engine.server = http.createServer((request, response) => engine.answer(request, response));
		await new Promise((done, failed) => engine.server.once('error', failed).listen(socket, done));
		return engine;
	}

	answer(request, response) {
		const path = new URL(request.url, 'http://engine').pathname.replace(/^\/v[\d.]+/, '');
		const json = (body, status = 200) => {
			const text = JSON.stringify(body);
			response.writeHead(status, { 'Content-Type': 'application/json', 'Api-Version': '1.41', 'Content-Length': Buffer.byteLength(text) }).end(text);
		};
		if (path === '/_ping')
			return response.writeHead(200, { 'Api-Version': '1.41' }).end('OK');
		if (path === '/version')
			return json({ Version: '20.10.24', ApiVersion: '1.41', MinAPIVersion: '1.12', Os: 'linux', Arch: 'amd64' });
		if (path === '/info')
			return json({ ID: 'FAKE', NCPU: 2, MemTotal: 2 ** 34, CgroupVersion: '2' });
		if (path === '/events')
			return response.writeHead(200, { 'Content-Type': 'application/json' }).flushHeaders();
		if (path === '/containers/json')
			return json(this.names.map((name, n) => this.listed(name, n)));
		const found = /^\/containers\/([^/]+)\/(json|stats)$/.exec(path);
		const at = found && this.names.findIndex((name, n) => name === found[1] || hex(n) === found[1]);
		if (!found || at < 0)
			return json({ message: `No such container: ${found?.[1]}` }, 404);
		return json(found[2] === 'json' ? this.inspected(this.names[at], at) : STATS);
	}

	listed(name, n) {
		return { Id: hex(n), Names: [`/${name}`], Image: 'registry.example.org/team/service:1.2.3', ImageID: `sha256:${hex(n)}`, Command: '/entrypoint.sh run', Created: 1767323045, Ports: [],
			Labels: { 'com.docker.compose.project': 'home', 'org.opencontainers.image.version': '1.2.3' }, State: 'running', Status: 'Up 3 weeks', HostConfig: { NetworkMode: 'bridge' }, NetworkSettings: { Networks: {} }, Mounts: [] };
	}

	inspected(name, n) {
		return { Id: hex(n), Created: STARTED, Path: '/entrypoint.sh', Args: ['run'], Name: `/${name}`, RestartCount: 0, Image: `sha256:${hex(n)}`, HostConfig: { Memory: 0 },
			State: { Status: 'running', Running: true, Paused: false, Restarting: false, OOMKilled: false, Dead: false, Pid: 4711, ExitCode: 0, Error: '', StartedAt: STARTED, FinishedAt: '0001-01-01T00:00:00Z' },
			Config: { Image: 'registry.example.org/team/service:1.2.3', Labels: { 'com.docker.compose.project': 'home' }, Env: ['A=1'] } };
	}

	stop() {
		this.server.closeAllConnections();
		return new Promise((done) => this.server.close(done));
	}
}

const STATS = {
	read: STARTED, preread: '0001-01-01T00:00:00Z', num_procs: 0, cpu_stats: { cpu_usage: { total_usage: 123456789, usage_in_kernelmode: 1, usage_in_usermode: 1 }, system_cpu_usage: 987654321000, online_cpus: 2 },
	precpu_stats: { cpu_usage: { total_usage: 0 } }, memory_stats: { usage: 123456789, stats: { inactive_file: 23456789 }, limit: 2 ** 34 },
};
