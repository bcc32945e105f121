// A real Prometheus scrapes the running program: every query of the dashboard and of the rules returns data, the rules' own cases pass.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { freePort, get, ROOT } from '../lib/ddc.js';
import { panels } from '../lib/people.js';
import { scenario } from '../lib/stage.js';
import { sleep, until } from '../lib/wait.js';
import { CONTROL, STATUS } from '../lib/world.js';

const RULES = join(ROOT, 'packaging/prometheus/ddc.rules.yml');
const DASHBOARD = JSON.parse(readFileSync(join(ROOT, 'packaging/grafana/ddc.json'), 'utf8'));

const expressions = () => [...readFileSync(RULES, 'utf8').matchAll(/^\s+expr: (.*)$/gm)].map((m) => m[1]);

/** The expression without its comparison: an alert that does not fire has no data, what it compares must have. */
const compared = (expr) => expr.replace(/ (?:==|>|<|!=) [\d.]+$/, '');

async function startPrometheus(stage) {
	const folder = mkdtempSync(join(tmpdir(), 'ddc-prometheus-'));
	const port = await freePort();
	writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify({ global: { scrape_interval: '1s', evaluation_interval: '1s' }, rule_files: [RULES],
		scrape_configs: [{ job_name: 'ddc', static_configs: [{ targets: [`127.0.0.1:${stage.ddc.port}`] }] }] }));
	const child = spawn('prometheus', [`--config.file=${join(folder, 'prometheus.yml')}`, `--storage.tsdb.path=${join(folder, 'data')}`, `--web.listen-address=127.0.0.1:${port}`], { stdio: 'ignore' });
	const ended = new Promise((done) => child.on('exit', done).on('error', done));
	stage.defer(async () => {
		child.kill('SIGTERM');
		await ended;
		rmSync(folder, { recursive: true, force: true });
	});
	await until('Prometheus is ready', async () => (await get(`http://127.0.0.1:${port}/-/ready`)).status === 200, { timeoutMs: 30_000 });
	return async (query) => (await get(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`, { timeoutMs: 10_000 })).body;
}

test('the rules are valid, and their cases pass', () => {
	for (const args of [['check', 'rules', RULES], ['test', 'rules', join(ROOT, 'packaging/prometheus/ddc.rules.test.yml')]]) {
		const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' });
		assert.equal(status, 0, `promtool ${args.join(' ')}\n${stdout}${stderr}`);
	}
});

scenario('every query of the dashboard and of the rules returns data', {
	containers: [{ name: 'web', docker: { HostConfig: { Memory: 64 << 20 }, Healthcheck: { Test: ['CMD', 'true'], Interval: 1_000_000_000 } } }, 'db'],
	channels: [{ id: STATUS, kind: 'status' }, { id: CONTROL, kind: 'control' }],
}, async (stage) => {
	await panels(stage);
	const ask = await startPrometheus(stage);
	await until('figures of a container with a limit', async () => (await ask('ddc_container_memory_bytes / ddc_container_memory_limit_bytes')).data.result.length > 0, { timeoutMs: 30_000 });
	await sleep(3000); // rates need two scrapes and more
	const queries = [...expressions().map(compared), ...DASHBOARD.panels.flatMap((p) => p.targets.map((t) => t.expr))];
	assert.ok(queries.length > 50);
	const empty = [];
	for (const query of queries) {
		const concrete = query.replaceAll('$__rate_interval', '1m').replaceAll('$instance', '.*');
		const answer = await ask(concrete);
		if (answer.status !== 'success' || answer.data.result.length === 0)
			empty.push(`${concrete}: ${answer.error ?? 'nothing'}`);
	}
	assert.deepEqual(empty, []);
	await stage.engine.stopContainer('db');
	const firing = await until('no alert fires without a reason', async () => (await ask('ALERTS{alertstate="firing"}')).data);
	assert.deepEqual(firing.result, []);
});
