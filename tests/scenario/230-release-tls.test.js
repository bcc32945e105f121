// The release build (static, musl, its own small TLS) against servers that do TLS in every way it may meet: a front before the sandbox,
// with certificates made here. Verification has no switch.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import tls from 'node:tls';
import { BINARY, ROOT } from '../lib/ddc.js';
import { Stage } from '../lib/stage.js';

const RELEASE = join(ROOT, 'build-release/ddc');
// where nothing was released yet (a first `make check`) the developer's build shows the same
const binary = existsSync(RELEASE) ? RELEASE : BINARY;

let folder;
const file = (name) => join(folder, name);
const openssl = (...args) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });

function authority(name) {
	openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${name}-key.pem`, '-out', `${name}.pem`, '-days', '2', '-subj', `/CN=${name}`);
}

function certificate(name, { ca = 'ca', san = 'DNS:localhost', days = ['-days', '2'], key = ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'] } = {}) {
	writeFileSync(file(`${name}.ext`), `subjectAltName=${san}\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n`);
	openssl('req', '-newkey', ...key, '-nodes', '-keyout', `${name}-key.pem`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
	openssl('x509', '-req', '-in', `${name}.csr`, '-CA', `${ca}.pem`, '-CAkey', `${ca}-key.pem`, '-CAcreateserial', ...days, '-out', `${name}.pem`, '-extfile', `${name}.ext`);
}

/** One that was valid last year: openssl's own little authority can date back. */
function expired(name) {
	writeFileSync(file('ca.cnf'), '[ca]\ndefault_ca=d\n[d]\ndatabase=index\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n');
	writeFileSync(file('index'), '');
	writeFileSync(file('serial'), '77');
	certificate(name);
	openssl('ca', '-batch', '-notext', '-config', 'ca.cnf', '-cert', 'ca.pem', '-keyfile', 'ca-key.pem', '-in', `${name}.csr`, '-out', `${name}.pem`, '-extfile', `${name}.ext`, '-startdate', '20240101000000Z', '-enddate', '20250101000000Z');
}

before(() => {
	folder = mkdtempSync(join(tmpdir(), 'ddc-tls-'));
	authority('ca');
	authority('stranger');
	certificate('good');
	certificate('rsa', { key: ['rsa:2048'] });
	certificate('other-name', { san: 'DNS:discord.example' });
	certificate('unknown', { ca: 'stranger' });
	expired('expired');
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** TLS in front of the sandbox. Counts whom it let in, and by which version. */
async function front(discord, name, options) {
	const target = new URL(discord.url);
	const seen = { versions: new Set(), bytes: 0 };
	const server = tls.createServer({ key: readFileSync(file(`${name}-key.pem`)), cert: readFileSync(file(`${name}.pem`)), ...options }, (socket) => {
		seen.versions.add(`${socket.getProtocol()} ${socket.getCipher().name}`);
		const inner = net.connect(target.port, target.hostname);
		socket.on('data', (part) => (seen.bytes += part.length));
		socket.pipe(inner).pipe(socket);
		for (const [one, other] of [[socket, inner], [inner, socket]])
			one.on('error', () => other.destroy()).on('close', () => other.destroy());
	});
	server.on('tlsClientError', () => {});
	await new Promise((done) => server.listen(0, '127.0.0.1', done));
	return { seen, port: server.address().port, stop: () => new Promise((done) => server.close(done) && done()) };
}

async function played(name, options, act) {
	const stage = await Stage.open({ engine: false, start: false });
	const door = await front(stage.discord, name, options);
	stage.defer(() => door.stop());
	Object.assign(stage.ddc.options, { api: `https://localhost:${door.port}/api/v10`, env: { SSL_CERT_FILE: file('ca.pem') } });
	stage.ddc.binary = binary;
	try {
		await stage.discord.fault('gateway_url', { url: `wss://localhost:${door.port}/gateway/`, times: 0 });
		await stage.ddc.start();
		await act(stage, door.seen);
		await stage.verify();
	} catch (error) {
		await stage.explain(error);
		throw error;
	} finally {
		await stage.close();
	}
}

const only = (version) => ({ minVersion: version, maxVersion: version });
const what = binary === RELEASE ? 'release build' : 'developer\'s build';

// node's server insists on its own order of signatures, RSA-PSS first; with TLS 1.2 the second try has to do
for (const [version, name] of [['TLSv1.3', 'good'], ['TLSv1.2', 'good'], ['TLSv1.3', 'rsa'], ['TLSv1.2', 'rsa']])
	test(`${what}, a server that offers only ${version}, ${name === 'rsa' ? 'RSA' : 'P-256'}: REST and gateway work`, async (t) => {
		await played(name, only(version), async ({ discord, ddc }, seen) => {
			await ddc.waitLog(/gateway: logged in/, { timeoutMs: 40_000 });
			await discord.wait({ commands: 4 });
			assert.deepEqual([...new Set([...seen.versions].map((v) => v.split(' ')[0]))], [version]);
			t.diagnostic([...seen.versions].join(', '));
		});
	});

for (const [name, sentence] of [['other-name', /certificate of localhost is refused: it is for another name/], ['expired', /certificate of localhost is refused: it has expired/], ['unknown', /certificate of localhost is refused: it is signed by somebody/]])
	for (const version of ['TLSv1.3', 'TLSv1.2'])
		test(`${what}, ${version}, a certificate that is not to be trusted (${name}): refused with the reason, and nothing was told to it`, async () => {
			await played(name, only(version), async ({ discord, ddc }, seen) => {
				await ddc.waitLog(sentence);
				const { body } = await ddc.health();
				assert.match(JSON.stringify(body), /Discord/);
				assert.equal(seen.bytes, 0, 'no request, and so no token, went out');
				assert.equal((await discord.journal({ kind: 'rest' })).length, 0);
			});
		});

test(`${what}, a server of yesterday (TLS 1.1): refused`, async () => {
	await played('rsa', { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }, async ({ ddc }, seen) => {
		await ddc.waitLog(/neither TLS 1\.2 nor TLS 1\.3|refused the TLS connection|TLS with localhost failed/);
		assert.equal(seen.bytes, 0);
	});
});
