// The Docker client over TCP with certificates, and with a thousand containers.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { DockerProbe } from '../lib/docker_probe.js';
import { sleep, until } from '../lib/wait.js';

const COUNT = 1000;
const id = (i) => `${String(i).padStart(8, '0')}${'a'.repeat(56)}`;

/** As much of an engine as a list needs: real ones of a thousand containers take minutes to fill. */
class PaperEngine {
	constructor(count) {
		this.count = count;
		this.inspects = 0;
		this.atOnce = 0;
		this.mostAtOnce = 0;
		this.open = new Set();
	}

	handle(request, response) {
		const path = request.url.replace(/^\/v1\.\d+/, '');
		const answer = (body) => response.writeHead(200, { 'Content-Type': 'application/json', 'Api-Version': '1.44', Server: 'Docker/25.0.5 (linux)' }).end(JSON.stringify(body));
		if (path.startsWith('/events'))
			return void response.writeHead(200, { 'Content-Type': 'application/json' }).flushHeaders();
		if (path.startsWith('/containers/json'))
			return void answer(Array.from({ length: this.count }, (_, i) => ({
				Id: id(i), Names: [`/container-${i}`], Image: 'registry.example/some/image:1.2.3', State: 'running', Status: 'Up 3 hours (healthy)',
				Labels: { 'com.docker.compose.project': 'shop', 'org.opencontainers.image.description': 'x'.repeat(500) },
			})));
		const inspect = /^\/containers\/(\d{8}a+)\/json/.exec(path);
		if (!inspect)
			return void answer('OK');
		this.inspects++;
		this.mostAtOnce = Math.max(this.mostAtOnce, ++this.atOnce);
		return void setTimeout(() => {
			this.atOnce--;
			answer({ Id: inspect[1], Name: `/container-${Number(inspect[1].slice(0, 8))}`, RestartCount: 0, State: { Status: 'running', StartedAt: '2026-01-01T00:00:00Z', Health: { Status: 'healthy' } }, Config: {}, HostConfig: {} });
		}, 5);
	}

	async listen(where, tls) {
		const handle = (request, response) => this.handle(request, response);
		this.server = tls ? https.createServer(tls, handle) : http.createServer(handle);
		this.server.on(tls ? 'secureConnection' : 'connection', (socket) => {
			this.open.add(socket);
			socket.on('error', () => {}).on('close', () => this.open.delete(socket));
		});
		this.server.on('tlsClientError', () => {});
		await new Promise((done) => this.server.listen(where, done));
		return this.server.address();
	}

	async stop() {
		for (const socket of this.open)
			socket.destroy();
		await new Promise((done) => this.server.close(done));
	}
}

let folder;
const file = (name) => join(folder, name);
const openssl = (...args) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });

function certificate(name, subject, extensions) {
	writeFileSync(file(`${name}.ext`), extensions);
	openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', `${name}-key.pem`, '-out', `${name}.csr`, '-subj', `/CN=${subject}`);
	openssl('x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca-key.pem', '-CAcreateserial', '-days', '2', '-out', `${name}.pem`, '-extfile', `${name}.ext`);
}

before(() => {
	folder = mkdtempSync(join(tmpdir(), 'ddc-paper-'));
	openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'ca-key.pem', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=test CA');
	certificate('server', 'engine', 'subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth');
	certificate('cert', 'client', 'extendedKeyUsage=clientAuth');
	writeFileSync(file('key.pem'), readFileSync(file('cert-key.pem')));
});
after(() => rmSync(folder, { recursive: true, force: true }));

async function overTls(env, run) {
	const engine = new PaperEngine(3);
	const { port } = await engine.listen({ port: 0, host: '127.0.0.1' }, { key: readFileSync(file('server-key.pem')), cert: readFileSync(file('server.pem')), ca: readFileSync(file('ca.pem')), requestCert: true, rejectUnauthorized: true });
	const probe = DockerProbe.start(`tcp://127.0.0.1:${port}`, env);
	try {
		await run(probe);
	} finally {
		await probe.stop().finally(() => engine.stop());
	}
}

test('tcp with client certificates', async () => {
	await overTls({ DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: folder }, async (probe) => {
		const up = await probe.link('up');
		assert.equal(up.api, '1.44');
		assert.equal((await probe.find('container-1')).state, 'running');
	});
});

test('tcp with a certificate that nobody signed for us: refused, with the reason', async () => {
	const other = mkdtempSync(join(folder, 'other-'));
	execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'k', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=another CA'], { cwd: other, stdio: 'pipe' });
	await overTls({ DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: other }, async (probe) => {
		const down = await probe.link('down');
		assert.equal(down.code, 'tls');
		assert.match(down.error, /certificate|trust/i);
	});
});

test('a thousand containers: all known at once, described a few at a time, within two KiB each', async () => {
	const engine = new PaperEngine(COUNT);
	const socket = file('paper.sock');
	await engine.listen(socket);
	const probe = DockerProbe.start(`unix://${socket}`);
	try {
		const before = (await probe.ask('memory')).containers;
		await probe.link('up');
		const resync = await probe.wait('the list', (t) => t.type === 'resync');
		assert.equal(resync.count, COUNT);
		const { container } = await probe.find('container-777');
		assert.equal(container.health, 'healthy', 'without an inspect');
		await until('descriptions are on their way', () => engine.inspects >= 20);
		assert.ok(engine.mostAtOnce <= 2, `${engine.mostAtOnce} at once`);
		await probe.done('refresh container-999'); // what somebody waits for goes first
		assert.ok(engine.inspects < COUNT / 2);
		const memory = (await probe.ask('memory')).containers - before;
		assert.ok(memory <= COUNT * 2048, `${memory} bytes`);
		assert.ok(memory / COUNT < 700, `${memory / COUNT} bytes each`);
		await sleep(100);
	} finally {
		await probe.stop().finally(() => engine.stop());
	}
});
