// What Prometheus is told: valid in both formats, true, for those who may read it, and never in one big piece.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { ask, samples } from '../lib/metrics.js';
import { scenario } from '../lib/stage.js';
import { panels } from '../lib/people.js';
import { until } from '../lib/wait.js';

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
	assert.ok(open.text.endsWith('# EOF\n'));

	await engine.stopContainer('web');
	await until('the stop is in the metrics', async () => samples((await ask(`${ddc.url}/metrics`)).text)['ddc_containers{state="running"}'] === 1);
	await engine.remove('db');
	await until('a removed container has no series', async () => !(await ask(`${ddc.url}/metrics`)).text.includes('name="db"'));
});

scenario('with a token nobody reads metrics without it; nobody far away without one', { containers: [], env: { DDC_METRICS_TOKEN: 'a-long-secret' } }, async ({ ddc }) => {
	const url = `${ddc.url}/metrics`;
	assert.equal((await ask(url)).status, 401);
	assert.equal((await ask(url, { headers: { Authorization: 'Bearer wrong' } })).status, 401);
	assert.equal((await ask(url, { headers: { Authorization: 'Bearer a-long-secret' } })).status, 200);
	assert.doesNotMatch(ddc.log(), /a-long-secret/);
});

scenario('a proxy in front does not make the whole world near', { containers: [] }, async ({ ddc }) => {
	const proxied = await ask(`${ddc.url}/metrics`, { headers: { 'X-Forwarded-For': '8.8.8.8' } });
	assert.equal(proxied.status, 403);
	assert.match(proxied.text, /DDC_METRICS_TOKEN/);
	assert.equal((await ask(`${ddc.url}/metrics`, { method: 'HEAD' })).text, '');
});
