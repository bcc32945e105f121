// What Prometheus is told: valid in both formats, true, for those who may read it, and never in one big piece.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import net from 'node:net';
import { ask, samples } from '../lib/metrics.js';
import { openmetricsProblems } from '../lib/openmetrics.js';
import { Proxy } from '../lib/proxy.js';
import { scenario } from '../lib/stage.js';
import test from 'node:test';
import { openControlPanel, panels } from '../lib/people.js';
import { until } from '../lib/wait.js';
import { MAXI } from '../lib/world.js';

const CONTAINERS = ['web', 'db', { name: 'job', start: false }];

scenario('metrics are valid and tell what is so', { containers: CONTAINERS }, async (stage) => {
	const { ddc, engine } = stage;
	await panels(stage);
	const { text, headers } = await ask(`${ddc.url}/metrics`);
	assert.match(headers['content-type'], /^text\/plain; version=0\.0\.4/);
	const lint = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
	assert.equal(lint.status, 0, `promtool: ${lint.error ?? ''}${lint.stdout}${lint.stderr}`);
	assert.equal(`${lint.stdout}${lint.stderr}`.trim(), '', 'promtool has nothing to remark');

	const s = samples(text);
	assert.equal(s['ddc_containers{state="running"}'], 2);
	assert.ok(s['ddc_containers{state="created"}'] + s['ddc_containers{state="exited"}'] === 1);
	assert.equal(s['ddc_container_running{name="web"}'], 1);
	assert.equal(s['ddc_container_running{name="job"}'], 0);
	assert.equal(s.ddc_docker_up, 1);
	assert.equal(s.ddc_discord_up, 1);
	assert.equal(s['ddc_discord_identifies_total'], 1);
	assert.ok(s.ddc_memory_resident_bytes > 500_000 && s.ddc_memory_resident_bytes < 400_000_000);
	assert.ok(s['ddc_memory_owner_bytes{owner="containers"}'] > 500);
	assert.ok(s['ddc_docker_request_duration_seconds_count'] > 0);
	assert.equal(s['ddc_docker_request_duration_seconds_bucket{le="+Inf"}'], s.ddc_docker_request_duration_seconds_count);
	assert.ok(Math.abs(s.process_start_time_seconds - Date.now() / 1000) < 120);

	const open = await ask(`${ddc.url}/metrics`, { headers: { Accept: 'application/openmetrics-text; version=1.0.0' } });
	assert.match(open.headers['content-type'], /^application\/openmetrics-text/);
	assert.match(open.text, /# TYPE ddc_docker_requests counter\n/);
	assert.match(open.text, /\nddc_docker_requests_total \d+\n/);
	assert.deepEqual(openmetricsProblems(open.text), []);
	assert.match(open.text, /_bucket\{le="1\.0"\}/);
	for (const accept of ['application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1', 'text/html,*/*;q=0.8'])
		assert.equal((await ask(`${ddc.url}/metrics`, { headers: { Accept: accept } })).headers['content-type'].startsWith('application/openmetrics-text'), accept.includes('openmetrics'), accept);

	await engine.stopContainer('web');
	await until('the stop is in the metrics', async () => samples((await ask(`${ddc.url}/metrics`)).text)['ddc_containers{state="running"}'] === 1);
	await engine.remove('db');
	await until('a removed container has no series', async () => !(await ask(`${ddc.url}/metrics`)).text.includes('name="db"'));
});

test('the reader of OpenMetrics finds what is wrong', () => {
	const good = '# HELP a_x Help.\n# TYPE a_x counter\na_x_total{k="v"} 1\n# EOF\n';
	assert.deepEqual(openmetricsProblems(good), []);
	for (const [bad, why] of [[good.slice(0, -1), /EOF/], [good.replace('_total', ''), /no sample of/], [good.replaceAll('a_x', 'a_x_total'), /without _total/], [good.replace('} 1', '} one'), /no number/],
		[good.replace('# EOF', 'a_x_total{k="v"} 1\n# EOF'), /twice/], [good.replace('"v"', '"v'), /neither/], [good.replaceAll('a_x', 'a_x_ms'), /no base unit/], [good.replace('# EOF', `# HELP b B.\n# TYPE b gauge\nb 1\n${good}`).replace(/# EOF\n$/, ''), /stand together/]])
		assert.match(openmetricsProblems(bad).join('\n'), why);
});

// After people have pressed, acted, been refused, the engine and Discord have failed: every family has something to say.
scenario('metrics are valid on a busy day, too', { containers: CONTAINERS, provokes: ['answers_429'] }, async (stage) => {
	const { ddc, discord, engine } = stage;
	const { overview } = await panels(stage);
	const panel = await openControlPanel(stage, MAXI, overview, 'web');
	for (const act of ['stop', 'start', 'restart']) {
		await discord.press(MAXI, await discord.message(panel.id), new RegExp(`ddc1:${act}:web`), { wait: true });
		await engine.waitState('web', act === 'stop' ? 'exited' : 'running');
		await discord.shows(panel, /🟢|⚫|🔴|stopped|running/);
	}
	await discord.fault('rest', { route: '/channels/', preset: '429', times: 1, retry_after: 0.2 });
	await discord.fault('gateway_close', { code: 4000 });
	await engine.stopContainer('db');
	await until('the gateway is back', async () => samples((await ask(`${ddc.url}/metrics`)).text).ddc_discord_resumes_total >= 1);
	const { text } = await ask(`${ddc.url}/metrics`);
	const lint = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
	assert.equal(`${lint.status} ${lint.stdout}${lint.stderr}`.trim(), '0');
	const open = (await ask(`${ddc.url}/metrics`, { headers: { Accept: 'application/openmetrics-text' } })).text;
	assert.deepEqual(openmetricsProblems(open), []);
	const s = samples(text);
	assert.ok(s['ddc_actions_total{action="stop",result="reached"}'] >= 1, 'actions by result');
	assert.ok(s.ddc_discord_reconnects_total >= 1);
	for (const [, name] of text.matchAll(/^# TYPE (\S+)/gm))
		assert.match(text, new RegExp(`^# HELP ${name} [A-Z].{4,}\\.$`, 'm'), `${name} has a sentence`);
	const labels = new Set([...text.matchAll(/[{,](\w+)="/g)].map((m) => m[1]));
	assert.deepEqual([...labels].sort(), ['action', 'kind', 'le', 'level', 'limit', 'name', 'owner', 'queue', 'result', 'state', 'version'], 'no label that grows with people, channels or messages');
});

scenario('with a token nobody reads metrics without it; nobody far away without one', { containers: [], env: { DDC_METRICS_TOKEN: 'a-long-secret' } }, async ({ ddc }) => {
	const url = `${ddc.url}/metrics`;
	assert.equal((await ask(url)).status, 401);
	assert.equal((await ask(url, { headers: { Authorization: 'Bearer wrong' } })).status, 401);
	assert.equal((await ask(url, { headers: { Authorization: 'Bearer a-long-secret' } })).status, 200);
	assert.doesNotMatch(ddc.log(), /a-long-secret/);
});

// The whole request line and headers, as a proxy sends them.
function raw(port, request) {
	return new Promise((done, failed) => {
		let text = '';
		net.connect(port, '127.0.0.1').on('data', (part) => (text += part)).on('close', () => done(text)).on('error', failed).end(request.replaceAll('\n', '\r\n'));
	});
}

const TRACES = { 'X-Forwarded-For': '8.8.8.8', Forwarded: 'for=8.8.8.8', Via: '1.1 caddy', 'X-Real-IP': '8.8.8.8', 'X-Forwarded-Host': 'ddc.example.org', 'X-Forwarded-Proto': 'https', 'CF-Connecting-IP': '8.8.8.8' };

scenario('a proxy in front does not make the whole world near', { containers: [] }, async ({ ddc }) => {
	for (const [name, value] of Object.entries(TRACES))
		for (const path of ['metrics', 'memory'])
			assert.equal((await ask(`${ddc.url}/${path}`, { headers: { [name]: value } })).status, 403, `${path}, ${name}`);
	const proxied = await ask(`${ddc.url}/metrics`, { headers: { 'X-Forwarded-For': '8.8.8.8' } });
	assert.match(proxied.text, /DDC_METRICS_TOKEN/);
	assert.equal((await ask(`${ddc.url}/metrics`, { method: 'HEAD' })).text, '');
	// nginx with nothing but proxy_pass
	assert.match(await raw(ddc.port, `GET /metrics HTTP/1.0\nHost: 127.0.0.1:${ddc.port}\nConnection: close\nUser-Agent: Mozilla/5.0\n\n`), /^HTTP\/1\.[01] 403 /);
	assert.match(await raw(ddc.port, `GET /metrics HTTP/1.1\nHost: 127.0.0.1:${ddc.port}\nConnection: close\n\n`), /^HTTP\/1\.1 200 /);
	assert.equal((await ask(`${ddc.url}/health`, { headers: TRACES })).status, 200, 'health is for everybody');
});

scenario('through a proxy with the token: whoever has it', { containers: [], env: { DDC_METRICS_TOKEN: 'a-long-secret' } }, async ({ ddc }) => {
	assert.equal((await ask(`${ddc.url}/metrics`, { headers: { ...TRACES, Authorization: 'Bearer a-long-secret' } })).status, 200);
	assert.equal((await ask(`${ddc.url}/metrics`, { headers: TRACES })).status, 401);
});

// ---- nothing is said of a container that is not known ----

const check = (test, more) => ({ Healthcheck: { Test: ['CMD', test], Interval: 1_000_000_000, Timeout: 5_000_000_000, Retries: 1, ...more } });

scenario('a check that is starting has not failed; restarts that were before are no news; nothing is said while the engine is away', {
	containers: [{ name: 'hale', docker: check('true') }, { name: 'sick', docker: check('false') }, { name: 'slow', docker: check('false', { Interval: 3_600_000_000_000 }) }, 'web'],
	dockerHost: async (stage) => {
		stage.proxy = await Proxy.start(stage.engine, stage.folder.top);
		stage.defer(() => stage.proxy.stop());
		return stage.proxy.host;
	},
}, async ({ ddc, proxy }) => {
	const now = async () => samples((await ask(`${ddc.url}/metrics`)).text);
	const each = (s, family) => Object.fromEntries(Object.entries(s).filter(([name]) => name.startsWith(`${family}{`)).map(([name, value]) => [/name="([^"]+)"/.exec(name)[1], value]));
	await until('the checks have ended', async () => Object.keys(each(await now(), 'ddc_container_healthy')).length === 2, { timeoutMs: 30_000 });
	await until('each container is described', async () => Object.keys(each(await now(), 'ddc_container_restarts_total')).length === 4);
	let s = await now();
	assert.deepEqual(each(s, 'ddc_container_healthy'), { hale: 1, sick: 0 });
	assert.deepEqual(each(s, 'ddc_container_restarts_total'), { hale: 0, sick: 0, slow: 0, web: 0 });
	assert.deepEqual([s.ddc_docker_reconnects_total, s['ddc_containers{state="running"}'], s['ddc_containers{state="unknown"}']], [0, 4, 0]);
	assert.ok(s.ddc_docker_request_duration_seconds_sum > 0, 'less than a millisecond is more than nothing');
	const undo = proxy.when(/./, { raw: 'gone\r\n' });
	proxy.cutAll();
	await until('the engine is away', async () => (await now()).ddc_docker_up === 0);
	s = await now();
	for (const family of ['ddc_container_running', 'ddc_container_healthy', 'ddc_container_cpu_ratio', 'ddc_container_memory_bytes'])
		assert.deepEqual(each(s, family), {}, family);
	assert.deepEqual([s.ddc_docker_reconnects_total, s['ddc_containers{state="running"}'], s['ddc_containers{state="unknown"}']], [1, 0, 4]);
	undo();
	await until('it is back', async () => each(await now(), 'ddc_container_healthy').hale === 1, { timeoutMs: 40_000 });
	assert.deepEqual([(await now()).ddc_docker_reconnects_total, (await now())['ddc_containers{state="unknown"}']], [1, 0]);
});

scenario('where a proxy refuses to tell of restarts there is no number, instead of a wrong one', {
	containers: ['web'], dockerHost: async (stage) => {
		stage.proxy = await Proxy.start(stage.engine, stage.folder.top);
		stage.defer(() => stage.proxy.stop());
		stage.proxy.when(/\/containers\/[^/]+\/json/, { status: 403, body: 'Forbidden' });
		return stage.proxy.host;
	},
}, async ({ ddc, proxy }) => {
	await until('it was asked and refused', () => proxy.count(/\/containers\/[0-9a-f]+\/json/) > 0);
	const { text } = await ask(`${ddc.url}/metrics`), s = samples(text);
	assert.equal(s['ddc_container_running{name="web"}'], 1);
	assert.equal(s['ddc_container_restarts_total{name="web"}'], undefined);
	assert.equal(s['ddc_container_oom_killed{name="web"}'], undefined);
	const lint = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
	assert.equal(`${lint.status} ${lint.stdout}${lint.stderr}`.trim(), '0');
});

// A second's grace: cgroup v1 tells nobody of what happens before somebody listens.
scenario('out of memory is counted, and stays counted when the container runs again', { containers: [{ name: 'greedy', start: false, run: 'sleep 1; head -c 64m /dev/zero | tail', docker: { HostConfig: { Memory: 6 << 20, MemorySwap: 6 << 20 } } }] }, async ({ ddc, engine }) => {
	const now = async () => samples((await ask(`${ddc.url}/metrics`)).text);
	assert.equal((await now())['ddc_container_oom_kills_total{name="greedy"}'], 0);
	for (const times of [1, 2]) {
		await engine.start('greedy');
		await engine.waitState('greedy', 'exited', { timeoutMs: 30_000 });
		await until(`ended ${times} times for lack of memory`, async () => (await now())['ddc_container_oom_kills_total{name="greedy"}'] === times);
		assert.equal((await now())['ddc_container_oom_killed{name="greedy"}'], 1);
	}
});
