// Visitors that nobody wants: ten thousand one after the other, readers that never read, halves of requests, heads without end. What ddc
// holds does not grow by it, and whoever comes in earnest is still answered.

import assert from 'node:assert/strict';
import net from 'node:net';
import { ask, samples } from '../lib/metrics.js';
import { PaperEngine } from '../lib/paper-engine.js';
import { scenario } from '../lib/stage.js';
import { until } from '../lib/wait.js';

const SPARE = 48 * 1024; // bytes of our own count: a few connections more or less

const scrape = async (ddc) => (await ask(`${ddc.url}/metrics`)).text;
const live = (ddc) => JSON.parse(ddc.command('memory', '--json').out).now;

/** Connects and says `text`; what happens then is up to `then`: close (when all is read), reset, stay (never reads), or drip (a byte now and then). */
function visit(port, text, then) {
	return new Promise((done) => {
		const socket = net.connect({ host: '127.0.0.1', port });
		socket.on('error', () => done(socket));
		socket.on('close', () => done(socket));
		socket.on('connect', () => {
			socket.write(text);
			if (then === 'reset')
				setImmediate(() => socket.resetAndDestroy());
			else if (then === 'stay')
				socket.pause(), done(socket);
			else if (then === 'drip')
				drip(socket), done(socket);
			else
				socket.resume();
		});
	});
}

function drip(socket) {
	const timer = setInterval(() => socket.write('x'), 100);
	socket.on('close', () => clearInterval(timer)).pause();
}

const GET = (path, more = '') => `GET ${path} HTTP/1.1\r\nHost: ddc\r\n${more}\r\n`;
const KINDS = [
	['whole scrapes', GET('/metrics', 'Connection: close\r\n'), 'close'],
	['nothing said', '', 'reset'],
	['half a head', 'GET /metrics HTTP/1.1\r\nHost: d', 'reset'],
	['gone before the answer', GET('/metrics'), 'reset'],
	['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'.repeat(20) + '\r\n\r\n', 'close'],
	['a head without end', `GET / HTTP/1.1\r\nX: ${'x'.repeat(60_000)}`, 'close'],
	['ten thousand headers', `GET / HTTP/1.1\r\n${'A: b\r\n'.repeat(10_000)}\r\n`, 'close'],
	['a body that is too long', 'POST /memory/cleanup HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n', 'close'],
];

scenario('ten thousand visitors, one after the other', { containers: ['web'], engine: {}, timeoutMs: 300_000 }, async ({ ddc }, t) => {
	for (const [, text, then] of KINDS) // once each: what there is to warm up
		await visit(ddc.port, text, then);
	const before = live(ddc);
	for (let n = 0; n < 10_000; n++) {
		const [, text, then] = KINDS[n % KINDS.length];
		await visit(ddc.port, text, then);
	}
	await until('all have gone', async () => Math.abs(live(ddc).all.bytes - before.all.bytes) < SPARE);
	const after = live(ddc);
	t.diagnostic(`live ${before.all.bytes} bytes in ${before.all.blocks} blocks before, ${after.all.bytes} in ${after.all.blocks} after; held ${before.held_bytes}, then ${after.held_bytes}`);
	assert.ok(after.all.blocks <= before.all.blocks + 40, `${before.all.blocks} blocks before, ${after.all.blocks} after`);
	assert.ok(after.owners.net.peak_bytes < 200 * 1024, `net held ${after.owners.net.peak_bytes} at most`);
	const open = samples(await scrape(ddc)).process_open_fds;
	assert.ok(open < 40, `${open} descriptors are open`);
	assert.equal((await ddc.health()).status, 200);
});

const CROWDS = [
	['say nothing', ''],
	['never finish their head', 'GET / HTTP/1.1\r\nHost: d'],
	['never read', GET('/metrics').repeat(200)],
	['drip a body', 'POST /memory/cleanup HTTP/1.1\r\nHost: ddc\r\nContent-Length: 10000\r\n\r\n', 'drip'],
	['drip a body in chunks', GET('/health', 'Transfer-Encoding: chunked\r\n') + '800\r\n', 'drip'],
];
for (const [what, text, then = 'stay'] of CROWDS)
	scenario(`a hundred at once that ${what}: health, metrics and ddc memory are answered all the same`, { containers: ['web'] }, async ({ ddc }) => {
		const before = live(ddc);
		const sockets = await Promise.all(Array.from({ length: 100 }, () => visit(ddc.port, text, then)));
		try {
			// they come in waves, and the crowd of one wave is found out after a moment: an honest visitor may have to come twice
			for (let n = 0; n < 5; n++) {
				await until('health is answered', async () => (await ddc.health()).status === 200, { timeoutMs: 15_000 });
				await until('metrics are answered', async () => /ddc_memory_resident_bytes/.test(await scrape(ddc)), { timeoutMs: 15_000 });
			}
			await until('the HEALTHCHECK', async () => ddc.command('health').code === 0, { timeoutMs: 15_000 });
			const during = live(ddc);
			assert.ok(during.all.bytes - before.all.bytes < 256 * 1024, `${during.all.bytes - before.all.bytes} bytes for them`);
		} finally {
			for (const socket of sockets)
				socket.destroy();
		}
		await until('nothing is left of them', async () => Math.abs(live(ddc).all.bytes - before.all.bytes) < SPARE);
	});

const COUNT = 1000;
const inactive = Array.from({ length: COUNT }, (_, n) => ({ name: `paper-${String(n).padStart(4, '0')}`, exists: false }));
const big = { containers: inactive, engine: false, timeoutMs: 240_000, dockerHost: async (stage) => {
	stage.paper = await PaperEngine.start(stage.folder.top, COUNT);
	stage.defer(() => stage.paper.stop());
	return stage.paper.host;
} };

scenario('a thousand containers, memory short, eight scrapes at once and one that reads nothing: whole answers, in little memory', { ...big, env: { DDC_MEMORY_LIMIT_MB: '1', DDC_MEMORY_CHECK_INTERVAL: '5' } }, async ({ ddc }, t) => {
	await until('all containers are described', async () => samples(await scrape(ddc))['ddc_containers{state="running"}'] === COUNT, { timeoutMs: 60_000 });
	const slow = net.connect({ host: '127.0.0.1', port: ddc.port });
	slow.on('error', () => {});
	slow.write(GET('/metrics'));
	slow.pause();
	const texts = await Promise.all(Array.from({ length: 8 }, () => scrape(ddc)));
	for (const text of texts) {
		assert.equal([...text.matchAll(/^ddc_container_running\{/gm)].length, COUNT);
		assert.match(text, /^process_start_time_seconds \d+$/m, 'to the end');
	}
	const { owners } = live(ddc);
	t.diagnostic(`${texts[0].length} bytes each; web ${owners.web.peak_bytes} at most, net ${owners.net.peak_bytes}`);
	assert.ok(owners.web.peak_bytes + owners.net.peak_bytes < 256 * 1024);
	slow.destroy();
});
