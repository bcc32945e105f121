// The Docker client against a real engine: what is there, what happens, what is done, and an engine that goes away.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DockerProbe } from '../lib/docker_probe.js';
import { Engine } from '../lib/engine.js';
import { until } from '../lib/wait.js';

let engine, probe;

before(async () => {
	engine = await Engine.start();
	await engine.run('web', { Labels: { 'com.docker.compose.project': 'shop' } });
	await engine.run('ended', { run: 'exit 3' });
	await engine.waitState('ended', 'exited');
	await engine.run('broken', { cmd: ['no-such-program'], start: false });
	probe = DockerProbe.start(engine.host);
});
after(async () => {
	await probe?.stop();
	await engine?.stop();
});

test('the list tells state, exit code and project; the descriptions follow', async () => {
	const link = await probe.link('up');
	assert.match(link.engine, /^\d+\.\d+/);
	assert.match(link.api, /^1\.4\d$/);
	const list = await probe.ask('list');
	assert.deepEqual(list.containers.map((c) => [c.name, c.state, c.exitCode]), [['broken', 'created', 0], ['ended', 'exited', 3], ['web', 'running', 0]]);
	assert.equal(list.containers[2].project, 'shop');
	const { container } = await probe.untilFound('start time known', 'web', (f) => f.container.startedAt > 0);
	const state = await engine.state('web');
	assert.equal(container.startedAt, Math.floor(Date.parse(state.StartedAt) / 1000));
	assert.equal((await probe.find('nobody')).state, 'missing');
});

test('what others do is known within a second', async () => {
	for (const [act, event, state] of [
		[() => engine.stopContainer('web'), 'died', 'exited'],
		[() => engine.start('web'), 'changed', 'running'],
		[() => engine.must('POST', '/containers/web/pause'), 'changed', 'paused'],
		[() => engine.must('POST', '/containers/web/unpause'), 'changed', 'running'],
	]) {
		const since = probe.mark;
		await act();
		const at = Date.now();
		const told = await probe.wait(`web ${state}`, (t) => t.type === 'container' && t.event === event && t.container.state === state, { since });
		assert.ok(told.at - at < 1000, `told ${told.at - at} ms after the engine was done`);
	}
});

test('a container comes, is renamed, goes', async () => {
	let since = probe.mark;
	await engine.run('young');
	await probe.event('appeared', 'young', { since });
	await probe.untilFound('running', 'young', (f) => f.state === 'running');
	since = probe.mark;
	await engine.must('POST', '/containers/young/rename?name=older');
	await probe.event('renamed', 'older', { since });
	assert.equal((await probe.find('young')).state, 'missing');
	await engine.remove('older');
	await probe.event('gone', 'older', { since });
	assert.equal((await probe.find('older')).state, 'missing');
});

test('start, stop, restart, pause, kill: the result, and the cache shows it when it is told', async () => {
	for (const [action, state] of [['stop', 'exited'], ['stop', 'exited'], ['start', 'running'], ['start', 'running'], ['restart', 'running'], ['pause', 'paused'], ['unpause', 'running'], ['kill', 'exited'], ['start', 'running']]) {
		const done = await probe.done(`act ${action} web 5`);
		assert.ok(done.ok, `${action}: ${done.error}`);
		assert.equal((await probe.find('web')).state, state, `after ${action}`);
		assert.equal((await engine.state('web')).Status, state, `the engine after ${action}`);
	}
});

test('a failure comes with the engine\'s own reason', async () => {
	const bad = await probe.done('act start broken');
	assert.equal(bad.ok, false);
	assert.match(bad.error, /no-such-program.*executable file not found/);
	const killed = await probe.done('act kill ended');
	assert.equal(killed.code, 'conflict');
	assert.match(killed.error, /not running/);
	const missing = await probe.done('act start nobody');
	assert.equal(missing.code, 'not_found');
	assert.match(missing.error, /nobody/);
});

test('a container that ends by itself: exit code; killed for memory: says so', async () => {
	let since = probe.mark;
	await engine.run('crash', { run: 'exit 42' });
	const died = await probe.event('died', 'crash', { since });
	assert.equal(died.container.exitCode, 42);
	assert.equal(died.container.oomKilled, false);
	since = probe.mark;
	await engine.run('greedy', { run: 'head -c 64m /dev/zero | tail', HostConfig: { Memory: 6 << 20, MemorySwap: 6 << 20 } });
	await probe.event('oom', 'greedy', { since });
	const told = await probe.untilFound('ended', 'greedy', (f) => f.state === 'exited' && f.container.memoryLimit);
	assert.equal(told.container.oomKilled, true);
	assert.equal(told.container.memoryLimit, 6 << 20);
});

test('a restart policy: restarting is not running, and it is counted', async () => {
	await engine.run('loop', { run: 'exit 1', HostConfig: { RestartPolicy: { Name: 'always' } } });
	const seen = await probe.untilFound('counted', 'loop', (f) => f.container?.restarts >= 2, { timeoutMs: 20_000 });
	assert.ok(['restarting', 'running', 'exited'].includes(seen.state));
	await probe.wait('restarting', (t) => t.type === 'container' && t.container.name === 'loop' && t.container.state === 'restarting');
	await engine.remove('loop');
});

test('health: starting, healthy, unhealthy', async () => {
	const since = probe.mark;
	await engine.run('check', {
		run: 'touch /ok; trap "exit 0" TERM; while :; do sleep 1; done',
		Healthcheck: { Test: ['CMD', 'test', '-f', '/ok'], Interval: 1e9, Timeout: 1e9, Retries: 1 },
	});
	await probe.wait('starting', (t) => t.container?.name === 'check' && t.container.health === 'starting', { since });
	await probe.wait('healthy', (t) => t.type === 'container' && t.event === 'health' && t.container.name === 'check' && t.container.health === 'healthy', { since });
	const { Id } = await engine.must('POST', '/containers/check/exec', { Cmd: ['rm', '/ok'] });
	await engine.must('POST', `/exec/${Id}/start`, { Detach: true });
	await probe.wait('unhealthy', (t) => t.type === 'container' && t.event === 'health' && t.container.health === 'unhealthy', { since });
	await probe.done('act stop check 2');
	assert.equal((await probe.find('check')).container.health, 'none');
});

test('many actions at once: each gets its own answer', async () => {
	const names = Array.from({ length: 20 }, (_, i) => `many${i}`);
	await Promise.all(names.map((n) => engine.run(n)));
	await until('all known', async () => (await probe.ask('list')).containers.filter((c) => c.name.startsWith('many') && c.state === 'running').length === 20);
	const results = await Promise.all(names.map((n) => probe.done(`act stop ${n} 2`, { timeoutMs: 60_000 })));
	assert.deepEqual(results.filter((r) => !r.ok), []);
	const list = await probe.ask('list');
	assert.deepEqual(list.containers.filter((c) => c.name.startsWith('many')).map((c) => c.state), names.map(() => 'exited'));
	await Promise.all(names.map((n) => engine.remove(n)));
});

test('containers beyond the maximum are counted, and move up when there is room', async () => {
	const small = DockerProbe.start(engine.host, { PROBE_CONTAINERS_MAX: '2' });
	try {
		await small.link('up');
		const all = await engine.must('GET', '/containers/json?all=1');
		const list = await small.ask('list');
		assert.equal(list.containers.length, 2);
		assert.equal(list.beyond, all.length - 2);
		await engine.remove(list.containers[0].name);
		await until('one moved up', async () => {
			const now = await small.ask('list');
			return now.containers.length === 2 && now.beyond === all.length - 3;
		});
	} finally {
		await small.stop();
	}
});

test('those that somebody asks for are kept first, and one that finds no room is not called missing', async () => {
	await engine.run('wanted'); // the engine names the newest first
	await engine.run('newer');
	const small = DockerProbe.start(engine.host, { PROBE_CONTAINERS_MAX: '1', PROBE_WANTED: 'wanted late' });
	try {
		await small.link('up');
		const told = await small.wait('the number', (t) => t.type === 'beyond');
		assert.deepEqual((await small.ask('list')).containers.map((c) => c.name), ['wanted']);
		assert.equal(told.wanted, 0);
		assert.equal((await small.find('newer')).state, 'missing', 'nobody asks for it');
		await engine.run('late');
		const late = await small.wait('one that is asked for has no room', (t) => t.type === 'beyond' && t.wanted === 1);
		assert.equal(late.names[0], 'late');
		assert.equal((await small.find('late')).state, 'beyond');
		const refused = await small.done('act stop late');
		assert.match(refused.error, /late lies beyond the 1 containers that are kept: raise DDC_MAX_CONTAINERS/);
		await engine.remove('wanted');
		await small.untilFound('it moves up', 'late', (f) => f.state === 'running');
		assert.equal((await small.find('wanted')).state, 'missing');
		await small.wait('none of them any more', (t) => t.type === 'beyond' && t.wanted === 0 && t !== told, { since: small.mark - 5 });
	} finally {
		await small.stop();
		await engine.remove('newer');
		await engine.remove('late');
	}
});

test('the engine stops and starts: unknown and stale meanwhile, right afterwards, by itself', async () => {
	if ((await probe.find('web')).state === 'missing') // the test before may have taken it
		await engine.run('web');
	await probe.untilFound('running', 'web', (f) => f.state === 'running');
	let since = probe.mark;
	await engine.halt();
	const down = await probe.link('down', { since });
	assert.ok(down.error.length > 10, down.error);
	const found = await probe.find('web');
	assert.equal(found.state, 'unknown');
	assert.equal(found.container.stale, true);
	const refused = await probe.done('act start web');
	assert.equal(refused.ok, false);
	assert.match(refused.error, /engine/i);
	since = probe.mark;
	await engine.launch();
	await probe.link('up', { since, timeoutMs: 40_000 });
	await probe.wait('resync', (t) => t.type === 'resync', { since });
	const now = await probe.find('web');
	assert.equal(now.state, (await engine.state('web')).Status);
	assert.equal(now.container.stale, false);
	assert.ok((await probe.done('act start web')).ok);
});

test('the engine is killed: noticed at once, recovered from', async () => {
	const since = probe.mark;
	await engine.kill();
	await probe.link('down', { since, timeoutMs: 3000 });
	await engine.launch();
	await probe.link('up', { since, timeoutMs: 40_000 });
	await probe.untilFound('known again', 'web', (f) => f.state !== 'unknown');
});

test('an engine that is not there yet is waited for', async () => {
	const late = DockerProbe.start(`unix://${engine.folder}/not-yet.sock`);
	try {
		const down = await late.link('down');
		assert.match(down.error, /not-yet\.sock|No such file/);
		assert.equal((await late.find('web')).state, 'unknown');
	} finally {
		await late.stop();
	}
});
