// A Docker Engine that exists on paper only: as many containers as wanted, at once, on a socket of its own. For tests of amounts; what an
// engine really does is tested with a real one.

import http from 'node:http';
import { join } from 'node:path';

const id = (n) => n.toString(16).padStart(64, '0');

export class PaperEngine {
	static async start(folder, count) {
		const engine = new PaperEngine(count);
		engine.socket = join(folder, 'paper.sock');
		engine.server = http.createServer((request, response) => engine.answer(request, response));
		await new Promise((done) => engine.server.listen(engine.socket, done));
		engine.host = `unix://${engine.socket}`;
		return engine;
	}

	constructor(count) {
		this.names = Array.from({ length: count }, (_, n) => `paper-${String(n).padStart(4, '0')}`);
		this.streams = new Set();
		this.asked = 0;
	}

	answer(request, response) {
		this.asked++;
		const path = request.url.replace(/^\/v[\d.]+/, '').replace(/\?.*/, '');
		const json = (value) => response.writeHead(200, { 'Content-Type': 'application/json', 'Api-Version': '1.43' }).end(JSON.stringify(value));
		if (path === '/_ping')
			return response.writeHead(200, { 'Api-Version': '1.43', 'Content-Type': 'text/plain' }).end('OK');
		if (path === '/version')
			return json({ Version: '24.0.0', ApiVersion: '1.43', MinAPIVersion: '1.12' });
		if (path === '/events') {
			response.writeHead(200, { 'Content-Type': 'application/json' }).flushHeaders();
			this.streams.add(response);
			return response.on('close', () => this.streams.delete(response));
		}
		if (path === '/containers/json')
			return json(this.names.map((name, n) => ({ Id: id(n + 1), Names: [`/${name}`], Image: 'registry.example/team/application:1.2.3', State: 'running', Status: 'Up 2 hours', Created: 1700000000, Labels: {} })));
		const [, which, what] = path.match(/^\/containers\/([^/]+)\/(json|stats)$/) ?? [];
		const n = this.names.findIndex((name, i) => which === name || which === id(i + 1));
		if (n < 0)
			return response.writeHead(404, { 'Content-Type': 'application/json' }).end('{"message":"no such container"}');
		if (what === 'stats')
			return json({ cpu_stats: { cpu_usage: { total_usage: Date.now() * 1000 }, system_cpu_usage: Date.now() * 1_000_000, online_cpus: 2 }, memory_stats: { usage: 20 << 20, limit: 64 << 20, stats: { inactive_file: 1 << 20 } } });
		return json({
			Id: id(n + 1), Name: `/${this.names[n]}`, RestartCount: n % 3, Config: { Tty: false, Image: 'registry.example/team/application:1.2.3' }, HostConfig: { Memory: 64 << 20 },
			State: { Status: 'running', Running: true, ExitCode: 0, OOMKilled: false, StartedAt: '2026-01-01T00:00:00Z', FinishedAt: '0001-01-01T00:00:00Z' },
		});
	}

	async stop() {
		for (const stream of this.streams)
			stream.destroy();
		this.server.closeAllConnections();
		await new Promise((done) => this.server.close(done));
	}
}
