// The Docker client in front of what stands between it and an engine: socket proxies that refuse, engines that are slow,
// hang, speak other versions or nonsense. Whatever happens, "stopped" is never said for "cannot tell".

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DockerProbe } from '../lib/docker_probe.js';
import { Engine } from '../lib/engine.js';
import { Proxy } from '../lib/proxy.js';
import { sleep, until } from '../lib/wait.js';

let engine, proxy;

before(async () => {
	engine = await Engine.start();
	await engine.run('web');
	await engine.run('other');
});
after(async () => {
	await engine?.stop();
});

/** A test with a proxy (rules set before the probe starts) and a probe behind it. */
function behindProxy(name, prepare, run, env) {
	test(name, async () => {
		proxy = await Proxy.start(engine, engine.folder);
		await prepare(proxy);
		const probe = DockerProbe.start(proxy.host, env);
		try {
			await run(probe);
		} finally {
			await probe.stop().finally(() => proxy.stop());
		}
	});
}

const forbidden = { status: 403, body: '<html><body><h1>403 Forbidden</h1></body></html>', headers: { 'Content-Type': 'text/html' } };
const none = () => {};
const isUp = (state) => (f) => f.state === state;

behindProxy('events refused: said, and the list is read instead', (p) => p.when(/\/events/, forbidden), async (probe) => {
	const up = await probe.link('up');
	assert.equal(up.code, 'forbidden');
	assert.match(up.error, /events/);
	assert.equal((await probe.find('web')).state, 'running');
	const done = await probe.done('act restart web 1'); // what we do ourselves is known at once
	assert.ok(done.ok, done.error);
	const lists = proxy.count(/containers\/json/);
	await engine.stopContainer('other');
	await probe.wait('the change in a later list', (t) => t.event === 'died' && t.container.name === 'other', { timeoutMs: 40_000 });
	assert.ok(proxy.count(/containers\/json/) > lists);
	assert.equal(proxy.count(/\/events/), 1, 'asked again and again');
	await engine.start('other');
});

behindProxy('more than may be kept, told in a later list too where events are refused', (p) => p.when(/\/events/, forbidden), async (probe) => {
	await probe.link('up');
	assert.equal((await probe.find('web')).state, 'running');
	await engine.run('third');
	const beyond = await probe.wait('it is told', (t) => t.type === 'beyond', { timeoutMs: 40_000 });
	assert.deepEqual([beyond.count, beyond.wanted, beyond.names], [1, 0, ['third']]);
	await engine.remove('third');
}, { PROBE_CONTAINERS_MAX: '2', PROBE_WANTED: 'web' });

behindProxy('strangers beyond the limit that come and go: one word about them, and no list', none, async (probe) => {
	await probe.link('up');
	assert.equal((await probe.find('web')).state, 'running');
	const lists = proxy.count(/containers\/json/);
	for (let i = 0; i < 3; i++) {
		await engine.run('guest');
		await until('it is counted', async () => (await probe.ask('list')).beyond === 1);
		await engine.remove('guest');
		await until('it is gone', async () => (await probe.ask('list')).beyond === 0);
	}
	assert.deepEqual(probe.told.filter((t) => t.type === 'beyond').map((t) => [t.count, t.names]), [[1, ['guest']]]);
	await engine.run('guest');
	await until('it is counted', async () => (await probe.ask('list')).beyond === 1);
	await engine.remove('other'); // it had a place; nobody asked for it, nor for the one that could have it now
	await until('it is gone', async () => (await probe.ask('list')).containers.length === 1);
	await sleep(1000);
	assert.equal(proxy.count(/containers\/json/), lists);
	await engine.remove('guest');
	await engine.run('other');
}, { PROBE_CONTAINERS_MAX: '2', PROBE_WANTED: 'web' });

behindProxy('stats refused: usage is unknown, everything else works', (p) => p.when(/\/stats/, forbidden), async (probe) => {
	await probe.link('up');
	probe.send('watch 500');
	const note = await probe.wait('the note', (t) => t.type === 'link' && t.code === 'forbidden');
	assert.match(note.error, /stats/);
	const usage = await probe.done('usage web');
	assert.equal(usage.code, 'forbidden');
	await sleep(1500);
	assert.ok(proxy.count(/\/stats/) <= 3, `asked ${proxy.count(/\/stats/)} times`);
	const { state, container } = await probe.find('web');
	assert.equal(state, 'running');
	assert.equal(container.cpuPermille, undefined);
	assert.equal(container.memory, undefined);
});

behindProxy('inspect refused: states are right all the same', (p) => p.when(/GET .*\/containers\/\w+\/json/, forbidden), async (probe) => {
	await probe.link('up');
	await probe.wait('the note', (t) => t.type === 'link' && /inspect/.test(t.error ?? ''));
	assert.ok((await probe.done('act stop web 1')).ok);
	await probe.untilFound('stopped', 'web', isUp('exited'));
	assert.ok((await probe.done('act start web')).ok);
	await probe.untilFound('running', 'web', isUp('running'));
	assert.equal((await probe.done('refresh web')).code, 'forbidden');
});

behindProxy('actions refused: the reason says who', (p) => p.when(/POST .*\/start/, forbidden), async (probe) => {
	await probe.link('up');
	const done = await probe.done('act start web');
	assert.equal(done.code, 'forbidden');
	assert.match(done.error, /refuses to start containers/);
	assert.doesNotMatch(done.error, /</);
});

behindProxy('the list refused: down, with the reason, and nothing is called stopped', (p) => p.when(/containers\/json/, forbidden), async (probe) => {
	const down = await probe.link('down');
	assert.match(down.error, /refuses the list/);
	assert.equal((await probe.find('web')).state, 'unknown');
});

behindProxy('ping and version refused: the oldest version serves', (p) => {
	p.when(/_ping/, forbidden);
	p.when(/\/version/, forbidden);
}, async (probe) => {
	const up = await probe.link('up');
	assert.equal(up.api, '1.41');
	assert.equal((await probe.find('web')).state, 'running');
});

for (const [what, range, api] of [['Docker 20.10', { min: 12, max: 41 }, '1.41'], ['Docker 29', { min: 44, max: 52 }, '1.44'], ['an engine of later years', { min: 60, max: 70 }, '1.60']])
	behindProxy(`${what}: versions 1.${range.min} to 1.${range.max}`, (p) => p.pretend(range), async (probe) => {
		const up = await probe.link('up');
		assert.equal(up.api, api);
		assert.equal((await probe.find('web')).state, 'running');
		assert.ok((await probe.done('act restart web 1')).ok);
	});

behindProxy('an engine too old says so', (p) => p.pretend({ min: 12, max: 39 }), async (probe) => {
	const down = await probe.link('down');
	assert.match(down.error, /1\.39.*1\.41/);
});

const lies = [
	['a page', { status: 200, body: '<html><body>It works!</body></html>' }, /list of containers is not what Docker answers/],
	['an object', { status: 200, body: { message: 'hello' } }, /list of containers/],
	['half a list', { cut: 200 }, /./],
	['a page of a proxy', { status: 502, body: '<html>Bad Gateway</html>' }, /502/],
	['no HTTP at all', { raw: 'SSH-2.0-OpenSSH_9.2p1\r\n' }, /./],
	['nothing', { raw: '' }, /./],
];
for (const [what, rule, says] of lies)
	behindProxy(`instead of the list: ${what}; recovers by itself`, none, async (probe) => {
		await probe.link('up');
		const stop = proxy.when(/containers\/json/, rule);
		let since = probe.mark;
		proxy.cutAll();
		await probe.wait(`down: ${says}`, (t) => t.type === 'link' && t.link === 'down' && says.test(t.error), { since });
		const { state, container } = await probe.find('web');
		assert.equal(state, 'unknown');
		assert.equal(container.state, 'running', 'what was known is kept');
		assert.equal(container.stale, true);
		stop();
		since = probe.mark;
		await probe.link('up', { since, timeoutMs: 20_000 });
		assert.equal((await probe.find('web')).state, 'running');
	});

behindProxy('garbage in the event stream', (p) => {
	const undo = p.when(/\/events/, { status: 200, body: '{"Action":"die"}\n{{{{' });
	setTimeout(undo, 1500);
}, async (probe) => {
	const down = await probe.link('down');
	assert.match(down.error, /event stream/);
	await probe.link('up', { timeoutMs: 20_000 });
	assert.equal((await probe.find('web')).state, 'running');
});

behindProxy('an event stream that a proxy ends after a while: nobody notices', none, async (probe) => {
	await probe.link('up');
	await sleep(5500); // long enough to count as a good stream
	const since = probe.mark;
	proxy.cutAll();
	await probe.wait('resync', (t) => t.type === 'resync', { since });
	assert.equal(probe.told.slice(since).filter((t) => t.type === 'link').length, 0, 'the link was said to be down');
	await engine.stopContainer('web');
	await probe.event('died', 'web', { since });
	await engine.start('web');
	assert.equal((await probe.ask('stats')).reconnects, 1);
});

behindProxy('events keep coming while the list is slow: none is lost', (p) => p.when(/containers\/json/, { delayMs: 1500 }), async (probe) => {
	await sleep(700); // the stream is open, the list on its way
	await engine.stopContainer('web');
	const up = await probe.link('up');
	assert.ok(up);
	await probe.event('died', 'web');
	assert.equal((await probe.find('web')).state, 'exited');
	await engine.start('web');
	await probe.untilFound('running', 'web', isUp('running'));
});

behindProxy('a slow engine: answers late, is not called dead', (p) => p.when(/./, { delayMs: 1200 }), async (probe) => {
	await probe.link('up', { timeoutMs: 20_000 });
	assert.ok((await probe.done('act restart web 1', { timeoutMs: 20_000 })).ok);
	assert.equal(probe.told.filter((t) => t.type === 'link' && t.link === 'down').length, 0);
});

behindProxy('an action that hangs ends at its deadline, and says what that means', (p) => p.when(/POST .*\/stop/, { hang: true }), async (probe) => {
	await probe.link('up');
	const done = await probe.done('act stop web 1');
	assert.equal(done.code, 'timeout');
	assert.match(done.error, /has not answered to "stop"/);
	assert.equal((await probe.find('web')).state, 'running');
	assert.ok((await probe.done('refresh other')).ok, 'others were not held up');
}, { PROBE_ACTION_TIMEOUT_MS: '1500' });

behindProxy('at rest it asks for nothing', none, async (probe) => {
	await probe.link('up');
	await sleep(1500); // descriptions of what is there
	const before = proxy.count(), { wakeups } = await probe.ask('stats');
	await sleep(8000);
	assert.equal(proxy.count(), before);
	const now = await probe.ask('stats');
	assert.ok(now.wakeups - wakeups <= 6, `woke up ${now.wakeups - wakeups} times in 8 s`);
});
