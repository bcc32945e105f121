// CPU, memory and logs of real containers, beside what Docker's own client makes of them.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DockerProbe } from '../lib/docker_probe.js';
import { Engine } from '../lib/engine.js';
import { Proxy } from '../lib/proxy.js';
import { sleep } from '../lib/wait.js';

let engine, proxy, probe;

before(async () => {
	engine = await Engine.start();
	await engine.run('busy', { cmd: ['sh', '-c', 'while :; do :; done'], HostConfig: { NanoCpus: 5e8 } });
	await engine.run('idle');
	await engine.run('holder', { run: '(head -c 30m /dev/zero; sleep 3600) | tail -c 30m', HostConfig: { Memory: 256 << 20 } });
	await engine.run('ended', { run: 'true' });
	await engine.run('frames', { run: 'echo out; echo err >&2; printf "no end"; exit 0' });
	await engine.run('tty', { run: 'echo one; echo two; exit 0', Tty: true });
	await engine.run('long', { run: 'head -c 10000 /dev/zero | tr "\\0" x; echo; echo next' });
	await engine.run('talk', { run: 'i=0; while :; do echo line $i; i=$((i+1)); sleep 0.2; done' });
	proxy = await Proxy.start(engine, engine.folder);
	probe = DockerProbe.start(proxy.host);
	await probe.link('up');
});
after(async () => {
	await probe?.stop();
	await proxy?.stop();
	await engine?.stop();
});

/** As `docker stats` counts: two readings of the engine's own, a second apart. */
async function asDockerCounts(name) {
	const s = await engine.must('GET', `/containers/${name}/stats?stream=false`);
	const delta = s.cpu_stats.cpu_usage.total_usage - s.precpu_stats.cpu_usage.total_usage;
	const system = s.cpu_stats.system_cpu_usage - s.precpu_stats.system_cpu_usage;
	const m = s.memory_stats, cache = m.stats.total_inactive_file ?? m.stats.inactive_file ?? 0;
	return { permille: (delta / system) * s.cpu_stats.online_cpus * 1000, memory: m.usage - cache };
}

test('one reading on demand: two samples, a real rate', async () => {
	const done = await probe.done('usage busy');
	assert.ok(done.ok, done.error);
	const { container } = await probe.find('busy');
	const docker = await asDockerCounts('busy');
	assert.ok(Math.abs(container.cpuPermille - docker.permille) < 200, `${container.cpuPermille} beside Docker's ${docker.permille}`);
	assert.ok(container.cpuPermille > 20 && container.cpuPermille < 700, `half a processor at most (less where others want it), said ${container.cpuPermille}`);
});

test('memory as docker stats shows it, and the limit of its own', async () => {
	await sleep(1000);
	assert.ok((await probe.done('usage holder')).ok);
	const { container } = await probe.find('holder');
	const docker = await asDockerCounts('holder');
	assert.ok(container.memory > 20 << 20, `holds 30 MB, said ${container.memory}`);
	assert.ok(Math.abs(container.memory - docker.memory) < docker.memory / 10, `${container.memory} beside Docker's ${docker.memory}`);
	assert.equal(container.memoryLimit, 256 << 20);
	assert.equal((await probe.find('busy')).container.memoryLimit, 0);
});

test('a container that has ended has no usage', async () => {
	const done = await probe.done('usage ended');
	assert.equal(done.ok, false);
	assert.match(done.error, /not running/);
});

test('watching: first figures in about a second, then each once in the interval; never of ended ones', async () => {
	const since = probe.mark, asked = proxy.count(/\/stats/);
	probe.send('watch 4000');
	await probe.wait('CPU of idle', (t) => t.event === 'usage' && t.container.name === 'idle' && t.container.cpuPermille !== undefined, { since });
	assert.equal(proxy.requests.filter((r) => /ended|frames/.test(r.path)).length, 0);
	await sleep(5000);
	const before = proxy.count(/\/stats/);
	await sleep(8000);
	const in8s = proxy.count(/\/stats/) - before; // four running containers, two intervals
	assert.ok(in8s >= 6 && in8s <= 10, `${in8s} readings`);
	assert.ok(before > asked);
	const usage = probe.told.slice(since).filter((t) => t.event === 'usage');
	assert.deepEqual([...new Set(usage.map((t) => t.container.name))].sort(), ['busy', 'holder', 'idle', 'talk']);
	await engine.stopContainer('idle');
	const { container } = await probe.untilFound('ended', 'idle', (f) => f.state === 'exited');
	assert.equal(container.cpuPermille, undefined);
	assert.equal(container.memory, undefined);
	probe.send('watch 0');
	await sleep(300);
	const off = proxy.count(/\/stats/);
	await sleep(2500);
	assert.equal(proxy.count(/\/stats/), off);
});

test('logs without a TTY: both streams, the last line without its end too', async () => {
	const { end, lines } = await probe.logs('frames 100');
	assert.ok(end.ok, end.error);
	assert.deepEqual(lines.map((l) => `${l.stream} ${l.text}`).sort(), ['stderr err', 'stdout no end', 'stdout out']);
});

test('logs with a TTY', async () => {
	const { end, lines } = await probe.logs('tty 100');
	assert.ok(end.ok, end.error);
	assert.deepEqual(lines.map((l) => l.text), ['one', 'two']);
});

test('a line that is too long is cut, and says so', async () => {
	const { lines } = await probe.logs('long 100');
	assert.deepEqual(lines.map((l) => [l.text.length, l.cut]), [[4096, true], [4, false]]);
});

test('tail, timestamps, following until stopped', async () => {
	await sleep(1000);
	const { lines } = await probe.logs('talk 2 timestamps');
	assert.equal(lines.length, 2);
	assert.match(lines[0].text, /^\d{4}-\d\d-\d\dT\S+Z line \d+$/);
	const since = probe.mark;
	probe.send('logs talk 1 follow');
	const first = await probe.wait('an old line', (t) => t.type === 'line', { since });
	await probe.wait('new ones', (t) => t.type === 'line' && Number(t.text.split(' ')[1]) > Number(first.text.split(' ')[1]) + 3, { since });
	probe.send('stop-logs');
	await sleep(300);
	const stopped = probe.mark;
	await sleep(800);
	assert.equal(probe.told.slice(stopped).filter((t) => t.type === 'line').length, 0);
});

test('following ends with the container', async () => {
	const since = probe.mark;
	probe.send('logs talk 0 follow');
	await probe.wait('a line', (t) => t.type === 'line', { since });
	await engine.killContainer('talk');
	const end = await probe.wait('the end', (t) => t.type === 'logs-end', { since });
	assert.equal(end.ok, true);
});

test('logs of nobody', async () => {
	const { end } = await probe.logs('nobody 5');
	assert.equal(end.code, 'not_found');
});
